"""A verified launch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lti_tool.lti.protocol.deep_linking_settings import DeepLinkingSettings
from lti_tool.lti.protocol.roles import Role


class MessageType(StrEnum):
    """Message types that this tool accepts; the registration asks for no others."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person who has launched the tool before, as stored."""

    id: str
    name: str
    email: str
    seen_at: datetime
    tests: bool
    """Whether an administrator tests the connection as this person: their launches are shown to them, not stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedLaunch:
    """Signed by the platform for this tool, and used once. Absent texts are empty; all values fit their columns."""

    platform_id: str
    """Id of our :class:`~lti_tool.models.Platform`."""
    issuer: str
    client_id: str
    deployment_id: str
    sub: str
    message_type: MessageType
    role: Role
    name: str = ""
    email: str = ""
    person: KnownPerson | None = None
    """Our record of this ``sub``; ``None``: there is none, or another launch is storing it."""
    context_id: str = ""
    context_title: str = ""
    resource_link_id: str = ""
    target_link_uri: str = ""
    """Signed target of the link. For reading only, never redirect to it."""
    custom: Mapping[str, str]
    """Custom parameters without unresolved variables (``$Like.this``)."""
    own_claims: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Claims in Examplary's own namespace, by their full name. They may hold secrets: never log them."""
    locale: str = ""
    return_url: str = ""
    """http(s) URL of "back to the course"."""
    frame_origins: tuple[str, ...] = ()
    """Origins that may frame this launch's pages, ready for ``frame-ancestors``."""
    product_family: str = ""
    """``tool_platform.product_family_code``, or what the administrator set for the platform."""
    platform_version: str = ""
    deep_linking: DeepLinkingSettings | None = None
    handover_id: str = ""
    """The frame that waits for this launch from a window; empty: none."""
    course_history: tuple[str, ...] | None = None
    """Ids of the courses from which this one was copied; ``None``: unknown. The LMS's plugin decides whether a teacher
    could have written it."""
    history_registered: bool = False
    """Whether the latest deep linking launch of the platform had the history, so that it is a parameter of the tool."""
    platform_launched_at: datetime | None = None
    """The platform's latest launch before this one, exact to an hour; ``None``: this is its first."""
    claims: Mapping[str, object] = field(default_factory=dict, repr=False)
    """All claims, for a test launch: shown to the person, never stored and never logged."""
    ignored_claims: tuple[str, ...] = ()
    """Names of optional claims that could not be read."""
