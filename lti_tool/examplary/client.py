"""Examplary's API as typed methods (see docs/reference/examplary-api.md).

One client serves all threads of a process. Its methods raise only subclasses of
:class:`~lti_tool.errors.ExamplaryError` (see :mod:`.errors`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar
from urllib.parse import urlsplit

import requests

from lti_tool.errors import ExamplaryError
from lti_tool.examplary.errors import ExamplaryResponseTooLarge, InvalidRequest, InvalidResponse, NotFound, Unavailable
from lti_tool.examplary.hooks import Limiter, NoLimit, NoObserver, Observer
from lti_tool.examplary.responses import (
    ZIP,
    ApiResponse,
    ignore_body,
    read_exam,
    read_export,
    read_json,
    read_me,
    read_session,
    read_user,
)
from lti_tool.examplary.retry import RetryPolicy
from lti_tool.examplary.transport import Endpoint, Timeouts, Transport, bearer
from lti_tool.examplary.types import EmbedSession, EmbedSessionRequest, ExamDocument, JsonObject, Me, User
from lti_tool.net.connections import pooled_session
from lti_tool.net.fetch import Download, Fetcher, FetchError, FetchLimits, FetchTooLarge

ME = Endpoint("GET", "/me")
CREATE_USER = Endpoint("POST", "/users")
CREATE_SESSION = Endpoint("POST", "/embed-sessions")
GET_SESSION = Endpoint("GET", "/embed-sessions/{id}")
DELETE_SESSION = Endpoint("DELETE", "/embed-sessions/{id}")
GET_EXAM = Endpoint("GET", "/exams/{id}")
DELETE_EXAM = Endpoint("DELETE", "/exams/{id}")
EXPORT_QTI3 = Endpoint("POST", "/exams/{id}/export/qti3-zip")
DESCRIPTION = Endpoint("GET", "/openapi")
ENDPOINTS = (ME, CREATE_USER, CREATE_SESSION, GET_SESSION, DELETE_SESSION, GET_EXAM, DELETE_EXAM, EXPORT_QTI3)

USER_FIELDS = frozenset({"email", "role", "sendInvite"})
"""Fields of every request for a new user; the name is sent if there is one."""

_ID = re.compile(r"[A-Za-z0-9_\-]{1,200}")
_ZIP_LIMITS = FetchLimits(max_bytes=200_000_000, seconds=120.0, images_only=False)
T = TypeVar("T")


class ExamplaryClient:
    """A typed client of Examplary's API.

    ``limiter`` is called before and ``observer`` after every attempt, with the name of one of :data:`ENDPOINTS`.
    ``fetcher`` downloads files from URLs in responses, without the API key.
    """

    def __init__(
        self,
        api_url: str,
        api_key: str,
        *,
        session: requests.Session | None = None,
        timeouts: Timeouts | None = None,
        retry: RetryPolicy | None = None,
        user_agent: str = "examplary-lms",
        limiter: Limiter | None = None,
        observer: Observer | None = None,
        fetcher: Fetcher | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._fetcher = fetcher or Fetcher(user_agent=user_agent)
        self._transport = Transport(
            api_url=api_url.rstrip("/"),
            authorization=bearer(api_key),
            session=session or pooled_session(),
            timeouts=timeouts or Timeouts(),
            retry=retry or RetryPolicy(),
            limiter=limiter or NoLimit(),
            observer=observer or NoObserver(),
            user_agent=user_agent,
            sleep=sleep,
        )

    def __repr__(self) -> str:
        return f"ExamplaryClient({urlsplit(self._transport.api_url).netloc!r})"

    def me(self) -> Me:
        """Return the owner of the key; also a way to check it. Raises :class:`ApiKeyRejected`, :class:`NotAllowed`."""
        return self._call(ME, read_me)

    def description(self) -> JsonObject:
        """Return the public description of the API (OpenAPI); raise :class:`InvalidResponse` for anything else."""
        return self._call(DESCRIPTION, read_json)

    def create_user(self, email: str, name: str | None = None, role: str = "teacher") -> User:
        """Create a user of the workspace without sending an invitation. ``name`` is cut to 100 characters.

        Raises :class:`EmailTaken` (try a synthetic address), or :class:`Unavailable` with ``may_have_succeeded``.
        """
        body: JsonObject = {"email": email, "role": role, "sendInvite": False}
        if name and name.strip():
            body["name"] = name.strip()[:100]
        return self._call(CREATE_USER, read_user, body=body)

    def create_embed_session(self, request: EmbedSessionRequest) -> EmbedSession:
        """Open an embed session. Raises :class:`UserUnknown`, :class:`ActorIsKeyOwner`, :class:`NotAllowed`."""

        def parse(response: ApiResponse) -> EmbedSession:
            session = read_session(response)
            for name, value in request.metadata.items():
                self._expect(session.metadata.get(name), value)
            return session

        return self._call(CREATE_SESSION, parse, body=request.body())

    def get_embed_session(self, session_id: str) -> EmbedSession:
        """Return the session. Raises :class:`NotFound` once it is deleted, and probably once it has expired."""

        def parse(response: ApiResponse) -> EmbedSession:
            session = read_session(response)
            self._expect(session.id, session_id)
            return session

        return self._call(GET_SESSION, parse, session_id)

    def delete_embed_session(self, session_id: str) -> None:
        """Delete the session and the access that it grants; do nothing if it no longer exists."""
        self._delete(DELETE_SESSION, session_id)

    def get_exam(self, exam_id: str) -> ExamDocument:
        """Return the current exam, exactly as received."""

        def parse(response: ApiResponse) -> ExamDocument:
            document = read_exam(response)
            self._expect(document.data.get("id"), exam_id)
            return document

        return self._call(GET_EXAM, parse, exam_id)

    def delete_exam(self, exam_id: str) -> None:
        """Delete the exam at Examplary; do nothing if it no longer exists."""
        self._delete(DELETE_EXAM, exam_id)

    def export_qti3_zip(self, exam_id: str, limits: FetchLimits = _ZIP_LIMITS) -> bytes:
        """Return Examplary's own QTI 3 package. The response is the zip or the URL of one, which needs no key."""
        content = self._call(EXPORT_QTI3, read_export, exam_id)
        if isinstance(content, str):
            content = self._fetch_export(content, limits)
        if not content.startswith(ZIP):
            raise InvalidResponse("the exported package is not a zip")
        return content

    def download(self, url: str, limits: FetchLimits | None = None) -> Download:
        """Download an image or file of an exam, without sending the key; raise :class:`~.fetch.FetchError`."""
        return self._fetcher.fetch(url, limits or FetchLimits())

    def _fetch_export(self, url: str, limits: FetchLimits) -> bytes:
        try:
            return self._fetcher.fetch(url, limits).content
        except FetchTooLarge as error:
            problem: ExamplaryError = ExamplaryResponseTooLarge(error.detail)
        except FetchError as error:
            problem = Unavailable(f"the exported package: {error.detail}", may_have_succeeded=True)
        raise problem

    def _expect(self, actual: object, expected: object) -> None:
        """Raise :class:`InvalidResponse` if the response belongs to another request.

        A gateway that responds twice could return another person's exam. One connection is then out of sync, and since
        we can't tell which, all are closed.
        """
        if actual is not None and actual != expected:
            self._transport.session.close()
            raise InvalidResponse("the response belongs to another request")

    def _delete(self, endpoint: Endpoint, resource_id: str) -> None:
        with suppress(NotFound):
            self._call(endpoint, ignore_body, resource_id)

    def _call(
        self,
        endpoint: Endpoint,
        parse: Callable[[ApiResponse], T],
        resource_id: str | None = None,
        body: JsonObject | None = None,
    ) -> T:
        if resource_id is not None and not _ID.fullmatch(resource_id):
            raise InvalidRequest(f"{endpoint.name}: invalid id")
        return self._transport.call(endpoint, endpoint.template.replace("{id}", resource_id or ""), parse, body)
