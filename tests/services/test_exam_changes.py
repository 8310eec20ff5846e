"""Changes are stored beside the snapshot, revision by revision; no save overwrites another."""

from decimal import Decimal
from functools import partial

import pytest

from lti_tool.exam.changes import LeaveOut, Move, SetPoints, SetTitle, TakeBack
from lti_tool.models import AuditAction, AuditEntry, Exam, ExamChange, ExamMedia, Launch, db
from lti_tool.services.exams.change_log import revisions
from lti_tool.services.exams.exam_changes import ChangeRefused, ExamChangedElsewhere
from tests.support.databases import DATABASES
from tests.support.threads import run_at_once


@pytest.fixture
def database_url(empty_database):
    return empty_database("sqlite")


QUESTIONS = [
    {"id": "q_1", "type": "true-false", "title": "Leaves are green.", "settings": {"correctAnswer": "true"}},
    {"id": "q_2", "type": "essay", "title": "Why?"},
    {"id": "q_3", "type": "single-line-text", "title": "Its colour?", "settings": {"correctAnswer": ["green"]}},
]


@pytest.fixture
def exam(make_exam):
    return make_exam(questions=QUESTIONS)


@pytest.fixture
def launch(make_launch, exam):
    return make_launch()


@pytest.fixture
def save(services, launch, exam):
    def change(*operations, seen_revision=None):
        return services.exam_changes.save(
            launch, exam, operations, exam.revision if seen_revision is None else seen_revision
        )

    return change


@pytest.fixture
def first(services, exam):
    return services.exam_reader.original(exam).questions[0]


def points_of(services, exam):
    return services.exam_reader.value(exam).questions[0].points


class TestSaving:
    def test_the_snapshot_stays_and_lists_show_the_changes(self, services, exam, save, first):
        snapshot, count = exam.snapshot, exam.question_count
        assert save(SetTitle("Leaves"), SetPoints(first.id, Decimal("2.5")), LeaveOut(first.id)) == 1
        assert (exam.title, exam.question_count, exam.snapshot) == ("Leaves", count - 1, snapshot)
        assert exam.points == services.exam_reader.value(exam).points
        assert services.exam_reader.original(exam).title == "Cells"

    def test_every_reader_sees_the_change(self, services, exam, save, first):
        before = services.packages.package(exam, "moodle-xml")
        report = services.exam_reports.report(exam, "moodle-xml")
        save(LeaveOut(first.id))
        after = services.packages.package(exam, "moodle-xml")
        assert (first.name() in before.path.read_text(), first.name() in after.path.read_text()) == (True, False)
        assert len(services.exam_reports.report(exam, "moodle-xml").lines) == len(report.lines) - 1

    def test_a_change_taken_back_gives_the_same_package(self, services, exam, launch, save, first):
        before = services.packages.package(exam, "canvas-qti")
        number = save(LeaveOut(first.id))
        assert services.exam_changes.undo(launch, exam, number) == 2
        assert services.packages.package(exam, "canvas-qti").etag == before.etag

    def test_each_revision_is_in_the_audit_log(self, exam, launch, save, first):
        save(LeaveOut(first.id))
        entry = db.session.query(AuditEntry).filter_by(action=AuditAction.EXAM_CHANGED).one()
        assert (entry.actor, entry.subject, entry.launch_id, entry.detail) == (
            launch.lms_user_id,
            exam.id,
            launch.id,
            "1",
        )

    def test_the_same_form_sent_twice_makes_one_revision(self, exam, save, first):
        assert save(SetPoints(first.id, Decimal(3)), seen_revision=0) == 1
        assert save(SetPoints(first.id, Decimal(3)), seen_revision=0) == 1
        assert save(TakeBack(first.id)) == 1

    def test_a_change_that_does_not_fit_saves_nothing(self, exam, save, first):
        with pytest.raises(ChangeRefused) as error:
            save(SetTitle("New"), SetPoints(first.id, Decimal(-1)))
        assert [note.remark.code for note in error.value.notes] == ["change.points-negative"]
        assert (exam.revision, exam.title, db.session.query(ExamChange).count()) == (0, "Cells", 0)

    def test_revisions_go_with_their_exam(self, exam, save, first):
        save(LeaveOut(first.id))
        db.session.delete(exam)
        db.session.commit()
        assert db.session.query(ExamChange).count() == 0


