"""How a stand-in LMS is set up: who it is, which tool is registered with it, who is in its courses."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Flavour = Literal["canvas", "moodle"]
FLAVOURS: tuple[Flavour, ...] = ("canvas", "moodle")

Storage = Literal["frame", "parent", "elsewhere", "slow", "late", "silent", "refusing", "off"]
"""How the Canvas flavour keeps things for tools: in the frame that the login names, in the page around the tool, in a
frame that only ``lti.capabilities`` names; slowly, as a page that is busy; not yet when it is first asked, as a frame
that still loads; or it offers to and says nothing (as Canvas's mobile apps), or refuses, or offers nothing."""


@dataclass(frozen=True, slots=True)
class ToolRegistration:
    """A tool as registered. ``redirect_uris`` are compared exactly (Moodle) or but for the query (Canvas)."""

    client_id: str
    deployment_id: str
    initiate_login_uri: str
    redirect_uris: tuple[str, ...]
    target_link_uri: str
    jwks_uri: str
    name: str = "Examplary"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can log in. ``canvas_id`` and ``moodle_id`` are their ``sub`` in each flavour."""

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


@dataclass(frozen=True, slots=True)
class LmsConfig:
    """A stand-in LMS with a Canvas-like course under ``/canvas`` and a Moodle-like one under ``/moodle``.

    ``base_url`` (no slash at the end) may stay empty: then it is what the browser asked for.
    ``canvas_issuer`` is by default the base URL + ``/canvas``; Canvas's real one serves thousands of schools.
    ``control`` opens ``/_state`` and ``/_control`` to tests. ``share_personal_data`` off withholds name and e-mail.
    ``now`` gives the LMS's clock in seconds, so that a test can let it go wrong.
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
    now: Callable[[], float] = time.time


CLIENT_IDS: dict[Flavour, str] = {"canvas": "10000000000001", "moodle": "xXED5u1txxut8QS"}
DEPLOYMENT_IDS: dict[Flavour, str] = {
    "canvas": "1:8865aa05b4b79b64a91a86042e43af5ea8ae79eb",
    "moodle": "2",
}


@dataclass(frozen=True, slots=True)
class PlatformDescription:
    """What a tool must know to be registered with one flavour."""

    family: Flavour
    issuer: str
    client_id: str
    deployment_id: str
    auth_url: str
    jwks_url: str
    token_url: str


def describe_platforms(base_url: str, canvas_issuer: str = "") -> dict[Flavour, PlatformDescription]:
    """Both platforms of a stand-in LMS at that address (no slash at the end)."""
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
