"""Alarm for values in a shared store that this tool did not write."""

from __future__ import annotations

import structlog
from prometheus_client import Counter

log = structlog.get_logger(__name__)

UNVERIFIED = Counter(
    "lti_tool_unverified", "Values in the cache or the queue that this tool did not write, by store", ["store"]
)


def report_unverified(store: str, entry: str, reason: str) -> None:
    """Log and count a value that is ignored. ``entry`` is the kind of value."""
    UNVERIFIED.labels(store).inc()
    log.error("shared.unverified", store=store, entry=entry, reason=reason)
