"""One question of an exam as items of Canvas's QTI 1.2, and its line in the report."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lti_tool.exam.media import Assets
from lti_tool.exam.model import (
    Choice,
    Exam,
    FillInBlank,
    LongText,
    Matching,
    Ordering,
    Question,
    SentenceAnalysis,
    TrueFalse,
    Upload,
)
from lti_tool.exam.richtext import Blank, Element, Image, Node, RichText, Text
from lti_tool.formats import changes
from lti_tool.formats.canvas_qti import items, remarks
from lti_tool.formats.canvas_qti.fitting import LONGEST_TEXT, fitted
from lti_tool.formats.canvas_qti.html import CanvasBlanks, CanvasHtml
from lti_tool.formats.canvas_qti.stimuli import PARENT, stimuli
from lti_tool.formats.idents import ident
from lti_tool.formats.labels import label, labels
from lti_tool.formats.media import MediaFiles
from lti_tool.formats.menus import menus, menus_text
from lti_tool.formats.notes import grading_notes
from lti_tool.formats.order import right_order, turns
from lti_tool.formats.phrases import phrase
from lti_tool.formats.plan import Form, Plan, plan
from lti_tool.formats.report import Line
from lti_tool.formats.split import in_pieces
from lti_tool.formats.stem import blocks, blocks_told, directed, stem

_FILE_ADDRESS_GROWS = 120
_FORMS = frozenset(Form)
_WITH_BLANKS = frozenset({Form.BLANKS, Form.MENUS})
_AUDIO = ("mp3", "m4a", "wav", "ogg", "webm", "mp4")


class CanvasQuestions:
    """Makes the items of one exam, one question after the other."""

    def __init__(self, exam: Exam, assets: Assets) -> None:
        self.exam = exam
        self.media = MediaFiles(assets)
        self._html = CanvasHtml(self.media, exam.language)
        self._blanks = CanvasBlanks(self.media, exam.language)
        self._stimuli = stimuli(exam)

    def make(self, question: Question) -> tuple[str, Line]:
        """Return the items of ``question`` (passages before it, if it is long), and its line in the report."""
        self.media.start()
        found = fitted(plan(question, self.exam, _FORMS), self.exam, self._size)
        if found.form is Form.NOTHING:
            return "", found.line()
        written, found = self._items(found)
        return written, found.with_remarks(*self.media.remarks()).line(remarks.notes(found, self.exam.language))

    def _items(self, found: Plan) -> tuple[str, Plan]:
        question, nodes = found.question, self._stem(found)
        html = self._render(found, nodes)
        if _grown(html) <= LONGEST_TEXT:
            return self._item(found, html), found
        passages, last = self._divided(found.question, nodes)
        written = [self._passage(question, place, group) for place, group in enumerate(passages)]
        if passages:
            found = found.with_remarks(changes.LONG_STEM.with_facts(count=len(passages)))
        written.append(self._item(found, self._render(found, last)))
        return "".join(written), found

    def _divided(self, question: Question, nodes: tuple[Node, ...]) -> tuple[list[tuple[Node, ...]], tuple[Node, ...]]:
        """Return the passages before a long question, and its own text: its title and how to answer stay with it."""
        told = blocks_told(question)
        kept = (nodes[0], *nodes[told:])
        if len(blocks(question.title)) == 1 and told > 1 and self._size(kept) <= LONGEST_TEXT:
            return in_pieces(nodes[1:told], self._measure, LONGEST_TEXT), kept
        *passages, last = in_pieces(nodes, self._measure, LONGEST_TEXT)
        return passages, last

    def _render(self, found: Plan, nodes: tuple[Node, ...]) -> str:
        return (self._blanks if found.form in _WITH_BLANKS else self._html).render(nodes)

    def _stem(self, found: Plan) -> tuple[Node, ...]:
        question = found.question
        if isinstance(question, TrueFalse) and found.form is Form.TRUE_FALSE:
            found = replace(found, instruction=phrase("true_false_words", self.exam.language))
        return (*stem(found, self.exam), *self._body(question, found.form))

    def _body(self, question: Question, form: Form) -> list[Node]:
        """Return the text in which blanks stand, and name them for what follows."""
        if form not in _WITH_BLANKS:
            return []
        if isinstance(question, SentenceAnalysis):
            text = RichText(menus_text(menus(question), self.exam.language))
        else:
            text = question.body if isinstance(question, FillInBlank) else RichText()
        self._blanks.names = _blank_names(question, text)
        return [directed(block, self.exam) for block in blocks(text)]

    def _passage(self, question: Question, place: int, nodes: tuple[Node, ...]) -> str:
        heading = phrase("belongs_to", self.exam.language, n=question.number)
        if place == 0:
            nodes = (Element("p", (), (Element("em", (), (Text(heading),)),)), *nodes)
        html = self._html.render(nodes)
        name = ident(self.exam.id, question.id, f"passage {place}")
        return items.item(name, heading, "text_only_question", Decimal(0), items.material(html))

    def _item(self, found: Plan, html: str) -> str:
        question = found.question
        name = ident(self.exam.id, question.id)
        title = (question.title.plain_text() or question.description.plain_text() or f"{question.number}")[:120]
        kind, presentation, scoring = self._shape(found, html)
        metadata = [*self._metadata(found), *self._beside(question)]
        return items.item(name, title, kind, question.points, presentation, processing=scoring, metadata=metadata)

    def _shape(self, found: Plan, html: str) -> tuple[str, str, str]:  # noqa: PLR0911 -- a table of types
        """Return Canvas's type, the presentation and the processing."""
        question = found.question
        match question:
            case Choice() if found.form in (Form.SINGLE, Form.MULTIPLE):
                return self._choice(question, html)
            case TrueFalse() if found.form is Form.TRUE_FALSE:
                words = items.choice(html, ("True", "False"), multiple=False, shuffle=False)
                right = items.choice_scoring(2, (0 if question.correct else 1,), multiple=False)
                return "true_false_question", words, right
            case Ordering(options=options) if found.form is Form.ORDERING:
                shape = items.ordering(html, list(map(_shown, labels(options) or ())))
                return "ordering_question", shape, items.ordering_scoring(len(options))
            case Matching() if found.form is Form.MATCHING:
                return self._matching(question, html)
            case SentenceAnalysis() if found.form is Form.MENUS:
                asked, names = menus(question), self._blanks.names
                shape = items.dropdowns(html, names, [menu.options for menu in asked])
                scoring = items.blanks_scoring(names, [menu.right for menu in asked])
                return "multiple_dropdowns_question", shape, scoring
            case FillInBlank(answers=answers) if found.form is Form.BLANKS and answers is not None:
                names = self._blanks.names
                shape = items.blanks(html, names, answers)
                return "fill_in_multiple_blanks_question", shape, items.blanks_scoring(names, [0] * len(names))
        return _open_shape(found, html)

    def _choice(self, question: Choice, html: str) -> tuple[str, str, str]:
        multiple = question.multiple
        options = [self._option(question, index) for index in range(len(question.options))]
        presentation = items.choice(html, options, multiple=multiple, shuffle=question.shuffle)
        scoring = items.choice_scoring(len(options), question.correct or (), multiple=multiple)
        return "multiple_answers_question" if multiple else "multiple_choice_question", presentation, scoring

    def _matching(self, question: Matching, html: str) -> tuple[str, str, str]:
        """Return a matching; its right side in an order that gives nothing away."""
        order = right_order(question)
        left = [self._left(text, number) for number, text in enumerate(question.left, 1)]
        right = [label(question.right[place]) or "" for place in order]
        turn = turns(order)
        pairs = [(a, turn[b]) for a, b in question.pairs or ()]
        return "matching_question", items.matching(html, left, right), items.matching_scoring(pairs)

    def _left(self, text: RichText, number: int) -> str:
        """Return a left side; a picture or a formula alone gets a number, for Classic wants words beside it."""
        html = self._html.text(text)
        worded = any(isinstance(node, Text) and node.value.strip() for node in text.walk())
        return html if worded else f"{number}. {html}"

    def _option(self, question: Choice, index: int) -> str:
        """Return an option's HTML; a picture without words is named by its place, which gives nothing away."""
        option = question.options[index]
        if question.pictures and len(option.nodes) == 1 and isinstance(option.nodes[0], Image):
            name = option.nodes[0].alt or phrase("picture", self.exam.language, n=index + 1)
            return self._html.node(replace(option.nodes[0], alt=name))
        return self._html.text(option)

    def _metadata(self, found: Plan) -> list[tuple[str, str]]:
        if found.form is Form.MULTIPLE:
            return [("scoring_algorithm", "AllOrNothing")]
        if found.form in (Form.ESSAY, Form.UPLOAD):
            notes = grading_notes(found.question, self.exam.language)
            return [("grading_notes", notes)] if notes else []
        return []

    def _beside(self, question: Question) -> list[tuple[str, str]]:
        text = self._stimuli.get(question.number)
        return [(PARENT, text)] if text else []

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
    return len(html.encode()) + _FILE_ADDRESS_GROWS * html.count("<img")


def _shown(label: str) -> str:
    """Return a label as HTML; Classic loses the character references that have names (its clear_html)."""
    return label.replace("&", "&#38;")


def _open_shape(found: Plan, html: str) -> tuple[str, str, str]:
    if found.form is Form.TEXT:
        return "text_only_question", items.material(html), ""
    if found.form is Form.UPLOAD:
        extensions = found.question.extensions if isinstance(found.question, Upload) else _AUDIO
        return "file_upload_question", items.upload(html, extensions), ""
    if found.form is Form.SHORT_ANSWER:
        return "short_answer_question", items.open_answer(html), items.short_answer_scoring(found.accepted)
    match found.question:
        case LongText(min_words=least, max_words=most):
            return "essay_question", items.essay(html, least, most), items.essay_scoring()
    return "essay_question", items.open_answer(html), items.essay_scoring()
