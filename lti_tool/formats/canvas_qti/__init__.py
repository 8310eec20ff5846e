"""canvas-qti: QTI 1.2 in Canvas's dialect, one file that works in both Classic Quizzes and New Quizzes.

The layout is that of a package that both engines imported (see docs/reference/importers.md#canvas-qti-12): the
assessment and its ``assessment_meta.xml`` in a folder named by the assessment's ident, media as web content, the
manifest last.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import IO

from lti_tool.errors import N_, NN_
from lti_tool.exam.media import Assets
from lti_tool.exam.model import Exam, Question
from lti_tool.exam.remark import Remark
from lti_tool.formats.canvas_qti.assessment import MAX_TITLE_LENGTH, canvas_assessment, quiz_settings, shuffle_settings
from lti_tool.formats.canvas_qti.questions import canvas_items, canvas_plan, write_questions
from lti_tool.formats.canvas_qti.remarks import ORDERED_BY_MENUS, notes
from lti_tool.formats.planning.grading_notes import has_hand_graded_rubric
from lti_tool.formats.planning.lms_view import LmsView, lms_view
from lti_tool.formats.planning.omissions import omission_remarks, title_remarks
from lti_tool.formats.planning.plan import Plan
from lti_tool.formats.report import Report
from lti_tool.formats.text.xml_text import keyword_elements
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.media import MediaFiles
from lti_tool.formats.writing.package import PackageWriter, write_package

__all__ = ["CANVAS_QTI", "MAX_TITLE_LENGTH", "ORDERED_BY_MENUS", "CanvasQti"]

_TIME_LIMIT = Remark(
    "canvas.time-limit",
    *NN_(
        "The time limit is %(minutes)s minute, as set in Examplary. You can change this in the quiz.",
        "The time limit is %(minutes)s minutes, as set in Examplary. You can change this in the quiz.",
    ),
)
_SHUFFLE = Remark(
    "canvas.shuffle",
    N_(
        "Some questions should shuffle their answers and others keep their order. New Quizzes does "
        "that; Classic Quizzes can only shuffle all or none, so it shuffles none."
    ),
)
_NOTES = Remark(
    "canvas.notes", N_("Criteria and model answers arrive as grading notes in New Quizzes, but not in Classic Quizzes.")
)
_AGAIN = Remark(
    "canvas.again",
    N_("Canvas doesn't replace quizzes: adding or importing the exam again creates a second one."),
)
_UNPUBLISHED = Remark("canvas.unpublished", N_("Students don't see the quiz until you publish it."))


class CanvasQti:
    """The format ``canvas-qti``."""

    name = "canvas-qti"
    label = N_("Canvas quiz (QTI 1.2, for Classic Quizzes and New Quizzes)")
    audience = N_("Quizzes in Canvas, Classic and New")
    suffix = ".zip"
    media_type = "application/zip"

    def write(self, exam: Exam, assets: Assets, out: IO[bytes]) -> Report:
        """Write the package to ``out`` and return the report for each question."""
        return write_package(out, partial(_write, exam, assets))

    def lms_view(self, question: Question, exam: Exam, assets: Assets) -> LmsView:
        """Return a question as Canvas shows it; Classic Quizzes orders by menus (see docs/reference/importers.md)."""
        return lms_view(canvas_plan(question, exam, MediaFiles(assets)), exam, orders_by_menus=True)

    def report(self, exam: Exam, assets: Assets) -> Report:
        """Return the report that :meth:`write` returns."""
        return _report(exam, [question.plan for question in write_questions(exam, MediaFiles(assets))])


def _write(exam: Exam, assets: Assets, package: PackageWriter) -> Report:
    media = MediaFiles(assets)
    plans: list[Plan] = []
    folder = ident(exam.id, "assessment")
    package.stream(f"{folder}/{folder}.xml", canvas_assessment(exam, folder, canvas_items(exam, media, plans)))
    report = _report(exam, plans)
    package.add(f"{folder}/assessment_meta.xml", quiz_settings(exam, folder, report.points_out))
    for path, asset in media.used():
        package.add(path, asset.read())
    package.add("imsmanifest.xml", _manifest(exam, folder, [path for path, _ in media.used()]))
    return report


def _report(exam: Exam, plans: Iterable[Plan]) -> Report:
    lines = tuple(plan.report_line(notes(plan, exam.language)) for plan in plans)
    remarks = [*exam.remarks, _UNPUBLISHED, _AGAIN]
    if exam.duration_minutes:
        remarks.append(_TIME_LIMIT.with_facts(minutes=exam.duration_minutes))
    if len(shuffle_settings(exam)) > 1:
        remarks.append(_SHUFFLE)
    if has_hand_graded_rubric(exam, lines):
        remarks.append(_NOTES)
    remarks += (*title_remarks(exam, exam.title[:MAX_TITLE_LENGTH]), *omission_remarks(exam))
    return Report(CanvasQti.name, lines, tuple(remarks))


def _manifest(exam: Exam, folder: str, paths: list[str]) -> str:
    media = "".join(
        f'<resource identifier="{ident(exam.id, path)}" type="webcontent" href="{path}">'
        f'<file href="{path}"/></resource>'
        for path in paths
    )
    meta = f"{folder}/assessment_meta.xml"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest identifier="{ident(exam.id, "manifest")}" '
        'xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        "<metadata><schema>IMS Content</schema><schemaversion>1.1.3</schemaversion>"
        f"{_lom(exam)}</metadata><organizations/>"
        f'<resources><resource identifier="{folder}" type="imsqti_xmlv1p2"><file href="{folder}/{folder}.xml"/>'
        f'<dependency identifierref="{folder}m"/></resource><resource identifier="{folder}m" '
        f'type="associatedcontent/imscc_xmlv1p1/learning-application-resource" href="{meta}"><file href="{meta}"/>'
        f"</resource>{media}</resources></manifest>\n"
    )


def _lom(exam: Exam) -> str:
    """Return the keywords; Canvas doesn't read them, but people who open the package can."""
    if not exam.keywords:
        return ""
    return (
        '<lomimscc:lom xmlns:lomimscc="http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest"><lomimscc:general>'
        f"{keyword_elements(exam, 'lomimscc:')}</lomimscc:general></lomimscc:lom>"
    )


CANVAS_QTI = CanvasQti()
