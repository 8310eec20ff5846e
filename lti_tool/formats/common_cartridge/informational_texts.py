"""Texts between questions: a cartridge has none, so each goes with the question beside it."""

from __future__ import annotations

from collections.abc import Iterator

from lti_tool.exam.model import Exam, Information, Question
from lti_tool.exam.parse import parser_remarks as flaws
from lti_tool.exam.value import value


@value
class Group:
    """One question, with the texts that stand before it and (at the end of the exam) after it.

    ``question`` is ``None`` if the exam has texts only: then the group is written as one.
    """

    before: tuple[Information, ...]
    question: Question | None
    after: tuple[Information, ...] = ()


def groups(exam: Exam) -> Iterator[Group]:
    """Yield all questions in their order. One that cannot be read holds no texts."""
    last = max((place for place, one in enumerate(exam.questions) if _holds_texts(one)), default=-1)
    waiting: list[Information] = []
    for question in exam.questions[: last + 1]:
        if isinstance(question, Information):
            waiting.append(question)
        elif not _holds_texts(question):
            yield Group((), question)
        elif question is not exam.questions[last]:
            yield Group(tuple(waiting), question)
            waiting = []
    rest = exam.questions[last + 1 :]
    texts = tuple(one for one in rest if isinstance(one, Information))
    if last >= 0:
        yield Group(tuple(waiting), exam.questions[last], texts)
    elif texts:
        yield Group(texts, None)
    yield from (Group((), one) for one in rest if not isinstance(one, Information))


def _holds_texts(question: Question) -> bool:
    return not isinstance(question, Information) and flaws.UNREADABLE not in question.flaws
