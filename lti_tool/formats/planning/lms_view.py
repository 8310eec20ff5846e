"""A question as an LMS will show it, for teachers: made from its plan, with the key."""

from __future__ import annotations

from enum import StrEnum

from lti_tool.exam.model import Choice, Exam, FillInBlank, Matching, Ordering, SentenceAnalysis, TrueFalse
from lti_tool.exam.richtext import EMPTY, RichText
from lti_tool.exam.value import named_value
from lti_tool.formats.planning.dropdowns import dropdown_paragraphs, dropdowns
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.planning.stem import stem_blocks
from lti_tool.formats.text.phrases import phrase


class AnswerField(StrEnum):
    """Where students answer."""

    CHOICES = "choices"
    TEXT = "text"
    """One line, which the LMS compares with ``accepted``."""
    LONG_TEXT = "long-text"
    FILE = "file"
    BLANKS = "blanks"
    """The blanks of ``body``: text fields or menus."""
    MENUS = "menus"
    """A menu beside each text."""
    ORDER = "order"
    """``options`` are moved into the right order."""
    NOTHING = "nothing"


@named_value
class LmsView:
    """``stem`` is all that is above the field, ``correct`` are indices of ``options``.

    ``answers`` are the accepted texts of each blank of ``body``; ``menus`` are texts with the right choice beside each.
    """

    stem: RichText
    field: AnswerField
    options: tuple[RichText, ...] = ()
    correct: tuple[int, ...] = ()
    body: RichText = EMPTY
    answers: tuple[tuple[str, ...], ...] = ()
    menus: tuple[tuple[RichText, RichText], ...] = ()
    accepted: tuple[str, ...] = ()


def lms_view(plan: Plan, exam: Exam, *, orders_by_menus: bool = False) -> LmsView:
    """Return the question of ``plan``; with ``orders_by_menus``, students choose an item for 1, for 2 and so on."""
    stem = RichText(stem_blocks(plan, exam))
    match plan.kind, plan.question:
        case ((ItemKind.SINGLE | ItemKind.MULTIPLE), Choice() as question):
            options, correct = question.options, question.correct or ()
            return LmsView(stem=stem, field=AnswerField.CHOICES, options=options, correct=correct)
        case ItemKind.TRUE_FALSE, TrueFalse() as question:
            words = tuple(RichText.plain(phrase(name, exam.language)) for name in ("true", "false"))
            return LmsView(stem=stem, field=AnswerField.CHOICES, options=words, correct=(0 if question.correct else 1,))
        case ItemKind.BLANKS, FillInBlank() as question:
            answers = question.answers or ()
            return LmsView(stem=stem, field=AnswerField.BLANKS, body=question.body, answers=answers)
        case ItemKind.DROPDOWNS, SentenceAnalysis() as question:
            return _dropdowns(stem, question, exam)
        case ItemKind.MATCHING, Matching() as question:
            pairs = tuple((question.left[left], question.right[right]) for left, right in question.pairs or ())
            return LmsView(stem=stem, field=AnswerField.MENUS, menus=pairs)
        case ItemKind.ORDERING, Ordering() as question if orders_by_menus:
            numbered = tuple((RichText.plain(str(place)), item) for place, item in enumerate(question.options, 1))
            return LmsView(stem=stem, field=AnswerField.MENUS, menus=numbered)
        case ItemKind.ORDERING, Ordering() as question:
            return LmsView(stem=stem, field=AnswerField.ORDER, options=question.options)
    return LmsView(stem=stem, field=_FIELDS.get(plan.kind, AnswerField.NOTHING), accepted=plan.accepted)


def _dropdowns(stem: RichText, question: SentenceAnalysis, exam: Exam) -> LmsView:
    menus = dropdowns(question)
    body = RichText(dropdown_paragraphs(menus, exam.language))
    answers = tuple((menu.options[menu.right],) for menu in menus)
    return LmsView(stem=stem, field=AnswerField.BLANKS, body=body, answers=answers)


_FIELDS = {
    ItemKind.SHORT_ANSWER: AnswerField.TEXT,
    ItemKind.ESSAY: AnswerField.LONG_TEXT,
    ItemKind.UPLOAD: AnswerField.FILE,
}
