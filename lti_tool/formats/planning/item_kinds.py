"""The forms that questions take in an LMS."""

from __future__ import annotations

from enum import Enum, auto

from lti_tool.formats.planning import remarks as shared_remarks


class ItemKind(Enum):
    """A form that a question can take in an LMS. Its value is its ``label``, marked with ``N_``."""

    SINGLE = shared_remarks.MULTIPLE_CHOICE
    MULTIPLE = shared_remarks.MULTIPLE_ANSWERS
    TRUE_FALSE = shared_remarks.TRUE_FALSE
    SHORT_ANSWER = shared_remarks.SHORT_ANSWER
    ESSAY = shared_remarks.ESSAY
    UPLOAD = shared_remarks.FILE_UPLOAD
    TEXT = shared_remarks.TEXT
    BLANKS = shared_remarks.FILL_IN
    DROPDOWNS = shared_remarks.DROPDOWNS
    MATCHING = shared_remarks.MATCHING
    ORDERING = shared_remarks.ORDERING
    NOTHING = ""

    def __init__(self, label: str) -> None:
        self.label = label

    __hash__ = object.__hash__  # Enum hashes names, in Python: up to 18 % of a conversion's time (measured, Moodle)


class ListLayout(Enum):
    """Layout of the texts of :attr:`Plan.lists` below the stem."""

    BULLETS = auto()
    NUMBERS = auto()
    PARAGRAPHS = auto()
