"""An exam on paper: what students see, without any key; the key for teachers; and both as plain text.

:class:`StudentQuestion` has no place for a key, and nothing in it depends on one, so that what is rendered from it
can't give an answer away. A test changes all keys of an exam and compares.
"""

from __future__ import annotations

from lti_tool.formats.paper.key import KeyLine, key_lines
from lti_tool.formats.paper.plain_text import exam_as_text
from lti_tool.formats.paper.student import AnswerArea, StudentQuestion, student_questions
from lti_tool.formats.planning.options import option_letter

__all__ = [
    "AnswerArea",
    "KeyLine",
    "StudentQuestion",
    "exam_as_text",
    "key_lines",
    "option_letter",
    "student_questions",
]
