"""Texts, interactions and keys of unknown question types, read from Examplary's own QTI 3 package.

A workspace's own type may keep its task in settings that only its author understands; its QTI item has it as text, and
perhaps as an interaction with a key.

See docs/reference/examplary-api.md#qti-export.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from lti_tool.errors import PackageError
from lti_tool.exam.html.tree import parse_rich_text
from lti_tool.exam.model import Exam, FillInBlank, Question, Unknown
from lti_tool.exam.parse.parser_remarks import STEM_EMPTY
from lti_tool.exam.parse.raw_question import MAX_TEXT_LENGTH
from lti_tool.exam.richtext import Blank, Node, RichText
from lti_tool.formats.check.archive import Archive
from lti_tool.formats.check.xml import child
from lti_tool.formats.original.html import inner_html
from lti_tool.formats.original.interactions import keyed_question
from lti_tool.formats.planning.stem import to_blocks

MAX_COINCIDENCE_LENGTH = 20
"""Characters. A shorter text may occur inside a longer one by coincidence."""

AnyQuestion = TypeVar("AnyQuestion", bound=Question)


def with_original_texts(exam: Exam, package: bytes) -> Exam:
    """Return the exam with what the package says beyond the title and description of questions of unknown type.

    A question whose item has one interaction with a clear key becomes a question of that kind.

    ``package`` is Examplary's own QTI 3 zip. A damaged or hostile package, or item, changes nothing.
    """
    if not has_unknown(exam):
        return exam
    try:
        archive = Archive(package)
    except PackageError:
        return exam
    return replace(exam, questions=tuple(_read(question, archive) for question in exam.questions))


def has_unknown(exam: Exam) -> bool:
    """Return whether the original package could add anything to the exam."""
    return any(isinstance(question, Unknown) for question in exam.questions)


def _read(question: Question, archive: Archive) -> Question:
    document = f"item-{question.id}.xml"
    if not isinstance(question, Unknown) or document not in archive.names:
        return question
    try:
        root = archive.document(document)
    except PackageError:
        return question
    body = child(root, "itemBody")
    if body is None or len(inner_html(body)) > MAX_TEXT_LENGTH:
        return question
    keyed = keyed_question(question, root, body)
    if isinstance(keyed, FillInBlank):
        return _with_new_blocks(keyed)
    return _with_text(keyed or question, parse_rich_text(inner_html(body)))


def _with_text(question: AnyQuestion, text: RichText) -> AnyQuestion:
    existing = _stem(question)
    more = tuple(block for block in to_blocks(text) if _is_new(block, existing))
    if not more:
        return question
    description = RichText((*to_blocks(question.description), *more))
    flaws = tuple(flaw for flaw in question.flaws if flaw.code != STEM_EMPTY.code)
    return replace(question, description=description, flaws=flaws)


def _with_new_blocks(question: FillInBlank) -> FillInBlank:
    """Return the question without those blocks of its text that its title and description have already."""
    existing = _stem(question)
    blocks = to_blocks(question.body)
    return replace(
        question, body=RichText(tuple(block for block in blocks if _has_blank(block) or _is_new(block, existing)))
    )


def _stem(question: Question) -> list[Node]:
    return [*to_blocks(question.title), *to_blocks(question.description)]


def _has_blank(block: Node) -> bool:
    return any(isinstance(node, Blank) for node in RichText((block,)).walk())


def _is_new(block: Node, existing: list[Node]) -> bool:
    """Return whether a block adds text or media; white space is ignored, since the package adds it anywhere."""
    words, media = _words(block), set(RichText((block,)).media())
    existing_words = [_words(node) for node in existing]
    within = len(words) > MAX_COINCIDENCE_LENGTH and words in "".join(existing_words)
    existing_media = {url for node in existing for url in RichText((node,)).media()}
    return (bool(words) and words not in existing_words and not within) or bool(media - existing_media)


def _words(node: Node) -> str:
    return "".join(RichText((node,)).plain_text().split())
