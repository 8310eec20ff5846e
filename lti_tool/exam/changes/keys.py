"""Changes to keys, points and the other values of one question."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lti_tool.errors import N_
from lti_tool.exam.changes import rejected_changes
from lti_tool.exam.changes.operations import (
    QuestionOperation,
    SetAnswers,
    SetCorrect,
    SetDate,
    SetIgnoreCase,
    SetPairs,
    SetPoints,
    SetShuffle,
    SetTruth,
)
from lti_tool.exam.changes.rejected_changes import DoesNotFit
from lti_tool.exam.html.sanitise import remove_forbidden_characters
from lti_tool.exam.model import Choice, DateYear, FillInBlank, Information, Matching, Question, ShortText, TrueFalse
from lti_tool.exam.parse import parser_remarks
from lti_tool.exam.parse.raw_question import MAX_ANSWER_LENGTH
from lti_tool.exam.parse.scoring import MAX_POINTS, parse_points
from lti_tool.exam.remark import Remark
from lti_tool.exam.visible_text import typing_variants, without_invisible_characters

MAX_DECIMALS = 4
"""Decimals of points. Our own column for the sum of an exam has no more."""

MAX_ANSWERS = 100
"""Accepted answers of one blank, as the teacher types them."""

RUBRIC_DIFFERS = Remark("change.rubric-differs", N_("The criteria still add up to %(points)s points."))

_KEY_FLAWS = frozenset(
    flaw.code
    for flaw in (
        parser_remarks.KEY_MISSING,
        parser_remarks.KEY_UNMATCHED,
        parser_remarks.KEY_AMBIGUOUS,
        parser_remarks.KEY_UNREADABLE,
        parser_remarks.BLANKS_DISAGREE,
        parser_remarks.PAIRS_UNREADABLE,
    )
)
_POINTS_FLAWS = frozenset(
    flaw.code
    for flaw in (
        parser_remarks.POINTS_MISSING,
        parser_remarks.POINTS_NEGATIVE,
        parser_remarks.POINTS_HUGE,
        RUBRIC_DIFFERS,
    )
)


def with_value(question: Question, operation: QuestionOperation) -> Question:
    """Return the question with the value that ``operation`` sets; raise :class:`DoesNotFit`."""
    match question, operation:
        case _, SetPoints(points=points):
            return _with_points(question, points)
        case Choice() | Matching(), SetShuffle(shuffle=shuffle):
            return replace(question, shuffle=shuffle)
        case Choice(), SetCorrect(correct=correct):
            return _with_correct(question, correct)
        case TrueFalse(), SetTruth(correct=truth):
            return without_flaws(replace(question, correct=truth), _KEY_FLAWS)
        case DateYear(), SetDate(correct=text):
            return without_flaws(replace(question, correct=_date(question, text)), _KEY_FLAWS)
        case Matching(), SetPairs(right=right):
            return _with_pairs(question, right)
        case ShortText() | FillInBlank(), SetAnswers():
            return _with_answers(question, operation)
        case FillInBlank(), SetIgnoreCase(ignore=ignore):
            return replace(question, ignore_case=ignore)
    raise DoesNotFit(rejected_changes.NOT_THIS_KIND)


def without_flaws(question: Question, codes: frozenset[str]) -> Question:
    """Return the question without the parser's remarks that no longer hold."""
    return replace(question, flaws=tuple(flaw for flaw in question.flaws if flaw.code not in codes))


