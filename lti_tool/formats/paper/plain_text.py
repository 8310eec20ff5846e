"""An exam as plain text, to paste into a letter, a word processor or a chat."""

from __future__ import annotations

from collections.abc import Iterator

from lti_tool import exam as exams
from lti_tool.exam import RichText
from lti_tool.exam.richtext import BLOCKS, Attachment, Element, Image, Node, PageClipping
from lti_tool.formats.paper.key import key_lines
from lti_tool.formats.paper.student import AnswerArea, StudentQuestion, student_questions
from lti_tool.formats.planning.options import option_letter
from lti_tool.formats.text.phrases import phrase, points_phrase

INDENT = "   "
CELL_SEPARATOR = " | "


def exam_as_text(exam: exams.Exam, *, with_keys: bool = False) -> str:
    """Return the exam as plain text in its own language; without ``with_keys``, as students see it."""
    parts = [exam.title]
    for question, student_view in zip(exam.questions, student_questions(exam), strict=True):
        lines = list(_question(student_view, exam.language))
        if with_keys:
            lines += _key(question, exam.language)
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def text_lines(text: RichText, language: str | None = None) -> list[str]:
    """Return the lines of a text: its blocks, list items and line breaks, each without surrounding white space.

    List items have their bullet or number, and code its indentation. A picture is its alternative text.
    """
    lines = [_Line()]
    _split(_named(text.nodes, language), lines, depth=0)
    texts = ((line.marker, RichText(tuple(line.nodes)).plain_text()) for line in lines)
    return [marker + text for marker, text in texts if text]


def one_line(text: RichText, language: str | None = None) -> str:
    """Return a text as one line."""
    return RichText(_named(text.nodes, language)).plain_text()


class _Line:
    """A line that is being built: what stands before its text, and its nodes."""

    def __init__(self, marker: str = "") -> None:
        self.marker = marker
        self.nodes: list[Node] = []


def _named(nodes: tuple[Node, ...], language: str | None) -> tuple[Node, ...]:
    """Return the nodes with a word for each picture and file that has no name."""
    return tuple(_named_node(node, language) for node in nodes)


def _named_node(node: Node, language: str | None) -> Node:
    match node:
        case Element():
            return Element(node.tag, node.attributes, _named(node.children, language))
        case PageClipping() | Image(alt=""):
            return f"({phrase('a_picture', language)})"
        case Attachment(title=""):
            return f"({phrase('a_file', language)})"
    return node


def _split(nodes: tuple[Node, ...], lines: list[_Line], depth: int) -> None:
    """Add ``nodes`` to the last of ``lines``; a block or a line break begins another one. A row of a table is one."""
    for node in nodes:
        if not isinstance(node, Element) or (node.tag not in BLOCKS and node.tag != "br"):
            lines[-1].nodes.append(node)
        elif node.tag == "tr":
            lines.append(_Line())
            lines[-1].nodes += [part for cell in node.children for part in (CELL_SEPARATOR, cell)][1:]
            lines.append(_Line())
        elif node.tag in ("ul", "ol"):
            _split_list(node, lines, depth)
        elif node.tag == "pre":
            _split_code(node, lines)
        else:
            if lines[-1].nodes:
                lines.append(_Line())
            _split(node.children, lines, depth)
            lines.append(_Line())


def _split_list(element: Element, lines: list[_Line], depth: int) -> None:
    start = dict(element.attributes).get("start", "")
    number = int(start) if start.isascii() and start.isdigit() else 1
    for item in element.children:
        if not isinstance(item, Element):
            continue
        lines.append(_Line(INDENT * depth + (f"{number}. " if element.tag == "ol" else "- ")))
        _split(item.children, lines, depth + 1)
        number += 1
    lines.append(_Line())


def _split_code(element: Element, lines: list[_Line]) -> None:
    for text in _verbatim(element).split("\n"):
        lines.append(_Line(text[: len(text) - len(text.lstrip())]))
        lines[-1].nodes.append(text)
    lines.append(_Line())


def _verbatim(element: Element) -> str:
    parts = []
    for node in element.children:
        if isinstance(node, Element):
            parts.append("\n" if node.tag == "br" else _verbatim(node))
        else:
            parts.append(node if isinstance(node, str) else RichText((node,)).plain_text())
    return "".join(parts)


def _question(question: StudentQuestion, language: str | None) -> Iterator[str]:
    stem = [*text_lines(question.title, language), *text_lines(question.description, language)]
    points = f" ({points_phrase(question.points, language)})" if question.points else ""
    yield f"{question.number}. {stem[0] if stem else ''}{points}".strip()
    yield from stem[1:]
    yield from text_lines(question.body, language)
    if question.sentence:
        yield question.sentence
    if question.names:
        yield ", ".join(question.names)
    if question.task:
        yield question.task
    yield from question.code.splitlines()
    yield from (f"- {check}" for check in question.checks)
    yield from _lists(question, language)


def _lists(question: StudentQuestion, language: str | None) -> Iterator[str]:
    for number, item in enumerate(question.left, 1):
        yield f"{INDENT}{number}) {one_line(item, language)}"
    for index, option in enumerate(question.options):
        yield f"{INDENT}{option_letter(index)}. {one_line(option, language)}"
    if question.area is AnswerArea.LINES and question.lines:
        yield INDENT + "_" * 40


def _key(question: exams.Question, language: str | None) -> Iterator[str]:
    for line in key_lines(question, language):
        text = one_line(line.text, language)
        if line.label:
            text = phrase("labelled", language, label=line.label, text=text)
        if not line.is_marking:
            text = phrase("labelled", language, label=phrase("answer", language), text=text)
        yield f"{INDENT}{text}".rstrip()
