"""Limits of Canvas's question types, and the plan for questions that exceed them.

The left side of a pair may contain pictures and formulas. Classic Quizzes shows the right side, the items of an
ordering and the options of a dropdown as plain text. New Quizzes reads a blank's answers with ``<`` and ``&`` still
escaped.

See docs/reference/importers.md#canvas-qti-12.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lti_tool.exam.model import Choice, Exam, FillInBlank, Matching, Ordering, SentenceAnalysis
from lti_tool.exam.richtext import Node, RichText
from lti_tool.formats.planning import remarks
from lti_tool.formats.planning.dropdowns import MAX_CHOICES
from lti_tool.formats.planning.item_kinds import ListLayout
from lti_tool.formats.planning.lettered_options import (
    labelled_matching,
    labelled_ordering,
    lettered_choice,
    lettered_matching,
)
from lti_tool.formats.planning.plan import ItemKind, Plan, essay_plan
from lti_tool.formats.planning.stem import stem_blocks

MAX_TEXT_LENGTH = 14_000
"""Characters. Canvas replaces a question text over 16,384 by an error message; file addresses grow on import."""

_UNSAFE_IN_ANSWERS = frozenset("<>&")

Size = Callable[[tuple[Node, ...]], int]
"""Characters that nodes take in Canvas."""


def fit_to_canvas(plan: Plan, exam: Exam, size: Size) -> Plan:
    """Return the plan, or another one if Canvas's question type would lose something that the answer depends on."""
    match plan.question, plan.kind:
        case FillInBlank() as question, ItemKind.BLANKS:
            return _blanks(plan, question, exam, size)
        case Matching() as question, ItemKind.MATCHING:
            return _matching(plan, question, exam, size)
        case Ordering() as question, ItemKind.ORDERING:
            return labelled_ordering(plan, question, exam.language)
        case SentenceAnalysis(), ItemKind.DROPDOWNS if size(stem_blocks(plan, exam)) > MAX_TEXT_LENGTH // 2:
            return essay_plan(plan, exam.language)
        case Choice() as question, (ItemKind.SINGLE | ItemKind.MULTIPLE):
            fits = all(_is_short(option, size) for option in question.options)
            return plan if fits else lettered_choice(plan, question, exam.language)
    return plan


def _blanks(plan: Plan, question: FillInBlank, exam: Exam, size: Size) -> Plan:
    answers = question.answers or ()
    if any(not _UNSAFE_IN_ANSWERS.isdisjoint(text) for accepted in answers for text in accepted):
        if len(answers) == 1:
            return _short_answer(plan, question, answers[0])
        return essay_plan(plan, exam.language).with_remarks(remarks.ANSWER_CHARACTERS)
    if size(stem_blocks(plan, exam)) + size(question.body.nodes) > MAX_TEXT_LENGTH:
        return _short_answer(plan, question, answers[0]) if len(answers) == 1 else essay_plan(plan, exam.language)
    return plan


def _matching(plan: Plan, question: Matching, exam: Exam, size: Size) -> Plan:
    too_many = len(question.left) * len(question.right) > MAX_CHOICES
    if too_many or not all(_is_short(text, size) for text in question.left):
        return essay_plan(plan, exam.language)
    if not all(_is_short(text, size) for text in question.right):
        return lettered_matching(plan, question, exam.language)
    return labelled_matching(plan, question, exam.language)


def _short_answer(plan: Plan, question: FillInBlank, accepted: tuple[str, ...]) -> Plan:
    """Return the plan of a short answer below the text instead of a blank in it."""
    short_answer = replace(
        plan,
        kind=ItemKind.SHORT_ANSWER,
        accepted=accepted,
        lists=((question.body,),),
        layout=ListLayout.PARAGRAPHS,
    )
    return short_answer.with_remarks(remarks.BLANK_BELOW)


def _is_short(option: RichText, size: Size) -> bool:
    return size(option.nodes) <= MAX_TEXT_LENGTH
