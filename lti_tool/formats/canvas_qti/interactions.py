"""The interaction of a question in Canvas's QTI 1.2: its type, its presentation and its response processing."""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.exam.model import Choice, FillInBlank, LongText, Matching, Ordering, SentenceAnalysis, TrueFalse, Upload
from lti_tool.exam.richtext import RichText
from lti_tool.formats.canvas_qti import items
from lti_tool.formats.planning.dropdowns import dropdowns
from lti_tool.formats.planning.option_order import display_positions, right_column_order
from lti_tool.formats.planning.options import named_picture
from lti_tool.formats.planning.plain_labels import has_words, plain_label, plain_labels
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.writing.html import HtmlRenderer

Interaction = tuple[str, str, str]
"""Canvas's question type, the presentation and the response processing."""

_AUDIO_EXTENSIONS = ("mp3", "m4a", "wav", "ogg", "webm", "mp4")


def interaction(plan: Plan, stem: str, blank_names: Sequence[str], html: HtmlRenderer) -> Interaction:
    """Return the interaction of a plan. ``stem`` is HTML, and contains blanks with these names."""
    match plan.question, plan.kind:
        case Choice() as question, (ItemKind.SINGLE | ItemKind.MULTIPLE):
            return _choice(question, stem, html)
        case TrueFalse() as question, ItemKind.TRUE_FALSE:
            return _true_false(question, stem)
        case Ordering() as question, ItemKind.ORDERING:
            return _ordering(question, stem)
        case Matching() as question, ItemKind.MATCHING:
            return _matching(question, stem, html)
        case SentenceAnalysis() as question, ItemKind.DROPDOWNS:
            return _dropdowns(question, stem, blank_names)
        case FillInBlank(answers=answers), ItemKind.BLANKS if answers is not None:
            presentation = items.blanks(stem, blank_names, answers)
            scoring = items.blanks_scoring(blank_names, [0] * len(blank_names))
            return "fill_in_multiple_blanks_question", presentation, scoring
    return _open_interaction(plan, stem)


def _choice(question: Choice, stem: str, html: HtmlRenderer) -> Interaction:
    multiple = question.multiple
    options = [_option(question, index, html) for index in range(len(question.options))]
    presentation = items.choice(stem, options, multiple=multiple, shuffle=question.shuffle)
    scoring = items.choice_scoring(len(options), question.correct or (), multiple=multiple)
    return "multiple_answers_question" if multiple else "multiple_choice_question", presentation, scoring


def _option(question: Choice, index: int, html: HtmlRenderer) -> str:
    """Return an option's HTML; a picture without a description is named by its number, which hints at nothing."""
    picture = named_picture(question, index, html.language)
    return html.text(question.options[index]) if picture is None else html.node(picture)


def _true_false(question: TrueFalse, stem: str) -> Interaction:
    presentation = items.choice(stem, ("True", "False"), multiple=False, shuffle=False)
    scoring = items.choice_scoring(2, (0 if question.correct else 1,), multiple=False)
    return "true_false_question", presentation, scoring


def _ordering(question: Ordering, stem: str) -> Interaction:
    labels = [_label_html(label) for label in plain_labels(question.options) or ()]
    return "ordering_question", items.ordering(stem, labels), items.ordering_scoring(len(question.options))


def _label_html(label: str) -> str:
    """Return a label as HTML; Classic Quizzes drops named character references (its ``clear_html``)."""
    return label.replace("&", "&#38;")


def _matching(question: Matching, stem: str, html: HtmlRenderer) -> Interaction:
    order = right_column_order(question)
    left = [_left_side(text, number, html) for number, text in enumerate(question.left, 1)]
    right = [plain_label(question.right[index]) or "" for index in order]
    positions = display_positions(order)
    pairs = [(left_index, positions[right_index]) for left_index, right_index in question.pairs or ()]
    return "matching_question", items.matching(stem, left, right), items.matching_scoring(pairs)


def _left_side(text: RichText, number: int, html: HtmlRenderer) -> str:
    """Return a left side; a picture or a formula alone gets a number, because Classic Quizzes needs text."""
    return html.text(text) if has_words(text) else f"{number}. {html.text(text)}"


def _dropdowns(question: SentenceAnalysis, stem: str, blank_names: Sequence[str]) -> Interaction:
    fields = dropdowns(question)
    presentation = items.dropdowns(stem, blank_names, [field.options for field in fields])
    scoring = items.blanks_scoring(blank_names, [field.right for field in fields])
    return "multiple_dropdowns_question", presentation, scoring


def _open_interaction(plan: Plan, stem: str) -> Interaction:
    if plan.kind is ItemKind.TEXT:
        return "text_only_question", items.material(stem), ""
    if plan.kind is ItemKind.UPLOAD:
        extensions = plan.question.extensions if isinstance(plan.question, Upload) else _AUDIO_EXTENSIONS
        return "file_upload_question", items.upload(stem, extensions), ""
    if plan.kind is ItemKind.SHORT_ANSWER:
        return "short_answer_question", items.open_answer(stem), items.short_answer_scoring(plan.accepted)
    if isinstance(plan.question, LongText):
        presentation = items.essay(stem, plan.question.min_words, plan.question.max_words)
    else:
        presentation = items.open_answer(stem)
    return "essay_question", presentation, items.essay_scoring()
