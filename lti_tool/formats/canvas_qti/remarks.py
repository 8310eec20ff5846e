"""Remarks for the teacher about questions in Canvas."""

from __future__ import annotations

from lti_tool.errors import N_, NN_
from lti_tool.exam.model import Choice, FillInBlank, LongText, Matching, Upload
from lti_tool.exam.remark import Remark
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.plain_labels import has_words
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.text.phrases import phrase
from lti_tool.languages import primary_subtag

_CLASSIC_PARTIAL_CREDIT = Remark(
    "canvas.partial-credit",
    N_("In Classic Quizzes, students can earn partial points; in Examplary it's all or nothing."),
)
ORDERED_BY_MENUS = Remark(
    "canvas.classic-order", N_("In Classic Quizzes students match the items to 1, 2, 3 and so on.")
)
_WORD_LIMITS = Remark(
    "canvas.word-limits", N_("New Quizzes enforces the word limits; Classic Quizzes only shows them.")
)
_ENGLISH_WORDS = Remark(
    "canvas.true-false", N_("The answers are the English words True and False; the text explains them.")
)
_ENGLISH_WORDS_ALONE = Remark(
    "canvas.true-false-alone", N_("The answers are the English words True and False, with no explanation.")
)
_NUMBERS = Remark(
    "canvas.numbers",
    N_("Pictures and formulas to match are numbered (1., 2.), because Classic Quizzes needs text beside them."),
)

DIVIDED_TEXT = Remark(
    "canvas.divided-text",
    *NN_(
        "Classic Quizzes holds no text this long, so it's %(count)s text there; New Quizzes shows it whole, beside its "
        "questions.",
        "Classic Quizzes holds no text this long, so it's divided into %(count)s texts there; New Quizzes shows it "
        "whole, beside its questions.",
    ),
)
PASSAGE_BEFORE = Remark(
    "canvas.passage-before",
    *NN_(
        "The text is too long for a question in Classic Quizzes, so part of it is %(count)s text before the question; "
        "New Quizzes shows that part beside the question.",
        "The text is too long for a question in Classic Quizzes, so part of it is divided into %(count)s texts before "
        "the question; New Quizzes shows that part whole, beside the question.",
    ),
)


def notes(plan: Plan, language: str | None) -> tuple[Remark, ...]:
    """Return remarks worth knowing about a question that arrives unchanged."""
    question = plan.question
    remarks: list[Remark] = []
    if _earns_partial_credit_in_classic(plan):
        remarks.append(_CLASSIC_PARTIAL_CREDIT)
    if plan.kind is ItemKind.DROPDOWNS:
        remarks.append(shared_remarks.PARTIAL_CREDIT)
    elif plan.kind is ItemKind.ORDERING:
        remarks.append(ORDERED_BY_MENUS)
    elif plan.kind is ItemKind.TRUE_FALSE and primary_subtag(language) != "en":
        remarks.append(_ENGLISH_WORDS if phrase("true_false_words", language) else _ENGLISH_WORDS_ALONE)
    elif isinstance(question, Matching) and plan.kind is ItemKind.MATCHING and not all(map(has_words, question.left)):
        remarks.append(_NUMBERS)
    elif isinstance(question, LongText) and (question.min_words or question.max_words):
        remarks.append(_WORD_LIMITS if question.max_words else shared_remarks.WORD_LIMITS)
    elif isinstance(question, Upload) and not question.takes_any and not question.extensions:
        remarks.append(shared_remarks.FILE_TYPES)
    elif isinstance(question, FillInBlank) and plan.kind is ItemKind.BLANKS:
        remarks += [shared_remarks.PARTIAL_CREDIT] if question.blanks > 1 else []
        remarks += [shared_remarks.CASE_IGNORED] if question.is_case_sensitive else []
    return tuple(remarks)


def _earns_partial_credit_in_classic(plan: Plan) -> bool:
    match plan.question, plan.kind:
        case Choice(correct=correct), ItemKind.MULTIPLE:
            return len(correct or ()) > 1
        case Matching(left=left), ItemKind.MATCHING:
            return len(left) > 1
    return plan.kind is ItemKind.ORDERING
