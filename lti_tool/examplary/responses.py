"""Read Examplary's answers: which error a status and a body mean, and which values a good body holds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeGuard

from lti_tool.errors import ExamplaryError
from lti_tool.examplary.errors import (
    ActorIsKeyOwner,
    EmailTaken,
    InvalidRequest,
    InvalidResponse,
    KeyRefused,
    NotAllowed,
    NotFound,
    RateLimited,
    Unavailable,
    UserUnknown,
)
from lti_tool.examplary.redact import redacted
from lti_tool.examplary.retry import parse_retry_after
from lti_tool.examplary.types import EmbedSession, ExamDocument, Json, JsonObject, Me, User

ZIP = b"PK\x03\x04"
_OWNER = re.compile(r"cannot be the same as the requesting user", re.I)
_NO_ACTOR = re.compile(r"\bactor\b.*(does not exist|not found)", re.I | re.S)
_EMAIL = re.compile(r"\be-?mail\b|\buser\b.*\balready\b", re.I | re.S)
_BAD_EMAIL = re.compile(r"valid|pattern|format|required|missing", re.I)
_BY_STATUS: Mapping[int, type[ExamplaryError]] = {
    401: KeyRefused,
    402: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    410: NotFound,
    429: RateLimited,
}


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A whole HTTP answer."""

    status: int
    content: bytes = field(repr=False)
    retry_after: str | None = None


def error_from(answer: ApiResponse, endpoint: str) -> ExamplaryError | None:
    """The error that ``answer`` means; ``None`` for 2xx. Bodies in every shape (facts: examplary-api §1)."""
    if 200 <= answer.status < 300:
        return None
    message = read_message(answer.content)
    detail = f"{endpoint} answered {answer.status}: {redacted(message)}"
    wait = parse_retry_after(answer.retry_after, datetime.now(UTC))
    if answer.status < 400:
        return InvalidResponse(detail)
    if answer.status == 408 or answer.status >= 500:
        return Unavailable(detail, retry_after=wait, may_have_succeeded=True)
    return _client_error(answer.status, message)(detail, retry_after=wait)


def _client_error(status: int, message: str) -> type[ExamplaryError]:
    if status in _BY_STATUS and not (status == 404 and _NO_ACTOR.search(message)):
        return _BY_STATUS[status]
    if _OWNER.search(message):
        return ActorIsKeyOwner
    if _NO_ACTOR.search(message):
        return UserUnknown
    if _EMAIL.search(message) and not _BAD_EMAIL.search(message):
        return EmailTaken
    return InvalidRequest


def read_message(content: bytes) -> str:
    """What an error body says: ``message``, ``error`` (text or ``.message``), ``errors[]``, else its raw text."""
    text = content[:100_000].decode("utf-8", "replace")
    try:
        said = _messages(json.loads(text))
    except (ValueError, RecursionError):
        said = []
    return "; ".join(said) or text


def _messages(body: Json) -> list[str]:
    if isinstance(body, str):
        return [body]
    if isinstance(body, list):
        return [text for part in body[:5] for text in _messages(part)]
    if isinstance(body, dict):
        return [text for key in ("message", "error", "errors", "detail") for text in _messages(body.get(key))]
    return []


def read_json(answer: ApiResponse) -> JsonObject:
    """The JSON object of a good answer. Raises :class:`InvalidResponse`."""
    try:
        body: object = json.loads(answer.content)
    except (ValueError, RecursionError):
        body = None
    if not _is_object(body):
        raise InvalidResponse(f"an answer {answer.status} that is no JSON object")
    return body


def _is_object(body: object) -> TypeGuard[JsonObject]:
    return isinstance(body, dict)


def ignore_body(answer: ApiResponse) -> None:
    """Nothing: the body of a DELETE is not documented, so it is not looked at."""


def read_exam(answer: ApiResponse) -> ExamDocument:
    """The exam as received; it is not validated here. Raises :class:`InvalidResponse` if it is no exam at all."""
    body = read_json(answer)
    if "questions" not in body and "id" not in body:
        raise InvalidResponse("an answer that is no exam")
    return ExamDocument(data=body, raw=answer.content)


def read_export(answer: ApiResponse) -> bytes | str:
    """The zip itself, or the address where it lies. Raises :class:`InvalidResponse`."""
    if answer.content.startswith(ZIP):
        return answer.content
    url = read_json(answer).get("url")
    if not isinstance(url, str) or not url:
        raise InvalidResponse("an export without an address")
    return url


def read_user(answer: ApiResponse) -> User:
    """The user of ``POST /users``. Raises :class:`InvalidResponse` without an id."""
    body = read_json(answer)
    return User(
        id=_id(body, "user"),
        created=answer.status == 201,
        email=_text(body.get("email")),
        name=_text(body.get("name")),
    )


def read_me(answer: ApiResponse) -> Me:
    """Who owns the key; both ids only where they stand (the shape is not documented)."""
    body = read_json(answer)
    user = body.get("user")
    about = user if isinstance(user, dict) else body
    return Me(id=_text(about.get("id")), workspace_id=_workspace(body))


def _workspace(body: JsonObject) -> str | None:
    place = body.get("org", body.get("organization", body.get("orgId")))
    return _text(place.get("id") if isinstance(place, dict) else place)


def read_session(answer: ApiResponse) -> EmbedSession:
    """The session of ``/embed-sessions``. Raises :class:`InvalidResponse` without id, status or a usable embedUrl."""
    body = read_json(answer)
    outputs, status, url = _object(body.get("outputs")), _text(body.get("status")), _text(body.get("embedUrl"))
    if status is None:
        raise InvalidResponse("an embed session without a status")
    if url is None or not re.match(r"https?://[^/\s]+/\S*$", url):
        raise InvalidResponse("an embed session without a usable embedUrl")
    return EmbedSession(
        id=_id(body, "embed session"),
        status=status,
        embed_url=url,
        expires_at=_moment(body.get("expiresAt")),
        created_at=_moment(body.get("createdAt")),
        exam_id=_text(outputs.get("examId")),
        actor=_text(body.get("actor")),
        response_modes=_texts(body.get("enabledResponseModes")),
        outputs=outputs,
        metadata=_object(body.get("metadata")),
    )


def _id(body: JsonObject, what: str) -> str:
    found = _text(body.get("id"))
    if found is None:
        raise InvalidResponse(f"an answer about a {what} without an id")
    return found


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _moment(value: Json) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
