"""The exam's keywords in the metadata of a learning object (LOM, IEEE 1484.12.1 §1.5), as manifests have it."""

from __future__ import annotations

from lti_tool.exam.model import Exam
from lti_tool.formats.writing.xml_text import escape


def keyword_elements(exam: Exam, prefix: str = "") -> str:
    """Return the keywords as elements of ``general``; ``prefix`` is that of LOM's namespace, with its colon."""
    return "".join(
        f"<{prefix}keyword><{prefix}string>{escape(keyword)}</{prefix}string></{prefix}keyword>"
        for keyword in exam.keywords
    )
