"""Each question of an exam as items of Canvas's QTI 1.2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from lti_tool.exam.model import Exam, FillInBlank, Question, SentenceAnalysis
from lti_tool.exam.richtext import Blank, Element, Node, RichText, Text
from lti_tool.exam.value import value
from lti_tool.formats.canvas_qti import items
from lti_tool.formats.canvas_qti.html import CanvasBlanksHtml, CanvasHtml
from lti_tool.formats.canvas_qti.interactions import interaction
from lti_tool.formats.canvas_qti.planning import LONGEST_TEXT, fit_to_canvas
from lti_tool.formats.canvas_qti.stimuli import PARENT_STIMULUS, parent_stimuli
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.dropdowns import dropdown_paragraphs, dropdowns
from lti_tool.formats.planning.grading_notes import grading_notes
from lti_tool.formats.planning.plan import ItemKind, Plan, plan_question
from lti_tool.formats.planning.stem import count_title_and_description, stem_blocks, to_blocks, with_direction
from lti_tool.formats.writing.html import HtmlRenderer
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.media import MediaPaths, MediaUse, unavailable_media
from lti_tool.formats.writing.phrases import phrase
from lti_tool.formats.writing.split_text import split_nodes

LONGEST_ITEM_TITLE = 120

_FILE_URL_GROWTH = 120
"""Bytes by which the address of an image may grow when Canvas imports it."""

_ITEM_KINDS = frozenset(ItemKind)
_GRADED_BY_HAND = frozenset({ItemKind.ESSAY, ItemKind.UPLOAD})
_WITH_BLANKS = frozenset({ItemKind.BLANKS, ItemKind.DROPDOWNS})


@value
class WrittenQuestion:
    """The items of a question (the question itself, after passages of a long text), and the plan that they follow."""

    xml: str
    plan: Plan


def write_questions(exam: Exam, media: MediaPaths) -> Iterator[WrittenQuestion]:
    """Yield the questions of an exam in their order."""
    stimuli = parent_stimuli(exam)
    for question in exam.questions:
        yield write_question(question, exam, media, stimuli.get(question.number))


def canvas_items(exam: Exam, media: MediaPaths, plans: list[Plan]) -> Iterator[str]:
    """Yield the items as they are written, and append the plan of each question to ``plans``."""
    for question in write_questions(exam, media):
        plans.append(question.plan)
        yield question.xml


def write_question(question: Question, exam: Exam, media: MediaPaths, stimulus: str | None) -> WrittenQuestion:
    """Return one question; ``stimulus`` is the identifier of the text that it belongs to."""
    media_use = MediaUse(media)
    plan = _plan(question, exam, media_use)
    if plan.kind is ItemKind.NOTHING:
        return WrittenQuestion("", plan)
    blank_text = _text_with_blanks(plan, exam)
    blank_names = _blank_names(plan.question, blank_text)
    nodes = (*_stem(plan, exam), *(with_direction(block, exam) for block in to_blocks(blank_text)))
    html = CanvasHtml(media_use, exam.language)
    blanks_html = CanvasBlanksHtml(media_use, exam.language, blank_names)
    stem_html: HtmlRenderer = blanks_html if plan.kind in _WITH_BLANKS else html
    stem = stem_html.render(nodes)
    passages = ""
    if canvas_size(stem) > LONGEST_TEXT:
        passage_groups, own_nodes = _split(plan.question, nodes, blanks_html)
        if passage_groups:
            plan = plan.with_remarks(shared_remarks.LONG_STEM.with_facts(count=len(passage_groups)))
        passages = _passages(plan.question, passage_groups, exam, html)
        stem = stem_html.render(own_nodes)
    question_type, presentation, processing = interaction(plan, stem, blank_names, html)
    xml = passages + items.item(
        ident(exam.id, question.id),
        (question.name() or str(question.number))[:LONGEST_ITEM_TITLE],
        question_type,
        question.points,
        presentation,
        processing=processing,
        metadata=_metadata(plan, exam, stimulus),
    )
    return WrittenQuestion(xml, plan.with_remarks(*unavailable_media(media_use.unavailable)))


def canvas_size(html: str) -> int:
    """Return the bytes that a text may take in Canvas."""
    return _FILE_URL_GROWTH * html.count("<img") + (len(html) if html.isascii() else len(html.encode()))


def _plan(question: Question, exam: Exam, media: MediaPaths) -> Plan:
    html = CanvasBlanksHtml(media, exam.language)
    plan = plan_question(question, exam, _ITEM_KINDS)
    return fit_to_canvas(plan, exam, lambda nodes: canvas_size_of(nodes, html))


def canvas_size_of(nodes: tuple[Node, ...], html: HtmlRenderer) -> int:
    """Return the bytes that nodes may take in Canvas."""
    return sum(canvas_size(html.node(node)) for node in nodes)


def _stem(plan: Plan, exam: Exam) -> tuple[Node, ...]:
    if plan.kind is ItemKind.TRUE_FALSE and (explanation := phrase("true_false_words", exam.language)):
        plan = replace(plan, instruction=explanation)
    return stem_blocks(plan, exam)


def _text_with_blanks(plan: Plan, exam: Exam) -> RichText:
    """Return the text whose blanks or dropdowns students fill in; empty for other kinds."""
    match plan.kind, plan.question:
        case ItemKind.DROPDOWNS, SentenceAnalysis() as question:
            return RichText(dropdown_paragraphs(dropdowns(question), exam.language))
        case ItemKind.BLANKS, FillInBlank(body=body):
            return body
    return RichText()


def _blank_names(question: Question, text: RichText) -> tuple[str, ...]:
    """Return a name for each blank; none of them occurs in brackets elsewhere in the question."""
    count = sum(isinstance(node, Blank) for node in text.walk())
    if not count:
        return ()
    all_text = repr((question.title, question.description, text))
    name = "blank"
    while f"[{name}" in all_text:
        name += "x"
    return tuple(f"{name}{number}" for number in range(1, count + 1))


def _split(
    question: Question, nodes: tuple[Node, ...], html: HtmlRenderer
) -> tuple[list[tuple[Node, ...]], tuple[Node, ...]]:
    """Return the passages before a long question, and its own text, which keeps the title and the instruction."""

    def measure(node: Node) -> int:
        return canvas_size(html.node(node))

    count = count_title_and_description(question)
    own_nodes = (nodes[0], *nodes[count:])
    if len(to_blocks(question.title)) == 1 and count > 1 and canvas_size_of(own_nodes, html) <= LONGEST_TEXT:
        return split_nodes(nodes[1:count], measure, LONGEST_TEXT), own_nodes
    *passages, last = split_nodes(nodes, measure, LONGEST_TEXT)
    return passages, last


def _passages(question: Question, groups: list[tuple[Node, ...]], exam: Exam, html: HtmlRenderer) -> str:
    heading = phrase("belongs_to", exam.language, n=question.number)
    heading_block = Element("p", (), (Element("em", (), (Text(heading),)),))
    passages = []
    for index, group in enumerate(groups):
        nodes = group if index else (heading_block, *group)
        identifier = ident(exam.id, question.id, f"passage {index}")
        material = items.material(html.render(nodes))
        passages.append(items.item(identifier, heading, "text_only_question", Decimal(0), material))
    return "".join(passages)


def _metadata(plan: Plan, exam: Exam, stimulus: str | None) -> list[tuple[str, str]]:
    metadata: list[tuple[str, str]] = []
    if plan.kind is ItemKind.MULTIPLE:
        metadata.append(("scoring_algorithm", "AllOrNothing"))
    elif plan.kind in _GRADED_BY_HAND and (notes := grading_notes(plan.question, exam.language)):
        metadata.append(("grading_notes", notes))
    if stimulus is not None:
        metadata.append((PARENT_STIMULUS, stimulus))
    return metadata
