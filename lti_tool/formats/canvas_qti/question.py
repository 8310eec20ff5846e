"""One question of an exam as items of Canvas's QTI 1.2, and its line in the report."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lti_tool.errors import N_
from lti_tool.exam.media import Assets
from lti_tool.exam.model import Choice, Exam, FillInBlank, LongText, Matching, Ordering, Question, TrueFalse, Upload
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Element, Image, Node, RichText, Text
from lti_tool.formats import changes
from lti_tool.formats.canvas_qti import items
from lti_tool.formats.canvas_qti.html import CanvasBlanks, CanvasHtml, has_pictures, plain_label
from lti_tool.formats.idents import ident
from lti_tool.formats.media import MediaFiles
from lti_tool.formats.notes import grading_notes
from lti_tool.formats.phrases import phrase
from lti_tool.formats.plan import Form, Layout, Plan, essay_instead, plan
from lti_tool.formats.report import Line
from lti_tool.formats.split import in_pieces
from lti_tool.formats.stem import blocks, directed, stem
from lti_tool.formats.xmltext import escape

LONGEST_TEXT = 14_000
"""Bytes. Canvas replaces a question's text over 16 KB by an apology; addresses of files grow when it imports."""

LONGEST_LABEL = 1_000
"""Characters of a side of a pair, which stands in a menu."""

_FILE_ADDRESS_GROWS = 120
_FORMS = frozenset(Form)
_AUDIO = ("mp3", "m4a", "wav", "ogg", "webm", "mp4")

_CLASSIC_PARTIAL = Remark(
    "canvas.partial-credit",
    N_("In Classic Quizzes students may get part of the points; in Examplary it is all or nothing."),
)
_CLASSIC_ORDER = Remark("canvas.classic-order", N_("In Classic Quizzes students match the items to 1, 2, 3 and so on."))
_ENGLISH_WORDS = Remark("canvas.true-false", N_("The answers are the English words True and False; the text explains."))


