"""What a plugin says about one launch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class OfferKind(StrEnum):
    """What can go back to the LMS in answer to a launch."""

    FILE = "file"
    """A package that the LMS imports itself."""
    RESOURCE_LINK = "resource_link"
    """A link that opens the exam's page from the course."""
    NOTHING = "nothing"
    """The launch takes none of it: the exam is downloaded and imported by the teacher."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What we send back. ``format_name`` and ``media_type`` are set for a file."""

    kind: OfferKind
    format_name: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where the launch came from, as far as next steps depend on it."""

    issuer: str
    context_id: str = ""
    platform_version: str = ""
    return_url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing for the teacher to do. ``text`` is marked with ``N_``; ``facts`` fill its ``%(name)s`` places."""

    text: str
    link: str = ""
    """Where to do it, in the LMS; empty if it is on the page that is open, or cannot be known."""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What this LMS calls things, marked with ``N_``."""

    add: str
    """The button that sends the exam into the course."""
    sent: str
    """What happened when it was pressed."""
    questions: str
    """Where questions live."""
