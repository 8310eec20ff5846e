"""What goes to Examplary and what comes back, as values (facts: examplary-api §3, §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = "dict[str, Json]"


class SessionState(Enum):
    """Where an embed session stands, for us. Examplary may use more words; see :meth:`EmbedSession.state`."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class User:
    """A user of the workspace. ``email`` and ``name`` only where Examplary sends them back.

    ``created``: certainly made by this call (201). Whether Examplary answers 200 with an existing user is not
    known (facts: examplary-api §3, "User mapping"): treat such a user as somebody else's.
    """

    id: str
    created: bool = True
    email: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Me:
    """Whose API key this is. ``id`` is never to be used as an actor (400, facts: examplary-api §4.2)."""

    id: str | None
    workspace_id: str | None = None


@dataclass(frozen=True, slots=True)
class EmbedSessionRequest:
    """What ``POST /embed-sessions`` asks for.

    ``presets`` are the flow's own (name, subject, studentLevel, intendedDuration in minutes, language …).
    ``allowed_origin`` is scheme://host[:port]; ``return_url`` should carry its state in the path, because
    Examplary appends its query (facts: examplary-api §4.3).
    """

    actor: str
    flow: str = "generate-exam"
    presets: Mapping[str, Json] = field(default_factory=dict)
    theme: Mapping[str, Json] = field(default_factory=dict)
    metadata: Mapping[str, Json] = field(default_factory=dict)
    return_url: str | None = field(default=None, repr=False)
    allowed_origin: str | None = None

    def body(self) -> JsonObject:
        """The JSON body, without what was not asked for."""
        body: JsonObject = {
            "flow": self.flow,
            "actor": self.actor,
            "presets": dict(self.presets),
            "theme": dict(self.theme),
            "metadata": dict(self.metadata),
        }
        if self.return_url:
            body["returnUrl"] = self.return_url
        if self.allowed_origin:
            body["allowedOrigin"] = self.allowed_origin
        return body


@dataclass(frozen=True, slots=True)
class EmbedSession:
    """An embed session. ``id`` and ``embed_url`` are bearer secrets: they stay out of ``repr``, logs and pages.

    The echoed ``flow`` is left out on purpose: Examplary's own examples echo another one.
    ``expires_at`` is aware (UTC); ``None`` where Examplary does not say it.
    """

    id: str = field(repr=False)
    status: str
    embed_url: str = field(repr=False)
    expires_at: datetime | None = None
    created_at: datetime | None = None
    exam_id: str | None = None
    actor: str | None = None
    response_modes: tuple[str, ...] = ()
    outputs: Mapping[str, Json] = field(default_factory=dict, repr=False)
    metadata: Mapping[str, Json] = field(default_factory=dict, repr=False)

    def state(self, now: datetime) -> SessionState:
        """Where the session stands at ``now`` (aware): an unknown status is open until ``expires_at``."""
        known = {"completed": SessionState.COMPLETED, "cancelled": SessionState.CANCELLED}
        if self.status in known:
            return known[self.status]
        if self.expires_at is not None and now >= self.expires_at:
            return SessionState.EXPIRED
        return SessionState.OPEN


@dataclass(frozen=True, slots=True)
class ExamDocument:
    """An exam as ``GET /exams/{id}`` gave it: ``raw`` is the very bytes (UTF-8 JSON), ``data`` the same, parsed."""

    data: JsonObject = field(repr=False)
    raw: bytes = field(repr=False)
