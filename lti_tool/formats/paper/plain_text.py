"""An exam as plain text, to paste into a letter, a word processor or a chat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from lti_tool import exam as exams
from lti_tool.exam import RichText
from lti_tool.exam.richtext import BLOCKS, Element, Node
from lti_tool.exam.value import named_value
from lti_tool.formats.paper.key import key_lines
from lti_tool.formats.paper.student import AnswerArea, StudentQuestion, letter, student_questions
from lti_tool.formats.writing.phrases import phrase


@named_value
class TextWords:
    """Words of the text, in the language of the person who copies it. ``points`` writes a number of points."""

    key: str
    points: Callable[[Decimal], str]


def exam_as_text(exam: exams.Exam, words: TextWords, *, with_keys: bool = False) -> str:
    """Return the exam as plain text; without ``with_keys``, as students see it."""
    parts = [exam.title]
    for question, student_view in zip(exam.questions, student_questions(exam), strict=True):
        lines = list(_question(student_view, words, exam.language))
        if with_keys:
            lines += _key(question, exam.language, words)
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def text_lines(text: RichText) -> list[str]:
    """Return the lines of a text: its blocks, list items and line breaks, each without surrounding white space."""
    runs: list[list[Node]] = [[]]
    _split(text.nodes, runs)
    lines = (RichText(tuple(run)).plain_text() for run in runs)
    return [line for line in lines if line]


def _split(nodes: tuple[Node, ...], runs: list[list[Node]]) -> None:
    """Add ``nodes`` to the last of ``runs``; a block or a line break begins another one. A row of a table is one."""
    for node in nodes:
        if not isinstance(node, Element) or (node.tag not in BLOCKS and node.tag != "br"):
            runs[-1].append(node)
        elif node.tag == "tr":
            runs.append([part for cell in node.children for part in (_GAP, cell)][1:])
            runs.append([])
        else:
            runs.append([])
            _split(node.children, runs)
            runs.append([])


_GAP = exams.RichText.plain(" | ").nodes[0]


def _question(question: StudentQuestion, words: TextWords, language: str | None) -> Iterator[str]:
    stem = [*text_lines(question.title), *text_lines(question.description)]
    number = f"{question.number}. " if question.number else ""
    points = f" ({words.points(question.points)})" if question.points else ""
    yield f"{number}{stem[0] if stem else ''}{points}".strip()
    yield from stem[1:]
    yield from text_lines(question.body)
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
        yield f"   {number}) {item.plain_text()}"
    for index, option in enumerate(question.options):
        yield f"   {letter(index)}. {option.plain_text() or phrase('picture', language, n=index + 1)}"
    if question.area is AnswerArea.LINES and question.lines:
        yield "   " + "_" * 40


def _key(question: exams.Question, language: str | None, words: TextWords) -> Iterator[str]:
    for line in key_lines(question, language):
        label = f"{line.label}: " if line.label else ""
        yield f"   {words.key} {label}{line.text.plain_text()}".rstrip()
