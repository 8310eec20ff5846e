"""A registered platform, as the protocol needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lti_tool.lti.protocol.role_overrides import CountsAs


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRecord:
    """One registration: (issuer, client_id) and its addresses."""

    id: str
    issuer: str
    client_id: str
    authorization_url: str
    jwks_url: str
    family: str = ""
    """LMS family set by the administrator; empty: taken from the launch's ``tool_platform`` claim."""
    frame_hosts: tuple[str, ...] = ()
    role_overrides: Mapping[str, CountsAs] = field(default_factory=dict)
    """The administrator's exceptions for single roles; keys are canonical."""
    sends_history: bool = False
    """Whether its deep linking launches carry the course history parameter."""
    active: bool = True
    launched_at: datetime | None = None
    """Its latest launch, exact to an hour."""
