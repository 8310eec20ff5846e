"""The console's list of what has failed: generations, collections and direct imports, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from lti_tool.models import Exam, Generation, GenerationState, Import, ImportState, LmsUser, db
from lti_tool.services.administration.administrator import PlatformScope
from lti_tool.services.operations.exam_search import PER_PAGE, ExamEntries, ExamEntry
from lti_tool.services.page_keys import PageKey, beyond

Keyed = tuple[tuple[datetime, str], ExamEntry]


def list_failed(scope: PlatformScope, before: str = "", per_page: int = PER_PAGE) -> ExamEntries:
    """Return one page of what has failed; the state of an entry is its error code."""
    key, limit = PageKey.parse(before), per_page + 1
    rows = [*_generations(scope, key, limit), *_imports(scope, key, limit)]
    rows.sort(key=lambda row: row[0], reverse=True)
    page = rows[:per_page]
    older = str(PageKey(*page[-1][0])) if len(rows) > per_page else ""
    return ExamEntries(tuple(entry for _, entry in page), older)


def _generations(scope: PlatformScope, before: PageKey | None, limit: int) -> Iterator[Keyed]:
    created_at, row_id = Generation.created_at, Generation.id
    query = (
        select(Generation, LmsUser.name, LmsUser.sub)
        .join(LmsUser, LmsUser.id == Generation.lms_user_id)
        .where(Generation.state == GenerationState.FAILED, scope(Generation.platform_id))
        .where(*beyond(before, created_at, row_id))
        .order_by(created_at.desc(), row_id.desc())
    )
    for row, name, sub in db.session.execute(query.limit(limit)):
        exam_id = row.exam_id or row.revises_id or row.id
        entry = ExamEntry(exam_id, row.title, "", name or sub, row.platform_id, row.error_code, row.created_at)
        yield (row.created_at, row.id), entry


def _imports(scope: PlatformScope, before: PageKey | None, limit: int) -> Iterator[Keyed]:
    created_at, row_id = Import.created_at, Import.id
    query = (
        select(Import.id, Import.created_at, Import.error_code, Import.platform_id)
        .add_columns(Exam.id, Exam.title, Exam.course_title, LmsUser.name, LmsUser.sub)
        .join(Exam, Exam.id == Import.exam_id)
        .join(LmsUser, LmsUser.id == Import.lms_user_id)
        .where(Import.state == ImportState.FAILED, scope(Import.platform_id))
        .where(*beyond(before, created_at, row_id))
        .order_by(created_at.desc(), row_id.desc())
    )
    for import_id, at, code, platform_id, exam_id, title, course, name, sub in db.session.execute(query.limit(limit)):
        yield (at, import_id), ExamEntry(exam_id, title, course, name or sub, platform_id, code, at)
