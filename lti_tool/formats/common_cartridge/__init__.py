"""common-cartridge: one .imscc for Moodle, Sakai, Schoology and Brightspace, and for Canvas with all of its types.

The common profile has five question types; every other question takes the best of these. The same file contains
Canvas's own assessment, which only Canvas reads (see docs/reference/importers.md#common-cartridge).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import IO

from lti_tool.errors import N_
from lti_tool.exam.errors import ExamEmpty
from lti_tool.exam.media import Assets
from lti_tool.exam.model import Exam, Question
from lti_tool.exam.scoring import NO_POINTS
from lti_tool.formats.canvas_qti.assessment import canvas_assessment, quiz_settings
from lti_tool.formats.canvas_qti.questions import canvas_items, write_questions
from lti_tool.formats.common_cartridge import remarks
from lti_tool.formats.common_cartridge.html import WEB_RESOURCES, escape_references
from lti_tool.formats.common_cartridge.item_plans import profile_plan
from lti_tool.formats.common_cartridge.items import metadata_fields
from lti_tool.formats.common_cartridge.manifest import (
    CANVAS_FLAG,
    MODULES_PATH,
    NO_MODULES,
    canvas_path,
    manifest,
    meta_path,
    profile_path,
)
from lti_tool.formats.common_cartridge.questions import write_groups
from lti_tool.formats.common_cartridge.remarks import MOODLE_GRADES_SENTENCE
from lti_tool.formats.common_cartridge.report_page import page, page_path
from lti_tool.formats.planning.grading_notes import has_hand_graded_rubric
from lti_tool.formats.planning.lms_view import LmsView, lms_view
from lti_tool.formats.planning.omissions import omission_remarks, title_remarks
from lti_tool.formats.planning.plan import Plan
from lti_tool.formats.report import Report, ReportLine, Verdict
from lti_tool.formats.text.xml_text import escape
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.media import MediaFiles
from lti_tool.formats.writing.package import PackageWriter, write_package

__all__ = ["COMMON_CARTRIDGE", "MOODLE_GRADES_SENTENCE", "CommonCartridge"]

MAX_TITLE_LENGTH = 243
"""Characters. Moodle makes of it a category named "Quiz Bank '…'", which may have 255."""


class CommonCartridge:
    """The format ``common-cartridge``."""

    name = "common-cartridge"
    label = N_("Common Cartridge (Moodle, Sakai, Schoology, Brightspace, Canvas)")
    audience = N_(
        "Course import in Sakai, Schoology, Brightspace and Open edX. In Moodle (“Restore”), grades are wrong until "
        "you set the points"
    )
    suffix = ".imscc"
    media_type = "application/vnd.ims.imsccv1p1"

    def write(self, exam: Exam, assets: Assets, out: IO[bytes]) -> Report:
        """Write the cartridge to ``out`` and return the report for each question outside Canvas.

        Raises :class:`ExamEmpty` if there is nothing to write, because LMSs refuse a cartridge without items.
        """
        return write_package(out, partial(_write, exam, assets))

    def lms_view(self, question: Question, exam: Exam, assets: Assets) -> LmsView:
        """Return a question as most LMSs show it; each part of it is an item of its own."""
        return lms_view(profile_plan(question, exam), exam)

    def report(self, exam: Exam, assets: Assets) -> Report:
        """Return the report that :meth:`write` returns."""
        lines = [line for group in write_groups(exam, MediaFiles(assets)) for line in group.lines]
        canvas_plans = [question.plan for question in write_questions(exam, MediaFiles(assets))]
        return _report(exam, lines, _changed_questions(canvas_plans))


def _write(exam: Exam, assets: Assets, package: PackageWriter) -> Report:
    folder = ident(exam.id, "assessment")
    media, canvas_media = MediaFiles(assets), MediaFiles(assets)
    lines: list[ReportLine] = []
    package.stream(profile_path(folder), _assessment(exam, folder, _items(exam, media, lines)))
    canvas_plans: list[Plan] = []
    package.stream(canvas_path(folder), canvas_assessment(exam, folder, canvas_items(exam, canvas_media, canvas_plans)))
    package.add(meta_path(folder), quiz_settings(exam, folder, _points(lines)))
    package.add(CANVAS_FLAG, "Examplary\n")
    package.add(MODULES_PATH, NO_MODULES)
    files = dict([*media.used(), *canvas_media.used()])
    for path, asset in files.items():
        package.add(f"{WEB_RESOURCES}/{path}", asset.read())
    report = _report(exam, lines, _changed_questions(canvas_plans))
    package.add(page_path(folder), page(exam, report))
    package.add("imsmanifest.xml", manifest(exam, folder, _title(exam), files))
    return report


def _items(exam: Exam, media: MediaFiles, lines: list[ReportLine]) -> Iterator[str]:
    """Yield the items of the common profile as they are written, and append the report's lines to ``lines``."""
    for group in write_groups(exam, media):
        lines += group.lines
        yield group.xml


def _changed_questions(plans: Iterable[Plan]) -> frozenset[int]:
    """Return the numbers of the questions that change."""
    return frozenset([plan.question.number for plan in plans if plan.remarks])


def _points(lines: list[ReportLine]) -> Decimal:
    return sum((line.points_in for line in lines if line.verdict is not Verdict.LEFT_OUT), NO_POINTS)


def _report(exam: Exam, lines: list[ReportLine], changed_in_canvas: frozenset[int]) -> Report:
    """Return the report of the common part; ``changed_in_canvas`` are the numbers of questions that Canvas changes."""
    if all(line.verdict is Verdict.LEFT_OUT for line in lines):
        raise ExamEmpty
    exam_remarks = [*exam.remarks, remarks.CANVAS, remarks.MOODLE_GRADES]
    if has_hand_graded_rubric(exam, lines):
        exam_remarks.append(remarks.NOTES)
    exam_remarks += (*title_remarks(exam, _title(exam)), *omission_remarks(exam))
    in_order = [
        replace(line, remarks=(*line.remarks, remarks.IN_CANVAS)) if line.number in changed_in_canvas else line
        for line in sorted(lines, key=lambda line: line.number)
    ]
    return Report(CommonCartridge.name, tuple(in_order), tuple(exam_remarks))


def _title(exam: Exam) -> str:
    return escape_references(exam.title)[:MAX_TITLE_LENGTH]


def _assessment(exam: Exam, folder: str, items: Iterator[str]) -> Iterator[str]:
    limit = (("qmd_timelimit", str(exam.duration_minutes)),) if exam.duration_minutes else ()
    metadata = metadata_fields(
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
