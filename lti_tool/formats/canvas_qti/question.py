"""One question of an exam as items of Canvas's QTI 1.2, and its line in the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from lti_tool.exam.media import Assets
from lti_tool.exam.model import (
    Exam,
    FillInBlank,
    Question,
    SentenceAnalysis,
)
from lti_tool.exam.passes import in_passes
from lti_tool.exam.richtext import Blank, Element, Node, RichText, Text
from lti_tool.formats.canvas_qti import items, remarks
from lti_tool.formats.canvas_qti.html import CanvasBlanks, CanvasHtml
from lti_tool.formats.canvas_qti.interactions import Shape, Shapes
from lti_tool.formats.canvas_qti.planning import LONGEST_TEXT, fitted
from lti_tool.formats.canvas_qti.stimuli import PARENT, stimuli
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.dropdowns import dropdown_paragraphs, dropdowns
from lti_tool.formats.planning.grading_notes import grading_notes
from lti_tool.formats.planning.plan import ItemKind, Plan, plan_question
from lti_tool.formats.planning.stem import Told, count_title_and_description, stem_blocks, to_blocks, with_direction
from lti_tool.formats.report import ReportLine
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.media import MediaFiles
from lti_tool.formats.writing.phrases import phrase
from lti_tool.formats.writing.split_text import split_nodes

_FILE_ADDRESS_GROWS = 120
_FORMS = frozenset(ItemKind)
_BY_HAND = frozenset({ItemKind.ESSAY, ItemKind.UPLOAD})
_WITH_BLANKS = frozenset({ItemKind.BLANKS, ItemKind.DROPDOWNS})


class Draft:
    """A question on its way, and what each step adds to it.

    ``before`` are passages that stand before it; ``names`` are those of its blanks; ``written`` are its items.
    """

    __slots__ = ("before", "html", "line", "name", "names", "nodes", "plan", "question", "shape", "written")

    plan: Plan
    nodes: tuple[Node, ...]
    html: str
    shape: Shape
    written: str
    line: ReportLine

    def __init__(self, question: Question) -> None:
        self.question, self.name = question, question.name()
        self.before = ""
        self.names: tuple[str, ...] = ()


class CanvasQuestions:
    """Makes the items of one exam."""

    def __init__(self, exam: Exam, assets: Assets, ready: Told | None = None) -> None:
        self.exam, self._ready = exam, ready
        self.media = MediaFiles(assets)
        self._html = CanvasHtml(self.media, exam.language)
        self._blanks = CanvasBlanks(self.media, exam.language)
        self._shapes = Shapes(self._html)
        self._stimuli = stimuli(exam)
        self.points = Decimal(0)

    def make(self) -> Iterator[tuple[str, ReportLine]]:
        """Yield the items of each question (passages before it, if it is long), and its line in the report."""
        return ((draft.written, draft.line) for draft in self._drafts(self._line))

    def items(self) -> Iterator[str]:
        """Yield the items of each question, for whom needs no report of them; ``points`` count what they are worth."""
        for draft in self._drafts():
            if draft.plan.kind is not ItemKind.NOTHING:
                self.points += draft.question.points
            yield draft.written

    def _drafts(self, *more: Callable[[Draft], None]) -> Iterator[Draft]:
        steps = (self._plan, self._stem, self._text, self._shape, self._item, *more)
        return in_passes(map(Draft, self.exam.questions), *steps)

    def _plan(self, draft: Draft) -> None:
        self.media.turn_to(draft.question.number)
        self._blanks.names = ()  # not yet known
        draft.plan = fitted(plan_question(draft.question, self.exam, _FORMS), self.exam, self._size)

    def _stem(self, draft: Draft) -> None:
        found = draft.plan
        if found.kind is ItemKind.TRUE_FALSE and (told := phrase("true_false_words", self.exam.language)):
            found = replace(found, instruction=told)
        draft.nodes = stem_blocks(found, self.exam, self._ready)
        if found.kind in _WITH_BLANKS:
            draft.nodes += self._body(draft, found.question)

    def _text(self, draft: Draft) -> None:
        self.media.turn_to(draft.question.number)
        draft.html = self._render(draft, draft.nodes)
        if _grown(draft.html) > LONGEST_TEXT:
            self._divide(draft)

    def _shape(self, draft: Draft) -> None:
        self.media.turn_to(draft.question.number)
        draft.shape = self._shapes.of(draft.plan, draft.html, draft.names)

    def _item(self, draft: Draft) -> None:
        if draft.plan.kind is ItemKind.NOTHING:
            draft.written = ""
            return
        found, question = draft.plan, draft.plan.question
        title = draft.name or f"{question.number}"
        kind, presentation, scoring = draft.shape
        draft.written = draft.before + items.item(
            ident(self.exam.id, question.id),
            title[:120],
            kind,
            question.points,
            presentation,
            processing=scoring,
            metadata=self._metadata(found),
        )

    def _line(self, draft: Draft) -> None:
        found = draft.plan.with_remarks(*self.media.remarks(draft.question.number))
        draft.line = found.report_line(remarks.notes(found, self.exam.language), draft.name)

    def _divide(self, draft: Draft) -> None:
        """Put what is too long of a question into passages before it."""
        passages, last = self._divided(draft.plan.question, draft.nodes)
        if passages:
            draft.plan = draft.plan.with_remarks(shared_remarks.LONG_STEM.with_facts(count=len(passages)))
        written = [self._passage(draft.question, place, group) for place, group in enumerate(passages)]
        draft.before, draft.html = "".join(written), self._render(draft, last)

    def _divided(self, question: Question, nodes: tuple[Node, ...]) -> tuple[list[tuple[Node, ...]], tuple[Node, ...]]:
        """Return the passages before a long question, and its own text: its title and how to answer stay with it."""
        told = count_title_and_description(question)
        kept = (nodes[0], *nodes[told:])
        if len(to_blocks(question.title)) == 1 and told > 1 and self._size(kept) <= LONGEST_TEXT:
            return split_nodes(nodes[1:told], self._measure, LONGEST_TEXT), kept
        *passages, last = split_nodes(nodes, self._measure, LONGEST_TEXT)
        return passages, last

    def _render(self, draft: Draft, nodes: tuple[Node, ...]) -> str:
        self._blanks.names = draft.names
        return (self._blanks if draft.plan.kind in _WITH_BLANKS else self._html).render(nodes)

    def _body(self, draft: Draft, question: Question) -> tuple[Node, ...]:
        """Return the text in which blanks stand, and name them for what follows."""
        if isinstance(question, SentenceAnalysis):
            text = RichText(dropdown_paragraphs(dropdowns(question), self.exam.language))
        else:
            text = question.body if isinstance(question, FillInBlank) else RichText()
        draft.names = _blank_names(question, text)
        return tuple(with_direction(block, self.exam) for block in to_blocks(text))

    def _passage(self, question: Question, place: int, nodes: tuple[Node, ...]) -> str:
        heading = phrase("belongs_to", self.exam.language, n=question.number)
        if place == 0:
            nodes = (Element("p", (), (Element("em", (), (Text(heading),)),)), *nodes)
        html = self._html.render(nodes)
        name = ident(self.exam.id, question.id, f"passage {place}")
        return items.item(name, heading, "text_only_question", Decimal(0), items.material(html))

    def _metadata(self, found: Plan) -> list[tuple[str, str]]:
        told: list[tuple[str, str]] = []
        if found.kind is ItemKind.MULTIPLE:
            told.append(("scoring_algorithm", "AllOrNothing"))
        elif found.kind in _BY_HAND and (notes := grading_notes(found.question, self.exam.language)):
            told.append(("grading_notes", notes))
        if (text := self._stimuli.get(found.question.number)) is not None:
            told.append((PARENT, text))
        return told

    def _measure(self, node: Node) -> int:
        return _grown(self._blanks.node(node))

    def _size(self, nodes: tuple[Node, ...]) -> int:
        return sum(map(self._measure, nodes))


def _blank_names(question: Question, text: RichText) -> tuple[str, ...]:
    """Return names that stand in brackets nowhere in the question's own texts."""
    told = repr((question.title, question.description, text))
    name = "blank"
    while f"[{name}" in told:
        name += "x"
    count = sum(isinstance(node, Blank) for node in text.walk())
    return tuple(f"{name}{number}" for number in range(1, count + 1))


def _grown(html: str) -> int:
    """Return the bytes that a text may take once it is in Canvas."""
    return _FILE_ADDRESS_GROWS * html.count("<img") + (len(html) if html.isascii() else len(html.encode()))
