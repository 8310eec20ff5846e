"""Course and person at Canvas's API, as a launch names them (see docs/reference/canvas-api.md#the-api-host).

A grant has the names ``base_url``, ``course``, ``user`` and ``placement``, and where the launch says so, ``module`` or
``group``: the module or the assignment group that the teacher came from.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from lti_tool.lms.direct_import import Grant
from lti_tool.lti import VerifiedLaunch

MIGRATION_SELECTION = "migration_selection"
MODULE, ASSIGNMENT_GROUP = "module", "assignment_group"
"""Values of ``$com.instructure.Course.canvas_resource_type``."""

_ID = re.compile(r"\d{1,20}")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,250}(:\d{1,5})?")
_PLACEMENT = re.compile(r"[a-z_]{1,60}")


def canvas_grant(launch: VerifiedLaunch) -> Grant | None:
    """Return what ``launch`` says; ``None`` without API host, course or person."""
    custom = launch.custom
    base_url = _base_url(custom)
    course, user = _id(custom.get("canvas_course_id")), _id(custom.get("canvas_user_id"))
    if not (base_url and course and user):
        return None
    origin = _origin_in_course(launch)
    place = {"module": _id(origin.get("context_module_id")), **_resource(custom)}
    return {
        "base_url": base_url,
        "course": course,
        "user": user,
        "placement": _placement(launch, origin),
        **{name: value for name, value in place.items() if value},
    }


def _base_url(custom: Mapping[str, str]) -> str:
    """Return scheme and host of the API in lower case; empty if the launch has none."""
    url = custom.get("canvas_api_base_url", "")
    scheme, _, host = url.partition("://") if "://" in url else ("https", "", custom.get("canvas_api_domain", ""))
    host = host.rstrip("/")
    return f"{scheme}://{host}".lower() if scheme in ("https", "http") and _HOST.fullmatch(host) else ""


def _id(value: object) -> str:
    """Return an id as text; empty if there is none."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if _ID.fullmatch(text) and text.isascii() else ""


def _resource(custom: Mapping[str, str]) -> Mapping[str, str]:
    """Return the module or the assignment group whose menu the teacher used."""
    kind = custom.get("canvas_resource_type", "")
    resource = _id(custom.get("canvas_resource_id"))
    names = {MODULE: "module", ASSIGNMENT_GROUP: "group"}
    return {names[kind]: resource} if kind in names and resource else {}


def _placement(launch: VerifiedLaunch, origin: Mapping[str, object]) -> str:
    """Return the placement of a deep linking launch; empty for another launch, or if it isn't known."""
    placement = origin.get("placement")
    if isinstance(placement, str) and _PLACEMENT.fullmatch(placement):
        return placement
    settings = launch.deep_linking
    imports = settings is not None and "application/zip" in settings.accept_media_types
    return MIGRATION_SELECTION if imports else ""


def _origin_in_course(launch: VerifiedLaunch) -> Mapping[str, object]:
    """Return what Canvas wrote into the return URL for itself: placement and module among others.

    The URL is part of the signed launch, so this JWT's own signature, which only Canvas can check, doesn't matter.

    See docs/reference/lms-behaviour.md#canvas-placements.
    """
    if launch.deep_linking is None:
        return {}
    try:
        (token,) = parse_qs(urlsplit(launch.deep_linking.return_url).query).get("data", [""])[:1]
        payload = token.split(".")[1]
        document = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
