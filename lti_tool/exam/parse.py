"""Placeholder until the parser is published within minutes."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.exam.errors import ExamUnreadable
from lti_tool.exam.model import Exam


def parse_exam(data: Mapping[str, object]) -> Exam:
    """Return the exam."""
    raise ExamUnreadable(f"parser not here yet: {len(data)} keys")
