"""Texts that questions belong to: stimuli in New Quizzes, shown before the questions in Classic Quizzes.

As in QTI 3.0, a text belongs to all questions after it until the next one. An introduction belongs to the whole exam.
"""

from __future__ import annotations

from lti_tool.exam.model import Exam, Information
from lti_tool.formats.writing.identifiers import ident

PARENT_STIMULUS = "parent_stimulus_item_ident"
"""Metadata of a question in New Quizzes, as in a package that both engines imported.

See docs/reference/importers.md#canvas-qti-12.
"""


def parent_stimuli(exam: Exam) -> dict[int, str]:
    """Return the identifier of the text that each question belongs to, by the question's number."""
    stimuli: dict[int, str] = {}
    current = ""
    for question in exam.questions:
        if isinstance(question, Information):
            current = ident(exam.id, question.id) if question.role == "paragraph" else ""
        elif current:
            stimuli[question.number] = current
    return stimuli
