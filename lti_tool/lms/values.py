"""Values that a plugin returns for one launch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lti_tool.errors import N_


class OfferKind(StrEnum):
    """Kind of content that can be sent back to the LMS."""

    FILE = "file"
    """A package that the LMS imports itself."""
    RESOURCE_LINK = "resource_link"
    """A link that opens the exam's page from the course."""
    NOTHING = "nothing"
    """The launch accepts no content: the teacher downloads the exam and imports it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The content to send back. ``format_name`` and ``media_type`` are set for a file."""

    kind: OfferKind
    format_name: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The launched course, as far as the next steps depend on it."""

    issuer: str
    context_id: str = ""
    platform_version: str = ""
    return_url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step for a person to take. ``text`` is marked with ``N_``; ``facts`` fill its ``%(name)s`` placeholders."""

    text: str
    link: str = ""
    """The page of the LMS on which to do it; empty if it is the current page or unknown."""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """Where the teacher opened the tool: what "Add to course" does from there, marked with ``N_``.

    ``shorter`` is the shortest way to a quiz that the LMS offers, if it isn't this one.
    """

    adding: str
    shorter: Step | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The terms of this LMS, marked with ``N_``."""

    add: str
    """Label of the button that sends the exam to the course."""
    sent: str
    """Message after it was pressed."""
    questions: str
    """Name of the place for questions."""
    add_again: str = N_("Send again")
    """Label of the button when the exam was sent before."""
    sending_again: str = N_("If it didn't arrive, use “Send again”.")
    """The effect of sending it again, if nothing was changed."""
    sending_changed: str = N_("“Send again” sends the new version.")
    """The effect of sending it again after a change, in the words of :attr:`add_again`."""
