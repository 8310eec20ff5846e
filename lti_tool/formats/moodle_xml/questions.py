"""One question of an exam as a question of Moodle XML, and its line in the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from lti_tool.exam.media import Assets
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
from lti_tool.exam.passes import in_passes
from lti_tool.exam.richtext import Node, RichText
from lti_tool.formats.moodle_xml import elements
from lti_tool.formats.moodle_xml.cloze import gap
from lti_tool.formats.moodle_xml.elements import Texts
from lti_tool.formats.moodle_xml.fractions import weights
from lti_tool.formats.moodle_xml.html import GapHtml, LineHtml, MoodleHtml
from lti_tool.formats.moodle_xml.planning import moodle_plan, notes
from lti_tool.formats.moodle_xml.question_types import Bodies, words_of
from lti_tool.formats.planning.dropdowns import Dropdown, dropdown_paragraphs, dropdowns
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.planning.stem import stem_blocks, to_blocks, with_direction
from lti_tool.formats.report import ReportLine
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.media import MediaFiles
from lti_tool.formats.writing.xml_text import format_decimal

LONGEST_NAME = 250
LONGEST_TAG = 50
"""Characters; Moodle cuts longer ones."""

_DECIMALS = Decimal("0.0000001")
"""Moodle keeps marks as decimal(12,7)."""


class Draft:
    """A question on its way, and what each step adds to it; ``written`` is its XML, empty if it is left out."""

    __slots__ = ("body", "kind", "line", "name", "nodes", "plan", "points", "question", "text", "written")

    plan: Plan
    nodes: tuple[Node, ...]
    kind: str
    text: str
    body: str
    points: Decimal
    written: str
    line: ReportLine

    def __init__(self, question: Question) -> None:
        self.question, self.name = question, question.name()


class MoodleQuestions:
    """Makes the questions of one exam; the content of files is left to who writes them."""

    def __init__(self, exam: Exam, assets: Assets) -> None:
        self.exam = exam
        self.media = MediaFiles(assets)
        self._gap_html = GapHtml(self.media, exam.language)
        self._texts = Texts(MoodleHtml(self.media, exam.language))
        self._gap_texts = Texts(self._gap_html)
        self._line_texts = Texts(LineHtml(self.media, exam.language))
        self._bodies = Bodies(exam, self._texts)
        self._width = len(str(len(exam.questions)))

    def make(self) -> Iterator[tuple[str, ReportLine]]:
        """Yield each question, empty if it is left out, and its line in the report."""
        drafts = map(Draft, self.exam.questions)
        steps = (self._plan, self._stem, self._text, self._body, self._element, self._line)
        return ((draft.written, draft.line) for draft in in_passes(drafts, *steps))

    def _plan(self, draft: Draft) -> None:
        draft.plan = moodle_plan(draft.question, self.exam)

    def _stem(self, draft: Draft) -> None:
        draft.nodes = stem_blocks(draft.plan, self.exam)

    def _text(self, draft: Draft) -> None:
        self.media.turn_to(draft.question.number)
        found, question, nodes = draft.plan, draft.plan.question, draft.nodes
        if isinstance(question, SentenceAnalysis) and found.kind is ItemKind.DROPDOWNS:
            draft.text = self._menus_text(nodes, dropdowns(question))
        elif isinstance(question, FillInBlank) and found.kind is ItemKind.BLANKS:
            texts = self._gaps(question) if question.blanks > 1 else self._line_texts
            draft.text = texts.of((*nodes, *self._directed(question.body)))
        else:
            draft.text = self._texts.of(nodes)

    def _body(self, draft: Draft) -> None:
        self.media.turn_to(draft.question.number)
        draft.kind, draft.body = self._kind(draft.plan)
        question, points = draft.plan.question, draft.plan.question.points
        if isinstance(question, FillInBlank) and draft.kind == "cloze":
            draft.points = Decimal(sum(weights(points, question.blanks)))
        else:
            draft.points = points.quantize(_DECIMALS) if points % _DECIMALS else points

    def _line(self, draft: Draft) -> None:
        found, points = draft.plan, draft.points
        line = found.with_remarks(*self.media.remarks(draft.question.number)).report_line(notes(found), draft.name)
        left_out = found.kind is ItemKind.NOTHING
        draft.line = line if left_out or points == draft.question.points else replace(line, points_out=points)

    def _kind(self, found: Plan) -> tuple[str, str]:  # noqa: PLR0911 -- a table of types
        """Return Moodle's type and what it has beside its text."""
        bodies = self._bodies
        match found.question:
            case Choice() as question if found.kind in (ItemKind.SINGLE, ItemKind.MULTIPLE):
                return "multichoice", bodies.choice(question)
            case TrueFalse() as question if found.kind is ItemKind.TRUE_FALSE:
                return "truefalse", bodies.true_false(question)
            case DateYear(full_date=False) as question if _is_number(found):
                return "numerical", bodies.year(question)
            case FillInBlank(answers=answers) as question if found.kind is ItemKind.BLANKS and answers is not None:
                if question.blanks > 1:
                    return "cloze", ""
                return "shortanswer", bodies.short_answer(answers[0], ignore_case=question.ignore_case)
            case Matching() as question if found.kind is ItemKind.MATCHING:
                return "matching", bodies.matching(question)
            case Ordering() as question if found.kind is ItemKind.ORDERING:
                return "ordering", bodies.ordering(question)
            case SentenceAnalysis() as question if found.kind is ItemKind.DROPDOWNS:
                return "gapselect", bodies.menus(dropdowns(question))
        if found.kind is ItemKind.SHORT_ANSWER:
            return "shortanswer", bodies.short_answer(found.accepted)
        return ("description", "") if found.kind is ItemKind.TEXT else ("essay", bodies.essay(found))

    def _gaps(self, question: FillInBlank) -> Texts:
        """Return what writes the text of a question with its gaps; its points are the sum of their whole numbers."""
        each = weights(question.points, question.blanks)
        self._gap_html.gaps = [
            gap(weight, accepted, ignore_case=question.ignore_case)
            for weight, accepted in zip(each, question.answers or (), strict=True)
        ]
        return self._gap_texts

    def _menus_text(self, nodes: Iterable[Node], found: Sequence[Dropdown]) -> str:
        """Return the parts of a sentence, each with the number of its right word after it."""
        places = {word: place for place, word in enumerate(words_of(found), 1)}
        right = ((menu.options[menu.right], 1 if menu.words else 2) for menu in found)
        self._gap_html.gaps = [f"[[{places[word]}]]" for word in right]
        return self._gap_texts.of((*nodes, *self._directed(RichText(dropdown_paragraphs(found, self.exam.language)))))

    def _directed(self, text: RichText) -> list[Node]:
        return [with_direction(block, self.exam) for block in to_blocks(text)]

    def _element(self, draft: Draft) -> None:
        if draft.plan.kind is ItemKind.NOTHING:
            draft.written = ""
            return
        question = draft.plan.question
        draft.written = elements.question(
            draft.kind,
            name=self._name(question, draft.name),
            text=draft.text,
            points=format_decimal(draft.points),
            ident=ident(self.exam.id, question.id),
            body=draft.body,
            tags=_tags(question) if question.tags else (),
        )

    def _name(self, question: Question, name: str) -> str:
        """Return a name with the number first, for Moodle's bank sorts by name."""
        name = f"{question.number:0{self._width}d} {elements.named(name[:LONGEST_NAME])}".strip()
        return name[:LONGEST_NAME]


def _is_number(found: Plan) -> bool:
    """Tell whether all accepted texts are one number: then leading zeros make no difference."""
    return found.kind is ItemKind.SHORT_ANSWER and all(one.isascii() for one in found.accepted)


def _tags(question: Question) -> list[str]:
    found = {tag.strip()[:LONGEST_TAG].strip().casefold(): tag.strip()[:LONGEST_TAG].strip() for tag in question.tags}
    return [elements.named(tag) for tag in found.values() if tag]
