"""What a stand-in Examplary remembers: users, sessions, exams, files. In memory, behind one lock."""

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

# Stands in stored exams for the address of this server, which only a call knows.
UPLOADS = "https://uploads.stand-in.invalid/"
_LETTERS = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    """An id as Examplary makes them: opaque, mixed case."""
    return prefix + "_" + "".join(secrets.choice(_LETTERS) for _ in range(22))


@dataclass(slots=True)
class StoredSession:
    """An embed session and what the teacher has filled in so far."""

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
        """The id without its prefix: the path of the embed."""
        return self.id.removeprefix("embed_session_")

    def wish(self, key: str) -> str:
        """``returnUrl`` or ``allowedOrigin`` of the request, empty where there is none."""
        value = self.request.get(key)
        return value if isinstance(value, str) else ""

    @property
    def presets(self) -> JsonObject:
        """The presets of the request."""
        presets = self.request.get("presets")
        return presets if isinstance(presets, dict) else {}


@dataclass(slots=True)
class Store:
    """Everything a stand-in remembers. Take ``lock`` around more than one step."""

    config: ExamplaryConfig
    users: dict[str, JsonObject] = field(default_factory=dict)
    sessions: dict[str, StoredSession] = field(default_factory=dict)
    exams: dict[str, JsonObject] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    downloads: dict[str, str] = field(default_factory=dict)
    made: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def users_of(self, workspace: str) -> dict[str, JsonObject]:
        """The users of a workspace, by their ids."""
        return {user_id: user for user_id, user in self.users.items() if user["org"] == workspace}

    def add_user(self, email: str, name: Json, role: str, workspace: str = "") -> JsonObject | None:
        """A new user of ``workspace``, the first one if none is named; ``None`` if the address has one there."""
        workspace = workspace or self.config.workspace_id
        with self.lock:
            if any(str(user["email"]).lower() == email.lower() for user in self.users_of(workspace).values()):
                return None
            user: JsonObject = {"id": new_id("user"), "email": email, "name": name, "role": role, "org": workspace}
            self.users[str(user["id"])] = user
            return user

    def add_session(self, request: JsonObject) -> StoredSession:
        """A new session, open for ``session_days``."""
        moment = self.config.clock()
        ends = moment + timedelta(days=self.config.session_days)
        session = StoredSession(id=new_id("embed_session"), request=request, created=moment, expires=ends)
        with self.lock:
            self.sessions[session.id] = session
        return session

    def live_session(self, session_id: str) -> StoredSession | None:
        """The session, unless it is deleted or over."""
        session = self.sessions.get(session_id)
        return session if session is not None and self.config.clock() < session.expires else None
