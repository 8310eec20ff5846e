"""What a launch is once it has been verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lti_tool.lti.protocol.deep_linking_settings import DeepLinkingSettings
from lti_tool.lti.protocol.roles import Role


class MessageType(StrEnum):
    """The messages that this tool answers; the registration asks for no others."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedLaunch:
    """Signed by the platform, meant for us, used once. Absent texts are empty; all fit their columns."""

    platform_id: str
    """Our id of the registration."""
    issuer: str
    client_id: str
    deployment_id: str
    sub: str
    message_type: MessageType
    role: Role
    name: str = ""
    email: str = ""
    context_id: str = ""
    context_title: str = ""
    resource_link_id: str = ""
    target_link_uri: str = ""
    """Where the link points, signed. Read it, never redirect to it."""
    custom: Mapping[str, str]
    """Custom parameters; variables that the platform did not fill in (``$Like.this``) are left out."""
    locale: str = ""
    return_url: str = ""
    """http(s) address for "back to the course"."""
    frame_origins: tuple[str, ...] = ()
    """Origins that may frame this launch's pages, ready for ``frame-ancestors``."""
    product_family: str = ""
    """``tool_platform.product_family_code``, or what the administrator set for the platform."""
    platform_version: str = ""
    deep_linking: DeepLinkingSettings | None = None
    handover_id: str = ""
    """The frame that waits for this launch, which was made in a window of its own; empty: none does."""
    course_history: tuple[str, ...] | None = None
    """Ids of the courses from which this one was copied; ``None``: the launch says nothing of it. Who could have
    written it there is decided by the LMS's plugin."""
    history_registered: bool = False
    """Whether it is a parameter of the tool itself, as the platform's latest request for content showed."""
