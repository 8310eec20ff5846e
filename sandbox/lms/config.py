"""Configuration of the sandbox's LMS: its tool registrations, accounts and platform details."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Flavour = Literal["canvas", "moodle"]
FLAVOURS: tuple[Flavour, ...] = ("canvas", "moodle")

Storage = Literal["frame", "parent", "elsewhere", "slow", "late", "silent", "refusing", "off"]
"""Behaviour of the Canvas-like course's platform storage.

``frame``: in the frame that the login names. ``parent``: in the page around the tool. ``elsewhere``: in a frame that
only ``lti.capabilities`` names. ``slow``: answers late, like a busy page. ``late``: ignores the first messages, like a
frame that is still loading. ``silent``: offered but never answers, like Canvas's mobile apps. ``refusing``: answers
with an error. ``off``: not offered.
"""


@dataclass(frozen=True, slots=True)
class ToolRegistration:
    """A registered tool. Moodle compares ``redirect_uris`` exactly, Canvas without the query."""

    client_id: str
    deployment_id: str
    initiate_login_uri: str
    redirect_uris: tuple[str, ...]
    target_link_uri: str
    jwks_uri: str
    name: str = "Examplary"
    custom: Mapping[str, str] = field(default_factory=dict)
    """Custom parameters; in the Canvas-like course, variables in them are expanded."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user account. ``canvas_id`` and ``moodle_id`` are its ``sub`` in each flavour."""

    key: str
    given_name: str
    family_name: str
    email: str
    teacher: bool
    canvas_id: str
    moodle_id: str

    @property
    def name(self) -> str:
        """Full name."""
        return f"{self.given_name} {self.family_name}"


ACCOUNTS = (
    Account("teacher", "Tess", "Teacher", "tess@school.example", True, "535fa085-f22b-4655-8f48-5a36a9215a64", "3"),
    Account("teacher2", "Theo", "Tutor", "theo@school.example", True, "8f1c0a6e-0b0f-4a3e-9a8d-0d6f6c1f5b11", "4"),
    Account("student", "Stan", "Student", "stan@school.example", False, "c2a3f7d4-5b7e-4f6c-8e1d-2f9b7a6c3e22", "5"),
)


CANVAS_VARIABLES: Mapping[str, str] = {
    "canvas_api_base_url": "$Canvas.api.baseUrl",
    "canvas_api_domain": "$Canvas.api.domain",
    "canvas_course_id": "$Canvas.course.id",
    "canvas_user_id": "$Canvas.user.id",
}
"""Custom parameters of a tool that imports by Canvas's API."""


@dataclass(slots=True)
class ApiKey:
    """A developer key of the kind "API Key". ``scopes`` is None if they are not enforced."""

    client_id: str
    secret: str = field(repr=False)
    redirect_uris: tuple[str, ...]
    name: str = "Examplary"
    scopes: tuple[str, ...] | None = None
    is_on: bool = True
    allows_includes: bool = False


_COURSE = "/api/v1/courses/:course_id"
API_SCOPES = (
    f"url:POST|{_COURSE}/content_migrations",
    f"url:GET|{_COURSE}/content_migrations",
    f"url:GET|{_COURSE}/content_migrations/:id",
    f"url:GET|{_COURSE}/content_migrations/:content_migration_id/migration_issues",
    "url:GET|/api/v1/progress/:id",
    *(f"url:GET|{_COURSE}/{name}" for name in ("quizzes", "all_quizzes", "assignments/:id")),
    *(f"url:GET|{_COURSE}/{name}" for name in ("features/enabled", "permissions", "modules", "assignment_groups")),
)
"""Scopes that an administrator ticks for a tool that imports quizzes."""

API_KEY_ID = "10000000000042"
API_KEY_SECRET = "stand-in-canvas-secret"


@dataclass(frozen=True, slots=True)
class LmsConfig:
    """Configuration of an LMS with a Canvas-like course under ``/canvas`` and a Moodle-like one under ``/moodle``.

    Attributes:
        base_url: without a trailing slash; empty means the host of the request.
        canvas_issuer: by default the base URL + ``/canvas``. Canvas's own issuer is shared by thousands of schools.
        control: serve ``/_state`` and ``/_control``, for tests.
        share_personal_data: whether launches contain name and email.
        moodle_plugin: whether the Moodle has Examplary's plugin, and its service is on.
        canvas_key: the API key of the tool, if it has one.
        uploads_url: origin of Canvas's file uploads; by default another name of the same server.
        now: returns the LMS's time in seconds.

    """

    base_url: str = ""
    canvas: ToolRegistration | None = None
    moodle: ToolRegistration | None = None
    canvas_issuer: str = ""
    control: bool = False
    share_personal_data: bool = True
    locale: str = "en"
    verify_tls: bool | str = True
    storage: Storage = "frame"
    moodle_plugin: bool = False
    canvas_key: ApiKey | None = None
    uploads_url: str = ""
    now: Callable[[], float] = time.time


def other_name(base_url: str) -> str:
    """Return another name of the same server, for file uploads: ``files`` below the same domain."""
    scheme, _, host = base_url.partition("://")
    name, colon, port = host.partition(":")
    other = "localhost" if name == "127.0.0.1" else f"files.{name.partition('.')[2]}"
    return f"{scheme}://{other}{colon}{port}"


CLIENT_IDS: dict[Flavour, str] = {"canvas": "10000000000001", "moodle": "xXED5u1txxut8QS"}
DEPLOYMENT_IDS: dict[Flavour, str] = {
    "canvas": "1:8865aa05b4b79b64a91a86042e43af5ea8ae79eb",
    "moodle": "2",
}


@dataclass(frozen=True, slots=True)
class PlatformDescription:
    """Details of one flavour that a tool needs for its registration."""

    family: Flavour
    issuer: str
    client_id: str
    deployment_id: str
    auth_url: str
    jwks_url: str
    token_url: str


def describe_platforms(base_url: str, canvas_issuer: str = "") -> dict[Flavour, PlatformDescription]:
    """Return both platforms of an LMS at ``base_url`` (without a trailing slash)."""
    canvas, moodle = f"{base_url}/canvas", f"{base_url}/moodle"
    return {
        "canvas": PlatformDescription(
            family="canvas",
            issuer=canvas_issuer or canvas,
            client_id=CLIENT_IDS["canvas"],
            deployment_id=DEPLOYMENT_IDS["canvas"],
            auth_url=f"{canvas}/api/lti/authorize_redirect",
            jwks_url=f"{canvas}/api/lti/security/jwks",
            token_url=f"{canvas}/login/oauth2/token",
        ),
        "moodle": PlatformDescription(
            family="moodle",
            issuer=moodle,
            client_id=CLIENT_IDS["moodle"],
            deployment_id=DEPLOYMENT_IDS["moodle"],
            auth_url=f"{moodle}/mod/lti/auth.php",
            jwks_url=f"{moodle}/mod/lti/certs.php",
            token_url=f"{moodle}/mod/lti/token.php",
        ),
    }
