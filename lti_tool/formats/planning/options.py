"""Answers to choose from, and other short texts, as they are shown."""

from __future__ import annotations

from dataclasses import replace

from lti_tool.exam.language import begins_latin, direction_of_text
from lti_tool.exam.model import Choice, Exam
from lti_tool.exam.richtext import Image, Node, RichText
from lti_tool.formats.planning.stem import to_blocks, with_direction
from lti_tool.formats.text.phrases import phrase


def option_letter(index: int) -> str:
    """Return the letter of an option: A to Z, then AA, AB and so on."""
    first, last = divmod(index, 26)
    return (option_letter(first - 1) if first else "") + chr(ord("A") + last)


def option_nodes(question: Choice, index: int, exam: Exam) -> tuple[Node, ...]:
    """Return an option; a picture without words is named by its place, which gives nothing away."""
    picture = named_picture(question, index, exam.language)
    return directed_nodes(question.options[index], exam) if picture is None else (picture,)


def named_picture(question: Choice, index: int, language: str | None) -> Image | None:
    """Return the picture of an option with its number as its name, unless it has one; ``None`` if it has words."""
    nodes = question.options[index].nodes
    if not question.pictures or len(nodes) != 1 or not isinstance(nodes[0], Image):
        return None
    return replace(nodes[0], alt=nodes[0].alt or phrase("picture", language, n=index + 1))


def directed_nodes(text: RichText, exam: Exam) -> tuple[Node, ...]:
    """Return a text as it is, or as blocks with their direction where that is not from left to right."""
    first = text.nodes[0] if text.nodes else None
    if exam.direction == "ltr" and isinstance(first, str) and begins_latin(first):
        return text.nodes
    if exam.direction == "ltr" and direction_of_text(text.plain_text(), "ltr") == "ltr":
        return text.nodes
    return tuple(with_direction(block, exam) for block in to_blocks(text)) or text.nodes
