"""Why an operation can't be applied, as remarks for the teacher: shown beside the field, or in the list of changes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lti_tool.errors import N_
from lti_tool.exam.remark import Remark

QUESTION_GONE = Remark("change.question-gone", N_("This question is no longer in the exam."))
NOT_THIS_KIND = Remark("change.not-this-kind", N_("This kind of question can't be changed in this way."))
NEWER = Remark(
    "change.newer", N_("This change was made with a newer version of the tool and can't be applied by this one.")
)
PLACE_GONE = Remark("change.place-gone", N_("The question that it was moved behind is no longer in the exam."))
LAST_QUESTION = Remark("change.last-question", N_("At least one question has to stay in the exam."))
POINTS_NEGATIVE = Remark("change.points-negative", N_("Points can't be negative."))
POINTS_HUGE = Remark("change.points-huge", N_("LMSs allow at most %(limit)s points."))
POINTS_DECIMALS = Remark("change.points-decimals", N_("Use at most %(limit)s decimals."))
NO_POINTS_HERE = Remark("change.no-points-here", N_("A text without a question has no points."))
TITLE_EMPTY = Remark("change.title-empty", N_("The exam needs a title."))
TEXT_LONG = Remark("change.text-long", N_("That's %(length)s characters; the limit is %(limit)s."))
MINUTES = Remark(
    "change.minutes", N_("Use a whole number of minutes from 1 to %(limit)s, or leave it empty for no limit.")
)
STEM_EMPTY = Remark("change.stem-empty", N_("The question needs a text."))
TEXT_EMPTY = Remark("change.text-empty", N_("This can't be empty."))
SAME_TEXT = Remark("change.same-text", N_("Two of the answers would look the same."))
CHIP_LOST = Remark(
    "change.chip-lost",
    N_("⟦%(number)s⟧ is missing. Put it back: it stands for something that has to stay in the text."),
)
CHIP_TWICE = Remark("change.chip-twice", N_("⟦%(number)s⟧ appears more than once. Keep one of them."))
CHIP_UNKNOWN = Remark("change.chip-unknown", N_("⟦%(number)s⟧ stands for nothing in this text. Remove it."))
KEY_NONE = Remark("change.key-none", N_("Choose the correct answer."))
KEY_NONE_OF_MANY = Remark("change.key-none-of-many", N_("Tick at least one correct answer."))
KEY_MANY = Remark("change.key-many", N_("Only one answer can be correct."))
KEY_RANGE = Remark("change.key-range", N_("One of these answers is no longer there."))
DATE_WRONG = Remark("change.date-wrong", N_("Enter the date as in 1945-05-05."))
YEAR_WRONG = Remark("change.year-wrong", N_("Enter a year, such as 1945."))
ANSWERS_NONE = Remark("change.answers-none", N_("A blank needs at least one accepted answer."))
ANSWERS_MANY = Remark("change.answers-many", N_("You can have at most %(limit)s accepted answers."))
ANSWER_LONG = Remark("change.answer-long", N_("An accepted answer can have at most %(limit)s characters."))


BY_CODE: Mapping[str, Remark] = MappingProxyType(
    {remark.code: remark for remark in (QUESTION_GONE, NOT_THIS_KIND, NEWER, PLACE_GONE, LAST_QUESTION)}
)
"""Reasons without facts, which an address can name."""


class DoesNotFit(Exception):
    """An operation that can't be applied. ``remark`` says why; never shown as an error page."""

    def __init__(self, remark: Remark) -> None:
        super().__init__(remark.code)
        self.remark = remark
