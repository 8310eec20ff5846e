"""common-cartridge: one .imscc for Moodle, Sakai, Schoology and Brightspace, and for Canvas with all of its types.

The common profile knows five types of question; what else the exam has takes its best other form there. Canvas's own
assessment stands in the same file, where only Canvas looks (facts: qti-targets §0, §3).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import IO

from lti_tool.errors import N_
from lti_tool.exam.errors import ExamEmpty
from lti_tool.exam.media import Assets
from lti_tool.exam.model import Exam
from lti_tool.formats import canvas_qti
from lti_tool.formats.canvas_qti.question import CanvasQuestions
from lti_tool.formats.common_cartridge import remarks
from lti_tool.formats.common_cartridge.html import WEB_RESOURCES, named
from lti_tool.formats.common_cartridge.items import fields
from lti_tool.formats.common_cartridge.manifest import CANVAS_FLAG, canvas_path, manifest, meta_path, profile_path
from lti_tool.formats.common_cartridge.questions import CartridgeQuestions
from lti_tool.formats.common_cartridge.report_page import page, page_path
from lti_tool.formats.planning.grading_notes import has_hand_graded_rubric
from lti_tool.formats.planning.omissions import omission_remarks
from lti_tool.formats.planning.stem import Told
from lti_tool.formats.report import Report, ReportLine, Verdict
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.package import PackageWriter, write_package
from lti_tool.formats.writing.xml_text import escape

__all__ = ["COMMON_CARTRIDGE", "CommonCartridge"]


class CommonCartridge:
    """The format ``common-cartridge``."""

    name = "common-cartridge"
    label = N_("Common Cartridge (Moodle, Sakai, Schoology, Brightspace, Canvas)")
    suffix = ".imscc"
    media_type = "application/vnd.ims.imsccv1p1"

    def write(self, exam: Exam, assets: Assets, out: IO[bytes]) -> Report:
        """Write the cartridge to ``out`` and return what becomes of each question outside Canvas.

        Raises :class:`ExamEmpty` if there is nothing to write, for a cartridge without items is refused.
        """
        return write_package(out, partial(_fill, exam, assets))

    def report(self, exam: Exam, assets: Assets) -> Report:
        """Return the report that :meth:`write` returns."""
        questions = CartridgeQuestions(exam, assets)
        lines: list[ReportLine] = []
        for _ in _items(questions, lines):
            pass
        return _report(exam, lines)


def _fill(exam: Exam, assets: Assets, package: PackageWriter) -> Report:
    folder = ident(exam.id, "assessment")
    ready = Told(exam)
    common, canvas = CartridgeQuestions(exam, assets, ready), CanvasQuestions(exam, assets, ready)
    lines: list[ReportLine] = []
    package.stream(profile_path(folder), _assessment(exam, folder, _items(common, lines)))
    report = _report(exam, lines)
    package.stream(canvas_path(folder), canvas_qti.assessment(exam, folder, canvas.items()))
    package.add(meta_path(folder), canvas_qti.assessment_meta(exam, folder, canvas.points))
    package.add(CANVAS_FLAG, "Examplary\n")
    media = dict([*common.media.used(), *canvas.media.used()])
    for path, asset in media.items():
        package.add(f"{WEB_RESOURCES}/{path}", asset.read())
    package.add(page_path(folder), page(exam, report))
    package.add("imsmanifest.xml", manifest(exam, folder, _title(exam), media))
    return report


def _items(questions: CartridgeQuestions, lines: list[ReportLine]) -> Iterator[str]:
    for made, found in questions.make():
        lines += found
        yield made


def _report(exam: Exam, lines: list[ReportLine]) -> Report:
    if all(line.verdict is Verdict.LEFT_OUT for line in lines):
        raise ExamEmpty
    found = [*exam.remarks, remarks.CANVAS, remarks.MOODLE_SLOTS]
    if has_hand_graded_rubric(exam, lines):
        found.append(remarks.NOTES)
    found += omission_remarks(exam)
    ordered = sorted(lines, key=lambda line: line.number)
    return Report(CommonCartridge.name, tuple(ordered), tuple(found))


def _title(exam: Exam) -> str:
    return named(exam.title[: canvas_qti.LONGEST_TITLE])


def _assessment(exam: Exam, folder: str, items: Iterator[str]) -> Iterator[str]:
    limit = (("qmd_timelimit", str(exam.duration_minutes)),) if exam.duration_minutes else ()
    metadata = fields(
        ("cc_profile", "cc.exam.v0p1"),
        ("qmd_assessmenttype", "Examination"),
        ("qmd_scoretype", "Percentage"),
        *limit,
        ("cc_maxattempts", "1"),
    )
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation='
        '"http://www.imsglobal.org/xsd/ims_qtiasiv1p2 '
        'http://www.imsglobal.org/profile/cc/ccv1p1/ccv1p1_qtiasiv1p2p1_v1p0.xsd">'
        f'<assessment ident="{folder}" title="{escape(_title(exam))}"><qtimetadata>{metadata}</qtimetadata>'
        '<section ident="root_section">\n'
    )
    yield from items
    yield "</section></assessment></questestinterop>\n"


COMMON_CARTRIDGE = CommonCartridge()
