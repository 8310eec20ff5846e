"""Examplary's API as typed methods (facts: examplary-api §3, §4).

One client serves all threads of a process. Every method raises leaves of
:class:`~lti_tool.errors.ExamplaryError` (see :mod:`.errors`) and nothing else.
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
from lti_tool.examplary.errors import InvalidRequest, InvalidResponse, NotFound, ResponseTooLarge, Unavailable
from lti_tool.examplary.hooks import Limiter, NoLimit, NoObserver, Observer
from lti_tool.examplary.responses import (
    ZIP,
    ApiResponse,
    ignore_body,
    read_exam,
    read_export,
    read_me,
    read_session,
    read_user,
)
from lti_tool.examplary.retry import RetryPolicy
from lti_tool.examplary.transport import Endpoint, Timeouts, Transport, bearer, new_session
from lti_tool.examplary.types import EmbedSession, EmbedSessionRequest, ExamDocument, JsonObject, Me, User
from lti_tool.net.fetch import Download, Fetcher, FetchError, FetchLimits, FetchTooLarge

ME = Endpoint("GET", "/me")
CREATE_USER = Endpoint("POST", "/users")
CREATE_SESSION = Endpoint("POST", "/embed-sessions")
GET_SESSION = Endpoint("GET", "/embed-sessions/{id}")
DELETE_SESSION = Endpoint("DELETE", "/embed-sessions/{id}")
GET_EXAM = Endpoint("GET", "/exams/{id}")
DELETE_EXAM = Endpoint("DELETE", "/exams/{id}")
EXPORT_QTI3 = Endpoint("POST", "/exams/{id}/export/qti3-zip")
ENDPOINTS = (ME, CREATE_USER, CREATE_SESSION, GET_SESSION, DELETE_SESSION, GET_EXAM, DELETE_EXAM, EXPORT_QTI3)

_ID = re.compile(r"[A-Za-z0-9_\-]{1,200}")
_ZIP_LIMITS = FetchLimits(max_bytes=200_000_000, seconds=120.0, images_only=False)
T = TypeVar("T")


class ExamplaryClient:
    """A typed client of Examplary's API.

    ``limiter`` is asked before, ``observer`` told after every attempt, both by the names of :data:`ENDPOINTS`.
    ``fetcher`` gets the files behind addresses that Examplary names; they never see the API key.
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
            auth=bearer(api_key),
            session=session or new_session(),
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
        """Whose key this is; also the way to check a key. Raises :class:`KeyRefused`, :class:`NotAllowed`."""
        return self._call(ME, read_me)

    def create_user(self, email: str, name: str | None = None, role: str = "teacher") -> User:
        """Make a user of the workspace, without an invitation by mail. ``name`` is cut to 100 characters.

        Raises :class:`EmailTaken` (go on with a synthetic address), :class:`Unavailable` with ``may_have_succeeded``.
        """
        body: JsonObject = {"email": email, "role": role, "sendInvite": False}
        if name and name.strip():
            body["name"] = name.strip()[:100]
        return self._call(CREATE_USER, read_user, body=body)

    def create_embed_session(self, request: EmbedSessionRequest) -> EmbedSession:
        """Open an embed. Raises :class:`UserUnknown`, :class:`ActorIsKeyOwner`, :class:`NotAllowed`."""

        def read(answer: ApiResponse) -> EmbedSession:
            session = read_session(answer)
            for name, value in request.metadata.items():
                self._expect(session.metadata.get(name), value)
            return session

        return self._call(CREATE_SESSION, read, body=request.body())

    def get_embed_session(self, session_id: str) -> EmbedSession:
        """How the session stands. :class:`NotFound` once it is deleted, and probably once it is expired."""

        def read(answer: ApiResponse) -> EmbedSession:
            session = read_session(answer)
            self._expect(session.id, session_id)
            return session

        return self._call(GET_SESSION, read, session_id)

    def delete_embed_session(self, session_id: str) -> None:
        """Take away the access that the session gives. One that is gone already counts as deleted."""
        self._delete(DELETE_SESSION, session_id)

    def get_exam(self, exam_id: str) -> ExamDocument:
        """The exam as it stands at Examplary, exactly as it came."""

        def read(answer: ApiResponse) -> ExamDocument:
            document = read_exam(answer)
            self._expect(document.data.get("id"), exam_id)
            return document

        return self._call(GET_EXAM, read, exam_id)

    def delete_exam(self, exam_id: str) -> None:
        """Delete the exam at Examplary. One that is gone already counts as deleted."""
        self._delete(DELETE_EXAM, exam_id)

    def export_qti3_zip(self, exam_id: str, limits: FetchLimits = _ZIP_LIMITS) -> bytes:
        """Examplary's own QTI 3 package. The answer names an address that opens without the key, or is the zip."""
        content = self._call(EXPORT_QTI3, read_export, exam_id)
        if isinstance(content, str):
            content = self._fetch_export(content, limits)
        if not content.startswith(ZIP):
            raise InvalidResponse("the exported package is no zip")
        return content

    def download(self, url: str, limits: FetchLimits | None = None) -> Download:
        """An image or file that an exam names; raises :class:`~.fetch.FetchError` leaves. Never sends the key."""
        return self._fetcher.fetch(url, limits or FetchLimits())

    def _fetch_export(self, url: str, limits: FetchLimits) -> bytes:
        try:
            return self._fetcher.fetch(url, limits).content
        except FetchTooLarge as error:
            problem: ExamplaryError = ResponseTooLarge(error.detail)
        except FetchError as error:
            problem = Unavailable(f"the exported package: {error.detail}", may_have_succeeded=True)
        raise problem

    def _expect(self, said: object, asked: object) -> None:
        """Refuse an answer to another question: somebody else's exam, if a gateway on the way answers twice.

        Raises :class:`InvalidResponse`. That connection is out of step, and which it was nobody knows: all are closed.
        """
        if said is not None and said != asked:
            self._transport.session.close()
            raise InvalidResponse("the answer to another question")

    def _delete(self, endpoint: Endpoint, thing: str) -> None:
        with suppress(NotFound):
            self._call(endpoint, ignore_body, thing)

    def _call(
        self,
        endpoint: Endpoint,
        read: Callable[[ApiResponse], T],
        thing: str | None = None,
        body: JsonObject | None = None,
    ) -> T:
        if thing is not None and not _ID.fullmatch(thing):
            raise InvalidRequest(f"{endpoint.name}: that is no id")
        return self._transport.call(endpoint, endpoint.template.replace("{id}", thing or ""), read, body)
