"""Fill-in-blank: ``___`` in the text becomes a :class:`Blank`. Facts: examplary-api §5.1."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

from lti_tool.exam.model import FillInBlank, Question
from lti_tool.exam.parse.json_values import as_boolean, as_list
from lti_tool.exam.parse.parser_remarks import BLANKS_DISAGREE, BLANKS_NONE, KEY_MISSING, KEY_UNREADABLE
from lti_tool.exam.parse.raw_question import RawQuestion
from lti_tool.exam.richtext import Blank, Element, Math, Node, RichText, Text
from lti_tool.exam.visible_text import typing_variants

_BLANK = "___"
_RUN = re.compile("_{3,}")
_RUN_IN_FORMULA = re.compile(r"(?:\\_){3,}")
_BRACES = re.compile(r"\\[{}]")


def fill_in_blank(source: RawQuestion) -> Question:
    """Read fill-in-blank: a text with blanks, and one answer (or a list of accepted ones) for each."""
    raw = as_list(source.settings.get("correctAnswer"))
    text = source.rich(source.settings.get("text"))
    body, blanks = _body(text, len(raw))
    return FillInBlank(
        answers=_answers(source, raw, blanks),
        **source.base(),
        body=body,
        blanks=blanks,
        ignore_case=as_boolean(source.settings.get("exactValuesCaseInsensitive")),
    )


def _body(text: RichText, answers: int) -> tuple[RichText, int]:
    """Return the text with its blanks. A line of underscores is one blank; six of them are two if the answers say so.

    Examplary itself divides at every ``___``, so that a longer line is more than one blank, or one and a rest.
    """
    found = RichText(_with_blanks(text.nodes, count(), _RUN))
    blanks = sum(isinstance(node, Blank) for node in found.walk())
    if blanks == answers:
        return found, blanks
    divided = RichText(_with_blanks(text.nodes, count(), re.compile(_BLANK)))
    if sum(isinstance(node, Blank) for node in divided.walk()) == answers:
        return divided, answers
    return found, blanks


def _with_blanks(nodes: tuple[Node, ...], counter: count[int], blank: re.Pattern[str]) -> tuple[Node, ...]:
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, Element):
            found.append(Element(node.tag, node.attributes, _with_blanks(node.children, counter, blank)))
        elif isinstance(node, Text):
            found += _divided(blank.split(node.value), counter, Text)
        elif isinstance(node, Math) and node.latex is not None:
            found += _formula(node, counter)
        else:
            found.append(node)
    return tuple(found)


def _divided(parts: list[str], counter: count[int], node: Callable[[str], Node]) -> list[Node]:
    found: list[Node] = []
    for place, part in enumerate(parts):
        found += [Blank(next(counter))] if place else []
        found += [node(part)] if part else []
    return found


def _formula(node: Math, counter: count[int]) -> list[Node]:
    """Return a formula in pieces around its blanks; as it is if a blank stands inside a group."""
    parts = [part.strip() for part in _RUN_IN_FORMULA.split(node.latex or "")]
    if len(parts) == 1 or not all(map(_is_whole, parts)):
        return [node]
    return _divided(parts, counter, lambda latex: Math(latex, None, node.display))


def _is_whole(latex: str) -> bool:
    bare = _BRACES.sub("", latex)
    grouped = bare.count("{") == bare.count("}") and bare.count(r"\left") == bare.count(r"\right")
    return grouped and bare.count(r"\begin") == bare.count(r"\end") and not bare.endswith(("^", "_"))


def _answers(source: RawQuestion, raw: list[object], blanks: int) -> tuple[tuple[str, ...], ...] | None:
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


def _accepted(source: RawQuestion, raw: object) -> tuple[str, ...]:
    read = (answer for one in as_list(raw) for answer in source.answers(one))
    return tuple(dict.fromkeys(way for answer in read if answer for way in typing_variants(answer)))
