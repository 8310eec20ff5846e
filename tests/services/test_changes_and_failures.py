"""A database error at any statement of an edit: the exam is the old version or the new one, never half of each."""

import itertools
from contextlib import contextmanager
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from lti_tool.exam.changes import SetPoints, SetTitle
from lti_tool.models import AuditEntry, ExamChange, ExamText, Generation, db
from lti_tool.security.encryption import fingerprint
from lti_tool.services.exams.change_log import revisions
from tests.support.examplary import QUESTIONS

pytestmark = pytest.mark.one_database


@contextmanager
def failing_write(number):
    """Make the write with this number fail in the database, and all after it; yield the failed statements."""
    writes, failed = itertools.count(1), []

    def fail(_connection, _cursor, statement, *_rest):
        if not statement.lstrip().upper().startswith("SELECT") and next(writes) >= number:
            failed.append(statement)
            raise OperationalError(statement, {}, Exception("disk I/O error"))

    event.listen(db.engine, "before_cursor_execute", fail)
    try:
        yield failed
    except OperationalError:
        assert failed
    finally:
        event.remove(db.engine, "before_cursor_execute", fail)
        db.session.rollback()
        db.session.expire_all()


def assert_whole(services, exam):
    """Check that columns, snapshot, text for searches and log belong to one version; return its title."""
    value = services.exam_reader.value(exam)
    assert (exam.title, exam.points, exam.question_count) == (value.title, value.points, len(value.questions))
    assert exam.snapshot_sha256 == fingerprint(exam.snapshot)
    assert db.session.get(ExamText, exam.id).text.startswith(value.title.lower())
    newest = db.session.scalar(select(func.max(ExamChange.revision)).where(ExamChange.exam_id == exam.id))
    assert (newest or 0) == exam.revision
    return value.title


def test_a_write_that_fails_while_a_change_is_saved_leaves_the_old_version_or_the_new_one(services, exam, make_launch):
    launch = make_launch()
    for number in itertools.count(1):
        before = exam.title
        with failing_write(number) as failed:
            services.exam_changes.save(launch, exam, [SetTitle(f"Title {number}")], exam.revision)
        assert assert_whole(services, exam) == (before if failed else f"Title {number}")
        assert len(revisions(exam)) == exam.revision
        if not failed:
            break
    assert number > 3


def test_a_write_that_fails_while_a_version_is_collected_loses_neither_it_nor_own_changes(
    services, exam, make_launch, store
):
    launch = make_launch()
    services.exam_changes.save(launch, exam, [SetPoints("q_1", Decimal(7))], exam.revision)
    for number in itertools.count(1):
        generation = services.generations.edit(launch, exam, f"form {number}")
        before, new = exam.title, f"Version {number}"
        added = QUESTIONS[0] | {"id": f"q_{number + 1}", "title": f"Question {number}?"}
        store.exams[exam.examplary_exam_id] |= {"name": new, "questions": [*QUESTIONS, added]}
        with failing_write(number) as failed:
            services.generations.use_version(generation)
            services.collector.advance(generation.id)
        assert assert_whole(services, exam) in (before, new)
        assert (exam.title == new) == (db.session.get(Generation, generation.id).state == "ready")
        # The teacher clicks again if the click itself was lost; the lease runs out.
        services.generations.use_version(db.session.get(Generation, generation.id, populate_existing=True))
        db.session.query(Generation).update({"claimed_until": None})
        db.session.commit()
        services.collector.advance(generation.id)
        db.session.expire_all()
        assert assert_whole(services, exam) == new
        # The teacher's own change is still there, and the version was taken once.
        assert services.exam_reader.value(exam).questions[0].points == 7
        assert db.session.query(AuditEntry).filter_by(action="exam.revised").count() == number
        if not failed:
            break
    assert number > 5
