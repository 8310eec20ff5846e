"""The text and the words that exam searches use."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from lti_tool import exam as exams
from lti_tool.models import Exam, ExamText, ExamWord, compare_and_set, db, fold, insert_if_absent
from lti_tool.services.search_words import store_words

MAX_CHARACTERS = 200_000
"""Characters of one exam that are searched: about 500 long questions."""


def searchable_text(exam: exams.Exam) -> str:
    """Return title, subject and the texts of all questions, folded."""
    return fold("\n".join(_texts(exam)))[:MAX_CHARACTERS]


def _texts(exam: exams.Exam) -> Iterator[str]:
    """Yield the texts, up to twice the characters that count: folding shortens them."""
    yield from (exam.title, exam.subject)
    room = 2 * MAX_CHARACTERS
    for question in exam.questions:
        sentence = question.sentence if isinstance(question, exams.SentenceAnalysis) else ""
        for text in (*(rich_text.plain_text() for rich_text in question.texts()), sentence):
            yield text
            room -= len(text)
        if room < 0:
            return


def store_searchable_text(exam_id: str, exam: exams.Exam) -> None:
    """Store the text and the words of a stored exam, or replace them after a change. The caller commits."""
    text = searchable_text(exam)
    if not compare_and_set(ExamText, ExamText.exam_id == exam_id, text=text):
        insert_if_absent(ExamText, {"exam_id": exam_id, "text": text})
    for title, course in db.session.execute(select(Exam.title, Exam.course_title).where(Exam.id == exam_id)):
        store_words(ExamWord, exam_id, title, course)
