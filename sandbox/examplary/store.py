"""In-memory data: users, sessions, exams and files, behind one lock."""

from __future__ import annotations

import secrets
import string
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from sandbox.examplary.config import ExamplaryConfig

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = "dict[str, Json]"

# Placeholder in stored exams for this server's URL, which depends on the request.
UPLOADS = "https://uploads.stand-in.invalid/"
_LETTERS = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    """Return an id like Examplary's: opaque, mixed case."""
    return prefix + "_" + "".join(secrets.choice(_LETTERS) for _ in range(22))


def iso_time(moment: datetime) -> str:
    """Return a time in UTC as Examplary writes it: ``2026-01-31T12:00:00.000Z``."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class StoredSession:
    """An embed session with the draft that the teacher has filled in so far."""

    id: str
    request: JsonObject
    created: datetime
    expires: datetime
    status: str = "pending"
    outputs: JsonObject = field(default_factory=dict)
    draft: dict[str, str] = field(default_factory=dict)
    ready_at: datetime | None = None

    @property
    def token(self) -> str:
        """The id without its prefix, as in embed URLs."""
        return self.id.removeprefix("embed_session_")

    def text(self, key: str) -> str:
        """Return a text field of the request, such as ``returnUrl``; empty if it is absent."""
        value = self.request.get(key)
        return value if isinstance(value, str) else ""

    @property
    def presets(self) -> JsonObject:
        """Presets of the request."""
        presets = self.request.get("presets")
        return presets if isinstance(presets, dict) else {}


@dataclass(slots=True)
class Store:
    """All data of one app. Hold ``lock`` while doing more than one step."""

    config: ExamplaryConfig
    users: dict[str, JsonObject] = field(default_factory=dict)
    sessions: dict[str, StoredSession] = field(default_factory=dict)
    exams: dict[str, JsonObject] = field(default_factory=dict)
    editors: dict[str, Json] = field(default_factory=dict)
    """The user who generated an exam and may edit it; an exam that isn't listed is open to all."""
    uploads: dict[str, bytes] = field(default_factory=dict)
    downloads: dict[str, str] = field(default_factory=dict)
    exam_count: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def users_of(self, workspace: str) -> dict[str, JsonObject]:
        """Return the users of a workspace by id."""
        return {user_id: user for user_id, user in self.users.items() if user["org"] == workspace}

    def add_user(self, email: str, name: Json, role: str, workspace: str = "") -> JsonObject | None:
        """Add a user to ``workspace`` (the default one if empty); return ``None`` if the email is taken there."""
        workspace = workspace or self.config.workspace_id
        with self.lock:
            if any(str(user["email"]).lower() == email.lower() for user in self.users_of(workspace).values()):
                return None
            user: JsonObject = {"id": new_id("user"), "email": email, "name": name, "role": role, "org": workspace}
            self.users[str(user["id"])] = user
            return user

    def add_session(self, request: JsonObject) -> StoredSession:
        """Add a session that expires after ``session_days``."""
        moment = self.config.clock()
        expires = moment + timedelta(days=self.config.session_days)
        session = StoredSession(id=new_id("embed_session"), request=request, created=moment, expires=expires)
        with self.lock:
            self.sessions[session.id] = session
        return session

    def live_session(self, session_id: str) -> StoredSession | None:
        """Return the session unless it was deleted or has expired."""
        session = self.sessions.get(session_id)
        return session if session is not None and self.config.clock() < session.expires else None
