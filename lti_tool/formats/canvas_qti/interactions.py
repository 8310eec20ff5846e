"""How a question is asked and marked in Canvas's QTI 1.2: its type, its presentation and its processing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lti_tool.exam.model import Choice, FillInBlank, LongText, Matching, Ordering, SentenceAnalysis, TrueFalse, Upload
from lti_tool.exam.richtext import Image, RichText, Text
from lti_tool.formats.canvas_qti import items
from lti_tool.formats.canvas_qti.html import CanvasHtml
from lti_tool.formats.planning.dropdowns import dropdowns
from lti_tool.formats.planning.option_order import display_positions, right_column_order
from lti_tool.formats.planning.plain_labels import plain_label, plain_labels
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.writing.phrases import phrase

Shape = tuple[str, str, str]
"""Canvas's type, the presentation and the processing."""

_AUDIO = ("mp3", "m4a", "wav", "ogg", "webm", "mp4")
_CHOICES = (ItemKind.SINGLE, ItemKind.MULTIPLE)


class Shapes:
    """Makes the shapes of one exam's questions."""

    def __init__(self, html: CanvasHtml) -> None:
        self._html = html

    def of(self, found: Plan, html: str, names: Sequence[str]) -> Shape:  # noqa: PLR0911 -- a table of types
        """Return the shape of a plan whose stem is ``html``, with blanks of these names in it."""
        match found.question:
            case Choice() as question if found.kind in _CHOICES:
                return self._choice(question, html)
            case TrueFalse() as question if found.kind is ItemKind.TRUE_FALSE:
                words = items.choice(html, ("True", "False"), multiple=False, shuffle=False)
                right = items.choice_scoring(2, (0 if question.correct else 1,), multiple=False)
                return "true_false_question", words, right
            case Ordering(options=options) if found.kind is ItemKind.ORDERING:
                shape = items.ordering(html, list(map(_shown, plain_labels(options) or ())))
                return "ordering_question", shape, items.ordering_scoring(len(options))
            case Matching() as question if found.kind is ItemKind.MATCHING:
                return self._matching(question, html)
            case SentenceAnalysis() as question if found.kind is ItemKind.DROPDOWNS:
                asked = dropdowns(question)
                shape = items.dropdowns(html, names, [menu.options for menu in asked])
                scoring = items.blanks_scoring(names, [menu.right for menu in asked])
                return "multiple_dropdowns_question", shape, scoring
            case FillInBlank(answers=answers) if found.kind is ItemKind.BLANKS and answers is not None:
                shape = items.blanks(html, names, answers)
                return "fill_in_multiple_blanks_question", shape, items.blanks_scoring(names, [0] * len(names))
        return _open_shape(found, html)

    def _choice(self, question: Choice, html: str) -> Shape:
        multiple = question.multiple
        options = [self._option(question, index) for index in range(len(question.options))]
        presentation = items.choice(html, options, multiple=multiple, shuffle=question.shuffle)
        scoring = items.choice_scoring(len(options), question.correct or (), multiple=multiple)
        return "multiple_answers_question" if multiple else "multiple_choice_question", presentation, scoring

    def _matching(self, question: Matching, html: str) -> Shape:
        """Return a matching; its right side in an order that gives nothing away."""
        order = right_column_order(question)
        left = [self._left(text, number) for number, text in enumerate(question.left, 1)]
        right = [plain_label(question.right[place]) or "" for place in order]
        turn = display_positions(order)
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
            name = option.nodes[0].alt or phrase("picture", self._html.language, n=index + 1)
            return self._html.node(replace(option.nodes[0], alt=name))
        return self._html.text(option)


def _shown(label: str) -> str:
    """Return a label as HTML; Classic loses the character references that have names (its clear_html)."""
    return label.replace("&", "&#38;")


def _open_shape(found: Plan, html: str) -> Shape:
    if found.kind is ItemKind.TEXT:
        return "text_only_question", items.material(html), ""
    if found.kind is ItemKind.UPLOAD:
        extensions = found.question.extensions if isinstance(found.question, Upload) else _AUDIO
        return "file_upload_question", items.upload(html, extensions), ""
    if found.kind is ItemKind.SHORT_ANSWER:
        return "short_answer_question", items.open_answer(html), items.short_answer_scoring(found.accepted)
    match found.question:
        case LongText(min_words=least, max_words=most):
            return "essay_question", items.essay(html, least, most), items.essay_scoring()
    return "essay_question", items.open_answer(html), items.essay_scoring()
