"""Exam to package: pure functions, one package per format, one registry, one fidelity report."""

from __future__ import annotations

from lti_tool.formats.base import Format, UnknownFormat
from lti_tool.formats.planning.lms_view import LmsView
from lti_tool.formats.planning.omissions import LINK_TITLE, title_remarks
from lti_tool.formats.registry import get, names
from lti_tool.formats.report import Remark, Report, ReportLine, Verdict
from lti_tool.formats.text.xml_text import format_decimal

__all__ = [
    "LINK_TITLE",
    "Format",
    "LmsView",
    "Remark",
    "Report",
    "ReportLine",
    "UnknownFormat",
    "Verdict",
    "format_decimal",
    "get",
    "names",
    "title_remarks",
]
