"""Plans for Moodle: the shared plan, adapted to what Moodle's question types can hold."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from lti_tool.exam.model import Choice, Exam, FillInBlank, Matching, Question, SentenceAnalysis, Upload, VoiceRecording
from lti_tool.exam.remark import Remark
from lti_tool.formats.moodle_xml import remarks
from lti_tool.formats.moodle_xml.cloze import can_be_gap
from lti_tool.formats.moodle_xml.fractions import MAX_EVEN, weights
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.dropdowns import dropdowns
from lti_tool.formats.planning.lettered_options import labelled_matching, lettered_matching
from lti_tool.formats.planning.plain_labels import plain_labels
from lti_tool.formats.planning.plan import ItemKind, Plan, essay_plan, plan_question
from lti_tool.formats.text.xml_text import format_decimal

_KINDS = frozenset(ItemKind)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


def moodle_plan(question: Question, exam: Exam) -> Plan:
    """Return the plan of a question. One blank becomes a short answer, several become a cloze question."""
    plan = plan_question(question, exam, _KINDS)
    match question:
        case FillInBlank(answers=answers) if plan.kind is ItemKind.BLANKS and answers is not None:
            return _cloze_plan(plan, answers, exam) if len(answers) > 1 else plan
        case Matching() if plan.kind is ItemKind.MATCHING:
            labelled = labelled_matching(plan, question, exam.language)
            has_equal_numbers = isinstance(labelled.question, Matching) and _has_equal_numbers(labelled.question)
            return lettered_matching(plan, question, exam.language) if has_equal_numbers else labelled
        case VoiceRecording():
            return replace(plan, remarks=(remarks.VOICE,))
    return plan


def _has_equal_numbers(question: Matching) -> bool:
    """Return whether two right sides are the same number: for PHP, 1.5, 1.50 and 15e-1 are one choice."""
    numbers = [float(text) for text in plain_labels(question.right) or () if _NUMBER.fullmatch(text)]
    return len(set(numbers)) < len(numbers)


def notes(plan: Plan) -> tuple[Remark, ...]:
    """Return notes that don't count as a change."""
    match plan.question:
        case Choice(correct=correct) if plan.kind is ItemKind.MULTIPLE and correct is not None and len(correct) > 1:
            uneven = (remarks.UNEVEN_TICKS,) if len(correct) > MAX_EVEN else ()
            return (remarks.PARTIAL_TICKS, *uneven)
        case Matching(left=left) if plan.kind is ItemKind.MATCHING and len(left) > 1:
            return (shared_remarks.PARTIAL_CREDIT,)
        case FillInBlank(blanks=count) if plan.kind is ItemKind.BLANKS and count > 1:
            return (shared_remarks.PARTIAL_CREDIT,)
        case SentenceAnalysis() as question if plan.kind is ItemKind.DROPDOWNS and len(dropdowns(question)) > 1:
            return (shared_remarks.PARTIAL_CREDIT,)
        case Upload(extensions=()) as question if not question.takes_any:
            return (shared_remarks.FILE_TYPES,)
    return ()


def _cloze_plan(plan: Plan, answers: tuple[tuple[str, ...], ...], exam: Exam) -> Plan:
    if not all(map(can_be_gap, answers)):
        return essay_plan(plan, exam.language).with_remarks(remarks.GAP_CHARACTERS)
    points = plan.question.points
    total = sum(weights(points, len(answers)))
    if points == Decimal(total):
        return plan
    return plan.with_remarks(remarks.GAP_POINTS.with_facts(out=total, points=format_decimal(points)))
