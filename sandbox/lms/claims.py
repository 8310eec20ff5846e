"""Claims of both flavours' id_tokens.

See docs/reference/lms-behaviour.md#canvas and docs/reference/moodle.md#launch.
"""

from __future__ import annotations

from sandbox.lms.canvas_ids import COURSE_ID, user_id
from sandbox.lms.config import Account
from sandbox.lms.moodle_plugin_claims import PLACEMENT, plugin_claims
from sandbox.lms.state import Json, Launch, Lms

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
LTI_DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
LTI_AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/"
SETTINGS = LTI_DL + "deep_linking_settings"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
COURSE_TYPE = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"
CANVAS_TOKEN_SECONDS = 3600
MOODLE_TOKEN_SECONDS = 60
AGS_SCOPES = [
    f"https://purl.imsglobal.org/spec/lti-ags/scope/{name}"
    for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")
]


def id_token(lms: Lms, launch: Launch, nonce: str) -> str:
    """Return the signed id_token of a launch."""
    build = _canvas if launch.flavour == "canvas" else _moodle
    claims = {**_common(lms, launch, nonce), **build(lms, launch), **launch.claims}
    if PLACEMENT in launch.claims:
        # Made now, because the handle is a secret that the launch's record doesn't hold.
        claims |= plugin_claims(lms, launch.account)
    return lms.keys[launch.flavour].sign({name: value for name, value in claims.items() if value is not None})


def _common(lms: Lms, launch: Launch, nonce: str) -> Json:
    registration = lms.registrations[launch.flavour]
    seconds = CANVAS_TOKEN_SECONDS if launch.flavour == "canvas" else MOODLE_TOKEN_SECONDS
    return {
        "iss": lms.issuer(launch.flavour),
        "aud": registration.client_id,
        "iat": lms.now(),
        "exp": lms.now() + seconds,
        "nonce": nonce,
        LTI + "deployment_id": registration.deployment_id,
        LTI + "message_type": launch.message_type,
        LTI + "version": "1.3.0",
        LTI + "target_link_uri": launch.target_link_uri,
    }


def _person(lms: Lms, account: Account) -> Json:
    if not lms.share_personal_data:
        return {}
    return {
        "name": account.name,
        "given_name": account.given_name,
        "family_name": account.family_name,
        "email": account.email,
    }


def _canvas(lms: Lms, launch: Launch) -> Json:
    account = launch.account
    role = "Instructor" if account.teacher else "Learner"
    institution_role = "Instructor" if account.teacher else "Student"
    return {
        "azp": lms.registrations["canvas"].client_id,
        "sub": account.canvas_id,
        "locale": lms.config.locale,
        **_person(lms, account),
        LTI + "roles": [MEMBERSHIP + role, INSTITUTION + institution_role, SYSTEM + "User"],
        LTI + "context": {
            "id": "4dde05e8ca1973bcca9bffc13e1548820eee93a3",
            "label": "EXAM101",
            "title": "Introduction to Testing",
            "type": [COURSE_TYPE],
        },
        LTI + "tool_platform": {
            "guid": "TnWxcQwmwuz9u3bHBa1x5HqeNeGqZ1SlgsGZtd2D:canvas-lms",
            "name": "Canvas stand-in",
            "version": "cloud",
            "product_family_code": "canvas",
        },
        LTI + "launch_presentation": {
            "document_target": "iframe",
            "height": 800,
            "width": 800,
            "locale": lms.config.locale,
            "return_url": f"{lms.base_url}/canvas/courses/1/external_content/success/external_tool_redirect",
        },
        LTI + "lti1p1": {"user_id": account.canvas_id},
        LTI_AGS + "endpoint": {"scope": AGS_SCOPES, "lineitems": f"{lms.base_url}/canvas/api/lti/courses/1/line_items"},
    }


def canvas_custom(lms: Lms, account: Account, *, in_course: bool = True) -> dict[str, str]:
    """Return the tool's custom parameters. A variable that has no value here stays as it is, as in Canvas."""
    values = {
        "$Canvas.api.baseUrl": lms.base_url,
        "$Canvas.api.domain": lms.base_url.partition("://")[2],
        "$Canvas.user.id": lms.canvas.behaviour.user_id or str(user_id(account)),
        **({"$Canvas.course.id": str(COURSE_ID), "$Context.id.history": ""} if in_course else {}),
    }
    custom = lms.registrations["canvas"].custom
    return {name: values.get(value, value) for name, value in custom.items()}


def _moodle(lms: Lms, launch: Launch) -> Json:
    account = launch.account
    username = {"user_username": account.key} if lms.share_personal_data else {}
    return {
        "sub": account.moodle_id,
        **_person(lms, account),
        LTI + "roles": [MEMBERSHIP + ("Instructor" if account.teacher else "Learner")],
        LTI + "context": {
            "id": "2",
            "label": "EXAM101",
            "title": "Introduction to Testing",
            "type": ["CourseSection"],
        },
        LTI + "lis": {"person_sourcedid": "", "course_section_sourcedid": ""},
        LTI + "ext": {**username, "lms": "moodle-2"},
        LTI + "launch_presentation": {
            "locale": lms.config.locale,
            "document_target": "iframe",
            "return_url": f"{lms.base_url}/moodle/course/view.php?id=2",
        },
        LTI + "tool_platform": {
            "product_family_code": "moodle",
            "version": "2024100706",
            "guid": "moodle.stand-in",
            "name": "LabU",
            "description": "Moodle stand-in",
        },
        LTI_AGS + "endpoint": {
            "scope": AGS_SCOPES,
            "lineitems": f"{lms.base_url}/moodle/mod/lti/services.php/2/lineitems?type_id=2",
        },
    }


def canvas_settings(return_url: str, placement: str) -> Json:
    """Return the deep_linking_settings of a Canvas placement, which never have ``data``.

    See docs/reference/lms-behaviour.md#canvas-placements.
    """
    cartridges = [f"application/vnd.ims.imsccv1p{n}" for n in (1, 2, 3)]
    files = [*cartridges, "application/zip", "application/xml"]
    takes_file, is_module = placement == "migration_selection", placement.startswith("module_")
    return {
        "deep_link_return_url": return_url,
        "accept_types": ["file"] if takes_file else ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe"] if takes_file else ["iframe", "window"],
        "accept_media_types": ",".join(files) if takes_file else "application/vnd.ims.lti.v1.ltilink",
        "auto_create": is_module,
        "accept_multiple": is_module,
    }


def moodle_settings(return_url: str, tool_name: str) -> Json:
    """Return the deep_linking_settings of Moodle's "Select content".

    See docs/reference/moodle.md#the-teachers-id_token.
    """
    return {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_copy_advice": False,
        "accept_multiple": True,
        "accept_unsigned": False,
        "auto_create": False,
        "can_confirm": False,
        "deep_link_return_url": return_url,
        "title": tool_name,
        "text": "",
    }
