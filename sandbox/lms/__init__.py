"""A stand-in LMS on an origin of its own, Canvas-like and Moodle-like, that speaks only HTTP with the tool."""

from __future__ import annotations

from sandbox.lms.app import create_lms, lms_of, register_tool
from sandbox.lms.config import (
    ACCOUNTS,
    CLIENT_IDS,
    DEPLOYMENT_IDS,
    FLAVOURS,
    LmsConfig,
    PlatformDescription,
    ToolRegistration,
    describe_platforms,
)

__all__ = [
    "ACCOUNTS",
    "CLIENT_IDS",
    "DEPLOYMENT_IDS",
    "FLAVOURS",
    "LmsConfig",
    "PlatformDescription",
    "ToolRegistration",
    "create_lms",
    "describe_platforms",
    "lms_of",
    "register_tool",
]
