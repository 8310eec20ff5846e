"""Errors of an exam as a whole. A fault of a single question is a remark, not an error."""

from __future__ import annotations

from lti_tool.errors import N_, ExamError


class ExamUnreadable(ExamError):
    """The JSON is not an exam: not an object, or its questions are not a list."""

    code = "exam.unreadable"
    sentence = N_("This is not an exam made by Examplary.")
    advice = N_("Open the exam in Examplary, save it again and try once more.")


class ExamEmpty(ExamError):
    """The exam has no questions."""

    code = "exam.empty"
    sentence = N_("This exam has no questions.")
    advice = N_("Add questions in Examplary and try again.")


class ExamTooManyQuestions(ExamError):
    """The exam has more questions than we convert. Facts: ``count``, ``limit``."""

    code = "exam.too_many_questions"
    sentence = N_("This exam has %(count)s questions; at most %(limit)s can be converted at once.")
    advice = N_("Split the exam in Examplary and convert the parts.")


class ExamTooLarge(ExamError):
    """The exam has more text than we keep. Facts: ``count`` and ``limit`` (characters)."""

    code = "exam.too_large"
    sentence = N_("This exam has %(count)s characters of text; at most %(limit)s can be used at once.")
    advice = N_("Split the exam in Examplary and add the parts one by one.")


class QuestionTooLarge(ExamError):
    """One text of a question is larger than any LMS takes. Facts: ``number``, ``limit`` (characters)."""

    code = "exam.question_too_large"
    sentence = N_("A text in question %(number)s is longer than %(limit)s characters.")
    advice = N_("Shorten that question in Examplary and try again.")
