"""Each question of an exam as items of a cartridge, with the lines in the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

from lti_tool.exam.model import Choice, Exam, FillInBlank, Information, Matching, Question, SentenceAnalysis, TrueFalse
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Element, Node
from lti_tool.exam.value import value
from lti_tool.formats.common_cartridge import items, remarks
from lti_tool.formats.common_cartridge.html import CartridgeHtml, escape_references
from lti_tool.formats.common_cartridge.informational_texts import QuestionGroup, groups
from lti_tool.formats.common_cartridge.item_plans import part_weights, profile_plan
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.dropdowns import Dropdown, dropdowns
from lti_tool.formats.planning.option_order import right_column_order
from lti_tool.formats.planning.options import directed_nodes, option_nodes
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.planning.stem import stem_blocks, to_blocks, with_direction
from lti_tool.formats.report import ReportLine, Verdict
from lti_tool.formats.text.phrases import has_phrases, phrase
from lti_tool.formats.text.xml_text import format_decimal
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.media import MediaPaths, MediaUse

MAX_NAME_LENGTH = 120

_WITH_PHRASES = frozenset({ItemKind.TRUE_FALSE, ItemKind.BLANKS, ItemKind.MATCHING, ItemKind.DROPDOWNS})
"""Kinds whose items have text that the tool adds for students."""

_WITH_SHARED_TEXT = frozenset({ItemKind.BLANKS, ItemKind.DROPDOWNS})


@value
class WrittenGroup:
    """The items of a question and its texts, and their lines in the report."""

    xml: str
    lines: tuple[ReportLine, ...]


@value
class _Part:
    """One item of a question: its text after the stem, and its body as a function of the whole text."""

    nodes: tuple[Node, ...]
    profile: str
    body: Callable[[str], items.ItemBody]


def write_groups(exam: Exam, media: MediaPaths) -> Iterator[WrittenGroup]:
    """Yield the questions of an exam in their order, each with its texts."""
    for group in groups(exam):
        if group.question is None:
            yield _write_texts(group.before, exam, media)
        else:
            yield _write_question(group, group.question, exam, media)


def _write_texts(texts: tuple[Information, ...], exam: Exam, media: MediaPaths) -> WrittenGroup:
    """Return all texts as one essay, because LMSs refuse a cartridge without items."""
    rendered = [_write_text(text, exam, media, ItemKind.ESSAY.value, remarks.TEXT_ALONE) for text in texts]
    essay = items.essay("".join(html for html, _ in rendered))
    return WrittenGroup(_item(exam, texts[0], items.ESSAY, 0, essay), tuple(line for _, line in rendered))


def _write_question(group: QuestionGroup, question: Question, exam: Exam, media: MediaPaths) -> WrittenGroup:
    media_use = MediaUse(media)
    plan = profile_plan(question, exam)
    if plan.kind is ItemKind.NOTHING:
        return WrittenGroup("", (plan.report_line(),))
    before = [_write_text(text, exam, media, remarks.TEXT_BEFORE, remarks.TEXT_MERGED) for text in group.before]
    html = CartridgeHtml(media_use, exam.language)
    stem = html.render(stem_blocks(plan, exam))
    parts = _parts(plan, exam, html)
    if plan.kind in _WITH_SHARED_TEXT:
        stem += _shared_text(plan, exam, CartridgeHtml(media_use, exam.language, numbered=len(parts) > 1))
    texts = [stem + html.render(part.nodes) if part.nodes else stem for part in parts]
    after = [_write_text(text, exam, media, remarks.TEXT_AFTER, remarks.TEXT_MERGED) for text in group.after]
    texts[0] = "".join(text for text, _ in before) + texts[0]
    texts[-1] += "".join(text for text, _ in after)
    weights = part_weights(question.points, len(parts))
    part_items = [
        _item(exam, question, part.profile, weight, part.body(text), part=number if len(parts) > 1 else 0)
        for number, (part, weight, text) in enumerate(zip(parts, weights, texts, strict=True), 1)
    ]
    line = _line(plan, sum(weights), media_use, exam.language)
    return WrittenGroup("".join(part_items), (line, *(line for _, line in (*before, *after))))


def _write_text(
    text: Information, exam: Exam, media: MediaPaths, becomes: str, remark: Remark
) -> tuple[str, ReportLine]:
    """Return a text that goes with a question, as HTML, and its line."""
    media_use = MediaUse(media)
    plan = profile_plan(text, exam).with_remarks(remark)
    html = CartridgeHtml(media_use, exam.language).render(stem_blocks(plan, exam))
    line = plan.with_remarks(*media_use.notes.remarks()).report_line()
    return html, replace(line, becomes=becomes, verdict=Verdict.ADAPTED)


def _parts(plan: Plan, exam: Exam, html: CartridgeHtml) -> list[_Part]:
    """Return the items of a question: one, or one for each blank, pair or dropdown."""
    match plan.question, plan.kind:
        case FillInBlank(answers=answers) as question, ItemKind.BLANKS if answers is not None:
            return [_blank(question, number, accepted, exam) for number, accepted in enumerate(answers, 1)]
        case Matching() as question, ItemKind.MATCHING:
            return _pairs(question, exam, html)
        case SentenceAnalysis() as question, ItemKind.DROPDOWNS:
            return [_dropdown(field, exam, html) for field in dropdowns(question)]
    return [_Part((), *_single_item(plan, exam, html))]


def _blank(question: FillInBlank, number: int, accepted: tuple[str, ...], exam: Exam) -> _Part:
    nodes = _instruction(phrase("blank", exam.language, n=number), exam) if question.blanks > 1 else ()
    body = partial(items.fill_in, accepted=accepted, case=not question.ignore_case)
    return _Part(nodes, items.FILL_IN, body)


def _pairs(question: Matching, exam: Exam, html: CartridgeHtml) -> list[_Part]:
    order = right_column_order(question)
    options = [html.render(directed_nodes(question.right[index], exam)) for index in order]
    instruction = _instruction(phrase("match_one", exam.language), exam)
    return [
        _Part(
            (*instruction, *(with_direction(block, exam) for block in to_blocks(question.left[left]))),
            items.MULTIPLE_CHOICE,
            partial(items.single, options=options, correct=order.index(right), shuffle=question.shuffle),
        )
        for left, right in question.pairs or ()
    ]


def _dropdown(field: Dropdown, exam: Exam, html: CartridgeHtml) -> _Part:
    instruction = _instruction(phrase("name_part" if field.words else "finite_verb", exam.language), exam)
    words = (Element("p", (), (Element("strong", (), (field.words,)),)),) if field.words else ()
    options = [html.escape_text(option) for option in field.options]
    body = partial(items.single, options=options, correct=field.right, shuffle=False)
    return _Part((*instruction, *words), items.MULTIPLE_CHOICE, body)


def _single_item(plan: Plan, exam: Exam, html: CartridgeHtml) -> tuple[str, Callable[[str], items.ItemBody]]:
    """Return the profile and the body of a question that is one item."""
    match plan.question, plan.kind:
        case Choice(correct=correct) as question, (ItemKind.SINGLE | ItemKind.MULTIPLE) if correct is not None:
            indices = range(len(question.options))
            options = [html.render(option_nodes(question, index, exam)) for index in indices]
            if plan.kind is ItemKind.MULTIPLE:
                body = partial(items.multiple, options=options, correct=correct, shuffle=question.shuffle)
                return items.MULTIPLE_RESPONSE, body
            return items.MULTIPLE_CHOICE, partial(
                items.single, options=options, correct=correct[0], shuffle=question.shuffle
            )
        case TrueFalse(correct=is_true), ItemKind.TRUE_FALSE:
            words = phrase("true", exam.language), phrase("false", exam.language)
            return items.TRUE_FALSE, partial(items.true_false, words=words, correct=bool(is_true))
        case _, ItemKind.SHORT_ANSWER:
            return items.FILL_IN, partial(items.fill_in, accepted=plan.accepted, case=False)
    return items.ESSAY, items.essay


def _shared_text(plan: Plan, exam: Exam, html: CartridgeHtml) -> str:
    """Return the text with blanks, or the sentence, which every part shows after the stem."""
    match plan.question, plan.kind:
        case FillInBlank(body=body), ItemKind.BLANKS:
            return html.render(with_direction(block, exam) for block in to_blocks(body))
        case SentenceAnalysis(sentence=sentence), ItemKind.DROPDOWNS:
            return html.render((with_direction(Element("p", (), (sentence,)), exam),))
    return ""


def _instruction(sentence: str, exam: Exam) -> tuple[Node, ...]:
    return (with_direction(Element("p", (), (Element("em", (), (sentence,)),)), exam),)


def _item(exam: Exam, question: Question, profile: str, weight: int, body: items.ItemBody, *, part: int = 0) -> str:
    identifier = ident(exam.id, question.id, *([f"part {part}"] if part > 1 else []))
    number = f"{question.number}.{part}" if part else f"{question.number}"
    title = escape_references(f"{number}. {question.name()[:MAX_NAME_LENGTH]}".strip())
    return items.item(identifier, title, profile, weight, body)


def _line(plan: Plan, weight: int, media_use: MediaUse, language: str | None) -> ReportLine:
    notes, points = _notes(plan), plan.question.points
    if plan.kind is ItemKind.MULTIPLE:
        plan = plan.with_remarks(remarks.MOODLE_TICKS)
    if points != weight:
        plan = plan.with_remarks(remarks.WHOLE_POINTS.with_facts(out=weight, points=format_decimal(points)))
    if plan.kind in _WITH_PHRASES and not has_phrases(language):
        plan = plan.with_remarks(shared_remarks.ENGLISH)
    line = plan.with_remarks(*media_use.notes.remarks()).report_line(notes)
    return line if points == weight else replace(line, points_out=Decimal(weight))


def _notes(plan: Plan) -> tuple[Remark, ...]:
    match plan.question, plan.kind:
        case FillInBlank() as question, ItemKind.BLANKS:
            partial_credit = (shared_remarks.PARTIAL_CREDIT,) if question.blanks > 1 else ()
            return (*partial_credit, shared_remarks.CASE_IGNORED) if question.is_case_sensitive else partial_credit
        case ((Matching() | SentenceAnalysis()), (ItemKind.MATCHING | ItemKind.DROPDOWNS)):
            return (shared_remarks.PARTIAL_CREDIT,)
    return ()
