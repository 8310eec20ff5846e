"""Remarks on properties that a format has no place for, made once for the whole exam."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.model import Exam, ShortText
from lti_tool.exam.remark import Remark

TAGS = Remark("format.tags", N_("Tags stay at Examplary: this format has no place for them."))
LENGTHS = Remark("format.lengths", N_("Character limits aren't enforced: students can write more."))


def omission_remarks(exam: Exam, *, tags: bool = True, lengths: bool = True) -> tuple[Remark, ...]:
    """Return remarks on the tags and length limits of ``exam`` that a format does not keep."""
    remarks = []
    if tags and any(question.tags for question in exam.questions):
        remarks.append(TAGS)
    if lengths and any(isinstance(question, ShortText) and question.max_length for question in exam.questions):
        remarks.append(LENGTHS)
    return tuple(remarks)