class TestTwoTabs:
    @pytest.fixture(params=DATABASES)
    def database_url(self, request, empty_database):
        return empty_database(request.param)

    def test_changes_to_different_things_are_both_kept(self, services, exam, save, first):
        save(SetTitle("Leaves"), seen_revision=0)
        assert save(SetPoints(first.id, Decimal(4)), seen_revision=0) == 2
        assert (exam.title, points_of(services, exam)) == ("Leaves", 4)

    def test_changes_to_the_same_thing_are_for_the_teacher_to_decide(self, services, exam, save, first):
        save(SetPoints(first.id, Decimal(4)), seen_revision=0)
        with pytest.raises(ExamChangedElsewhere) as error:
            save(SetPoints(first.id, Decimal(5)), SetTitle("Mine"), seen_revision=0)
        (conflict,) = error.value.conflicts
        assert (conflict.mine.operation.points, conflict.theirs.operation.points) == (5, 4)
        assert (points_of(services, exam), exam.title, exam.revision) == (4, "Cells", 1)
        save(SetPoints(first.id, Decimal(5)), seen_revision=exam.revision)
        assert points_of(services, exam) == 5

    def test_taking_back_is_a_change_too(self, services, exam, launch, save, first):
        seen_revision = save(SetPoints(first.id, Decimal(4)))
        services.exam_changes.undo(launch, exam, seen_revision)
        with pytest.raises(ExamChangedElsewhere) as error:
            save(SetPoints(first.id, Decimal(5)), seen_revision=seen_revision)
        assert error.value.conflicts[0].theirs is None

    def test_of_many_saves_at_once_each_is_a_revision_or_refused(self, app, services, exam, launch):
        ids = [question.id for question in services.exam_reader.original(exam).questions]
        exam_id, launch_id = exam.id, launch.id
        db.session.rollback()

        def save(points):
            with app.app_context():
                try:
                    row = db.session.get(Exam, exam_id)
                    own = db.session.get(Launch, launch_id)
                    services.exam_changes.save(own, row, [SetPoints(ids[0], Decimal(points))], row.revision)
                except ExamChangedElsewhere:
                    return "refused"
            return "saved"

        outcomes = run_at_once([partial(save, points) for points in range(2, 6)])
        db.session.expire_all()
        numbers = [revision.number for revision in revisions(db.session.get(Exam, exam_id))]
        assert numbers == list(range(1, outcomes.count("saved") + 1))
        assert numbers, "one of them is the first"


class TestUndo:
    def test_any_revision_can_be_taken_back(self, services, exam, launch, save, first):
        save(SetTitle("Leaves"))
        save(SetPoints(first.id, Decimal(4)))
        services.exam_changes.undo(launch, exam, 1)
        assert (exam.title, points_of(services, exam)) == ("Cells", 4)
        assert services.exam_changes.undo(launch, exam, 1) == 3
        assert services.exam_changes.undo(launch, exam, 99) == 3

    def test_an_earlier_state_can_be_read(self, services, exam, save, first):
        save(SetTitle("Leaves"))
        save(SetTitle("Cells and leaves"))
        assert services.exam_reader.changed(exam, revisions(exam, 1)).exam.title == "Leaves"


class TestDuplicates:
    def test_a_duplicate_has_identifiers_of_its_own(self, services, exam, launch, save, first):
        save(SetTitle("Leaves"))
        copy = services.exam_changes.duplicate(launch, exam, "Copy of Leaves")
        original, duplicate = services.exam_reader.value(exam), services.exam_reader.value(copy)
        assert duplicate.title == "Copy of Leaves"
        assert (copy.title, duplicate.questions) == ("Copy of Leaves", original.questions)
        assert duplicate.id not in ("", original.id)
        assert copy.lms_id not in ("", exam.lms_id)
        packages = [services.packages.package(row, "canvas-qti").etag for row in (exam, copy)]
        assert len(set(packages)) == 2

    def test_changes_to_one_of_them_leave_the_other_alone(self, services, exam, launch, save, first):
        save(LeaveOut(first.id))
        copy = services.exam_changes.duplicate(launch, exam, "Copy")
        services.exam_changes.save(launch, copy, [TakeBack(first.id), Move(first.id, "")], copy.revision)
        assert copy.question_count == exam.question_count + 1

    def test_it_belongs_to_the_person_who_made_it(self, services, exam, make_launch):
        colleague = make_launch("2")
        copy = services.exam_changes.duplicate(colleague, exam, "Copy")
        assert (copy.owner_id, copy.generation_id) == (colleague.lms_user_id, None)
        assert len(copy.media) == len(exam.media)

    def test_deleting_an_exam_keeps_its_duplicate(self, services, exam, launch):
        copy = services.exam_changes.duplicate(launch, exam, "Copy")
        exam_id = exam.id
        services.exam_changes.delete(launch, exam)
        assert db.session.get(Exam, exam_id) is None
        assert db.session.query(ExamMedia).filter_by(exam_id=exam_id).count() == 0
        assert services.exam_reader.value(copy).questions
        assert db.session.query(AuditEntry).filter_by(action=AuditAction.EXAM_DELETED).one().subject == exam_id
