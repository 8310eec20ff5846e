"""Renumber blanks, with their answers, in text order after one was moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lti_tool.exam.model import FillInBlank
from lti_tool.exam.richtext import Blank, Element, Node, RichText


def with_ordered_blanks(question: FillInBlank) -> FillInBlank:
    """Return the question with its blanks numbered 0, 1, … in the order of the text."""
    order = [node.index for node in question.body.walk() if isinstance(node, Blank)]
    if order == list(range(len(order))):
        return question
    numbers = {index: number for number, index in enumerate(order)}
    answers = None if question.answers is None else tuple(question.answers[index] for index in order)
    return replace(question, body=RichText(_renumbered(question.body.nodes, numbers)), answers=answers)


def _renumbered(nodes: tuple[Node, ...], numbers: Mapping[int, int]) -> tuple[Node, ...]:
    result: list[Node] = []
    for node in nodes:
        if isinstance(node, Blank):
            result.append(Blank(numbers[node.index]))
        elif isinstance(node, Element):
            result.append(Element(node.tag, node.attributes, _renumbered(node.children, numbers)))
        else:
            result.append(node)
    return tuple(result)
