"""Direct imports: one for a click, its states, its failures, its history, and what is left of its secrets."""

import json
import threading
from datetime import timedelta
from functools import partial

import pytest
from cryptography.fernet import Fernet
from flask import Response

from lti_tool.lms.moodle.quiz_service import CLAIM
from lti_tool.models import AuditEntry, Deployment, Exam, ExamCourse, Generation, Import, ImportState, Launch, db, now
from lti_tool.security.encryption import Vault
from lti_tool.services.delivery.direct_imports import DECISION_DEADLINE, ImportNotPossible
from lti_tool.services.delivery.import_job import MAX_ATTEMPTS, MAX_CRASHES
from lti_tool.services.leases import claim_row
from sandbox.serve import serve
from tests.support.recorded_moodle import RecordedMoodle, recording
from tests.support.threads import run_at_once

HANDLE = recording("01")["claims"][f"{CLAIM}handle"]


@pytest.fixture
def moodle(platform):
    """A recorded Moodle, registered as ``platform``."""
    moodle = RecordedMoodle()
    with serve(moodle.app, "127.0.0.1") as server:
        moodle.base_url = server.base_url
        platform.issuer = server.base_url
        platform.token_url = f"{server.base_url}/mod/lti/token.php"
        db.session.commit()
        yield moodle


@pytest.fixture
def open_moodle(moodle, make_launch, services):
    """A teacher's launch with the plugin's claims."""

    def launch(sub="1", **changes):
        grant = {
            "quizzes_url": f"{moodle.base_url}/mod/lti/services.php/198/examplary/quizzes",
            "handle": HANDLE,
            "handle_expires": str(int(now().timestamp()) + 3600),
            "protocol": "1",
            "placement": "course_page",
        }
        secret = services.vault.encrypt(json.dumps(grant | changes))
        return make_launch(sub, family="moodle", import_grant_encrypted=secret)

    return launch


def stored(row):
    db.session.expire_all()
    return db.session.get(Import, row.id)


def make_due(row, **values):
    """Let time pass, so that the sweeper continues the import, and set other values of it."""
    row = stored(row)
    row.state_since = now() - timedelta(minutes=1)
    if row.look_after is not None:
        row.look_after = now() - timedelta(minutes=1)
    for name, value in values.items():
        setattr(row, name, value)
    db.session.commit()
    return row


def test_an_exam_becomes_a_quiz(services, moodle, open_moodle, exam):
    moodle.will_answer("06")
    launch = open_moodle()
    row = services.direct_imports.start(launch, exam, "form-1")
    assert (row.state, row.outcome, row.error_code) == ("done", "created", "")
    assert row.quiz_url == f"{moodle.base_url}/mod/quiz/view.php?id=383"
    assert [line["action"] for line in row.lines] == ["created"] * 6
    body = moodle.latest[1]
    assert (body["quiz"]["name"], body["mode"], body["request_id"]) == ("Cells", "auto", row.id)
    assert body["xml"].count("<question type=") == len(body["questions"]) + 1  # and the category
    assert db.session.get(Generation, exam.generation_id).state == "returned"
    assert db.session.query(ExamCourse).one().context_id == "course-1"
    (entry,) = db.session.query(AuditEntry).filter_by(action="exam.imported")
    assert (entry.actor, entry.detail) == (launch.lms_user_id, "moodle created")
    assert b'lti_tool_imports_total{family="moodle",outcome="created"}' in services.metrics.text()


def test_no_trace_of_the_handle_remains(services, moodle, open_moodle, exam, capsys):
    moodle.will_answer("06")
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    assert (row.grant_encrypted, row.open_key) == (None, None)
    output = capsys.readouterr()
    assert HANDLE not in output.out + output.err


def test_one_form_starts_one_import(services, moodle, open_moodle, exam):
    moodle.will_answer("06")
    launch = open_moodle()
    first = services.direct_imports.start(launch, exam, "form-1")
    assert services.direct_imports.start(launch, exam, "form-1").id == first.id
    assert len(moodle.requests) == 1
    moodle.will_answer("07")
    second = services.direct_imports.start(launch, exam, "form-2")
    assert (second.id != first.id, second.outcome) == (True, "unchanged")


def test_many_clicks_at_once_start_one_import(app, services, moodle, open_moodle, exam):
    moodle.answers = [Response("", 502)] * 20
    launch_id, exam_id = open_moodle().id, exam.id

    def click(form):
        with app.app_context():
            services.direct_imports.start(db.session.get(Launch, launch_id), db.session.get(Exam, exam_id), form)

    run_at_once([partial(click, f"form-{number}") for number in range(6)])
    db.session.rollback()
    assert db.session.query(Import).count() == 1


