"""What only Canvas has to tell the teacher of a question."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.model import Choice, FillInBlank, LongText, Matching, Upload
from lti_tool.exam.remark import Remark
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.writing.phrases import phrase

_CLASSIC_PARTIAL = Remark(
    "canvas.partial-credit",
    N_("In Classic Quizzes students may get part of the points; in Examplary it is all or nothing."),
)
_CLASSIC_ORDER = Remark("canvas.classic-order", N_("In Classic Quizzes students match the items to 1, 2, 3 and so on."))
_WORD_LIMITS = Remark(
    "canvas.word-limits", N_("New Quizzes holds to the limits in words; in Classic Quizzes they are only told.")
)
_ENGLISH_WORDS = Remark("canvas.true-false", N_("The answers are the English words True and False; the text explains."))


def notes(found: Plan, language: str | None) -> tuple[Remark, ...]:
    """Return what is good to know, though the question arrives as it is."""
    question = found.question
    told: list[Remark] = []
    if _earns_parts_in_classic(found):
        told.append(_CLASSIC_PARTIAL)
    if found.kind is ItemKind.DROPDOWNS:
        told.append(shared_remarks.PARTIAL_CREDIT)
    elif found.kind is ItemKind.ORDERING:
        told.append(_CLASSIC_ORDER)
    elif found.kind is ItemKind.TRUE_FALSE and phrase("true_false_words", language):
        told.append(_ENGLISH_WORDS)
    elif isinstance(question, LongText) and (question.min_words or question.max_words):
        told.append(_WORD_LIMITS if question.max_words else shared_remarks.WORD_LIMITS)
    elif isinstance(question, Upload) and not question.takes_any and not question.extensions:
        told.append(shared_remarks.FILE_TYPES)
    elif isinstance(question, FillInBlank) and found.kind is ItemKind.BLANKS:
        told += [shared_remarks.PARTIAL_CREDIT] if question.blanks > 1 else []
        told += [shared_remarks.CASE_IGNORED] if question.minds_case else []
    return tuple(told)


def _earns_parts_in_classic(found: Plan) -> bool:
    match found.question:
        case Choice(correct=correct) if found.kind is ItemKind.MULTIPLE:
            return len(correct or ()) > 1
        case Matching(left=left) if found.kind is ItemKind.MATCHING:
            return len(left) > 1
    return found.kind is ItemKind.ORDERING
