"""Validation of requests, with Examplary's own messages where they are known.

See docs/reference/examplary-api.md#users and docs/reference/examplary-api.md#actor-rules.
"""

from __future__ import annotations

import re
from collections.abc import Container
from urllib.parse import urlsplit

from sandbox.examplary.store import Json, JsonObject

_EMAIL = re.compile(r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$")
ROLES = frozenset({"owner", "admin", "teacher", "student", "member"})
FLOWS = frozenset({"generate-exam", "generate-question", "edit-rubric", "edit-exam", "practice-space-student"})


def user_problem(body: JsonObject) -> str | None:
    """Return the error of a ``POST /users`` body, if any."""
    email, name = body.get("email"), body.get("name")
    if not isinstance(email, str) or not _EMAIL.fullmatch(email):
        return "email: Invalid email address"
    if name is not None and not (isinstance(name, str) and 1 <= len(name) <= 100):
        return "name: must have 1 to 100 characters"
    if body.get("role", "teacher") not in ROLES:
        return "role: Invalid option"
    return None


def session_problem(body: JsonObject) -> str | None:
    """Return the error of a ``POST /embed-sessions`` body, if any; the actor is checked separately."""
    if body.get("flow") not in FLOWS:
        return "flow: Invalid option"
    for key in ("presets", "theme", "metadata"):
        if not isinstance(body.get(key, {}), dict):
            return f"{key}: expected object"
    origin, back = body.get("allowedOrigin"), body.get("returnUrl")
    if origin is not None and not _is_origin(origin):
        return "allowedOrigin: expected an origin"
    if back is not None and not (isinstance(back, str) and urlsplit(back).scheme in ("http", "https")):
        return "returnUrl: Invalid URL"
    return None


def _is_origin(value: Json) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://[^/?#@\s]+", value) is not None


def actor_problem(actor: Json, owner_id: str, users: Container[str]) -> str | None:
    """Return the error of an actor id by Examplary's three rules, if any."""
    if not isinstance(actor, str) or not actor.startswith("user_"):
        return "Actor ID must start with user_"
    if actor == owner_id:
        return "Actor ID cannot be the same as the requesting user. Create a new user in the workspace and use its ID."
    if actor not in users:
        return "Actor with the given ID does not exist as a user in this workspace."
    return None
