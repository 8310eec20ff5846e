"""Each question of an exam as items of Canvas's QTI 1.2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lti_tool.exam.model import Exam, FillInBlank, Question, SentenceAnalysis
from lti_tool.exam.richtext import Blank, Node, RichText
from lti_tool.exam.value import value
from lti_tool.formats.canvas_qti import items
from lti_tool.formats.canvas_qti.html import CanvasBlanksHtml, CanvasHtml
from lti_tool.formats.canvas_qti.interactions import interaction
from lti_tool.formats.canvas_qti.item_plans import fit_to_canvas
from lti_tool.formats.canvas_qti.long_texts import stem_parts
from lti_tool.formats.canvas_qti.sizes import size_of_nodes
from lti_tool.formats.canvas_qti.stimuli import PARENT_STIMULUS, parent_stimuli
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.dropdowns import dropdown_paragraphs, dropdowns
from lti_tool.formats.planning.grading_notes import grading_notes
from lti_tool.formats.planning.plan import ItemKind, Plan, plan_question
from lti_tool.formats.planning.stem import stem_blocks, to_blocks, with_direction
from lti_tool.formats.text.phrases import has_phrases, phrase
from lti_tool.formats.writing.html import HtmlRenderer
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.media import MediaPaths, MediaUse

_ITEM_KINDS = frozenset(ItemKind)
_GRADED_BY_HAND = frozenset({ItemKind.ESSAY, ItemKind.UPLOAD})
_ALL_OR_NOTHING = frozenset({ItemKind.MULTIPLE, ItemKind.MATCHING})
_WITH_BLANKS = frozenset({ItemKind.BLANKS, ItemKind.DROPDOWNS})


@value
class CanvasQuestion:
    """The items of a question (the question itself, after passages of a long text), and the plan that they follow."""

    xml: str
    plan: Plan


def write_questions(exam: Exam, media: MediaPaths) -> Iterator[CanvasQuestion]:
    """Yield the questions of an exam in their order."""
    stimuli = parent_stimuli(exam)
    for question in exam.questions:
        yield write_question(question, exam, media, stimuli.get(question.number))


def canvas_items(exam: Exam, media: MediaPaths, plans: list[Plan]) -> Iterator[str]:
    """Yield the items as they are written, and append the plan of each question to ``plans``."""
    for question in write_questions(exam, media):
        plans.append(question.plan)
        yield question.xml


def write_question(question: Question, exam: Exam, media: MediaPaths, stimulus: str | None) -> CanvasQuestion:
    """Return one question; ``stimulus`` is the identifier of the text that it belongs to."""
    media_use = MediaUse(media)
    plan = canvas_plan(question, exam, media)
    if plan.kind is ItemKind.NOTHING:
        return CanvasQuestion("", plan)
    html = CanvasHtml(media_use, exam.language)
    stem_html: HtmlRenderer = html
    nodes = _stem(plan, exam)
    blank_names: tuple[str, ...] = ()
    if plan.kind in _WITH_BLANKS:
        text = _text_with_blanks(plan, exam)
        blank_names = _blank_names(plan.question, text)
        nodes = (*nodes, *(with_direction(block, exam) for block in to_blocks(text)))
        stem_html = CanvasBlanksHtml(media_use, exam.language, blank_names)
    parts = stem_parts(plan, nodes, exam, html, stem_html)
    question_type, presentation, processing = interaction(plan, parts.html, blank_names, html)
    item = items.item(
        ident(exam.id, question.id),
        (question.name() or str(question.number))[: items.MAX_TITLE_LENGTH],
        question_type,
        question.points,
        items.material(parts.html, whole=parts.whole) if parts.whole else presentation,
        processing=processing,
        metadata=_metadata(plan, exam, stimulus or parts.stimulus),
    )
    english = (shared_remarks.ENGLISH,) if parts.before and not has_phrases(exam.language) else ()
    plan = plan.with_remarks(*parts.remarks, *english, *media_use.notes.remarks())
    return CanvasQuestion(parts.before + item + parts.after, plan)


def canvas_plan(question: Question, exam: Exam, media: MediaPaths) -> Plan:
    """Return the plan of a question."""
    plan = plan_question(question, exam, _ITEM_KINDS)
    return fit_to_canvas(plan, exam, lambda nodes: size_of_nodes(nodes, CanvasBlanksHtml(media, exam.language)))


def _stem(plan: Plan, exam: Exam) -> tuple[Node, ...]:
    if plan.kind is ItemKind.TRUE_FALSE and (explanation := phrase("true_false_words", exam.language)):
        plan = replace(plan, instruction=explanation)
    return stem_blocks(plan, exam)


def _text_with_blanks(plan: Plan, exam: Exam) -> RichText:
    """Return the text whose blanks or dropdowns students fill in; empty for other kinds."""
    match plan.question, plan.kind:
        case SentenceAnalysis() as question, ItemKind.DROPDOWNS:
            return RichText(dropdown_paragraphs(dropdowns(question), exam.language))
        case FillInBlank(body=body), ItemKind.BLANKS:
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


def _metadata(plan: Plan, exam: Exam, stimulus: str | None) -> list[tuple[str, str]]:
    metadata: list[tuple[str, str]] = []
    if plan.kind in _ALL_OR_NOTHING:
        metadata.append(("scoring_algorithm", "AllOrNothing"))
    elif plan.kind in _GRADED_BY_HAND and (notes := grading_notes(plan.question, exam.language)):
        metadata.append(("grading_notes", notes))
    if stimulus is not None:
        metadata.append((PARENT_STIMULUS, stimulus))
    return metadata
