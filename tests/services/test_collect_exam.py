"""The job that polls Examplary and collects the exam."""

import codecs
import json
from datetime import timedelta

import pytest
from flask import request

from lti_tool.examplary.retry import RetryPolicy
from lti_tool.models import Chore, ChoreKind, Exam, Generation, GenerationState, compare_and_set, db, now
from lti_tool.services.generations.retry_policy import MAX_ATTEMPTS
from tests.support.examplary import PNG, QUESTIONS
from tests.support.threads import run_at_once

QUESTION = {"id": "q_2", "type": "essay", "title": "Look.", "settings": {}, "tags": []}


@pytest.fixture
def generation(services, make_launch):
    return services.generations.start(make_launch())


def state(generation):
    db.session.expire_all()
    return db.session.get(Generation, generation.id).state


def test_a_finished_exam_is_stored_and_its_session_deleted(services, generation, finish, store):
    exam_id = finish(generation)
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.READY
    exam = db.session.query(Exam).one()
    assert exam.examplary_exam_id == exam_id
    assert json.loads(exam.snapshot)["questions"][0]["title"] == "What is the powerhouse of the cell?"
    assert (exam.title, exam.question_count, exam.points) == ("Cells", 1, 2)
    assert exam.original_sha256 is not None
    assert store.sessions == {}
    assert exam_id in store.exams


def test_repeated_polls_store_one_exam_and_one_set_of_chores(services, generation, finish, control):
    finish(generation)
    for _ in range(4):
        services.collector.advance(generation.id)
    assert db.session.query(Exam).count() == 1
    assert db.session.query(Chore).count() == 1
    assert control.count("GET /exams/{id}") == 1


def test_ten_polls_at_once_store_one_exam(app, services, generation, finish):
    finish(generation)
    generation_id = generation.id

    def advance():
        with app.app_context():
            services.collector.advance(generation_id)

    run_at_once([advance] * 10)
    assert db.session.query(Exam).count() == 1
    assert state(generation) == GenerationState.READY


def test_a_session_stays_open_while_examplary_reports_it_open(services, generation):
    services.generations.hint(generation)
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.OPEN
    assert db.session.query(Exam).count() == 0


def test_a_cancelled_session_cancels_the_generation(services, generation, store, session_id_of):
    store.sessions[session_id_of(generation)].status = "cancelled"
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.CANCELLED
    assert store.sessions == {}


def test_a_missing_or_expired_session_expires_the_generation(services, generation, store):
    store.sessions.clear()
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.EXPIRED


def _send_instead(examplary_app, encode, text):
    """Send ``text`` as the body of ``GET /exams/{id}``, byte for byte, with the exam's own id."""

    def replace_body(response):
        exam_id = request.path.removeprefix("/exams/")
        if request.method == "GET" and request.path == f"/exams/{exam_id}":
            response.set_data(encode(text.replace("EXAM_ID", exam_id)))
        return response

    examplary_app.after_request_funcs.setdefault(None, []).append(replace_body)


def _exam_json(title="Cells"):
    return json.dumps({"id": "EXAM_ID", "name": title, "questions": QUESTIONS}, ensure_ascii=False)


def _with_surrogates(text):
    return text.encode("utf-8", "surrogatepass")


def _with_mark(text):
    return codecs.BOM_UTF8 + _with_surrogates(text)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("encode", "text", "title"),
    [
        (_with_mark, _exam_json(), "Cells"),
        (_with_surrogates, _exam_json("Cells \ud83e\udda0"), "Cells \U0001f9a0"),
        (_with_mark, _exam_json("Cells \ud83e"), "Cells \ufffd"),
        (str.encode, _exam_json().replace("Cells", "Cells \\ud83e"), None),
    ],
    ids=["bom", "pair", "lone", "escaped"],
)
def test_ready_exams_can_be_opened(services, generation, finish, examplary_app, encode, text, title):
    finish(generation)
    _send_instead(examplary_app, encode, text)
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.READY
    exam = db.session.query(Exam).one()
    db.session.refresh(exam)
    assert title is None or (exam.title == title and services.exam_reader.value(exam).title == title)
    for format_name in ("moodle-xml", "canvas-qti", "qti30"):
        assert services.packages.package(exam, format_name).path.stat().st_size


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("encode", "text"),
    [
        (lambda text: text.encode("utf-16"), _exam_json()),
        (lambda text: text.encode("latin-1"), _exam_json("Caf\xe9")),
        (str.encode, _exam_json()[:-1] + ',"x":' + "[" * 900 + "]" * 900 + "}"),
    ],
    ids=["utf-16", "latin-1", "nested"],
)
def test_unreadable_exams_never_become_ready(services, generation, finish, examplary_app, encode, text):
    finish(generation)
    _send_instead(examplary_app, encode, text)
    services.collector.advance(generation.id)
    assert state(generation) != GenerationState.READY
    assert db.session.query(Exam).count() == 0


