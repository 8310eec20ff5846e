"""Remarks on properties that a format has no place for, made once for the whole exam."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.model import Exam, ShortText
from lti_tool.exam.remark import Remark
from lti_tool.exam.visible_text import without_invisible_characters

TAGS = Remark("format.tags", N_("Tags stay at Examplary: this format has no place for them."))
LENGTHS = Remark("format.lengths", N_("Character limits aren't enforced: students can write more."))
TITLE = Remark(
    "format.title",
    N_("The exam's title is too long or contains characters that can't be used here, so it becomes “%(title)s”."),
)
LINK_TITLE = Remark(
    "format.link-title",
    N_("The exam's title is too long for a link, so the link is called “%(title)s”."),
)


def title_remarks(exam: Exam, title: str, remark: Remark = TITLE) -> tuple[Remark, ...]:
    """Return a remark if ``title``, as it is written, looks different from the exam's title."""
    same = without_invisible_characters(title) == without_invisible_characters(exam.title)
    return () if same else (remark.with_facts(title=title),)


def omission_remarks(exam: Exam, *, tags: bool = True, lengths: bool = True) -> tuple[Remark, ...]:
    """Return remarks on the tags and length limits of ``exam`` that a format does not keep."""
    remarks = []
    if tags and any(question.tags for question in exam.questions):
        remarks.append(TAGS)
    if lengths and any(isinstance(question, ShortText) and question.max_length for question in exam.questions):
        remarks.append(LENGTHS)
    return tuple(remarks)
