"""Read Examplary's responses: the error behind a status and body, or the values of a good body."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeGuard

from lti_tool.errors import ExamplaryError
from lti_tool.examplary.errors import (
    ActorIsKeyOwner,
    ApiKeyRejected,
    EmailTaken,
    InvalidRequest,
    InvalidResponse,
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
    401: ApiKeyRejected,
    402: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    410: NotFound,
    429: RateLimited,
}


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A complete HTTP response."""

    status: int
    content: bytes = field(repr=False)
    retry_after: str | None = None


def error_from(response: ApiResponse, endpoint: str) -> ExamplaryError | None:
    """Return the error for ``response``, or ``None`` for 2xx. Error bodies vary.

    See docs/reference/examplary-api.md#error-bodies.
    """
    if 200 <= response.status < 300:
        return None
    message = read_message(response.content)
    detail = f"{endpoint} answered {response.status}: {redacted(message)}"
    retry_after = parse_retry_after(response.retry_after, datetime.now(UTC))
    if response.status < 400:
        return InvalidResponse(detail)
    if response.status == 408 or response.status >= 500:
        return Unavailable(detail, retry_after=retry_after, may_have_succeeded=True)
    return _client_error(response.status, message)(detail, retry_after=retry_after)


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
    """Return the message of an error body: ``message``, ``error``, ``error.message``, ``errors[]`` or its raw text."""
    text = content[:100_000].decode("utf-8", "replace")
    try:
        messages = _messages(json.loads(text))
    except (ValueError, RecursionError):
        messages = []
    return "; ".join(messages) or text


def _messages(body: Json) -> list[str]:
    if isinstance(body, str):
        return [body]
    if isinstance(body, list):
        return [text for part in body[:5] for text in _messages(part)]
    if isinstance(body, dict):
        return [text for key in ("message", "error", "errors", "detail") for text in _messages(body.get(key))]
    return []


def decode(content: bytes) -> str:
    """Return the text of a JSON document; raise ``UnicodeDecodeError``.

    JSON is UTF-8 (RFC 8259 §8.1). A byte order mark is removed, and surrogates that were encoded one by one (CESU-8)
    become the character of the pair, or U+FFFD where one is missing: no database keeps a lone surrogate.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        with_surrogates = content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogatepass")
        return with_surrogates.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def read_json(response: ApiResponse) -> JsonObject:
    """Return the JSON object of a good response; raise :class:`InvalidResponse`."""
    return _read_document(response)[1]


def _read_document(response: ApiResponse) -> tuple[str, JsonObject]:
    """Return the text of a good response, and the object that this very text holds."""
    try:
        text = decode(response.content)
        body: object = json.loads(text)
    except (ValueError, RecursionError):
        text, body = "", None
    if not _is_object(body):
        raise InvalidResponse(f"a response {response.status} that is not a JSON object")
    return text, body


def _is_object(body: object) -> TypeGuard[JsonObject]:
    return isinstance(body, dict)


def ignore_body(response: ApiResponse) -> None:
    """Ignore the body of a DELETE, which is undocumented."""


def read_exam(response: ApiResponse) -> ExamDocument:
    """Return the exam as received, not validated; raise :class:`InvalidResponse` if it is no exam at all."""
    text, body = _read_document(response)
    if "questions" not in body and "id" not in body:
        raise InvalidResponse("a response that is no exam")
    return ExamDocument(data=body, text=text)


def read_export(response: ApiResponse) -> bytes | str:
    """Return the zip, or the URL of one; raise :class:`InvalidResponse`."""
    if response.content.startswith(ZIP):
        return response.content
    url = read_json(response).get("url")
    if not isinstance(url, str) or not url:
        raise InvalidResponse("an export without a URL")
    return url


def read_user(response: ApiResponse) -> User:
    """Return the user of ``POST /users``; raise :class:`InvalidResponse` if it has no id."""
    body = read_json(response)
    return User(
        id=_id(body, "user"),
        created=response.status == 201,
        email=_text(body.get("email")),
        name=_text(body.get("name")),
    )


def read_me(response: ApiResponse) -> Me:
    """Return the owner of the key. The response is undocumented, so both ids are optional."""
    body = read_json(response)
    user = body.get("user")
    owner = user if isinstance(user, dict) else body
    return Me(id=_text(owner.get("id")), workspace_id=_workspace(body))


def _workspace(body: JsonObject) -> str | None:
    workspace = body.get("org", body.get("organization", body.get("orgId")))
    return _text(workspace.get("id") if isinstance(workspace, dict) else workspace)


def read_session(response: ApiResponse) -> EmbedSession:
    """Return the session; raise :class:`InvalidResponse` if id, status or a usable embedUrl is missing."""
    body = read_json(response)
    outputs = _object(body.get("outputs"))
    status = _text(body.get("status"))
    url = _text(body.get("embedUrl"))
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


def _id(body: JsonObject, kind: str) -> str:
    resource_id = _text(body.get("id"))
    if resource_id is None:
        raise InvalidResponse(f"a response with a {kind} without an id")
    return resource_id


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
