"""Answers to choose from, and other short texts, as they are shown."""

from __future__ import annotations

from dataclasses import replace

from lti_tool.exam.language import begins_latin, direction_of_text
from lti_tool.exam.model import Choice, Exam
from lti_tool.exam.richtext import Image, Node, RichText
from lti_tool.formats.planning.stem import to_blocks, with_direction
from lti_tool.formats.writing.phrases import phrase


def option_nodes(question: Choice, index: int, exam: Exam) -> tuple[Node, ...]:
    """Return an option; a picture without words is named by its place, which gives nothing away."""
    option = question.options[index]
    if question.pictures and len(option.nodes) == 1 and isinstance(option.nodes[0], Image):
        picture = option.nodes[0]
        return (replace(picture, alt=picture.alt or phrase("picture", exam.language, n=index + 1)),)
    return directed_nodes(option, exam)


def directed_nodes(text: RichText, exam: Exam) -> tuple[Node, ...]:
    """Return a text as it is, or as blocks with their direction where that is not from left to right."""
    first = text.nodes[0] if text.nodes else None
    if exam.direction == "ltr" and isinstance(first, str) and begins_latin(first):
        return text.nodes
    if exam.direction == "ltr" and direction_of_text(text.plain_text(), "ltr") == "ltr":
        return text.nodes
    return tuple(with_direction(block, exam) for block in to_blocks(text)) or text.nodes
