"""Base URLs of the demo's three services."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BaseUrls:
    """Base URLs without a trailing slash."""

    lms: str
    tool: str
    examplary: str
