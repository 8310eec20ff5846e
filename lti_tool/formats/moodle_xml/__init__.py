"""moodle-xml: questions for the question bank of Moodle 4 and 5.

One file with the images inside. It uses only fractions that Moodle lists: a single other one rejects the whole file
(see docs/reference/importers.md#moodle-xml and docs/reference/moodle.md#moodle-xml-import). Questions have no
``idnumber``: Moodle shows it to teachers as a badge.
"""

from __future__ import annotations

from collections.abc import Iterator
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO

from lti_tool.errors import N_
from lti_tool.exam.errors import ExamEmpty
from lti_tool.exam.media import Assets
from lti_tool.exam.model import Exam, Question
from lti_tool.formats.moodle_xml import elements, remarks
from lti_tool.formats.moodle_xml.item_plans import moodle_plan
from lti_tool.formats.moodle_xml.questions import written_questions
from lti_tool.formats.planning.grading_notes import has_hand_graded_rubric
from lti_tool.formats.planning.item_kinds import ItemKind
from lti_tool.formats.planning.lms_view import LmsView, lms_view
from lti_tool.formats.planning.omissions import omission_remarks, title_remarks
from lti_tool.formats.report import Report, ReportLine
from lti_tool.formats.writing.media import MediaFiles
from lti_tool.formats.writing.report_summary import summary

__all__ = ["MOODLE_XML", "MoodleXml"]

MAX_CATEGORY_LENGTH = 200


class MoodleXml:
    """The format ``moodle-xml``."""

    name = "moodle-xml"
    label = N_("Moodle questions (Moodle XML)")
    audience = N_("Moodle's question bank")
    suffix = ".xml"
    media_type = "application/xml"

    def write(self, exam: Exam, assets: Assets, out: IO[bytes]) -> Report:
        """Write the file to ``out`` and return the report.

        Raises :class:`ExamEmpty` if there is nothing to write, which Moodle would refuse.
        """
        media = MediaFiles(assets)
        lines: list[ReportLine] = []
        out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n')
        path = f"$course$/top/{_category(exam).replace('/', '//')}"
        with TemporaryFile() as questions:  # the category comes first, and its text summarises all questions
            for question in written_questions(exam, media):
                questions.writelines(_with_file_contents(question.xml, media))
                lines.append(question.line)
            report = _report(exam, lines)
            out.write(elements.category(path, summary(report, exam.language)).encode())
            questions.seek(0)
            copyfileobj(questions, out)
        out.write(b"</quiz>\n")
        return report

    def lms_view(self, question: Question, exam: Exam, assets: Assets) -> LmsView:
        """Return a question as Moodle shows it."""
        return lms_view(moodle_plan(question, exam), exam)

    def report(self, exam: Exam, assets: Assets) -> Report:
        """Return the report that :meth:`write` returns."""
        return _report(exam, [question.line for question in written_questions(exam, MediaFiles(assets))])


def _with_file_contents(xml: str, media: MediaFiles) -> Iterator[bytes]:
    """Yield a question with the contents of its files, reading one file at a time."""
    for place, part in enumerate(xml.split(elements.FILE)):
        if place % 2:
            yield from media.base64(part)
        else:
            yield part.encode()


def _category(exam: Exam) -> str:
    """Return the category's name, without slashes at its ends, which the path would lose."""
    name = elements.plain_name(exam.title)[:MAX_CATEGORY_LENGTH].strip(" /")
    return name or "Examplary"


def _report(exam: Exam, lines: list[ReportLine]) -> Report:
    becomes = {line.becomes for line in lines}
    if not becomes - {ItemKind.NOTHING.value}:
        raise ExamEmpty
    exam_remarks = [*exam.remarks, remarks.BANK.with_facts(category=_category(exam)), remarks.AGAIN]
    exam_remarks += title_remarks(exam, _category(exam))
    if exam.duration_minutes:
        exam_remarks.append(remarks.TIME_LIMIT.with_facts(minutes=exam.duration_minutes))
    if ItemKind.ORDERING.value in becomes:
        exam_remarks.append(remarks.ORDERING_VERSION)
    if has_hand_graded_rubric(exam, lines):
        exam_remarks.append(remarks.NOTES)
    exam_remarks += omission_remarks(exam, tags=False)
    return Report(MoodleXml.name, tuple(lines), tuple(exam_remarks))


MOODLE_XML = MoodleXml()
