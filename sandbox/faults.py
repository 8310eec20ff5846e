"""Faults on request, and the journal of calls, for the sandbox's servers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

# Body of AWS's gateway when its backend is unavailable.
GATEWAY_PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A fault in one call; without arguments, the call succeeds.

    Attributes:
        delay: seconds before anything else happens.
        twice: handle the request twice, like a gateway that repeats it after a timeout; return the second response.
        status: return this status instead of handling the request, with ``body`` (or a JSON message) and
            ``retry_after``.
        html: return 502 with a gateway's HTML page instead of handling the request.
        lost: handle the request, then close the connection without a response.
        half: send half of the response.
        text: replace the response's body by this text, which is not JSON.

    """

    delay: float = 0.0
    twice: bool = False
    status: int = 0
    body: str = ""
    retry_after: str = ""
    html: bool = False
    lost: bool = False
    half: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """Entry of the journal, without ids, so that it can be shown."""

    method: str
    path: str
    status: int


@dataclass(slots=True)
class FaultBook:
    """Pending faults by endpoint (``"GET /exams/{id}"``), and the journal."""

    pending: dict[str, list[Fault]] = field(default_factory=dict)
    journal: list[Call] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def script(self, endpoint: str, *faults: Fault) -> None:
        """Apply ``faults`` to the next calls of ``endpoint``, one each."""
        with self.lock:
            self.pending.setdefault(endpoint, []).extend(faults)

    def next(self, endpoint: str) -> Fault:
        """Take the fault for this call."""
        with self.lock:
            faults = self.pending.get(endpoint)
            return faults.pop(0) if faults else Fault()

    def count(self, endpoint: str) -> int:
        """Return the number of calls of ``endpoint``."""
        return sum(f"{call.method} {call.path}" == endpoint for call in list(self.journal))

    def clear(self) -> None:
        """Remove all faults and clear the journal."""
        with self.lock:
            self.pending.clear()
            self.journal.clear()


def path_template() -> str:
    """Return the request's route as written in the journal: ``/exams/{id}``."""
    rule = request.url_rule.rule if request.url_rule else "(unknown)"
    return "/".join("{id}" if part.startswith("<") else part for part in rule.split("/"))


def apply_faults(app: Flask, current_book: Callable[[], FaultBook]) -> None:
    """Apply the faults of the current book to every request and record it, except under ``/_control``."""

    @app.before_request
    def before() -> Response | None:
        if _is_exempt():
            return None
        g.fault = fault = current_book().next(f"{request.method} {path_template()}")
        time.sleep(fault.delay)
        if fault.twice:
            _handle(app)
        return _replacement(fault)

    @app.after_request
    def after(response: Response) -> Response:
        if _is_exempt():
            return response
        fault: Fault = g.get("fault", Fault())
        status = 0 if fault.lost else response.status_code
        book = current_book()
        with book.lock:
            book.journal.append(Call(request.method, path_template(), status))
        return _damage(response, fault)


def _is_exempt() -> bool:
    return request.path.startswith(("/_control", "/_state", "/static"))


def _handle(app: Flask) -> None:
    """Handle the request and discard the response."""
    with suppress(HTTPException):
        app.view_functions[request.endpoint or ""](**request.view_args or {})


def _replacement(fault: Fault) -> Response | None:
    if fault.html:
        return Response(GATEWAY_PAGE, status=502, mimetype="text/html")
    if not fault.status:
        return None
    body = fault.body or f'{{"message": "scripted {fault.status}"}}'
    response = Response(body, status=fault.status, mimetype="application/json" if body[0] in "{[" else "text/html")
    if fault.retry_after:
        response.headers["Retry-After"] = fault.retry_after
    return response


def _damage(response: Response, fault: Fault) -> Response:
    if fault.text:
        return Response(fault.text, status=response.status_code, mimetype="application/json")
    if fault.half:
        whole = response.get_data()
        response.set_data(whole[: len(whole) // 2])
        response.headers["Content-Length"] = str(len(whole))
    if fault.lost:
        connection: socket.socket = request.environ["werkzeug.socket"]
        connection.shutdown(socket.SHUT_RDWR)
    return response
