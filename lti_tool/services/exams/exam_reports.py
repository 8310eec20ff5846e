"""Conversion reports of stored exams, computed once and kept: a review page only reads them.

A report is kept with its version, the fingerprint of all that it depends on: the snapshot, the teacher's changes,
Examplary's package, which media have arrived, and the code that reads and converts exams. A report of another version
is computed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import SQLAlchemyError

from lti_tool import exam as exams
from lti_tool import formats
from lti_tool.formats import Report, ReportLine, Verdict
from lti_tool.lms import plugin_for_family
from lti_tool.models import Exam, ExamReport, Launch, by_primary_key, classify_failure, db, insert_if_absent
from lti_tool.security.encryption import fingerprint
from lti_tool.services.exams.change_log import Revision
from lti_tool.services.exams.code_version import code_version
from lti_tool.services.exams.exam_reader import ExamReader
from lti_tool.services.exams.remark_json import remark_from_json, remark_to_json
from lti_tool.services.launch_offers import offer_of
from lti_tool.services.platform_settings import PlatformSettings

log = structlog.get_logger(__name__)


class ExamReports:
    """Reads kept reports, and computes those that are missing or outdated."""

    def __init__(self, reader: ExamReader) -> None:
        self._reader = reader

    def report(
        self, row: Exam, format_name: str, value: exams.Exam | None = None, history: Sequence[Revision] | None = None
    ) -> Report:
        """Return the report on converting the exam to ``format_name``.

        ``value`` is the exam, and ``history`` are its revisions, if they were read already.
        """
        version = fingerprint(f"{code_version()} {self._reader.content_version(row, history)}")
        stored_report = _read(row.id, format_name, version)
        if stored_report is not None:
            return stored_report
        report = formats.get(format_name).report(value or self._reader.value(row), self._reader.assets(row))
        _keep(row.id, format_name, version, report)
        return report

    def prepare(self, row: Exam, launch: Launch) -> None:
        """Compute the report that the review page of this launch will show first."""
        ranked = plugin_for_family(launch.family).ranked_formats(PlatformSettings.of(launch.platform).formats)
        self.report(row, format_for(ranked, offer_of(launch).format_name, ""))


def format_for(launch_formats: tuple[str, ...], offered: str, requested: str) -> str:
    """Return the format to show: the requested one, else the one to be sent, else the first for this LMS.

    Only those are shown that are offered or sent, unless there is none.
    """
    names = formats.names()
    relevant = {offered, *launch_formats} & {*names} or {*names}
    return next(name for name in (requested, offered, *launch_formats, *names) if name in relevant)


def _read(exam_id: str, format_name: str, version: str) -> Report | None:
    query = select(ExamReport.content).where(
        ExamReport.exam_id == exam_id, ExamReport.format_name == format_name, ExamReport.version == version
    )
    content = db.session.scalar(query)
    return _report(format_name, content) if content is not None else None


def _keep(exam_id: str, format_name: str, version: str, report: Report) -> None:
    """Keep a report in a transaction of its own: a page must not fail because nothing can be written."""
    try:
        with db.engine.begin() as connection:
            _write(connection, exam_id, format_name, {"version": version, "content": _content(report)})
    except SQLAlchemyError as error:
        log.warning("report.not_kept", trouble=classify_failure(error))


def _write(connection: Connection, exam_id: str, format_name: str, values: dict[str, Any]) -> None:
    is_this = (ExamReport.exam_id == exam_id, ExamReport.format_name == format_name)
    changed = connection.execute(by_primary_key(update(ExamReport).where(*is_this).values(**values)))
    if changed.rowcount == 0:
        insert_if_absent(ExamReport, {"exam_id": exam_id, "format_name": format_name, **values}, connection)


def _content(report: Report) -> dict[str, Any]:
    return {"lines": list(map(_line_content, report.lines)), "remarks": list(map(remark_to_json, report.remarks))}


def _line_content(line: ReportLine) -> list[Any]:
    return [
        line.question_id,
        line.number,
        line.title,
        line.kind,
        line.becomes,
        line.verdict.value,
        list(map(remark_to_json, line.remarks)),
        str(line.points_in),
        str(line.points_out),
    ]


def _report(format_name: str, content: dict[str, Any]) -> Report:
    return Report(format_name, tuple(map(_line, content["lines"])), tuple(map(remark_from_json, content["remarks"])))


def _line(content: list[Any]) -> ReportLine:
    question_id, number, title, kind, becomes, verdict, remarks, points_in, points_out = content
    return ReportLine(
        question_id,
        number,
        title,
        kind,
        becomes,
        Verdict(verdict),
        tuple(map(remark_from_json, remarks)),
        Decimal(points_in),
        Decimal(points_out),
    )
