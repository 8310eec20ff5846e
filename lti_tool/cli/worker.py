"""``python -m lti_tool worker``: a process that runs jobs and sweeps."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click
import structlog
from flask import Flask
from prometheus_client import start_http_server
from sqlalchemy.exc import SQLAlchemyError

from lti_tool import create_app, start_worker
from lti_tool.cli.app_context import NOT_MIGRATED, configured, plain_failures
from lti_tool.cli.output import failure
from lti_tool.models import classify_failure, is_migrated

log = structlog.get_logger(__name__)


@click.command()
@click.option(
    "--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Number of jobs to run at the same time"
)
@click.option(
    "--metrics-port",
    type=click.IntRange(1, 65535),
    help="Serve this process's metrics on this port, without authentication",
)
@click.option("--metrics-host", default="127.0.0.1", show_default=True, help="Address to serve metrics on")
def worker(*, threads: int, metrics_port: int | None, metrics_host: str) -> None:
    """Run jobs until SIGTERM or SIGINT; then finish current jobs, release the rest, and exit.

    Any number of workers on any number of machines can share one database and one queue.
    """
    settings = configured()
    if settings.queue_url.startswith("memory://"):
        raise failure("LTI_TOOL_QUEUE_URL=memory:// runs jobs immediately and needs no worker.")
    stopping = _on_signal()
    if metrics_port:
        start_http_server(metrics_port, addr=metrics_host)
    with plain_failures():
        app = create_app(settings)
    _require_migrated(app)
    running = start_worker(app, threads)
    stopping.wait()
    running.stop(graceful=True)


def _require_migrated(app: Flask) -> None:
    """Exit if a migration is missing; wait for an unreachable database."""
    try:
        with app.app_context():
            migrated = is_migrated()
    except SQLAlchemyError as error:
        log.warning("worker.database_away", trouble=classify_failure(error))
        return
    if not migrated:
        raise failure(NOT_MIGRATED)


def _on_signal() -> threading.Event:
    """Return an event that the first SIGTERM or SIGINT sets; a second signal ends the process at once."""
    stopping = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return stopping
