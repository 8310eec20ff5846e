"""Reads the claims of a verified token into a :class:`VerifiedLaunch`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from lti_tool.lti.protocol import claims as names
from lti_tool.lti.protocol.addresses import frame_origin, is_web_address, origin_of
from lti_tool.lti.protocol.claim_reading import Reader, plain_text, storable
from lti_tool.lti.protocol.course_history import course_history
from lti_tool.lti.protocol.deep_linking_settings import DeepLinkingSettings
from lti_tool.lti.protocol.frames import frame_origins
from lti_tool.lti.protocol.platform_record import PlatformRecord
from lti_tool.lti.protocol.roles import role_of
from lti_tool.lti.protocol.token_errors import (
    ClaimMalformed,
    DeploymentMissing,
    LinkMissing,
    MessageTypeMissing,
    RolesMissing,
    UnknownMessage,
    UserMissing,
    VersionMissing,
    WrongVersion,
)
from lti_tool.lti.protocol.verified_launch import KnownPerson, MessageType, VerifiedLaunch

ADDRESS_LENGTH = 2000
NAME_LENGTH, EMAIL_LENGTH, LOCALE_LENGTH, VERSION_LENGTH, CUSTOM_LENGTH = 255, 320, 40, 60, 2000
OWN_CLAIM_LENGTH, MAX_OWN_CLAIMS = 2000, 20

_VARIABLE = re.compile(r"\$[A-Za-z][\w.]*")
"""An unresolved variable is returned literally (see docs/reference/moodle.md#launch)."""

_NAMED_VARIABLE = re.compile(r"\$[A-Za-z]\w*(?:\.\w+)+")
"""The same for names, where "$mart" may be real: all LTI variables contain a dot."""


def read_message(
    claims: Mapping[str, object],
    platform: PlatformRecord,
    *,
    handover_id: str,
    administrators_may_author: bool,
    person: KnownPerson | None = None,
) -> VerifiedLaunch:
    """Check every claim that we use and return the launch; raise subclasses of :class:`TokenError`.

    Optional claims that can't be read are ignored and named in the result: they never keep a teacher out.
    """
    ignored: list[str] = []
    reader = Reader(claims, ignored=ignored)
    message_type = _message_type(reader)
    roles = _roles(reader)
    settings = _deep_linking(reader, platform) if message_type is MessageType.DEEP_LINKING else None
    presentation = reader.part(names.LAUNCH_PRESENTATION)
    return_url = _address(presentation, "return_url")
    product, context, custom = (reader.part(name) for name in (names.TOOL_PLATFORM, names.CONTEXT, names.CUSTOM))
    return VerifiedLaunch(
        platform_id=platform.id,
        issuer=platform.issuer,
        client_id=platform.client_id,
        deployment_id=reader.needed_identifier(names.DEPLOYMENT_ID, DeploymentMissing),
        sub=_user(reader),
        message_type=message_type,
        role=role_of(roles, administrators_may_author=administrators_may_author, overrides=platform.role_overrides),
        name=_name(reader),
        email=_email(reader),
        person=person,
        context_id=context.numbered_identifier("id"),
        context_title=_course_title(context),
        resource_link_id=_resource_link(reader, message_type),
        target_link_uri=_target(reader, message_type),
        custom=_custom(custom),
        own_claims=_own_claims(reader),
        course_history=course_history(custom.values),
        history_registered=platform.sends_history,
        platform_launched_at=platform.launched_at,
        locale=_resolved(presentation, "locale", LOCALE_LENGTH),
        return_url=return_url,
        frame_origins=frame_origins(
            issuer=platform.issuer,
            authorization_url=platform.authorization_url,
            launch_addresses=(return_url, settings.return_url if settings else ""),
            frame_hosts=platform.frame_hosts,
        ),
        product_family=platform.family or product.text("product_family_code", LOCALE_LENGTH),
        platform_version=product.text("version", VERSION_LENGTH),
        deep_linking=settings,
        handover_id=handover_id,
        claims=claims,
        ignored_claims=tuple(dict.fromkeys(ignored)),
    )


def reject_lti_1p1(form: Mapping[str, str]) -> None:
    """Raise :class:`WrongVersion` for an LTI 1.0 or 1.1 launch: signed parameters, no token."""
    if "oauth_consumer_key" in form or form.get("lti_version", "").startswith("LTI-"):
        raise WrongVersion(f"form of {plain_text(form.get('lti_version', ''), 40)!r}")


def deployment_of(claims: Mapping[str, object]) -> str:
    """Return the deployment id; raise :class:`DeploymentMissing` or :class:`ClaimMalformed`."""
    return Reader(claims).needed_identifier(names.DEPLOYMENT_ID, DeploymentMissing)


def _message_type(reader: Reader) -> MessageType:
    version = reader.value(names.VERSION)
    if version is None:
        raise VersionMissing
    if version != names.LTI_VERSION:
        raise WrongVersion(f"version {str(version)[:40]!r}")
    message_type = reader.needed_text(names.MESSAGE_TYPE, MessageTypeMissing)
    try:
        return MessageType(message_type)
    except ValueError as error:
        raise UnknownMessage(f"message type {message_type[:80]!r}") from error


def _roles(reader: Reader) -> list[str]:
    """Return the roles: an empty list is valid, a missing claim is not (certification guide §6.1.1)."""
    if reader.value(names.ROLES) is None:
        raise RolesMissing(claim=names.short(names.ROLES))
    return reader.needed_texts(names.ROLES)


def _deep_linking(reader: Reader, platform: PlatformRecord) -> DeepLinkingSettings:
    """Return the settings. An address without https is taken from a platform without it, or if its host is named."""
    part = reader.needed_part(names.DEEP_LINKING_SETTINGS)
    address = part.value("deep_link_return_url")
    hosts = {frame_origin(host) for host in platform.frame_hosts}
    is_named = isinstance(address, str) and origin_of(address) in hosts - {""}
    return DeepLinkingSettings.read(part, https_only=not (is_named or platform.issuer.startswith("http://")))


def _resource_link(reader: Reader, message_type: MessageType) -> str:
    if message_type is not MessageType.RESOURCE_LINK:
        return reader.part(names.RESOURCE_LINK).numbered_identifier("id")
    if reader.value(names.RESOURCE_LINK) in (None, []):
        raise LinkMissing(claim="resource_link.id")
    link_id = reader.needed_part(names.RESOURCE_LINK).numbered_identifier("id")
    if not link_id.strip():
        raise LinkMissing(claim="resource_link.id")
    return link_id


def _target(reader: Reader, message_type: MessageType) -> str:
    """Return the target: required for a resource link (LTI Core 1.3 §5.3.4), optional for deep linking."""
    if message_type is MessageType.RESOURCE_LINK:
        reader.needed_text(names.TARGET_LINK_URI)
    if reader.value(names.TARGET_LINK_URI) is None:
        return ""
    target = reader.needed_text(names.TARGET_LINK_URI)
    if not is_web_address(target):
        raise ClaimMalformed(claim=names.short(names.TARGET_LINK_URI))
    return target


def _user(reader: Reader) -> str:
    """Return ``sub``. An unresolved variable would merge all users into one.

    See docs/reference/lti.md#common-complaints.
    """
    sub = reader.needed_identifier("sub", UserMissing)
    if _NAMED_VARIABLE.fullmatch(sub):
        raise UserMissing("unresolved variable", claim="sub")
    return sub


def _name(reader: Reader) -> str:
    parts = [_resolved(reader, part, NAME_LENGTH) for part in ("given_name", "family_name")]
    return _resolved(reader, "name", NAME_LENGTH) or " ".join(part for part in parts if part)[:NAME_LENGTH]


def _resolved(reader: Reader, name: str, max_length: int) -> str:
    """Return a text; empty for an unresolved variable."""
    text = reader.text(name, max_length)
    return "" if text.startswith("$") and _NAMED_VARIABLE.fullmatch(text) else text


def _email(reader: Reader) -> str:
    """Return the address if it is valid; it is never cut, because that could make it another person's."""
    email = reader.text("email", EMAIL_LENGTH + 1)
    before, _, after = email.rpartition("@")
    return email if before and after and " " not in email and len(email) <= EMAIL_LENGTH else ""


def _course_title(context: Reader) -> str:
    return _resolved(context, "title", NAME_LENGTH) or _resolved(context, "label", NAME_LENGTH)


def _address(reader: Reader, name: str) -> str:
    """Return an http(s) URL; empty if it is another kind of URL or too long to store."""
    address = reader.text(name, ADDRESS_LENGTH + 1)
    return address if len(address) <= ADDRESS_LENGTH and is_web_address(address) else ""


def _custom(custom: Reader) -> Mapping[str, str]:
    """Return the custom parameters as texts; platforms that resolve variables also send numbers and booleans."""
    texts = {}
    for name, value in custom.values.items():
        text = ("true" if value else "false") if isinstance(value, bool) else custom.text(name, CUSTOM_LENGTH)
        if text and storable(name) and not _VARIABLE.fullmatch(text):
            texts[name] = text
    return MappingProxyType(texts)


def _own_claims(reader: Reader) -> Mapping[str, str]:
    """Return the claims in our own namespace, unchanged: a handle that was cut would be of no use."""
    own_names = [name for name in reader.values if name.startswith(names.EXAMPLARY)]
    texts = {}
    for name in own_names[:MAX_OWN_CLAIMS]:
        value = reader.value(name)
        if isinstance(value, str) and len(value) <= OWN_CLAIM_LENGTH and storable(value):
            texts[name] = value
        else:
            reader.ignore(name)
    return MappingProxyType(texts)
