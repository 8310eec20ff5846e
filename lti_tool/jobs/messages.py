"""The messages of the queue: JSON with a MAC instead of Huey's pickles."""

from __future__ import annotations

from datetime import datetime

from huey.registry import Message
from huey.serializer import Serializer

from lti_tool.security.authenticated_json import AuthenticatedJson, Unauthenticated
from lti_tool.services.unverified_values import report_unverified

MAX_BYTES = 10_000
"""Size of one message. A task carries an id and nothing else."""

_ENTRY = "task"
_FIELDS = ("id", "name", "eta", "retries", "retry_delay", "priority", "args", "kwargs")


class JsonSerializer(Serializer):  # type: ignore[misc]  # Huey has no types
    """Serialises plain tasks. Pipelines, results and expiry are not used, so a message that has them is an error."""

    def __init__(self, secret_key: str) -> None:
        super().__init__()
        self._json = AuthenticatedJson(secret_key, "queue", MAX_BYTES)

    def serialize(self, message: object) -> bytes:
        """Return ``message`` as bytes; raise ``TypeError`` if it is not a plain task."""
        if not isinstance(message, Message):
            raise TypeError(f"the queue stores tasks only, not {type(message).__name__}")
        fields = {name: value for name, value in message._asdict().items() if value}
        eta = fields.pop("eta", None)
        if not fields.keys() <= set(_FIELDS):
            raise TypeError(f"a plain task has no {sorted(fields.keys() - set(_FIELDS))}")
        return self._json.dumps(_ENTRY, fields | ({"eta": eta.isoformat()} if eta else {}))

    def deserialize(self, data: bytes) -> Message:
        """Return the message; raise :class:`Unauthenticated`, which Huey logs before it goes on to the next one."""
        try:
            fields = self._json.loads(_ENTRY, bytes(data))
        except Unauthenticated as error:
            report_unverified("queue", _ENTRY, str(error))
            raise
        if not isinstance(fields, dict):
            raise Unauthenticated("not a task")
        eta = fields.pop("eta", None)
        return Message(
            id=fields["id"],
            name=fields["name"],
            eta=datetime.fromisoformat(eta) if eta else None,
            retries=fields.get("retries", 0),
            retry_delay=fields.get("retry_delay", 0),
            priority=fields.get("priority"),
            args=tuple(fields.get("args", ())),
            kwargs=fields.get("kwargs", {}),
        )