def test_a_lost_answer_is_asked_for_again_with_the_same_request(services, moodle, open_moodle, exam):
    moodle.answers.append(Response("<html>Gateway Time-out</html>", 504))
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    assert (row.state, row.error_code, row.attempts) == ("sending", "service.unreachable", 1)
    first = moodle.latest[1]
    moodle.will_answer("06")
    make_due(row)
    services.sweeper.sweep()
    assert stored(row).state == "done"
    assert stored(row).error_code == ""
    assert moodle.latest[1] == first


def test_an_import_is_given_up_after_some_attempts(services, moodle, open_moodle, exam):
    moodle.answers = [Response("", 502) for _ in range(MAX_ATTEMPTS)]
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    for _ in range(MAX_ATTEMPTS - 1):
        make_due(row)
        services.sweeper.sweep()
    row = stored(row)
    assert (row.state, row.error_code, row.open_key, row.grant_encrypted) == (
        "failed",
        "service.unreachable",
        None,
        None,
    )
    assert moodle.answers == []
    assert b'lti_tool_imports_total{family="moodle",outcome="service.unreachable"}' in services.metrics.text()


def test_a_busy_moodle_is_asked_again_when_it_says(services, moodle, open_moodle, exam):
    moodle.will_answer("35")
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    assert (row.state, row.error_code) == ("sending", "moodle.busy")
    assert timedelta(seconds=20) < row.look_after - now() <= timedelta(seconds=30)


def test_refused_questions_are_kept_for_the_page(services, moodle, open_moodle, exam):
    moodle.will_answer("34")
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    assert (row.state, row.error_code) == ("failed", "moodle.questions_refused")
    assert "Grades (0.37)" in row.lines[0]["message"]
    assert db.session.get(Generation, exam.generation_id).state == "ready"


@pytest.mark.parametrize(("question", "choice", "answer"), [("11", "update:383", "13"), ("12", "new", "15")])
def test_the_teacher_decides(services, moodle, open_moodle, exam, question, choice, answer):
    moodle.will_answer(question)
    launch = open_moodle()
    row = services.direct_imports.start(launch, exam, "form-1")
    assert row.state == "waiting"
    assert [choice["value"] for choice in row.question["choices"]] == ["update:383", "new"]
    services.direct_imports.decide(row, launch, "update:1")
    assert row.state == "waiting"
    moodle.will_answer(answer)
    services.direct_imports.decide(row, launch, choice)
    assert row.state == "done"
    body = moodle.latest[1]
    assert (body["mode"], body.get("cmid"), body["request_id"]) == (
        choice.split(":")[0],
        383 if ":" in choice else None,
        row.id,
    )


def test_the_teacher_may_decide_against_it(services, moodle, open_moodle, exam):
    moodle.will_answer("11")
    launch = open_moodle()
    row = services.direct_imports.start(launch, exam, "form-1")
    services.direct_imports.decide(row, launch, "")
    assert (row.state, row.error_code, row.grant_encrypted) == ("failed", "import.cancelled", None)
    assert len(moodle.requests) == 1


def test_a_question_does_not_wait_for_ever(services, moodle, open_moodle, exam):
    moodle.will_answer("11")
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    make_due(row, state_since=now() - DECISION_DEADLINE - timedelta(days=1))
    services.sweeper.sweep()
    assert (stored(row).state, stored(row).grant_encrypted) == ("failed", None)


def test_an_open_question_is_shown_again_to_a_new_launch(services, moodle, open_moodle, exam):
    moodle.will_answer("11")
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    later = open_moodle(handle="sodium:newer")
    assert services.direct_imports.start(later, exam, "form-2").id == row.id
    moodle.will_answer("13")
    services.direct_imports.decide(stored(row), later, "update:383")
    assert moodle.latest[0]["Examplary-Handle"] == "sodium:newer"


def test_after_a_handle_has_expired_the_work_continues_with_a_new_one(services, moodle, open_moodle, exam):
    moodle.will_answer("25")
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    assert (row.state, row.error_code) == ("failed", "moodle.handle_expired")
    moodle.will_answer("06")
    assert services.direct_imports.start(open_moodle(handle="sodium:newer"), exam, "form-2").state == "done"


@pytest.mark.parametrize("changes", [{"handle_expires": "1"}, {"protocol": "2"}])
def test_a_launch_that_cannot_import_starts_nothing(services, open_moodle, exam, changes):
    with pytest.raises(ImportNotPossible):
        services.direct_imports.start(open_moodle(**changes), exam, "form-1")
    assert db.session.query(Import).count() == 0


def test_other_families_have_no_direct_import(services, make_launch, exam):
    launch = make_launch(family="blackboard")
    assert services.import_availability.of(launch) is None
    with pytest.raises(ImportNotPossible):
        services.direct_imports.start(launch, exam, "form-1")


