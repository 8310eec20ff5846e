"""What Canvas's own forms of question can hold, and what takes its place where they cannot. Facts: qti-targets §2, §3.

The left side of a pair may have pictures and formulas; the right side, the items of an ordering and the answers of a
menu are shown as plain text by Classic. A blank's answers are read by New Quizzes with ``<`` and ``&`` still escaped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lti_tool.exam.model import Choice, Exam, FillInBlank, Matching, Ordering, SentenceAnalysis
from lti_tool.exam.richtext import Element, Math, Node, RichText, Text
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.dropdowns import MOST_CHOICES
from lti_tool.formats.planning.item_kinds import ListLayout
from lti_tool.formats.planning.lettered_options import (
    labelled_matching,
    labelled_ordering,
    lettered_choice,
    lettered_matching,
)
from lti_tool.formats.planning.plan import ItemKind, Plan, essay_plan
from lti_tool.formats.planning.stem import stem_blocks

LONGEST_TEXT = 14_000
"""Bytes. Canvas replaces a question's text over 16 KB by an apology; addresses of files grow when it imports."""

_SIGNS = frozenset("<>&")

Size = Callable[[tuple[Node, ...]], int]
"""Bytes that nodes take in Canvas."""


def fitted(found: Plan, exam: Exam, size: Size) -> Plan:
    """Return the plan, or another where Canvas's form would lose what the answer depends on."""
    match found.question:
        case FillInBlank() as question if found.kind is ItemKind.BLANKS:
            return _blanks(found, question, exam, size)
        case Matching() as question if found.kind is ItemKind.MATCHING:
            return _matching(found, question, exam, size)
        case Ordering() as question if found.kind is ItemKind.ORDERING:
            return labelled_ordering(found, question, exam.language)
        case SentenceAnalysis() if (
            found.kind is ItemKind.DROPDOWNS and size(stem_blocks(found, exam)) > LONGEST_TEXT // 2
        ):
            return essay_plan(found, exam.language)
        case Choice() as question if found.kind in (ItemKind.SINGLE, ItemKind.MULTIPLE):
            short = all([_is_short(option, size) for option in question.options])  # noqa: C419 -- faster for a few
            return found if short else lettered_choice(found, question, exam.language)
    return found


def _blanks(found: Plan, question: FillInBlank, exam: Exam, size: Size) -> Plan:
    answers = question.answers or ()
    if any(not _SIGNS.isdisjoint(text) for accepted in answers for text in accepted):
        if len(answers) == 1:
            return _one_blank(found, question, answers[0])
        return essay_plan(found, exam.language).with_remarks(shared_remarks.ONE_OF_FEW)
    if size(stem_blocks(found, exam)) + size(question.body.nodes) > LONGEST_TEXT:
        return _one_blank(found, question, answers[0]) if len(answers) == 1 else essay_plan(found, exam.language)
    return found


def _matching(found: Plan, question: Matching, exam: Exam, size: Size) -> Plan:
    many = len(question.left) * len(question.right) > MOST_CHOICES
    if many or not all(_is_short(text, size) for text in question.left):
        return essay_plan(found, exam.language)
    if not all(_is_short(text, size) for text in question.right):
        return lettered_matching(found, question, exam.language)
    return labelled_matching(found, question, exam.language)


def _one_blank(found: Plan, question: FillInBlank, accepted: tuple[str, ...]) -> Plan:
    """Return the plan of a short answer, which stands below the text and not in it."""
    short = replace(found, kind=ItemKind.SHORT_ANSWER, accepted=accepted, lists=((question.body,),))
    return replace(short, layout=ListLayout.PARAGRAPHS).with_remarks(shared_remarks.BLANK_BELOW)


def _is_short(option: RichText, size: Size) -> bool:
    return _most(option.nodes) <= LONGEST_TEXT or size(option.nodes) <= LONGEST_TEXT


def _most(nodes: tuple[Node, ...]) -> int:
    """Return more bytes than nodes can take, where that is soon seen: most answers need not be written to be measured.

    A sign of text takes six at most, one of a formula forty (it stands in an address and three attributes).
    """
    found = 0
    for node in nodes:
        if isinstance(node, Text):
            found += 6 * len(node.value)
        elif isinstance(node, Math) and node.latex is not None:
            found += 300 + 40 * len(node.latex)
        elif isinstance(node, Element) and not node.attributes:
            found += 40 + _most(node.children)
        else:
            return LONGEST_TEXT + 1
    return found
