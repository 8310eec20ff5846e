"""Questions of Moodle XML, each with its line in the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from lti_tool.exam.model import (
    Choice,
    DateYear,
    Exam,
    FillInBlank,
    Matching,
    Ordering,
    Question,
    SentenceAnalysis,
    TrueFalse,
)
from lti_tool.exam.richtext import Node, RichText
from lti_tool.exam.value import value
from lti_tool.formats.moodle_xml import elements
from lti_tool.formats.moodle_xml.cloze import gap
from lti_tool.formats.moodle_xml.elements import TextElements
from lti_tool.formats.moodle_xml.fractions import weights
from lti_tool.formats.moodle_xml.item_plans import moodle_plan, notes
from lti_tool.formats.moodle_xml.question_types import QuestionBodies, choice_group, grouped_choices
from lti_tool.formats.planning.dropdowns import Dropdown, dropdown_paragraphs, dropdowns
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.planning.stem import stem_blocks, to_blocks, with_direction
from lti_tool.formats.report import ReportLine
from lti_tool.formats.text.xml_text import format_decimal
from lti_tool.formats.writing.media import MediaPaths, MediaUse

MAX_NAME_LENGTH = 250
MAX_TAG_LENGTH = 50
"""Characters; Moodle cuts longer ones."""

_DECIMALS = Decimal("0.0000001")
"""Moodle stores marks as decimal(12,7)."""


@value
class MoodleQuestion:
    """The XML of a question, empty if it is left out, and its line in the report.

    The XML has the paths of files where their content goes (see :data:`elements.FILE`).
    """

    xml: str
    line: ReportLine


def written_questions(exam: Exam, package_media: MediaPaths) -> Iterator[MoodleQuestion]:
    """Yield the questions of an exam."""
    for question in exam.questions:
        yield _write(question, exam, package_media)


def _write(question: Question, exam: Exam, package_media: MediaPaths) -> MoodleQuestion:
    plan = moodle_plan(question, exam)
    if plan.kind is ItemKind.NOTHING:
        return MoodleQuestion("", plan.report_line(notes(plan)))
    media = MediaUse(package_media)
    texts = TextElements(media, exam.language)
    text = _text(plan, exam, texts)
    question_type, body = _type_and_body(plan, QuestionBodies(exam, texts))
    mark = _mark(plan.question, question_type)
    xml = elements.question(
        question_type,
        name=_bank_name(question, exam),
        text=text,
        points=format_decimal(mark),
        body=body,
        tags=_tags((*question.tags, *exam.keywords)),
    )
    line = plan.with_remarks(*media.notes.remarks()).report_line(notes(plan))
    return MoodleQuestion(xml, line if mark == question.points else replace(line, points_out=mark))


def _text(plan: Plan, exam: Exam, texts: TextElements) -> str:
    """Return the question's text, with its blanks or dropdowns."""
    question, nodes = plan.question, stem_blocks(plan, exam)
    if isinstance(question, SentenceAnalysis) and plan.kind is ItemKind.DROPDOWNS:
        selects = dropdowns(question)
        paragraphs = _directed(RichText(dropdown_paragraphs(selects, exam.language)), exam)
        return texts.text_with_gaps((*nodes, *paragraphs), _choice_numbers(selects))
    if isinstance(question, FillInBlank) and plan.kind is ItemKind.BLANKS:
        nodes = (*nodes, *_directed(question.body, exam))
        return texts.text_with_gaps(nodes, _gaps(question)) if question.blanks > 1 else texts.short_answer_text(nodes)
    return texts.text(nodes)


def _type_and_body(plan: Plan, bodies: QuestionBodies) -> tuple[str, str]:
    """Return Moodle's question type and the elements that it needs."""
    match plan.question:
        case Choice() as question if plan.kind in (ItemKind.SINGLE, ItemKind.MULTIPLE):
            return "multichoice", bodies.choice(question)
        case TrueFalse() as question if plan.kind is ItemKind.TRUE_FALSE:
            return "truefalse", bodies.true_false(question)
        case DateYear(full_date=False) as question if _is_number(plan):
            return "numerical", bodies.year(question)
        case FillInBlank(answers=answers) as question if plan.kind is ItemKind.BLANKS and answers is not None:
            if question.blanks > 1:
                return "cloze", ""
            return "shortanswer", bodies.short_answer(answers[0], ignore_case=question.ignore_case)
        case Matching() as question if plan.kind is ItemKind.MATCHING:
            return "matching", bodies.matching(question)
        case Ordering() as question if plan.kind is ItemKind.ORDERING:
            return "ordering", bodies.ordering(question)
        case SentenceAnalysis() as question if plan.kind is ItemKind.DROPDOWNS:
            return "gapselect", bodies.dropdowns(dropdowns(question))
    if plan.kind is ItemKind.SHORT_ANSWER:
        return "shortanswer", bodies.short_answer(plan.accepted)
    return ("description", "") if plan.kind is ItemKind.TEXT else ("essay", bodies.essay(plan))


def _mark(question: Question, question_type: str) -> Decimal:
    """Return the mark that the question has in Moodle."""
    points = question.points
    if isinstance(question, FillInBlank) and question_type == "cloze":
        return Decimal(sum(weights(points, question.blanks)))
    return points.quantize(_DECIMALS) if points % _DECIMALS else points


def _gaps(question: FillInBlank) -> list[str]:
    """Return the gaps of a cloze question; their weights are whole numbers."""
    return [
        gap(weight, accepted, ignore_case=question.ignore_case)
        for weight, accepted in zip(weights(question.points, question.blanks), question.answers or (), strict=True)
    ]


def _choice_numbers(selects: Sequence[Dropdown]) -> list[str]:
    """Return the gaps of a gapselect question: each has the number of its correct choice."""
    number_of = {choice: number for number, choice in enumerate(grouped_choices(selects), 1)}
    correct_choices = [(dropdown.options[dropdown.right], choice_group(dropdown)) for dropdown in selects]
    return [f"[[{number_of[choice]}]]" for choice in correct_choices]


def _directed(text: RichText, exam: Exam) -> list[Node]:
    return [with_direction(block, exam) for block in to_blocks(text)]


def _bank_name(question: Question, exam: Exam) -> str:
    """Return the name in the question bank: the number first, because Moodle sorts by name."""
    digits = len(str(len(exam.questions)))
    name = elements.plain_name(question.name()[:MAX_NAME_LENGTH])
    return f"{question.number:0{digits}d} {name}".strip()[:MAX_NAME_LENGTH]


def _is_number(plan: Plan) -> bool:
    """Return whether all accepted texts are the same number, so that Moodle can ignore leading zeros."""
    return plan.kind is ItemKind.SHORT_ANSWER and all(text.isascii() for text in plan.accepted)


def _tags(names: Iterable[str]) -> list[str]:
    """Return the tags; Moodle ignores case in them."""
    tags = [tag.strip()[:MAX_TAG_LENGTH].strip() for tag in names]
    return [elements.plain_name(tag) for tag in {tag.casefold(): tag for tag in tags}.values() if tag]
