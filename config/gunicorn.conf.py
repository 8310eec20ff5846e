"""How gunicorn runs the tool: ``gunicorn -c config/gunicorn.conf.py wsgi:app``."""

from __future__ import annotations

import os
from typing import Protocol

bind = os.environ.get("LTI_TOOL_BIND", "127.0.0.1:5000")
workers = int(os.environ.get("LTI_TOOL_WEB_PROCESSES", "2"))
# Threads, because a page may wait for Examplary; the sync worker also waits up to 2 s for a client to close.
worker_class = "gthread"
threads = int(os.environ.get("LTI_TOOL_WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 30
keepalive = 5
# The access log would write capabilities and launch tokens: paths here are secrets. The tool logs its own requests.
accesslog = None
errorlog = "-"


class _Process(Protocol):
    pid: int


def child_exit(_server: object, worker: _Process) -> None:
    """Let the metrics of a process that has ended no longer count as living ones."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 -- only where it is used

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # prometheus-client leaves it untyped
