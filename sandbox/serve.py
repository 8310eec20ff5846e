"""Run one of the stand-ins on a real port, in a thread of this process."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from types import TracebackType

    from flask import Flask
    from werkzeug.serving import BaseWSGIServer

LOOPBACK = "127.0.0.1"


class _QuietHandler(WSGIRequestHandler):
    """Keeps paths, which may hold secrets, out of the terminal."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing: the stand-ins keep a journal of their own."""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answers until :meth:`close`.

    ``base_url`` carries the host name, so that a browser sees a site of its own (browsers take every name under
    ``.localhost`` for this machine). Python's resolver often does not know such names: ``local_url`` is the same
    server by its address. Neither ends in a slash.
    """

    base_url: str
    local_url: str
    port: int
    _server: BaseWSGIServer
    _thread: threading.Thread

    def close(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._thread.join(timeout=5)
        self._server.server_close()

    def __enter__(self) -> RunningServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(app: Flask, host_name: str = "examplary.localhost", port: int = 0) -> RunningServer:
    """Serve ``app`` on this machine only (127.0.0.1), a thread a request; port 0 takes any free one.

    Raises :class:`OSError` when the port is taken.
    """
    server = make_server(LOOPBACK, port, app, threaded=True, request_handler=_QuietHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name=f"serve-{host_name}", daemon=True)
    thread.start()
    return RunningServer(
        base_url=f"http://{host_name}:{server.server_port}",
        local_url=f"http://{LOOPBACK}:{server.server_port}",
        port=server.server_port,
        _server=server,
        _thread=thread,
    )