class CanvasQuestions:
    """Makes the items of one exam, one question after the other."""

    def __init__(self, exam: Exam, assets: Assets) -> None:
        self.exam = exam
        self.media = MediaFiles(assets)
        self._html = CanvasHtml(self.media, exam.language)
        self._blanks = CanvasBlanks(self.media, exam.language)

    def make(self, question: Question) -> tuple[str, Line]:
        """Return the items of ``question`` (passages before it, if it is long), and its line in the report."""
        self.media.start()
        found = self._fitting(plan(question, self.exam, _FORMS))
        if found.form is Form.NOTHING:
            return "", found.line()
        written, found = self._items(found)
        return written, found.with_remarks(*self.media.remarks()).line(self._notes(found))

    def _fitting(self, found: Plan) -> Plan:
        """Return the plan, or another where Canvas's form would lose what the answer depends on."""
        match found.question:
            case FillInBlank(answers=answers) if found.form is Form.BLANKS and answers is not None:
                if any(sign in text for accepted in answers for text in accepted for sign in "<>&"):
                    return essay_instead(found, self.exam.language).with_remarks(changes.ONE_OF_FEW)
                if self._size(stem(found, self.exam)) + self._size(tuple(self._body(found))) > LONGEST_TEXT:
                    return essay_instead(found, self.exam.language)
            case Matching(left=left, right=right) if found.form is Form.MATCHING and not _are_labels(left, right):
                return essay_instead(found, self.exam.language)
            case Ordering(options=options) if found.form is Form.ORDERING and not _are_labels(options):
                return essay_instead(found, self.exam.language)
            case Choice() as question if found.form in (Form.SINGLE, Form.MULTIPLE):
                return self._with_short_options(found, question)
        return found

    def _with_short_options(self, found: Plan, question: Choice) -> Plan:
        """Put options that are too long into the text, and let students choose their numbers."""
        if all(map(self._is_short, question.options)):
            return found
        names = [phrase("answer", self.exam.language, n=number) for number in range(1, len(question.options) + 1)]
        told = tuple(
            RichText((Element("p", (), (Element("strong", (), (Text(name),)),)), *blocks(option)))
            for name, option in zip(names, question.options, strict=True)
        )
        short = replace(question, options=tuple(map(RichText.plain, names)), pictures=False)
        found = replace(found, question=short, lists=(told,), layout=Layout.PARAGRAPHS)
        return found.with_remarks(changes.LONG_OPTIONS)

    def _items(self, found: Plan) -> tuple[str, Plan]:
        question, nodes = found.question, self._stem(found)
        html = self._render(found, nodes)
        if _grown(html) <= LONGEST_TEXT:
            return self._item(found, html), found
        *passages, last = in_pieces(nodes, self._measure, LONGEST_TEXT)
        written = [self._passage(question, place, group) for place, group in enumerate(passages)]
        if passages:
            found = found.with_remarks(changes.LONG_STEM.with_facts(count=len(passages)))
        written.append(self._item(found, self._render(found, last)))
        return "".join(written), found

    def _render(self, found: Plan, nodes: tuple[Node, ...]) -> str:
        return (self._blanks if found.form is Form.BLANKS else self._html).render(nodes)

    def _stem(self, found: Plan) -> tuple[Node, ...]:
        question = found.question
        if isinstance(question, TrueFalse) and found.form is Form.TRUE_FALSE:
            found = replace(found, instruction=phrase("true_false_words", self.exam.language))
        nodes = stem(found, self.exam)
        return (*nodes, *self._body(found)) if found.form is Form.BLANKS else nodes

    def _body(self, found: Plan) -> list[Node]:
        question = found.question
        assert isinstance(question, FillInBlank)  # noqa: S101 -- only such a question has the form
        self._blanks.names = _blank_names(question)
        return [directed(block, self.exam) for block in blocks(question.body)]

    def _passage(self, question: Question, place: int, nodes: tuple[Node, ...]) -> str:
        heading = phrase("belongs_to", self.exam.language, n=question.number)
        html = self._html.render((Element("p", (), (Element("em", (), (Text(heading),)),)), *nodes))
        name = ident(self.exam.id, question.id, f"passage {place}")
        return items.item(name, heading, "text_only_question", Decimal(0), items.material(html))

    def _item(self, found: Plan, html: str) -> str:
        question = found.question
        name = ident(self.exam.id, question.id)
        title = (question.title.plain_text() or question.description.plain_text() or f"{question.number}")[:120]
        kind, presentation, scoring = self._shape(found, html)
        metadata = self._metadata(found)
        return items.item(name, title, kind, question.points, presentation, processing=scoring, metadata=metadata)

    def _shape(self, found: Plan, html: str) -> tuple[str, str, str]:
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
                shape = items.ordering(html, [escape(plain_label(option)) for option in options])
                return "ordering_question", shape, items.ordering_scoring(len(options))
            case Matching(left=left, right=right, pairs=pairs) if found.form is Form.MATCHING and pairs is not None:
                columns = [plain_label(text) for text in left], [plain_label(text) for text in right]
                shape = items.matching(html, *columns)
                return "matching_question", shape, items.matching_scoring(pairs)
            case FillInBlank(answers=answers) if found.form is Form.BLANKS and answers is not None:
                names = self._blanks.names
                shape = items.blanks(html, names, answers)
                return "fill_in_multiple_blanks_question", shape, items.blanks_scoring(names)
        return _open_shape(found, html)

    def _choice(self, question: Choice, html: str) -> tuple[str, str, str]:
        multiple = question.multiple
        options = [self._option(question, index) for index in range(len(question.options))]
        presentation = items.choice(html, options, multiple=multiple, shuffle=question.shuffle)
        scoring = items.choice_scoring(len(options), question.correct or (), multiple=multiple)
        return "multiple_answers_question" if multiple else "multiple_choice_question", presentation, scoring

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

    def _notes(self, found: Plan) -> tuple[Remark, ...]:
        """Return what is good to know, though the question arrives as it is."""
        question = found.question
        notes: list[Remark] = []
        if found.form in (Form.MULTIPLE, Form.MATCHING):
            notes.append(_CLASSIC_PARTIAL)
        elif found.form is Form.ORDERING:
            notes.append(_CLASSIC_ORDER)
        elif found.form is Form.TRUE_FALSE and phrase("true_false_words", self.exam.language):
            notes.append(_ENGLISH_WORDS)
        elif isinstance(question, LongText) and (question.min_words or question.max_words):
            notes.append(changes.WORD_LIMITS)
        elif isinstance(question, FillInBlank) and found.form is Form.BLANKS:
            notes += [changes.PARTIAL_CREDIT] if question.blanks > 1 else []
            notes += [] if question.ignore_case else [changes.CASE_IGNORED]
        return tuple(notes)

    def _measure(self, node: Node) -> int:
        return _grown(self._blanks.node(node))

    def _size(self, nodes: tuple[Node, ...]) -> int:
        return sum(map(self._measure, nodes))

    def _is_short(self, option: RichText) -> bool:
        if len(option.nodes) == 1 and isinstance(option.nodes[0], Text) and len(option.nodes[0].value) < 1000:
            return True
        return self._size(option.nodes) <= LONGEST_TEXT


def _blank_names(question: FillInBlank) -> tuple[str, ...]:
    """Return names that stand in brackets nowhere in the question's own texts."""
    told = repr((question.title, question.description, question.body))
    name = "blank"
    while f"[{name}" in told:
        name += "x"
    return tuple(f"{name}{number}" for number in range(1, question.blanks + 1))


def _grown(html: str) -> int:
    """Return the bytes that a text may take once it is in Canvas."""
    return len(html.encode()) + _FILE_ADDRESS_GROWS * html.count("<img")


def _open_shape(found: Plan, html: str) -> tuple[str, str, str]:
    if found.form is Form.TEXT:
        return "text_only_question", items.material(html), ""
    if found.form is Form.UPLOAD:
        extensions = found.question.extensions if isinstance(found.question, Upload) else _AUDIO
        return "file_upload_question", items.upload(html, extensions), ""
    presentation = items.open_answer(html)
    if found.form is Form.SHORT_ANSWER:
        return "short_answer_question", presentation, items.short_answer_scoring(found.accepted)
    return "essay_question", presentation, items.essay_scoring()


def _are_labels(*columns: tuple[RichText, ...]) -> bool:
    """Tell whether texts can be told apart where only plain text is shown."""
    for column in columns:
        labels = {plain_label(text) for text in column}
        if len(labels) < len(column) or "" in labels or any(len(label) > LONGEST_LABEL for label in labels):
            return False
        if any(map(has_pictures, column)):
            return False
    return True
