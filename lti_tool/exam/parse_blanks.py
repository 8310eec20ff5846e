"""Fill-in-blank: ``___`` in the text becomes a :class:`Blank`. Facts: examplary-api §5.1."""

from __future__ import annotations

import re
from itertools import count

from lti_tool.exam.flaws import BLANKS_DISAGREE, BLANKS_NONE, KEY_MISSING, KEY_UNREADABLE
from lti_tool.exam.loose import flag, items
from lti_tool.exam.model import FillInBlank, Question
from lti_tool.exam.richtext import Blank, Element, Node, RichText, Text
from lti_tool.exam.source import Source

_BLANK = re.compile("_{3,}")


def fill_in_blank(source: Source) -> Question:
    """Read fill-in-blank: a text with blanks, and one answer (or a list of accepted ones) for each."""
    counter = count()
    body = RichText(_with_blanks(source.rich(source.settings.get("text")).nodes, counter))
    blanks = next(counter)
    return FillInBlank(
        answers=_answers(source, blanks),
        **source.base(),
        body=body,
        blanks=blanks,
        ignore_case=flag(source.settings.get("exactValuesCaseInsensitive")),
    )


def _with_blanks(nodes: tuple[Node, ...], counter: count[int]) -> tuple[Node, ...]:
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, Element):
            found.append(Element(node.tag, node.attributes, _with_blanks(node.children, counter)))
        elif isinstance(node, Text):
            found += _divide(node.value, counter)
        else:
            found.append(node)
    return tuple(found)


def _divide(text: str, counter: count[int]) -> list[Node]:
    first, *rest = _BLANK.split(text)
    nodes: list[Node] = [Text(first)] if first else []
    for part in rest:
        nodes.append(Blank(next(counter)))
        nodes += [Text(part)] if part else []
    return nodes


def _answers(source: Source, blanks: int) -> tuple[tuple[str, ...], ...] | None:
    raw = items(source.settings.get("correctAnswer"))
    if blanks == 0:
        source.flaw(BLANKS_NONE)
    elif not raw:
        source.flaw(KEY_MISSING)
    elif len(raw) != blanks:
        source.flaw(BLANKS_DISAGREE, blanks=blanks, answers=len(raw))
    else:
        answers = tuple(_accepted(source, one) for one in raw)
        if all(answers):
            return answers
        source.flaw(KEY_UNREADABLE)
    return None


def _accepted(source: Source, raw: object) -> tuple[str, ...]:
    read = (source.answer(one) for one in items(raw))
    return tuple(dict.fromkeys(answer for answer in read if answer))
