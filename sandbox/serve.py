"""Serve a Flask app on a real port, in a thread of this process."""

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
    """Logs nothing, because paths may contain secrets."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Discard the log line."""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that runs until :meth:`close`.

    ``base_url`` contains the host name, which a browser resolves to this machine and treats as a separate site.
    ``local_url`` is the same server by IP address. Neither has a trailing slash.
    """

    base_url: str
    local_url: str
    port: int
    _server: BaseWSGIServer
    _thread: threading.Thread

    def close(self) -> None:
        """Stop the server and free the port."""
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
    """Serve ``app`` on 127.0.0.1, with a thread per request; port 0 means any free port.

    Raises :class:`OSError` if the port is taken.
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
