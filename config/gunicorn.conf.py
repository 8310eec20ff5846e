"""Configuration of gunicorn: ``gunicorn -c config/gunicorn.conf.py wsgi:app``."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import Protocol

from flask import Flask
from gunicorn.config import Config
from gunicorn.glogging import Logger

from config.settings import read_server_settings, read_settings
from lti_tool import start_embedded_worker
from lti_tool.logs import configure_logging

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
TEMPORARY_PREFIX = "lti-tool-metrics-"

LINES_WITH_PATHS = ("Error handling request", "Invalid request from")
"""Prefixes of gunicorn's log lines that name a path or quote the request: secrets, and addresses of people."""


def without_paths(record: logging.LogRecord) -> bool:
    """Cut one of :data:`LINES_WITH_PATHS` down to its prefix and traceback; keep every record."""
    for prefix in LINES_WITH_PATHS:
        if str(record.msg).startswith(prefix):
            record.msg = prefix
            record.args = ()
    return True


class Log(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own log lines in the tool's format."""

    def setup(self, cfg: Config) -> None:
        """Pass all records to the tool's handlers."""
        super().setup(cfg)
        settings = read_settings()
        configure_logging(settings.log_level, settings.log_format)
        self.error_log.handlers.clear()
        self.error_log.addFilter(without_paths)
        self.error_log.propagate = True


_settings = read_server_settings()
bind = _settings.bind
workers = _settings.web_processes
# Threads, because a page may wait for Examplary; the sync worker also waits up to 2 s for a client to close.
worker_class = "gthread"
threads = _settings.web_threads
# An LMS may send hints of 4 KB in the query of a login; this is gunicorn's maximum.
limit_request_line = 8190
timeout = 90
# Longer than the embedded worker needs to finish its jobs or release them (lti_tool/jobs/worker.py). systemd, Docker or
# whatever stops gunicorn must wait a little longer still.
graceful_timeout = 45
keepalive = 5
# An access log would contain capabilities and launch tokens: paths here are secrets. The tool logs its own requests.
accesslog = None
errorlog = "-"
logger_class = Log
# We don't use the control socket. It lives in the user's home, which two tools would share and a container lacks.
control_socket_disable = True


class _Worker(Protocol):
    """The part of gunicorn's worker that the hooks use."""

    pid: int
    wsgi: Flask


def on_starting(_server: object) -> None:
    """Make the processes of this machine share their metrics, in a folder without files of an earlier start."""
    _require_temporary_folder()
    folder = os.environ.get(METRICS_FOLDER, "")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        _delete_metrics(folder)
    else:
        os.environ[METRICS_FOLDER] = tempfile.mkdtemp(prefix=TEMPORARY_PREFIX)


def _require_temporary_folder() -> None:
    """Exit with a message on a read-only file system without ``TMPDIR``: gunicorn and SQLite need it, too."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        raise SystemExit(
            "No folder for temporary files is writable: set TMPDIR to one, such as /app/instance."
        ) from None


def post_worker_init(worker: _Worker) -> None:
    """Start the embedded worker in this server process: after the fork, and after gunicorn set its signal handlers."""
    start_embedded_worker(worker.wsgi)


def child_exit(_server: object, worker: _Worker) -> None:
    """Stop counting the gauges of a process that has exited."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 -- needs the folder of on_starting

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # prometheus-client leaves it untyped


def on_exit(_server: object) -> None:
    """Delete the metrics files, and the folder if it was made for them."""
    folder = Path(os.environ[METRICS_FOLDER])
    _delete_metrics(str(folder))
    if folder.name.startswith(TEMPORARY_PREFIX):
        folder.rmdir()


def _delete_metrics(folder: str) -> None:
    for file in Path(folder).glob("*.db"):
        file.unlink()
