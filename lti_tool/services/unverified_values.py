"""Alarm for values in a shared store that this tool did not write."""

from __future__ import annotations

import structlog

from lti_tool.services.counters import UNVERIFIED

log = structlog.get_logger(__name__)


def report_unverified(store: str, entry: str, reason: str) -> None:
    """Log and count a value that is ignored. ``entry`` is the kind of value."""
    UNVERIFIED.labels(store).inc()
    log.error("shared.unverified", store=store, entry=entry, reason=reason)
