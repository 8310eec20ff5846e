"""The report as a page of the cartridge, restricted to instructors by its metadata.

Moodle hides such a page (its cc112moodle.class.php: ``get_module_visible``). No other place in a cartridge is safe:
students may see the description of a course, a quiz or a question. Canvas ignores roles, but from a cartridge with its
flag it imports only the folder for files (lib/cc/importer/canvas/webcontent_converter.rb), so the page is outside it.
"""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.model import Exam
from lti_tool.formats.common_cartridge.html import in_ascii
from lti_tool.formats.report import Report
from lti_tool.formats.text.xml_text import escape
from lti_tool.formats.writing.report_summary import summary
from lti_tool.languages import available_language, catalogue

TITLE = N_("For teachers: how the questions were converted")


def page_path(folder: str) -> str:
    """Return the path of the page."""
    return f"for-teachers/{folder}.html"


def page_title(exam: Exam) -> str:
    """Return the title of the page in the exam's language, or in English if the tool has no translation."""
    return catalogue(exam.language).gettext(TITLE)


def page(exam: Exam, report: Report) -> str:
    """Return the page in plain HTML."""
    translations = catalogue(exam.language)
    sentences = [remark.plain(translations) for remark in report.remarks] + summary(report, exam.language).splitlines()
    texts = "".join(f"<p>{escape(sentence)}</p>\n" for sentence in sentences)
    title = escape(page_title(exam))
    return in_ascii(
        f'<!DOCTYPE html>\n<html lang="{available_language(exam.language)}">\n<head><meta charset="utf-8">'
        f"<title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n{texts}</body>\n</html>\n"
    )
