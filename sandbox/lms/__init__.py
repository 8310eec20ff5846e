"""The sandbox's LMS: a Canvas-like and a Moodle-like course on one origin; it reaches the tool over HTTP only."""

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
