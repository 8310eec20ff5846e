"""The forms that questions take in an LMS."""

from __future__ import annotations

from enum import Enum, auto

from lti_tool.formats.planning import remarks as changes


class Form(Enum):
    """A form that a question can take in an LMS."""

    SINGLE = changes.MULTIPLE_CHOICE
    MULTIPLE = changes.MULTIPLE_ANSWERS
    TRUE_FALSE = changes.TRUE_FALSE
    SHORT_ANSWER = changes.SHORT_ANSWER
    ESSAY = changes.ESSAY
    UPLOAD = changes.FILE_UPLOAD
    TEXT = changes.TEXT
    BLANKS = changes.FILL_IN
    MENUS = changes.MENUS
    MATCHING = changes.MATCHING
    ORDERING = changes.ORDERING
    NOTHING = ""

    __hash__ = object.__hash__  # an enumeration's own is written in Python


class Layout(Enum):
    """How the texts of :attr:`Plan.lists` stand under the stem."""

    BULLETS = auto()
    NUMBERS = auto()
    PARAGRAPHS = auto()
