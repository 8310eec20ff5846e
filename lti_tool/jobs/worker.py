"""Threads that work off the queue, and one that sweeps: in a process of their own, or inside a web process."""

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
"""Between two sweeps of one worker. A bit of chance keeps many workers apart."""

_dice = random.SystemRandom()

GRACE_SECONDS = 25.0
"""How long a worker that is told to stop may finish what it does; then it hands back what it holds."""


class _QuietConsumer(Consumer):  # type: ignore[misc]  # Huey has no types
    """Huey's threads, without its signal handlers: the process around them has its own."""

    def _set_signal_handlers(self) -> None:
        pass


class Worker:
    """Works off one queue until :meth:`stop`."""

    def __init__(self, queue: HueyQueue, threads: int) -> None:
        self._queue = queue
        self._name = f"worker:{socket.gethostname()[:60]}:{os.getpid()}"
        self._consumer = _QuietConsumer(
            queue.huey,
            workers=threads,
            initial_delay=0.05,
            max_delay=0.5,
            check_worker_health=False,
        )
        self._stopping, self._grace = threading.Event(), GRACE_SECONDS
        self._first = iter((True,))
        self._leaving = threading.Thread(target=self._leave, name="Leaving", daemon=True)
        self._sweeping = threading.Thread(target=self._sweep_on, name="Sweeper", daemon=True)

    def start(self) -> None:
        """Start the threads."""
        self._consumer.start()
        self._sweeping.start()
        log.info("worker.started", name=self._name, threads=self._consumer.workers)

    def leave(self) -> None:
        """Begin to stop, and return at once: take nothing new up, finish what is being done, hand back the rest."""
        self._stopping.set()
        self._consumer.stop_flag.set()
        # A signal may come in the middle of this very call: taking from an iterator is one step, a lock would hang.
        if next(self._first, False):
            self._leaving.start()

    def stop(self, graceful: bool = False) -> None:
        """Stop, and return when all is handed back; ``graceful`` gives :data:`GRACE_SECONDS` to finish in."""
        if not graceful:
            self._grace = 0.0
        self.leave()
        self._leaving.join()

    def _leave(self) -> None:
        ends = time.monotonic() + self._grace
        for thread in (*(thread for _, thread in self._consumer.worker_threads), self._consumer.scheduler):
            thread.join(max(0.0, ends - time.monotonic()))
        self._sweeping.join(max(0.0, ends - time.monotonic()))
        with self._queue.app.app_context():
            handed_back = self._services().collector.release_all()
        self._queue.close()
        log.info("worker.stopped", name=self._name, handed_back=handed_back)

    def _sweep_on(self) -> None:
        pause = _dice.uniform(0.0, 2.0)
        while not self._stopping.wait(pause):
            self._sweep()
            pause = SWEEP_SECONDS * _dice.uniform(0.9, 1.1)

    def _sweep(self) -> None:
        """Sweep straight from the database, so that it goes on while the queue is away."""
        try:
            with self._queue.app.app_context():
                self._services().heartbeats.beat(self._name)
                self._services().sweeper.sweep()
            self._consumer.check_worker_health()
        except Exception:
            # Whatever it was (the database is away, say): it is told, and the next round is in a minute.
            log.exception("sweep.failed")

    def _services(self) -> Services:
        services: Services = self._queue.app.extensions["services"]
        return services


def stop_on_sigterm(begin_to_leave: Callable[[], None]) -> None:
    """Let a worker begin to stop as soon as the web server around it is told to, and not only at its end.

    gunicorn first lets its pages come to their end, and both must be over within its ``graceful_timeout``. Called in
    the main thread, after the server has set its own handler.
    """
    handler = signal.getsignal(signal.SIGTERM)
    if not callable(handler):
        return

    def leave(number: int, frame: FrameType | None) -> None:
        begin_to_leave()
        handler(number, frame)

    signal.signal(signal.SIGTERM, leave)
    # gunicorn's own wish: a signal disturbs no request.
    signal.siginterrupt(signal.SIGTERM, False)


def start_worker(queue: HueyQueue, threads: int = 2) -> Worker:
    """Work off the queue in threads of this process; stop with ``.stop(graceful=True)``."""
    worker = Worker(queue, threads)
    worker.start()
    return worker
