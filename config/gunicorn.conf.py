"""How gunicorn runs the tool: ``gunicorn -c config/gunicorn.conf.py wsgi:app``."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import Protocol

from gunicorn.config import Config
from gunicorn.glogging import Logger

from config.settings import read_settings
from lti_tool.logs import configure_logging

NAMES_PATHS = ("Error handling request", "Invalid request from")
"""How the lines of gunicorn begin that would name a path, or what else a browser sent: secrets, addresses of people."""


def without_paths(record: logging.LogRecord) -> bool:
    """Leave a line's beginning and its traceback."""
    for beginning in NAMES_PATHS:
        if str(record.msg).startswith(beginning):
            record.msg, record.args = beginning, ()
    return True


class Log(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own lines, in the tool's form."""

    def setup(self, cfg: Config) -> None:
        """Leave the writing to the tool."""
        super().setup(cfg)
        settings = read_settings()
        configure_logging(settings.log_level, settings.log_format)
        self.error_log.handlers.clear()
        self.error_log.addFilter(without_paths)
        self.error_log.propagate = True


bind = os.environ.get("LTI_TOOL_BIND", "127.0.0.1:5000")
workers = int(os.environ.get("LTI_TOOL_WEB_PROCESSES", "2"))
# Threads, because a page may wait for Examplary; the sync worker also waits up to 2 s for a client to close.
worker_class = "gthread"
threads = int(os.environ.get("LTI_TOOL_WEB_THREADS", "8"))
timeout = 90
# Longer than the worker inside may take to finish or to hand back (lti_tool/jobs/worker.py). Whoever stops gunicorn
# (systemd, Docker) must wait a bit longer still.
graceful_timeout = 45
keepalive = 5
# The access log would write capabilities and launch tokens: paths here are secrets. The tool logs its own requests.
accesslog = None
errorlog = "-"
logger_class = Log
# Nobody steers it that way, and its place is the user's home: two tools would share it, and a container has none.
control_socket_disable = True


def on_starting(_server: object) -> None:
    """Let the processes of this machine count together, in a folder that holds no counts of an earlier start."""
    folder = os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="lti-tool-metrics-"))
    Path(folder).mkdir(parents=True, exist_ok=True)
    _forget_counts(folder)


def on_exit(_server: object) -> None:
    """Leave nothing behind."""
    _forget_counts(os.environ["PROMETHEUS_MULTIPROC_DIR"])


def _forget_counts(folder: str) -> None:
    for counts in Path(folder).glob("*.db"):
        counts.unlink()


class _Process(Protocol):
    pid: int


def child_exit(_server: object, worker: _Process) -> None:
    """Let the metrics of a process that has ended no longer count as living ones."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 -- needs the folder of on_starting

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # prometheus-client leaves it untyped
