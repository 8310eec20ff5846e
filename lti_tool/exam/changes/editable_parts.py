"""The texts of a question that can be edited, and how they are replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lti_tool.exam.changes.editable_text import editable, edited
from lti_tool.exam.changes.rejected_changes import (
    NOT_THIS_KIND,
    SAME_TEXT,
    STEM_EMPTY,
    TEXT_EMPTY,
    TEXT_LONG,
    DoesNotFit,
)
from lti_tool.exam.model import Choice, FillInBlank, Matching, Ordering, Question
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import RichText
from lti_tool.exam.value import value

SINGLE = frozenset({"title", "description", "body"})
LISTS = {"option": "options", "left": "left", "right": "right"}
"""Names of texts that stand in a list, with the question's field that holds the list."""

PARTS = frozenset({*SINGLE, *LISTS, "model_answer"})
"""Names of editable texts; those in :data:`LISTS` have an index."""

MAX_TYPED_LENGTH = 20_000
"""Characters: several pages. No LMS shows more as one question. A text that came longer may keep its length."""


@value
class Part:
    """An editable text of a question."""

    name: str
    index: int
    text: RichText


def parts(question: Question) -> tuple[Part, ...]:
    """Return the texts of a question that can be edited, in the order in which they are shown.

    Not the options of a picture choice. The title and the description are both there unless one of them is empty.
    """
    names = [name for name in ("title", "description") if not getattr(question, name).is_empty] or ["title"]
    texts = [Part(name, 0, getattr(question, name)) for name in names]
    if isinstance(question, FillInBlank):
        texts.append(Part("body", 0, question.body))
    for name in LISTS:
        texts += [Part(name, index, text) for index, text in enumerate(_list(question, name))]
    if not question.rubric.model_answer.is_empty:
        texts.append(Part("model_answer", 0, question.rubric.model_answer))
    return tuple(texts)


def part(question: Question, name: str, index: int) -> RichText | None:
    """Return one editable text; ``None`` if the question has none there."""
    return next((shown.text for shown in parts(question) if (shown.name, shown.index) == (name, index)), None)


def with_text(question: Question, original: Question, name: str, index: int, text: str) -> Question:
    """Return ``question`` with the words of ``text`` in one of its texts, compared with that of the ``original``.

    Raises :class:`DoesNotFit` if there is no such text, or if it would be empty, too long or without one of its chips.
    """
    before = part(original, name, index)
    if before is None:
        raise DoesNotFit(NOT_THIS_KIND)
    limit = max(MAX_TYPED_LENGTH, len(editable(before).text))
    if len(text) > limit:
        raise DoesNotFit(TEXT_LONG.with_facts(length=len(text), limit=limit))
    after = edited(before, text)
    if after.is_empty and name not in ("title", "description"):
        raise DoesNotFit(TEXT_EMPTY)
    if name in SINGLE:
        return _replaced(question, name, after)
    if name == "model_answer":
        return replace(question, rubric=replace(question.rubric, model_answer=after))
    texts = list(_list(question, name))
    texts[index] = after
    return _replaced(question, LISTS[name], tuple(texts))


def clash(question: Question, original: Question) -> tuple[str, Remark] | None:
    """Return the name of texts that conflict, and why; ``None`` if there are none."""
    if question.title.is_empty and question.description.is_empty:
        return None if original.title.is_empty and original.description.is_empty else ("title", STEM_EMPTY)
    for name in LISTS:
        texts = _list(question, name)
        may_repeat = isinstance(question, Ordering) or texts == _list(original, name)
        if not may_repeat and len({text.appearance() for text in texts}) < len(texts):
            return name, SAME_TEXT
    return None


def _replaced(question: Question, field: str, content: RichText | tuple[RichText, ...]) -> Question:
    changed: dict[str, Any] = {field: content}
    return replace(question, **changed)


def _list(question: Question, name: str) -> tuple[RichText, ...]:
    match question:
        case Choice(pictures=False, options=options) | Ordering(options=options) if name == "option":
            return options
        case Matching(left=left, right=right):
            return {"left": left, "right": right}.get(name, ())
    return ()