def accepted_answers(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the teacher typed as accepted answers: cleaned, without duplicates, with keyboard variants.

    Raises :class:`DoesNotFit` if one is too long or there are too many.
    """
    texts = (without_invisible_characters(remove_forbidden_characters(line)) for line in lines)
    answers = tuple(dict.fromkeys(answer for text in texts if (answer := " ".join(text.split()))))
    if len(answers) > MAX_ANSWERS:
        raise DoesNotFit(rejected_changes.ANSWERS_MANY.with_facts(limit=MAX_ANSWERS))
    if any(len(answer) > MAX_ANSWER_LENGTH for answer in answers):
        raise DoesNotFit(rejected_changes.ANSWER_LONG.with_facts(limit=MAX_ANSWER_LENGTH))
    return tuple(dict.fromkeys(variant for answer in answers for variant in typing_variants(answer)))


def _with_points(question: Question, points: Decimal) -> Question:
    if isinstance(question, Information):
        raise DoesNotFit(rejected_changes.NO_POINTS_HERE)
    if points < 0:
        raise DoesNotFit(rejected_changes.POINTS_NEGATIVE)
    if points > MAX_POINTS:
        raise DoesNotFit(rejected_changes.POINTS_HUGE.with_facts(limit=int(MAX_POINTS)))
    if points != round(points, MAX_DECIMALS):
        raise DoesNotFit(rejected_changes.POINTS_DECIMALS.with_facts(limit=MAX_DECIMALS))
    whole = points == points.to_integral_value()
    tidy = points.quantize(Decimal(1)) if whole else points.normalize()
    return _with_note_on_rubric(without_flaws(replace(question, points=abs(tidy)), _POINTS_FLAWS))


def _with_note_on_rubric(question: Question) -> Question:
    """Return the question with a remark if its criteria add up to other points than it counts for."""
    total, flaw = parse_points(question.rubric)
    if flaw is not None or total == question.points:
        return question
    return replace(question, flaws=(*question.flaws, RUBRIC_DIFFERS.with_facts(points=str(total))))


def _with_correct(question: Choice, correct: tuple[int, ...]) -> Question:
    indices = tuple(sorted(set(correct)))
    if not indices:
        raise DoesNotFit(rejected_changes.KEY_NONE_OF_MANY if question.multiple else rejected_changes.KEY_NONE)
    if indices[0] < 0 or indices[-1] >= len(question.options):
        raise DoesNotFit(rejected_changes.KEY_RANGE)
    if len(indices) > 1 and not question.multiple:
        raise DoesNotFit(rejected_changes.KEY_MANY)
    if len(question.options) < 2:
        raise DoesNotFit(rejected_changes.NOT_THIS_KIND)
    return without_flaws(replace(question, correct=indices), _KEY_FLAWS)


def _with_pairs(question: Matching, right: tuple[int, ...]) -> Question:
    fits = len(right) == len(question.left) and all(0 <= index < len(question.right) for index in right)
    if not fits or not right:
        raise DoesNotFit(rejected_changes.KEY_RANGE)
    return without_flaws(replace(question, pairs=tuple(enumerate(right))), _KEY_FLAWS)


def _with_answers(question: ShortText | FillInBlank, operation: SetAnswers) -> Question:
    answers = accepted_answers(operation.answers)
    if isinstance(question, ShortText):
        if operation.blank != 0:
            raise DoesNotFit(rejected_changes.KEY_RANGE)
        return without_flaws(replace(question, accepted=answers or None), _KEY_FLAWS)
    if not 0 <= operation.blank < question.blanks:
        raise DoesNotFit(rejected_changes.KEY_RANGE)
    if not answers:
        raise DoesNotFit(rejected_changes.ANSWERS_NONE)
    all_answers = list(question.answers or ((),) * question.blanks)
    all_answers[operation.blank] = answers
    return replace(question, answers=tuple(all_answers))


def _date(question: DateYear, text: str) -> str:
    text = text.strip()
    if not question.full_date:
        if re.fullmatch(r"-?[0-9]{1,4}", text) is None:
            raise DoesNotFit(rejected_changes.YEAR_WRONG)
        return text
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise DoesNotFit(rejected_changes.DATE_WRONG) from error


def finished(question: Question) -> Question:
    """Return a question with all its values set; an incomplete key becomes none."""
    return _finished_blanks(question) if isinstance(question, FillInBlank) else question


def _finished_blanks(question: FillInBlank) -> Question:
    if question.answers is None:
        return question
    if not all(question.answers):
        return replace(question, answers=None)
    return without_flaws(question, _KEY_FLAWS)
