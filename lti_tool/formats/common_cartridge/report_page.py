"""The report as a page of the cartridge that is for instructors only, as the standard lets a resource be.

Moodle hides such a page (its cc112moodle.class.php: ``get_module_visible``). A cartridge has no other place for it:
students may see the description of a course, a quiz or a question. Canvas, where every question keeps its type, looks
at no role; but of a cartridge with its flag it takes in only what is in its folder for files, so the page stands
elsewhere (lib/cc/importer/canvas/webcontent_converter.rb).
"""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.model import Exam
from lti_tool.formats.common_cartridge.html import in_ascii
from lti_tool.formats.report import Report
from lti_tool.formats.writing.report_summary import summary
from lti_tool.formats.writing.xml_text import escape
from lti_tool.languages import available_language, translator

TITLE = N_("For teachers: what became of the questions")


def page_path(folder: str) -> str:
    """Return where the page stands."""
    return f"for-teachers/{folder}.html"


def page_title(exam: Exam) -> str:
    """Return what the page is called in the course, in the exam's language where the tool speaks it."""
    return translator(exam.language)(TITLE)


def page(exam: Exam, report: Report) -> str:
    """Return the page, in plain HTML that every system shows."""
    translate = translator(exam.language)
    said = [remark.plain(translate) for remark in report.remarks] + summary(report, exam.language).splitlines()
    texts = "".join(f"<p>{escape(sentence)}</p>\n" for sentence in said)
    title = escape(page_title(exam))
    return in_ascii(
        f'<!DOCTYPE html>\n<html lang="{available_language(exam.language)}">\n<head><meta charset="utf-8">'
        f"<title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n{texts}</body>\n</html>\n"
    )
