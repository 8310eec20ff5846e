"""Change in Examplary: the edit-exam flow, from the button to the new version of the same exam."""

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from lti_tool.exam import ExamUnreadable
from lti_tool.exam.changes import SetPoints, SetText, SetTitle
from lti_tool.models import AuditEntry, Chore, Exam, ExamText, Generation, db, now
from lti_tool.services.exams.change_log import changes_in_force, revisions
from lti_tool.services.exams.exam_changes import ExamChangedElsewhere
from lti_tool.services.generations.new_version import notes_of
from lti_tool.services.generations.open_embed import ExamGone
from tests.support.examplary import QUESTIONS


@pytest.fixture
def editing(services, exam, make_launch):
    """The exam, open in Examplary's editor."""
    generation = services.generations.edit(make_launch(), exam)
    assert generation.state == "open"
    return generation


@pytest.fixture
def write(store, exam):
    """Save an edit at Examplary: ``write(name="Plants")``."""

    def edit(**fields):
        store.exams[exam.examplary_exam_id] = store.exams[exam.examplary_exam_id] | fields

    return edit


def use(services, generation):
    services.generations.use_version(generation)
    db.session.expire_all()
    services.collector.advance(generation.id)
    db.session.expire_all()
    return generation


def question(number, title="Another?"):
    return QUESTIONS[0] | {"id": f"q_{number}", "title": title}


def question_ids(services, exam):
    return [question.id for question in services.exam_reader.value(exam).questions]


def sentences(exam):
    return [remark.plain() for remark in notes_of(exam).differences]


def test_the_session_edits_the_same_exam_and_does_not_end_by_itself(services, editing, exam, store, session_id_of):
    session = store.sessions[session_id_of(editing)]
    assert (session.text("flow"), session.presets) == ("edit-exam", {"examId": exam.examplary_exam_id})
    services.collector.advance(editing.id)
    db.session.expire_all()
    assert (editing.state, editing.title, editing.exam_id) == ("open", exam.title, None)


def test_a_new_version_replaces_the_snapshot_of_the_same_exam(services, editing, exam, write, session_id_of, store):
    before = (exam.id, exam.examplary_exam_id, exam.created_at, exam.generation_id)
    session_id = session_id_of(editing)
    write(name="Plants", questions=[*QUESTIONS, question(2, "What is chlorophyll?")])
    use(services, editing)
    assert (editing.state, editing.exam_id) == ("ready", exam.id)
    assert (exam.id, exam.examplary_exam_id, exam.created_at, exam.generation_id) == before
    assert (exam.title, exam.question_count, exam.points) == ("Plants", 2, 4)
    assert exam.changed_at is not None
    assert question_ids(services, exam) == ["q_1", "q_2"]
    assert "chlorophyll" in db.session.get(ExamText, exam.id).text
    assert sentences(exam) == ["1 question is new.", "The title was changed."]
    assert db.session.query(AuditEntry).filter_by(action="exam.revised", subject=exam.id).count() == 1
    assert db.session.query(Exam).count() == 1
    services.chores.run_due()
    assert session_id not in store.sessions


def test_questions_lost_by_a_version_are_listed(services, editing, exam, write):
    write(questions=[question(2)])
    use(services, editing)
    assert sentences(exam)[0] == "1 question is no longer there: 1 “What is the powerhouse of the cell?”"


def test_a_version_without_questions_leads_back_to_examplary(services, editing, exam, write):
    write(questions=[])
    use(services, editing)
    assert (editing.state, editing.error_code, exam.question_count) == ("failed", "exam.empty", 1)
    services.generations.write_questions(editing)
    assert (editing.state, editing.flow) == ("open", "edit-exam")
    write(questions=[question(3)])
    use(services, editing)
    assert (editing.state, question_ids(services, exam)) == ("ready", ["q_3"])


def test_an_exam_that_came_without_questions_is_written_in_examplary(
    services, make_launch, store, session_id_of, finish
):
    generation = services.generations.start(make_launch())
    first_session, exam_id = session_id_of(generation), finish(generation, questions=[])
    services.collector.advance(generation.id)
    db.session.expire_all()
    assert (generation.state, generation.error_code) == ("failed", "exam.empty")
    services.generations.write_questions(generation)
    db.session.expire_all()
    assert (generation.state, generation.flow) == ("open", "write-exam")
    assert store.sessions[session_id_of(generation)].presets == {"examId": exam_id}
    services.chores.run_due()
    assert first_session not in store.sessions
    store.exams[exam_id] |= {"questions": QUESTIONS}
    use(services, generation)
    assert (generation.state, db.session.query(Exam).one().question_count) == ("ready", 1)
    services.generations.write_questions(generation)
    db.session.expire_all()
    assert generation.state == "ready"


