"""Counters and histograms of the processes, for Prometheus. :mod:`.operations.metrics` renders them.

No label holds a person, a course, an id or an address.
"""

from __future__ import annotations

from prometheus_client import Counter, Histogram, disable_created_metrics
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from lti_tool.models import classify_failure

disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus-client leaves it untyped
"""A single process would add a ``_created`` series to each counter, whereas several do not."""

LAUNCHES = Counter("lti_tool_launches", "Launches, by outcome: accepted, or the error code", ["outcome"])
REFUSALS = Counter("lti_tool_refusals", "Refused requests, by route and error code", ["rule", "code"])
CALLS = Counter(
    "lti_tool_examplary_calls", "Attempts to call Examplary, by endpoint and outcome", ["endpoint", "outcome"]
)
CALL_SECONDS = Histogram(
    "lti_tool_examplary_call_seconds",
    "Seconds until Examplary responded, by endpoint",
    ["endpoint"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
CONVERSIONS = Counter("lti_tool_conversions", "Packages written, by format and outcome", ["format", "outcome"])
CONVERSION_SECONDS = Histogram(
    "lti_tool_conversion_seconds",
    "Seconds to write a package, by format",
    ["format"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 30),
)
IMPORTS = Counter(
    "lti_tool_imports",
    "Direct imports that have ended, by LMS family and outcome: the result or the error code",
    ["family", "outcome"],
)

DATABASE_FAILURES = Counter("lti_tool_database_troubles", "Errors of the database, by kind", ["trouble"])
DAMAGED = Counter("lti_tool_damaged", "Reads of damaged rows, by kind", ["what"])
UNVERIFIED = Counter(
    "lti_tool_unverified", "Values in the cache or the queue that this tool did not write, by store", ["store"]
)


@event.listens_for(Engine, "handle_error")
def _count_failure(context: ExceptionContext) -> None:
    """Count database errors from any page, job or sweep."""
    if isinstance(context.sqlalchemy_exception, DBAPIError) and not context.is_pre_ping:
        DATABASE_FAILURES.labels(classify_failure(context.sqlalchemy_exception)).inc()
