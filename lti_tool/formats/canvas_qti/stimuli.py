"""Which questions stand beside which text in New Quizzes: there a text is a stimulus, and Classic shows it before them.

As in QTI 3.0, a text belongs to all questions after it until the next one. An introduction belongs to the whole exam.
"""

from __future__ import annotations

from lti_tool.exam.model import Exam, Information
from lti_tool.formats.writing.identifiers import ident

PARENT = "parent_stimulus_item_ident"
"""Metadata of a question in New Quizzes. Facts: qti-targets §2, §3, and the package that both engines read."""


def stimuli(exam: Exam) -> dict[int, str]:
    """Return the identifier of the text that a question belongs to, by the question's number."""
    found: dict[int, str] = {}
    text = ""
    for question in exam.questions:
        if isinstance(question, Information):
            text = ident(exam.id, question.id) if question.role == "paragraph" else ""
        elif text:
            found[question.number] = text
    return found