def test_own_changes_are_kept_where_they_fit_and_the_others_are_listed(services, editing, exam, write, make_launch):
    write(questions=[*QUESTIONS, question(2)])
    use(services, editing)
    operations = [SetPoints("q_1", Decimal(5)), SetPoints("q_2", Decimal(7)), SetTitle("My own title")]
    services.exam_changes.save(make_launch(), exam, operations, exam.revision)
    assert (exam.title, exam.points) == ("My own title", 12)
    seen_revision, again = exam.revision, services.generations.edit(make_launch(), exam)
    write(questions=[question(1, "What makes energy in a cell?"), question(3)])
    use(services, again)
    value = services.exam_reader.value(exam)
    assert (exam.title, value.title) == ("My own title", "My own title")
    assert [(question.id, question.points) for question in value.questions] == [("q_1", 5), ("q_3", 2)]
    assert exam.points == 7
    kept_operations = [change.operation for change in changes_in_force(revisions(exam))]
    assert kept_operations == [SetPoints("q_1", Decimal(5)), SetTitle("My own title")]
    assert exam.revision == seen_revision + 1
    (dropped,) = notes_of(exam).dropped
    assert (dropped.name, dropped.change.operation) == ("Another?", SetPoints("q_2", Decimal(7)))
    assert "no longer" in dropped.why.plain()
    # Another tab still shows the version before: only what that leaves alone is written into this one.
    with pytest.raises(ExamChangedElsewhere):
        services.exam_changes.save(make_launch(), exam, [SetText("q_1", "title", 0, "Mine")], seen_revision)
    services.exam_changes.save(make_launch(), exam, [SetPoints("q_1", Decimal(9))], seen_revision)
    assert exam.points == 11


def test_a_change_here_while_a_version_is_fetched_is_not_lost(services, editing, exam, write, monkeypatch, make_launch):
    write(name="Plants")
    fetch, launch = services.collector._snapshots.fetch, make_launch()
    exam_id, calls = exam.id, []

    def meanwhile(*args):
        if not calls:
            calls.append(1)
            row = db.session.get(Exam, exam_id)
            services.exam_changes.save(launch, row, [SetPoints("q_1", Decimal(9))], row.revision)
        return fetch(*args)

    monkeypatch.setattr(services.collector._snapshots, "fetch", meanwhile)
    use(services, editing)
    assert (editing.state, exam.title, exam.points) == ("ready", "Plants", 9)


def test_a_duplicate_is_not_changed_there(services, exam, make_launch):
    """Its original would change, and the next version of that with it."""
    copy = services.exam_changes.duplicate(make_launch(), exam, "Copy")
    with pytest.raises(ExamGone):
        services.generations.edit(make_launch(), copy)


def test_the_same_version_again_changes_nothing(services, editing, exam):
    use(services, editing)
    assert (editing.state, exam.changed_at, exam.version_notes) == ("ready", None, None)


def test_two_tabs_share_a_session_and_end_once(services, editing, exam, make_launch, write):
    again = services.generations.edit(make_launch(), exam, "another form")
    assert again.id == editing.id
    write(name="Plants")
    services.generations.use_version(editing)
    services.generations.use_version(again)
    use(services, editing)
    assert (editing.state, exam.title) == ("ready", "Plants")
    assert db.session.query(AuditEntry).filter_by(action="exam.revised").count() == 1
    # A session that is nearly over is not offered again.
    other = services.generations.edit(make_launch(), exam)
    other.session_expires_at = now() + timedelta(minutes=5)
    db.session.commit()
    assert services.generations.edit(make_launch(), exam).id != other.id


def test_a_version_that_was_overtaken_while_it_was_fetched_is_fetched_again(
    services, editing, exam, write, monkeypatch
):
    """Otherwise an older version could replace a newer one."""
    write(name="First")
    fetch, calls = services.collector._snapshots.fetch, []

    def overtaken(*args):
        fetched = fetch(*args)
        calls.append(fetched)
        if len(calls) == 1:
            write(name="Second")
            db.session.query(Exam).update({"snapshot_sha256": "0" * 64})
            db.session.commit()
        return fetched

    monkeypatch.setattr(services.collector._snapshots, "fetch", overtaken)
    use(services, editing)
    assert (len(calls), exam.title, editing.state) == (2, "Second", "ready")


