"""Exam to package: pure functions, one file a format, one registry, one fidelity report."""

from __future__ import annotations

from lti_tool.formats.base import Format, UnknownFormat
from lti_tool.formats.registry import get, names
from lti_tool.formats.report import Remark, Report, ReportLine, Verdict

__all__ = ["Format", "Remark", "Report", "ReportLine", "UnknownFormat", "Verdict", "get", "names"]
