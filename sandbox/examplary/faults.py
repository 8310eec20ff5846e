"""What goes wrong on purpose, call by call, and the journal of what was called."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

# AWS's gateway answers so when what stands behind it is away.
GATEWAY_PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What happens to one call.

    ``delay`` seconds pass first. ``status`` answers instead of doing it, with ``body`` (JSON ``{"message"}`` when
    empty) and ``retry_after``; ``html`` answers 502 as a gateway's page. Otherwise the call is done, and then
    ``lost`` closes the connection without an answer, ``half`` gives half of it, ``text`` a body that is no JSON;
    ``twice`` does it twice, as a gateway that repeats what it got no answer to, and gives the second answer.
    A fault with nothing set lets a call pass.
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
    """A line of the journal: no ids, so that it can be shown."""

    method: str
    path: str
    status: int


@dataclass(slots=True)
class FaultBook:
    """Faults that are still to come, an endpoint (``"GET /exams/{id}"``) each, and the journal."""

    coming: dict[str, list[Fault]] = field(default_factory=dict)
    journal: list[Call] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def script(self, endpoint: str, *faults: Fault) -> None:
        """Let the next calls of ``endpoint`` meet ``faults``, one each."""
        with self.lock:
            self.coming.setdefault(endpoint, []).extend(faults)

    def next(self, endpoint: str) -> Fault:
        """The fault of this call."""
        with self.lock:
            waiting = self.coming.get(endpoint)
            return waiting.pop(0) if waiting else Fault()

    def count(self, endpoint: str) -> int:
        """How often ``endpoint`` was called."""
        return sum(f"{call.method} {call.path}" == endpoint for call in list(self.journal))

    def clear(self) -> None:
        """Forget faults and journal."""
        with self.lock:
            self.coming.clear()
            self.journal.clear()


def path_template() -> str:
    """The rule of this request as the journal writes it: ``/exams/{id}``."""
    rule = request.url_rule.rule if request.url_rule else "(unknown)"
    return "/".join("{id}" if part.startswith("<") else part for part in rule.split("/"))


def meet_faults(app: Flask, book: FaultBook) -> None:
    """Let every request but those under ``/_control`` pass through ``book``."""

    @app.before_request
    def before() -> Response | None:
        if _unwatched():
            return None
        g.fault = fault = book.next(f"{request.method} {path_template()}")
        time.sleep(fault.delay)
        if fault.twice:
            _do(app)
        return _instead(fault)

    @app.after_request
    def after(response: Response) -> Response:
        if _unwatched():
            return response
        fault: Fault = g.get("fault", Fault())
        status = 0 if fault.lost else response.status_code
        with book.lock:
            book.journal.append(Call(request.method, path_template(), status))
        return _spoilt(response, fault)


def _unwatched() -> bool:
    return request.path.startswith(("/_control", "/static"))


def _do(app: Flask) -> None:
    """Do what is asked for, and tell nobody what came of it."""
    with suppress(HTTPException):
        app.view_functions[request.endpoint or ""](**request.view_args or {})


def _instead(fault: Fault) -> Response | None:
    if fault.html:
        return Response(GATEWAY_PAGE, status=502, mimetype="text/html")
    if not fault.status:
        return None
    body = fault.body or f'{{"message": "scripted {fault.status}"}}'
    answer = Response(body, status=fault.status, mimetype="application/json" if body[0] in "{[" else "text/html")
    if fault.retry_after:
        answer.headers["Retry-After"] = fault.retry_after
    return answer


def _spoilt(response: Response, fault: Fault) -> Response:
    if fault.text:
        return Response(fault.text, status=response.status_code, mimetype="application/json")
    if fault.half:
        whole = response.get_data()
        response.set_data(whole[: len(whole) // 2])
        response.headers["Content-Length"] = str(len(whole))
    if fault.lost:
        line: socket.socket = request.environ["werkzeug.socket"]
        line.shutdown(socket.SHUT_RDWR)
    return response
