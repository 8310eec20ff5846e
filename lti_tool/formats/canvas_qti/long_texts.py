"""Texts over Canvas's limit: divided into several items for Classic Quizzes, and whole in New Quizzes.

Both engines read the same file (see docs/reference/importers.md#long-texts). New Quizzes takes the first ``mattext`` of
an item, which is in an ``altmaterial`` that Classic Quizzes skips. It ignores items of another namespace, which Classic
Quizzes reads.
"""

from __future__ import annotations

from decimal import Decimal

from lti_tool.exam.model import Exam, Question
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Element, Node
from lti_tool.exam.value import value
from lti_tool.formats.canvas_qti import items, remarks
from lti_tool.formats.canvas_qti.item_plans import MAX_TEXT_LENGTH
from lti_tool.formats.canvas_qti.sizes import size_of_html, size_of_nodes
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.planning.stem import count_title_and_description, to_blocks
from lti_tool.formats.text.phrases import phrase
from lti_tool.formats.writing.html import HtmlRenderer
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.split_text import split_nodes


@value
class StemParts:
    """The stem of a question as Canvas takes it.

    ``html`` is the text of the question's own item, ``whole`` the text that New Quizzes shows instead (empty if it is
    the same). ``before`` and ``after`` are items around it; ``stimulus`` names the one that holds the question's
    passage.
    """

    html: str
    whole: str = ""
    before: str = ""
    after: str = ""
    stimulus: str | None = None
    remarks: tuple[Remark, ...] = ()


def stem_parts(
    plan: Plan, nodes: tuple[Node, ...], exam: Exam, html: HtmlRenderer, stem_html: HtmlRenderer
) -> StemParts:
    """Return the stem ``nodes``, divided if they are too long. ``stem_html`` also renders blanks."""
    stem = stem_html.render(nodes)
    if size_of_html(stem) <= MAX_TEXT_LENGTH:
        return StemParts(stem)
    if plan.kind is ItemKind.TEXT:
        return _divided_text(plan.question, nodes, exam, html)
    return _passage_and_question(plan.question, nodes, exam, html, stem_html)


def _divided_text(question: Question, nodes: tuple[Node, ...], exam: Exam, html: HtmlRenderer) -> StemParts:
    """Return a text whose own item begins with its title; the rest follows it in Classic Quizzes."""
    first, *rest = _divide(nodes, html)
    if not rest:
        return StemParts(html.render(first))
    title = question.name() or str(question.number)
    after = "".join(
        _text_item(ident(exam.id, question.id, f"part {index}"), title, items.material(html.render(part)), classic=True)
        for index, part in enumerate(rest, 2)
    )
    remark = remarks.DIVIDED_TEXT.with_facts(count=len(rest) + 1)
    return StemParts(html.render(first), html.render(nodes), after=after, remarks=(remark,))


def _passage_and_question(
    question: Question, nodes: tuple[Node, ...], exam: Exam, html: HtmlRenderer, stem_html: HtmlRenderer
) -> StemParts:
    """Return a question that keeps its title and instruction, after the passage that it is about."""
    passage, own_nodes = _split(question, nodes, stem_html)
    if not passage:
        return StemParts(stem_html.render(own_nodes))
    parts = _divide(passage, html)
    title = phrase("belongs_to", exam.language, n=question.number)
    heading = Element("p", (), (Element("em", (), (title,)),))
    names = [ident(exam.id, question.id, f"passage {index}") for index in range(len(parts))]
    first = items.material(html.render((heading, *parts[0])), whole=html.render((heading, *passage)))
    before = _text_item(names[0], title, first) + "".join(
        _text_item(name, title, items.material(html.render(part)), classic=True)
        for name, part in zip(names[1:], parts[1:], strict=True)
    )
    remark = remarks.PASSAGE_BEFORE.with_facts(count=len(parts))
    return StemParts(stem_html.render(own_nodes), before=before, stimulus=names[0], remarks=(remark,))


def _split(
    question: Question, nodes: tuple[Node, ...], html: HtmlRenderer
) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """Return the passage of a long question, and its own text with the title and the instruction."""
    count = count_title_and_description(question)
    own_nodes = (nodes[0], *nodes[count:])
    if len(to_blocks(question.title)) == 1 and count > 1 and size_of_nodes(own_nodes, html) <= MAX_TEXT_LENGTH:
        return nodes[1:count], own_nodes
    *parts, last = _divide(nodes, html)
    return tuple(node for part in parts for node in part), last


def _divide(nodes: tuple[Node, ...], html: HtmlRenderer) -> list[tuple[Node, ...]]:
    return split_nodes(nodes, lambda node: size_of_nodes((node,), html), MAX_TEXT_LENGTH)


def _text_item(identifier: str, title: str, material: str, *, classic: bool = False) -> str:
    """Return an item that asks nothing; ``classic`` hides it from New Quizzes."""
    namespace = items.CLASSIC_ONLY if classic else ""
    shortened = title[: items.MAX_TITLE_LENGTH]
    return items.item(identifier, shortened, "text_only_question", Decimal(0), material, namespace=namespace)
