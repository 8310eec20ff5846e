"""canvas-qti: QTI 1.2 in Canvas's dialect, one file that is right in Classic Quizzes and in New Quizzes.

Layout as in the package that both were seen to read (facts: qti-targets §2, §3): the assessment and its
``assessment_meta.xml`` in a folder named by the assessment's ident, media as web content, the manifest last.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import IO

from lti_tool.errors import N_
from lti_tool.exam.media import Assets
from lti_tool.exam.model import Choice, Exam
from lti_tool.exam.remark import Remark
from lti_tool.formats.canvas_qti.question import CanvasQuestions
from lti_tool.formats.planning.grading_notes import has_hand_graded_rubric
from lti_tool.formats.planning.omissions import omission_remarks
from lti_tool.formats.report import Report, ReportLine
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.package import PackageWriter, write_package
from lti_tool.formats.writing.xml_text import escape, format_decimal

LONGEST_TITLE = 250

_TIME_LIMIT = Remark(
    "canvas.time-limit", N_("Students get %(minutes)s minutes, as planned in Examplary; change it in the quiz.")
)
_SHUFFLE = Remark(
    "canvas.shuffle",
    N_(
        "Some questions should mix their answers and others keep their order: New Quizzes does so. "
        "Classic Quizzes can only mix all or none, and mix none."
    ),
)
_NOTES = Remark(
    "canvas.notes", N_("Criteria and model answers arrive as grading notes in New Quizzes, not in Classic Quizzes.")
)
_UNPUBLISHED = Remark("canvas.unpublished", N_("Students do not see the quiz until you publish it."))


class CanvasQti:
    """The format ``canvas-qti``."""

    name = "canvas-qti"
    label = N_("Canvas quiz (QTI 1.2, for Classic Quizzes and New Quizzes)")
    suffix = ".zip"
    media_type = "application/zip"

    def write(self, exam: Exam, assets: Assets, out: IO[bytes]) -> Report:
        """Write the package to ``out`` and return what became of each question."""
        return write_package(out, partial(_fill, exam, assets))

    def report(self, exam: Exam, assets: Assets) -> Report:
        """Return the report that :meth:`write` returns."""
        questions = CanvasQuestions(exam, assets)
        return _report(exam, [line for _, line in questions.make()])


def _fill(exam: Exam, assets: Assets, package: PackageWriter) -> Report:
    questions = CanvasQuestions(exam, assets)
    lines: list[ReportLine] = []
    folder = ident(exam.id, "assessment")
    package.stream(f"{folder}/{folder}.xml", assessment(exam, folder, items(questions, lines)))
    report = _report(exam, lines)
    package.add(f"{folder}/assessment_meta.xml", assessment_meta(exam, folder, report.points_out))
    for path, asset in questions.media.used():
        package.add(path, asset.read())
    paths = [path for path, _ in questions.media.used()]
    package.add("imsmanifest.xml", _manifest(exam, folder, paths))
    return report


def items(questions: CanvasQuestions, lines: list[ReportLine]) -> Iterator[str]:
    """Yield the items of all questions, and put each one's line of the report into ``lines``."""
    for made, line in questions.make():
        lines.append(line)
        yield made


def _report(exam: Exam, lines: list[ReportLine]) -> Report:
    remarks = [*exam.remarks, _UNPUBLISHED]
    if exam.duration_minutes:
        remarks.append(_TIME_LIMIT.with_facts(minutes=exam.duration_minutes))
    if len(_turns(exam)) > 1:
        remarks.append(_SHUFFLE)
    if has_hand_graded_rubric(exam, lines):
        remarks.append(_NOTES)
    remarks += omission_remarks(exam)
    return Report(CanvasQti.name, tuple(lines), tuple(remarks))


def _shuffles(exam: Exam) -> bool:
    """Tell whether Classic may mix answers: of all questions or of none, so “all of the above” holds all in order."""
    return _turns(exam) == {True}


def _turns(exam: Exam) -> set[bool]:
    """Return what questions want; pictures, of which Examplary cannot tell, want nothing."""
    choices = (one for one in exam.questions if isinstance(one, Choice) and one.correct is not None)
    return {one.shuffle for one in choices if not one.pictures}


def assessment(exam: Exam, folder: str, items: Iterator[str]) -> Iterator[str]:
    """Yield the assessment named ``folder`` in Canvas's dialect, item by item."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation='
        '"http://www.imsglobal.org/xsd/ims_qtiasiv1p2 http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd">'
        f'<assessment ident="{folder}" title="{escape(exam.title[:LONGEST_TITLE])}"><qtimetadata><qtimetadatafield>'
        "<fieldlabel>cc_maxattempts</fieldlabel><fieldentry>1</fieldentry></qtimetadatafield></qtimetadata>"
        '<section ident="root_section">\n'
    )
    yield from items
    yield "</section></assessment></questestinterop>\n"


def assessment_meta(exam: Exam, folder: str, points: Decimal) -> str:
    """Return the settings of the quiz; Canvas finds them in ``folder``, beside the assessment."""
    limit = f"<time_limit>{exam.duration_minutes}</time_limit>" if exam.duration_minutes else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<quiz identifier="{folder}" xmlns="http://canvas.instructure.com/xsd/cccv1p0">'
        # without the report in short, which other formats have in their description: students read this one
        f"<title>{escape(exam.title[:LONGEST_TITLE])}</title><description></description>"
        f"<shuffle_answers>{str(_shuffles(exam)).lower()}</shuffle_answers>"
        "<scoring_policy>keep_highest</scoring_policy><quiz_type>assignment</quiz_type>"
        f"<points_possible>{format_decimal(points)}</points_possible><show_correct_answers>true</show_correct_answers>"
        f"<allowed_attempts>1</allowed_attempts>{limit}<available>false</available></quiz>\n"
    )


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
        "<metadata><schema>IMS Content</schema><schemaversion>1.1.3</schemaversion></metadata><organizations/>"
        f'<resources><resource identifier="{folder}" type="imsqti_xmlv1p2"><file href="{folder}/{folder}.xml"/>'
        f'<dependency identifierref="{folder}m"/></resource><resource identifier="{folder}m" '
        f'type="associatedcontent/imscc_xmlv1p1/learning-application-resource" href="{meta}"><file href="{meta}"/>'
        f"</resource>{media}</resources></manifest>\n"
    )


CANVAS_QTI = CanvasQti()