def test_an_exam_deleted_at_examplary_is_not_opened_there(services, exam, store, make_launch):
    del store.exams[exam.examplary_exam_id]
    generation = services.generations.edit(make_launch(), exam)
    assert (generation.state, generation.error_code) == ("failed", "examplary.exam_gone")
    db.session.expire_all()
    assert not services.generations.can_edit(exam)
    with pytest.raises(ExamGone):
        services.generations.edit(make_launch(), exam)


def test_an_exam_deleted_while_it_is_open_stays_unchanged(services, editing, exam, store):
    del store.exams[exam.examplary_exam_id]
    use(services, editing)
    assert (editing.state, editing.error_code) == ("failed", "examplary.exam_gone")
    assert (exam.title, exam.question_count, exam.at_examplary) == ("Cells", 1, False)


def test_an_unreadable_version_leaves_the_exam_as_it_was(services, editing, exam, write):
    write(questions="none")
    use(services, editing)
    assert (editing.state, editing.error_code, exam.question_count) == ("failed", ExamUnreadable.code, 1)
    services.generations.cancel(editing)
    assert exam.title == "Cells"


def test_discarding_leaves_the_exam_alone(services, editing, exam, write, store, session_id_of):
    session_id = session_id_of(editing)
    write(name="Plants")
    services.generations.cancel(editing)
    db.session.expire_all()
    assert (editing.state, exam.title) == ("cancelled", "Cells")
    services.chores.run_due()
    assert session_id not in store.sessions
    assert exam.examplary_exam_id in store.exams
    services.generations.use_version(editing)
    db.session.expire_all()
    assert editing.state == "cancelled"


def test_an_exam_deleted_here_ends_the_session(services, editing, exam):
    db.session.delete(exam)
    db.session.commit()
    db.session.expire_all()
    services.collector.advance(editing.id)
    db.session.expire_all()
    assert editing.state == "cancelled"
    assert "delete_session" in [chore.kind for chore in db.session.query(Chore)]


def test_media_of_the_new_version_are_fetched_and_stored_ones_are_kept(
    services, editing, exam, write, examplary, store
):
    store.uploads["leaf.png"] = b"\x89PNG\r\n\x1a\nleaf"
    url = f"{examplary.base_url}/uploads/leaf.png"
    write(questions=[question(1, f'<img src="{url}">')])
    use(services, editing)
    (file,) = exam.media
    assert (file.url, file.asset.data) == (url, b"\x89PNG\r\n\x1a\nleaf")
    del store.uploads["leaf.png"]
    again = services.generations.edit(editing.launch, exam)
    write(name="Leaves")
    use(services, again)
    (file,) = exam.media
    assert (exam.title, file.asset.data, file.problem) == ("Leaves", b"\x89PNG\r\n\x1a\nleaf", "")


class Killed(BaseException):
    """The end of a process."""


def test_a_process_that_dies_at_any_commit_is_continued_by_another(services, exam, write, make_launch):
    for killed_at in itertools.count(1):
        generation = services.generations.edit(make_launch(), exam, f"form {killed_at}")
        write(name=f"Version {killed_at}")
        commits = itertools.count(1)

        def die(_session, commits=commits, killed_at=killed_at):
            if next(commits) == killed_at:
                raise Killed

        survived = False
        event.listen(db.session, "before_commit", die)
        try:
            use(services, generation)
            survived = True
        except Killed:
            pass
        finally:
            event.remove(db.session, "before_commit", die)
            db.session.rollback()
        # The teacher clicks again if the click itself was lost; the lease of the dead worker runs out.
        services.generations.use_version(db.session.get(Generation, generation.id, populate_existing=True))
        db.session.query(Generation).update({"claimed_until": None})
        db.session.commit()
        services.collector.advance(generation.id)
        db.session.expire_all()
        assert (generation.state, exam.title) == ("ready", f"Version {killed_at}")
        assert db.session.query(AuditEntry).filter_by(action="exam.revised").count() == killed_at
        if survived:
            break
    assert killed_at > 3
