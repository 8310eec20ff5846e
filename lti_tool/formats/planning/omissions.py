"""What no question shows, and a format has no place for: told once for the whole exam."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.model import Exam, ShortText
from lti_tool.exam.remark import Remark

TAGS = Remark("format.tags", N_("Tags stay at Examplary: this format has no place for them."))
LENGTHS = Remark("format.lengths", N_("Character limits aren't enforced: students can write more."))


def omission_remarks(exam: Exam, *, tags: bool = True, lengths: bool = True) -> tuple[Remark, ...]:
    """Return what stays behind of ``exam`` where a format keeps neither ``tags`` nor ``lengths``, or only one."""
    told = []
    if tags and any(question.tags for question in exam.questions):
        told.append(TAGS)
    if lengths and any(isinstance(one, ShortText) and one.max_length for one in exam.questions):
        told.append(LENGTHS)
    return tuple(told)