@pytest.mark.parametrize("switched_off", ["platform", "deployment"])
def test_switching_off_ends_an_import_that_is_under_way(services, moodle, open_moodle, platform, exam, switched_off):
    moodle.answers.append(Response("", 502))
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    (db.session.query(Deployment).one() if switched_off == "deployment" else platform).active = False
    db.session.commit()
    make_due(row)
    services.sweeper.sweep()
    assert (stored(row).state, stored(row).error_code) == ("failed", "access.switched_off")
    assert len(moodle.requests) == 1


def test_an_import_waits_for_the_right_encryption_key(services, moodle, open_moodle, exam):
    moodle.answers.append(Response("", 502))
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    right = stored(row).grant_encrypted
    make_due(row, attempts=MAX_ATTEMPTS, grant_encrypted=Vault(Fernet.generate_key().decode()).encrypt("{}"))
    services.sweeper.sweep()
    assert (stored(row).state, stored(row).error_code) == ("sending", "security.wrong_encryption_key")
    moodle.will_answer("06")
    make_due(row, grant_encrypted=right)
    services.sweeper.sweep()
    assert stored(row).state == "done"


def test_one_worker_at_a_time(services, moodle, open_moodle, exam):
    moodle.answers.append(Response("", 502))
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    lease = claim_row(Import, row.id)
    services.import_job.advance(row.id)
    assert len(moodle.requests) == 1
    lease.release()
    services.import_job.advance(row.id)
    assert len(moodle.requests) == 1, "its pause is not over"
    moodle.will_answer("06")
    services.direct_imports.check_again(stored(row))
    assert stored(row).state == "done"


def test_imports_of_one_process_take_turns(app, services, moodle, open_moodle, exam, make_exam):
    """A Moodle that doesn't answer holds one thread, and the others go on with their jobs."""
    answering, entered = threading.Event(), threading.Event()
    answer = moodle.app.view_functions["any"]

    def hang(path):
        entered.set()
        answering.wait(60)
        return answer(path)

    moodle.will_answer("06", "06")
    launch = open_moodle()
    launch_id = launch.id
    slow_id = exam.id
    second = make_exam(name="Second")
    moodle.app.view_functions["any"] = hang

    def click():
        with app.app_context():
            services.direct_imports.start(db.session.get(Launch, launch_id), db.session.get(Exam, slow_id), "form-1")

    first = threading.Thread(target=click)
    first.start()
    try:
        assert entered.wait(60)
        waiting = services.direct_imports.start(launch, second, "form-2")
        assert (waiting.state, len(moodle.requests)) == ("asked", 0)
    finally:
        answering.set()
        first.join()
    make_due(waiting)
    services.sweeper.sweep()
    assert {row.state for row in db.session.query(Import)} == {"done"}


def test_an_import_that_crashes_its_workers_is_put_aside(services, moodle, open_moodle, exam):
    moodle.answers.append(Response("", 502))
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    make_due(row, claims=MAX_CRASHES)
    services.sweeper.sweep()
    assert (stored(row).state, stored(row).error_code) == ("failed", "import.failed")


def test_a_step_that_is_done_again_does_nothing(services, moodle, open_moodle, exam):
    moodle.will_answer("06")
    row = services.direct_imports.start(open_moodle(), exam, "form-1")
    services.import_job.advance(row.id)
    services.direct_imports.decide(row, open_moodle(), "new")
    assert (stored(row).state, len(moodle.requests)) == ("done", 1)


def test_the_history_has_the_imports_of_this_course(services, moodle, open_moodle, exam):
    moodle.will_answer("06", "34")
    launch = open_moodle()
    first = services.direct_imports.start(launch, exam, "form-1")
    second = services.direct_imports.start(launch, exam, "form-2")
    assert [row.id for row in services.direct_imports.history(launch, exam)] == [second.id, first.id]
    colleague = open_moodle("2")
    assert [row.id for row in services.direct_imports.history(colleague, exam)] == [first.id]
    elsewhere = open_moodle()
    elsewhere.context_id = "course-2"
    assert services.direct_imports.history(elsewhere, exam) == []


def test_erasing_the_person_erases_their_imports(services, moodle, open_moodle, exam):
    moodle.will_answer("11")
    launch = open_moodle("2")
    services.direct_imports.start(launch, exam, "form-1")
    export = services.privacy.export(launch.user)
    assert [row["state"] for row in export["imports"]] == [ImportState.WAITING]
    assert "encrypted" not in json.dumps(export["imports"])
    services.privacy.erase(launch.user)
    assert db.session.query(Import).count() == 0
