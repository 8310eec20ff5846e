"""Values of requests to Examplary and of its responses (see docs/reference/examplary-api.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = "dict[str, Json]"


class SessionState(Enum):
    """State of an embed session for us. Examplary may have others; see :meth:`EmbedSession.state`."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class User:
    """A user of the workspace. ``email`` and ``name`` are set only if Examplary returns them.

    ``created``: certainly created by this call (201). Examplary may respond with 200 and an existing user
    (see docs/reference/examplary-api.md#users): treat it as another person's.
    """

    id: str
    created: bool = True
    email: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Me:
    """The owner of the API key. ``id`` must never be used as an actor (400).

    See docs/reference/examplary-api.md#actor-rules.
    """

    id: str | None
    workspace_id: str | None = None


@dataclass(frozen=True, slots=True)
class EmbedSessionRequest:
    """The request of ``POST /embed-sessions``.

    ``presets`` are the flow's own (name, subject, studentLevel, intendedDuration in minutes, language …).
    ``allowed_origin`` is scheme://host[:port]; ``return_url`` should have its state in the path, because Examplary
    appends a query (see docs/reference/examplary-api.md#how-the-result-comes-back).
    """

    actor: str
    flow: str = "generate-exam"
    presets: Mapping[str, Json] = field(default_factory=dict)
    theme: Mapping[str, Json] = field(default_factory=dict)
    metadata: Mapping[str, Json] = field(default_factory=dict)
    return_url: str | None = field(default=None, repr=False)
    allowed_origin: str | None = None

    def body(self) -> JsonObject:
        """Return the JSON body, without the optional parts that are not set."""
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

    The echoed ``flow`` is ignored on purpose: in Examplary's own examples it differs from the request.
    ``expires_at`` is aware (UTC), or ``None`` if unknown.
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
        """Return the state at ``now`` (aware). A session with an unknown status is open until ``expires_at``."""
        ended = {"completed": SessionState.COMPLETED, "cancelled": SessionState.CANCELLED}
        if self.status in ended:
            return ended[self.status]
        if self.expires_at is not None and now >= self.expires_at:
            return SessionState.EXPIRED
        return SessionState.OPEN


@dataclass(frozen=True, slots=True)
class ExamDocument:
    """An exam as returned by ``GET /exams/{id}``: ``text`` is the JSON, ``data`` the object parsed from it."""

    data: JsonObject = field(repr=False)
    text: str = field(repr=False)
