"""Fill-in-blank: ``___`` in the text becomes a :class:`Blank`. See docs/reference/examplary-api.md#question-types."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

from lti_tool.exam.model import FillInBlank, Question
from lti_tool.exam.parse.json_values import as_boolean, as_list
from lti_tool.exam.parse.parser_remarks import BLANKS_DISAGREE, BLANKS_NONE, KEY_MISSING, KEY_UNREADABLE
from lti_tool.exam.parse.raw_question import RawQuestion
from lti_tool.exam.richtext import Blank, Element, Math, Node, RichText
from lti_tool.exam.visible_text import typing_variants

_THREE_UNDERSCORES = re.compile("___")
_UNDERSCORES = re.compile("_{3,}")
_UNDERSCORES_IN_LATEX = re.compile(r"(?:\\_){3,}")
_ESCAPED_BRACE = re.compile(r"\\[{}]")


def fill_in_blank(raw: RawQuestion) -> Question:
    """Read fill-in-blank: a text with blanks, and one answer (or a list of accepted ones) for each."""
    raw_answers = as_list(raw.settings.get("correctAnswer"))
    text = raw.rich_text(raw.settings.get("text"))
    body, blanks = _body(text, len(raw_answers))
    answers = _answers(raw, raw_answers, blanks)
    return FillInBlank(
        **raw.common_fields(),
        body=body,
        blanks=blanks,
        answers=answers,
        ignore_case=as_boolean(raw.settings.get("exactValuesCaseInsensitive")),
    )


def _body(text: RichText, answers: int) -> tuple[RichText, int]:
    """Return the text with its blanks, and their number.

    A run of underscores is one blank, unless the number of answers shows that every three of them are one: Examplary
    splits at each ``___``.
    """
    body = RichText(_with_blanks(text.nodes, count(), _UNDERSCORES))
    blanks = _count_blanks(body)
    if blanks == answers:
        return body, blanks
    split_body = RichText(_with_blanks(text.nodes, count(), _THREE_UNDERSCORES))
    return (split_body, answers) if _count_blanks(split_body) == answers else (body, blanks)


def _count_blanks(text: RichText) -> int:
    return sum(isinstance(node, Blank) for node in text.walk())


def _with_blanks(nodes: tuple[Node, ...], numbers: count[int], underscores: re.Pattern[str]) -> tuple[Node, ...]:
    result: list[Node] = []
    for node in nodes:
        if isinstance(node, Element):
            result.append(Element(node.tag, node.attributes, _with_blanks(node.children, numbers, underscores)))
        elif isinstance(node, str):
            result += _join_with_blanks(underscores.split(node), numbers, str)
        elif isinstance(node, Math) and node.latex is not None:
            result += _formula(node, numbers)
        else:
            result.append(node)
    return tuple(result)


def _join_with_blanks(parts: list[str], numbers: count[int], make_node: Callable[[str], Node]) -> list[Node]:
    nodes: list[Node] = []
    for index, part in enumerate(parts):
        nodes += [Blank(next(numbers))] if index else []
        nodes += [make_node(part)] if part else []
    return nodes


def _formula(node: Math, numbers: count[int]) -> list[Node]:
    """Return a formula in pieces around its blanks, or unchanged if a blank is inside a group."""
    parts = [part.strip() for part in _UNDERSCORES_IN_LATEX.split(node.latex or "")]
    if len(parts) == 1 or not all(map(_is_balanced, parts)):
        return [node]
    return _join_with_blanks(parts, numbers, lambda latex: Math(latex, None, node.display))


def _is_balanced(latex: str) -> bool:
    unescaped = _ESCAPED_BRACE.sub("", latex)
    pairs = (("{", "}"), (r"\left", r"\right"), (r"\begin", r"\end"))
    balanced = all(unescaped.count(start) == unescaped.count(end) for start, end in pairs)
    return balanced and not unescaped.endswith(("^", "_"))


def _answers(raw: RawQuestion, raw_answers: list[object], blanks: int) -> tuple[tuple[str, ...], ...] | None:
    if blanks == 0:
        raw.add_flaw(BLANKS_NONE)
    elif not raw_answers:
        raw.add_flaw(KEY_MISSING)
    elif len(raw_answers) != blanks:
        raw.add_flaw(BLANKS_DISAGREE, blanks=blanks, answers=len(raw_answers))
    else:
        answers = tuple(_accepted(raw, raw_answer) for raw_answer in raw_answers)
        if all(answers):
            return answers
        raw.add_flaw(KEY_UNREADABLE)
    return None


def _accepted(raw: RawQuestion, raw_answer: object) -> tuple[str, ...]:
    answers = (answer for alternative in as_list(raw_answer) for answer in raw.typed_answers(alternative))
    return tuple(dict.fromkeys(variant for answer in answers if answer for variant in typing_variants(answer)))
