"""Attach each text to a neighbouring question, because a cartridge has no texts between questions."""

from __future__ import annotations

from collections.abc import Iterator

from lti_tool.exam.model import Exam, Information, Question
from lti_tool.exam.parse.parser_remarks import UNREADABLE
from lti_tool.exam.value import value


@value
class QuestionGroup:
    """One question, with the texts before it and (at the end of the exam) after it.

    ``question`` is ``None`` if the exam consists of texts only, which then become one item.
    """

    before: tuple[Information, ...]
    question: Question | None
    after: tuple[Information, ...] = ()


def groups(exam: Exam) -> Iterator[QuestionGroup]:
    """Yield all questions in their order. Texts never go with an unreadable question."""
    last = max((index for index, question in enumerate(exam.questions) if _takes_texts(question)), default=-1)
    pending: list[Information] = []
    for question in exam.questions[: last + 1]:
        if isinstance(question, Information):
            pending.append(question)
        elif not _takes_texts(question):
            yield QuestionGroup((), question)
        elif question is not exam.questions[last]:
            yield QuestionGroup(tuple(pending), question)
            pending = []
    rest = exam.questions[last + 1 :]
    texts = tuple(question for question in rest if isinstance(question, Information))
    if last >= 0:
        yield QuestionGroup(tuple(pending), exam.questions[last], texts)
    elif texts:
        yield QuestionGroup(texts, None)
    yield from (QuestionGroup((), question) for question in rest if not isinstance(question, Information))


def _takes_texts(question: Question) -> bool:
    return not isinstance(question, Information) and UNREADABLE not in question.flaws
