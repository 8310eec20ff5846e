"""A worker: threads that run the jobs of the queue and one that sweeps, in a process of its own or in a web process."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

import structlog
from huey.consumer import Consumer

if TYPE_CHECKING:
    from lti_tool.jobs.queue import HueyQueue
    from lti_tool.services import Services

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 60.0
"""Seconds between two sweeps of one worker, give or take some jitter that keeps workers apart."""

_random = random.SystemRandom()

GRACE_SECONDS = 25.0
"""How long a stopping worker waits for its jobs before it releases them."""


class Worker:
    """Runs the jobs of one queue until :meth:`stop` is called."""

    def __init__(self, queue: HueyQueue, threads: int) -> None:
        self._queue = queue
        self._name = f"worker:{socket.gethostname()[:60]}:{os.getpid()}"
        self._consumer = Consumer(
            queue.huey,
            workers=threads,
            initial_delay=0.05,
            max_delay=0.5,
            check_worker_health=False,
        )
        self._stopping = threading.Event()
        self._grace = GRACE_SECONDS
        self._first_stop = iter((True,))
        self._stopper = threading.Thread(target=self._finish, name="Stopper", daemon=True)
        self._sweeper = threading.Thread(target=self._sweep_until_stopped, name="Sweeper", daemon=True)

    def start(self) -> None:
        """Start the threads."""
        # Consumer.start() would also install signal handlers, but the surrounding process has its own.
        self._consumer.scheduler.start()
        for _, thread in self._consumer.worker_threads:
            thread.start()
        self._sweeper.start()
        log.info("worker.started", name=self._name, threads=self._consumer.workers)

    def begin_stop(self) -> None:
        """Accept no more jobs, and return at once; a thread waits for the running ones and releases the rest."""
        self._stopping.set()
        self._consumer.stop_flag.set()
        # A signal may interrupt this very method: taking from an iterator is atomic, whereas a lock would deadlock.
        if next(self._first_stop, False):
            self._stopper.start()

    def stop(self, graceful: bool = False) -> None:
        """Stop and wait until jobs are released; ``graceful`` lets running ones finish for :data:`GRACE_SECONDS`."""
        if not graceful:
            self._grace = 0.0
        self.begin_stop()
        self._stopper.join()

    def _finish(self) -> None:
        deadline = time.monotonic() + self._grace
        for thread in (*(thread for _, thread in self._consumer.worker_threads), self._consumer.scheduler):
            thread.join(max(0.0, deadline - time.monotonic()))
        self._sweeper.join(max(0.0, deadline - time.monotonic()))
        with self._queue.app.app_context():
            services = self._services()
            released = services.collector.release_all() + services.import_job.release_all()
        self._queue.close()
        log.info("worker.stopped", name=self._name, handed_back=released)

    def _sweep_until_stopped(self) -> None:
        pause = _random.uniform(0.0, 2.0)
        while not self._stopping.wait(pause):
            self._sweep()
            pause = SWEEP_SECONDS * _random.uniform(0.9, 1.1)

    def _sweep(self) -> None:
        """Sweep straight from the database, so that work goes on while the queue does not answer."""
        try:
            with self._queue.app.app_context():
                self._services().heartbeats.record(self._name)
                self._services().sweeper.sweep()
            self._consumer.check_worker_health()
        except Exception:
            # The thread must outlive any error, an unreachable database for example. The next sweep is in a minute.
            log.exception("sweep.failed")

    def _services(self) -> Services:
        services: Services = self._queue.app.extensions["services"]
        return services


def stop_on_sigterm(begin_stop: Callable[[], None]) -> None:
    """Call ``begin_stop`` on SIGTERM, before the handler that the web server has set.

    gunicorn first finishes its requests, and requests and jobs must both be done within its ``graceful_timeout``: the
    worker can't wait until the process exits. Call it in the main thread, after the server has set its handler.
    """
    handler = signal.getsignal(signal.SIGTERM)
    if not callable(handler):
        return

    def stop(number: int, frame: FrameType | None) -> None:
        begin_stop()
        handler(number, frame)

    signal.signal(signal.SIGTERM, stop)
    # As gunicorn sets it: the signal interrupts no system call.
    signal.siginterrupt(signal.SIGTERM, False)


def start_worker(queue: HueyQueue, threads: int = 2) -> Worker:
    """Run the jobs of ``queue`` in threads of this process; stop with ``.stop(graceful=True)``."""
    worker = Worker(queue, threads)
    worker.start()
    return worker