@pytest.mark.one_database
@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"html": True}, {"half": True}, {"status": 429, "retry_after": "600"}, {"text": "?"}]
)
def test_errors_at_examplary_are_retried_later(services, generation, finish, control, fault):
    finish(generation)
    control.faults("GET /exams/{id}", *[fault] * 8)
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.COLLECTING
    assert db.session.get(Generation, generation.id).error_code.startswith("examplary.")
    control.reset()
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.READY
    assert db.session.get(Generation, generation.id).error_code == ""


def test_a_rejected_key_fails_at_once_and_can_be_retried(services, generation, finish, control):
    finish(generation)
    control.faults("GET /exams/{id}", {"status": 401})
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.FAILED
    assert db.session.get(Generation, generation.id).error_code == "examplary.key_refused"
    services.generations.retry(db.session.get(Generation, generation.id))
    assert state(generation) == GenerationState.READY


@pytest.mark.parametrize("questions", [[], None, "none"])
def test_an_empty_exam_fails_and_keeps_its_session(services, generation, finish, store, questions):
    finish(generation, questions=questions)
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.FAILED
    assert db.session.get(Generation, generation.id).error_code.startswith("exam.")
    assert len(store.sessions) == 1


def test_a_missing_original_package_is_fetched_later(services, generation, finish, control):
    finish(generation)
    control.faults("POST /exams/{id}/export/qti3-zip", *[{"status": 500}] * 8)
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.READY
    assert db.session.query(Exam).one().original_sha256 is None
    chore = db.session.query(Chore).filter_by(kind=ChoreKind.FETCH_ORIGINAL).one()
    assert chore.done_at is None
    control.reset()
    chore.due_at = chore.created_at
    db.session.commit()
    services.chores.run_due()
    db.session.expire_all()
    assert db.session.query(Exam).one().original_sha256 is not None


def test_images_are_stored_and_missing_ones_recorded(services, generation, finish, store):
    picture = '<img src="https://uploads.stand-in.invalid/dot.png" alt="A dot">'
    gone = '<img src="https://uploads.stand-in.invalid/gone.png" alt="Gone">'
    store.uploads["dot.png"] = PNG
    question = QUESTION | {"description": picture + gone}
    finish(generation, questions=[question])
    services.collector.advance(generation.id)
    exam = db.session.query(Exam).one()
    media = {row.url.rsplit("/", 1)[1]: row for row in exam.media}
    assert media["dot.png"].asset.media_type == "image/png"
    assert media["dot.png"].asset.data == PNG
    assert media["gone.png"].asset is None
    assert media["gone.png"].problem == "fetch.failed"


def test_the_exam_is_deleted_at_examplary_if_configured(services, generation, finish, store, platform):
    platform.deletes_exams = True
    db.session.commit()
    exam_id = finish(generation)
    services.collector.advance(generation.id)
    assert exam_id not in store.exams


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 429, "retry_after": "1"}, "examplary.busy"),
        ({"status": 401}, "examplary.key_refused"),
        ({"status": 403}, "examplary.not_allowed"),
        ({"text": "<html>"}, "examplary.garbled"),
    ],
)
def test_failed_polls_do_not_disturb_a_teacher_in_the_embed(
    services, generation, finish, control, monkeypatch, fault, code
):
    """However many fail: a failed generation would replace the page with the embed."""
    monkeypatch.setattr(RetryPolicy, "pause", lambda *_, **__: None)  # count the jobs, not the attempts within a job
    control.faults("GET /embed-sessions/{id}", *[fault] * 2 * MAX_ATTEMPTS)
    for _ in range(MAX_ATTEMPTS + 2):
        services.collector.advance(generation.id)
    assert state(generation) == GenerationState.OPEN
    assert db.session.get(Generation, generation.id).error_code == code
    assert db.session.get(Generation, generation.id).look_after <= now() + timedelta(minutes=1)
    finish(generation)
    control.reset()
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.READY


def test_days_of_failed_polls_do_not_disturb_a_teacher_in_the_embed(services, generation, finish, control):
    compare_and_set(Generation, Generation.id == generation.id, attempts=10_000)
    db.session.commit()
    control.faults("GET /embed-sessions/{id}", {"status": 403})
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.OPEN
    assert db.session.get(Generation, generation.id).look_after <= now() + timedelta(minutes=1)
    finish(generation)
    services.collector.advance(generation.id)
    assert state(generation) == GenerationState.READY
