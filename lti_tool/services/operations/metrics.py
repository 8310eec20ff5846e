"""Prometheus metrics: the processes' counters, and gauges read from the database at each scrape.

The processes of one gunicorn share their counters in a folder, ``PROMETHEUS_MULTIPROC_DIR`` (config/gunicorn.conf.py;
prometheus-client, "Multiprocess Mode"). No label holds a person, a course, an id or an address.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import case, func, select
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.examplary import Observer
from lti_tool.models import Chore, Generation, GenerationState, db, now
from lti_tool.services.chores import is_given_up, is_manual
from lti_tool.services.counters import CALL_SECONDS, CALLS
from lti_tool.services.operations.health import Health, HealthState, Readiness
from lti_tool.services.operations.heartbeats import Heartbeats
from lti_tool.services.queue import Queue

log = structlog.get_logger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

NOT_SENT = ("circuit", "limit")
"""Outcomes of attempts that were not sent."""


class CallMetrics:
    """Counts attempts to call Examplary."""

    def observe(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Count one attempt."""
        CALLS.labels(endpoint, outcome).inc()
        if outcome not in NOT_SENT:
            CALL_SECONDS.labels(endpoint).observe(seconds)


class Observers:
    """Passes observations on to several observers."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def observe(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Call all of them."""
        for observer in self._observers:
            observer.observe(endpoint, outcome, seconds)


class Metrics:
    """Renders all metrics in Prometheus's text format."""

    def __init__(self, queue: Queue, heartbeats: Heartbeats, health: Health) -> None:
        self._state = _StateCollector(queue, heartbeats, health)

    def text(self) -> bytes:
        """Return all metrics; while the database is unreachable, only those that don't need it."""
        registry = CollectorRegistry()
        registry.register(self._state)
        return generate_latest(_counters()) + generate_latest(registry)


def _counters() -> CollectorRegistry:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus-client leaves it untyped
    return registry


class _StateCollector(Collector):
    """Gauges of the current state. They come from the database, so every process reports the same."""

    def __init__(self, queue: Queue, heartbeats: Heartbeats, health: Health) -> None:
        self._queue = queue
        self._heartbeats = heartbeats
        self._health = health

    def describe(self) -> list[GaugeMetricFamily]:
        """Describe nothing, so that registering the collector does not query the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Run the readiness checks, and query the database and the queue."""
        readiness = self._health.readiness()
        yield _checks(readiness)
        if readiness.database_answers:
            yield from self._from_database()
        depth = self._queue.depth()
        if depth is not None:
            yield GaugeMetricFamily("lti_tool_queue_depth", "Jobs in the queue, including scheduled ones", value=depth)

    def _from_database(self) -> list[GaugeMetricFamily]:
        """Return the gauges from the database; none if it has just become unreachable."""
        try:
            return [*_generations(), _chores(), *self._heartbeat_ages()]
        except SQLAlchemyError as error:
            log.warning("metrics.database", error=type(error).__name__)
            return []
        finally:
            db.session.rollback()

    def _heartbeat_ages(self) -> Iterator[GaugeMetricFamily]:
        heartbeats = {"worker": self._heartbeats.worker_seen(), "examplary": self._heartbeats.examplary_seen()}
        for name, last_seen in heartbeats.items():
            if last_seen is not None:
                text = f"Seconds since {name} was last seen"
                yield GaugeMetricFamily(f"lti_tool_{name}_silent_seconds", text, value=_age(last_seen))


def _checks(readiness: Readiness) -> GaugeMetricFamily:
    text = "Results of the checks of /readyz: 0 ok, 1 degraded, 2 down"
    family = GaugeMetricFamily("lti_tool_health", text, labels=["check"])
    for check in readiness.checks:
        family.add_metric([check.name], list(HealthState).index(check.state))
    return family


def _generations() -> Iterator[GaugeMetricFamily]:
    count = GaugeMetricFamily("lti_tool_generations", "Generations, by state", labels=["state"])
    oldest = GaugeMetricFamily(
        "lti_tool_generation_oldest_seconds",
        "Age of the oldest generation in seconds, by state",
        labels=["state"],
    )
    query = select(Generation.state, func.count(), func.min(Generation.state_since)).group_by(Generation.state)
    by_state = {state: (number, since) for state, number, since in db.session.execute(query)}
    for state in GenerationState:
        number, since = by_state.get(state.value, (0, None))
        count.add_metric([state.value], number)
        oldest.add_metric([state.value], _age(since) if since else 0.0)
    yield count
    yield oldest


def _chores() -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "lti_tool_chores", "Calls still to be made to Examplary, by kind and status", labels=["kind", "status"]
    )
    by_hand, given_up = (is_manual(), "by_hand"), (is_given_up(), "given_up")
    status = case(by_hand, given_up, (Chore.attempts > 0, "failing"), else_="waiting")
    query = select(Chore.kind, status, func.count()).where(Chore.done_at.is_(None)).group_by(Chore.kind, status)
    for kind, state, number in db.session.execute(query):
        family.add_metric([kind, state], number)
    return family


def _age(moment: datetime) -> float:
    return max(0.0, (now() - moment).total_seconds())
