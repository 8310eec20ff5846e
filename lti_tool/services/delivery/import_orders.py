"""Orders for the next step of an import, read from our tables."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, select

from lti_tool.formats import Verdict
from lti_tool.lms.account_access import LmsAccess
from lti_tool.lms.direct_import import DirectImport, EarlierImport, Grant, ImportOrder, QuestionToImport
from lti_tool.models import Exam, Import, Launch, Platform, compare_and_set, db, retry_on_conflict
from lti_tool.net.reader import HttpReader
from lti_tool.services.delivery.direct_imports import ACTIVE_STATES, DONE_STATES
from lti_tool.services.delivery.packages import Packages, package_file_name
from lti_tool.services.exams.exam_reader import ExamReader
from lti_tool.services.exams.exam_reports import ExamReports
from lti_tool.services.leases import Lease, LeaseLost
from lti_tool.services.platform_settings import PlatformSettings

MAX_EARLIER = 20


class ImportOrders:
    """Builds orders. Their functions may be called while no transaction is open, and leave none open."""

    def __init__(
        self, *, exam_reader: ExamReader, reports: ExamReports, packages: Packages, public_http: HttpReader
    ) -> None:
        self._exam_reader = exam_reader
        self._reports = reports
        self._packages = packages
        self._public_http = public_http

    def order(
        self, row: Import, lease: Lease, direct: DirectImport, grant: Grant, account: LmsAccess | None
    ) -> ImportOrder:
        """Return the order of ``row``, for a step under ``lease``."""
        exam = db.session.get_one(Exam, row.exam_id)
        value = self._exam_reader.value(exam)
        report = self._reports.report(exam, direct.format_name, value)
        arriving = [line for line in report.lines if line.verdict is not Verdict.LEFT_OUT]
        exam_id = exam.id
        launch_id = row.launch_id
        format_name = direct.format_name
        platform = db.session.get_one(Platform, row.platform_id)

        def package(copy: str = "") -> bytes:
            try:
                stored = db.session.get_one(Exam, exam_id)
                return self._packages.package(stored, format_name, copy).path.read_bytes()
            finally:
                db.session.rollback()

        return ImportOrder(
            import_id=row.id,
            issuer=platform.issuer,
            grant=grant,
            exam_id=exam.lms_id,
            title=value.title,
            duration_minutes=value.duration_minutes,
            questions=tuple(QuestionToImport(line.question_id, line.number, line.points_out) for line in arriving),
            package=package,
            package_name=package_file_name(exam, format_name),
            package_link=lambda copy, name: self._link(exam_id, launch_id, format_name, copy, name),
            public_http=self._public_http,
            options=frozenset(row.options),
            quiz_kind=PlatformSettings.of(platform).quiz_kind,
            earlier=_earlier(row, exam),
            decision=row.decision,
            progress=dict(row.progress),
            keep=lambda progress: _keep(lease, progress),
            account=account,
        )

    @retry_on_conflict
    def _link(self, exam_id: str, launch_id: str | None, format_name: str, copy: str, name: str) -> str:
        launch = db.session.get(Launch, launch_id) if launch_id else None
        exam = db.session.get_one(Exam, exam_id)
        link = self._packages.link(exam, format_name, launch, copy=copy, file_name=name)
        db.session.commit()
        return link


def _earlier(row: Import, exam: Exam) -> tuple[EarlierImport, ...]:
    """Return all imports that made a quiz of this exam in this course."""
    if not row.context_id:
        return ()
    query = (
        select(Import)
        .join(Exam, Exam.id == Import.exam_id)
        .where(_is_same(exam), Import.platform_id == row.platform_id, Import.context_id == row.context_id)
        .where(Import.family == row.family, Import.state.in_(DONE_STATES), Import.id != row.id)
        .order_by(Import.created_at.desc(), Import.id)
        .limit(MAX_EARLIER)
    )
    return tuple(
        EarlierImport(import_id=row.id, quiz_name=row.quiz_name, quiz_url=row.quiz_url, quiz_data=dict(row.quiz_data))
        for row in db.session.scalars(query)
    )


def _is_same(exam: Exam) -> ColumnElement[bool]:
    """Return the condition that a row is ``exam`` to LMSs, by :attr:`Exam.lms_id`; a duplicate is another exam."""
    if exam.duplicate_id or not exam.examplary_exam_id:
        return Exam.id == exam.id
    return and_(Exam.examplary_exam_id == exam.examplary_exam_id, Exam.duplicate_id == "")


@retry_on_conflict
def _keep(lease: Lease, progress: Mapping[str, object]) -> None:
    """Store ``progress`` and renew the lease; raise :class:`LeaseLost` if the import is no longer ours."""
    is_open = Import.state.in_(ACTIVE_STATES)
    if not compare_and_set(Import, Import.id == lease.row_id, lease.is_held, is_open, progress=dict(progress)):
        db.session.rollback()
        raise LeaseLost(lease.row_id)
    db.session.commit()
    lease.renew()
