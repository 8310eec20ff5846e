"""Generations from "New exam" to the moment when the exam can be collected."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from lti_tool.examplary import Unavailable
from lti_tool.models import Chore, Generation, GenerationState, Launch, db, now
from lti_tool.security.tokens import LinkInvalid
from lti_tool.services.generations.examplary_limits import CircuitOpen, OwnRateLimit
from lti_tool.services.generations.examplary_users import AccountBeingMade
from lti_tool.services.generations.generations import MAX_WAITING_PAGES, SAME_CLICK
from lti_tool.services.generations.open_embed import AnswerLost
from lti_tool.services.generations.retry_policy import MAX_ATTEMPTS, MAX_WAIT_FOR_TURN
from lti_tool.services.launches.browser_binding import Visitor
from lti_tool.services.launches.page_language import choose_language
from tests.support.threads import run_at_once
from tests.support.waiting import wait_until


@pytest.fixture
def time_passes():
    """Return a function that lets a few minutes pass for a generation."""

    def pass_by(generation):
        generation.created_at = generation.checked_at = now() - timedelta(minutes=3)
        generation.look_after = generation.look_after and now() - timedelta(seconds=1)
        db.session.commit()

    return pass_by


def test_the_embed_session_gets_the_launchs_presets(services, make_launch, store, session_id_of):
    launch = make_launch(locale="nl-NL", presets={"intendedDuration": 45})
    generation = services.generations.start(launch)
    request = store.sessions[session_id_of(generation)].request
    assert request["flow"] == "generate-exam"
    assert request["actor"] == launch.user.examplary_user_id
    assert request["presets"] == {"subject": "Biology 101", "language": "nl", "intendedDuration": 45}
    assert request["theme"] == {"primaryColor": "#4f46e5", "locale": "nl"}
    assert request["metadata"] == {"generation": generation.id}
    assert request["allowedOrigin"] == "http://tool.localhost:5000"
    assert request["returnUrl"].startswith("http://tool.localhost:5000/embed/return/")
    assert services.generations.embed_url(generation).startswith("http://examplary.localhost")


def test_the_embed_has_the_language_that_the_teacher_chose_for_the_pages(services, make_launch, store, session_id_of):
    launch = make_launch(locale="nl-NL")
    choose_language(launch, "de")
    db.session.refresh(launch.user)
    request = store.sessions[session_id_of(services.generations.start(launch))].request
    assert request["theme"]["locale"] == "de"
    assert request["presets"]["language"] == "nl"


def test_the_return_url_identifies_the_generation_only(services, make_launch, store, session_id_of):
    generation = services.generations.start(make_launch())
    token = store.sessions[session_id_of(generation)].request["returnUrl"].rsplit("/", 1)[1]
    assert services.access.returning_generation(token).id == generation.id
    with pytest.raises(LinkInvalid):
        services.access.launch(token, Visitor())


def test_session_id_and_embed_url_are_encrypted(services, make_launch, session_id_of):
    generation = services.generations.start(make_launch())
    secret = session_id_of(generation).removeprefix("embed_session_")
    assert secret not in generation.session_id_encrypted + generation.embed_url_encrypted


def test_a_user_deleted_at_examplary_is_created_again(services, make_launch, store, control):
    launch = make_launch(email="tess@school.example")
    services.generations.start(launch)
    before = launch.user.examplary_user_id
    control.forget_user(before)
    services.generations.start(launch)
    assert launch.user.examplary_user_id != before
    assert launch.user.examplary_user_id in store.users


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 401}, "examplary.key_refused"),
        ({"status": 403}, "examplary.not_allowed"),
        ({"status": 404}, "examplary.not_found"),
        ({"status": 400}, "examplary.invalid_request"),
    ],
)
def test_a_rejected_request_fails_and_can_be_tried_again_from_the_list(services, make_launch, control, fault, code):
    control.faults("POST /embed-sessions", fault)
    launch = make_launch()
    generation = services.generations.start(launch)
    assert (generation.state, generation.error_code) == (GenerationState.FAILED, code)
    (row,) = services.generations.unfinished(launch)
    assert (row.id, row.state, row.error_code) == (generation.id, GenerationState.FAILED, code)
    services.generations.retry(generation)
    db.session.refresh(generation)
    assert (generation.state, generation.error_code) == (GenerationState.OPEN, "")
    assert [row.id for row in services.generations.unfinished(launch)] == [generation.id]


@pytest.mark.parametrize("fault", [{"status": 429, "retry_after": "120"}, {"status": 429, "retry_after": "soon"}])
def test_a_busy_examplary_is_called_again_later(services, make_launch, control, fault, time_passes):
    control.faults("POST /embed-sessions", *[fault] * 4)
    generation = services.generations.start(make_launch())
    assert (generation.state, generation.error_code) == (GenerationState.OPENING, "examplary.busy")
    assert generation.look_after > now()
    control.reset()
    time_passes(generation)
    services.sweeper.sweep()
    db.session.refresh(generation)
    assert (generation.state, generation.error_code, generation.attempts) == (GenerationState.OPEN, "", 0)


def test_an_open_circuit_delays_the_embed(services, make_launch, control, time_passes, monkeypatch):
    open_circuit = "lti_tool.services.generations.examplary_limits.ExamplaryLimits.acquire"

    def refuse(*_):
        raise Unavailable("the circuit is open", retry_after=20)

    monkeypatch.setattr(open_circuit, refuse)
    generation = services.generations.start(make_launch())
    assert (generation.state, generation.error_code) == (GenerationState.OPENING, "examplary.unavailable")
    monkeypatch.undo()
    time_passes(generation)
    services.generations.poll(generation)
    db.session.refresh(generation)
    assert generation.state == GenerationState.OPEN


@pytest.mark.parametrize(
    "fault", [{"lost": True}, {"half": True}, {"html": True}, {"status": 500}, {"text": "<p>hello</p>"}, {"text": "{}"}]
)
def test_a_lost_response_does_not_open_a_second_session(services, make_launch, control, fault, time_passes):
    control.faults("POST /embed-sessions", fault)
    generation = services.generations.start(make_launch())
    assert (generation.state, generation.error_code) == (GenerationState.FAILED, AnswerLost.code)
    time_passes(generation)
    services.sweeper.sweep()
    services.collector.advance(generation.id)
    assert control.count("POST /embed-sessions") == 1
    services.generations.retry(generation)
    db.session.refresh(generation)
    assert generation.state == GenerationState.OPEN


def start(app, services, launch_id, form_id=""):
    """Start a generation in a context of its own, as another thread must, and return its id."""
    with app.app_context():
        return services.generations.start(db.session.get(Launch, launch_id), form_id).id


def test_concurrent_submissions_of_a_form_open_one_session(app, services, make_launch, store, control):
    control.faults("POST /embed-sessions", {"delay": 0.5})
    ids = run_at_once([partial(start, app, services, make_launch().id, "the same form")] * 6)
    assert len(set(ids)) == 1
    assert len(store.sessions) == len(store.users) == 1


def test_another_page_starts_another_generation(services, make_launch):
    launch = make_launch()
    ids = {services.generations.start(launch, form_id).id for form_id in ("one", "two", "", "")}
    assert len(ids) == 4


def test_the_same_form_id_of_two_people_starts_two_generations(services, make_launch):
    first, second = (services.generations.start(make_launch(sub), "the same form") for sub in ("1", "2"))
    assert first.id != second.id


def test_an_old_page_starts_another_generation(services, make_launch):
    launch = make_launch()
    first = services.generations.start(launch, "form")
    first.created_at = now() - SAME_CLICK
    db.session.commit()
    assert services.generations.start(launch, "form").id != first.id


def test_only_some_pages_wait_for_examplary(app, services, make_launch, control, monkeypatch):
    """Once enough pages are waiting, further ones leave the work to the queue."""
    enqueued = []
    monkeypatch.setattr(type(services.queue), "advance", lambda _, generation_id, **__: enqueued.append(generation_id))
    control.faults("POST /embed-sessions", *[{"delay": 0.7}] * MAX_WAITING_PAGES)
    ids = [make_launch(str(number)).id for number in range(MAX_WAITING_PAGES + 2)]
    run_at_once([partial(start, app, services, launch_id) for launch_id in ids])
    assert len(enqueued) == 2
    services.collector.advance(enqueued[0])
    assert db.session.get(Generation, enqueued[0]).state == GenerationState.OPEN


def test_cancelling_while_opening_deletes_the_session(app, services, make_launch, control, store):
    control.faults("POST /embed-sessions", {"delay": 0.7})
    launch_id = make_launch().id

    def is_waiting_for_examplary():
        db.session.rollback()
        return db.session.query(Generation).filter_by(error_code=AnswerLost.code).count() == 1

    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(start, app, services, launch_id)
        wait_until(is_waiting_for_examplary)
        services.generations.cancel(db.session.query(Generation).one())
        starting.result()
    services.chores.run_due()
    db.session.expire_all()
    assert db.session.query(Generation).one().state == GenerationState.CANCELLED
    assert store.sessions == {}


def test_cancelling_an_open_generation_deletes_its_session(services, make_launch, store):
    generation = services.generations.start(make_launch())
    services.generations.cancel(generation)
    db.session.refresh(generation)
    assert generation.state == GenerationState.CANCELLED
    assert store.sessions == {}
    assert db.session.query(Chore).one().done_at is not None


def test_unfinished_lists_the_persons_generations_in_the_course(services, make_launch):
    generation = services.generations.start(make_launch())
    later = make_launch()
    assert [row.id for row in services.generations.unfinished(later)] == [generation.id]
    assert services.generations.unfinished(make_launch("2")) == []
    assert services.generations.unfinished(make_launch(context_id="course-2")) == []


def test_a_generation_outlives_its_launch(services, make_launch):
    launch = make_launch()
    generation = services.generations.start(launch)
    db.session.delete(db.session.get(Launch, launch.id))
    db.session.commit()
    db.session.refresh(generation)
    assert generation.launch_id is None
    assert generation.session_expires_at > datetime.now(UTC)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "error", [OwnRateLimit("", retry_after=10.0), CircuitOpen("", retry_after=20.0), AccountBeingMade()]
)
def test_waiting_for_the_rate_limit_does_not_fail_within_minutes(services, make_launch, monkeypatch, error):
    def wait(*_):
        raise error

    monkeypatch.setattr(type(services.collector._opener), "open", wait)
    generation = services.generations.start(make_launch())
    for _ in range(2 * MAX_ATTEMPTS):
        services.collector.advance(generation.id)
    db.session.refresh(generation)
    assert (generation.state, generation.attempts) == (GenerationState.OPENING, 0)
    monkeypatch.undo()
    services.collector.advance(generation.id)
    db.session.refresh(generation)
    assert generation.state == GenerationState.OPEN


def test_waiting_for_the_rate_limit_fails_eventually(services, make_launch, monkeypatch):
    def wait(*_):
        raise OwnRateLimit(retry_after=10.0)

    monkeypatch.setattr(type(services.collector._opener), "open", wait)
    generation = services.generations.start(make_launch())
    generation.state_since = now() - MAX_WAIT_FOR_TURN
    db.session.commit()
    for _ in range(MAX_ATTEMPTS):
        services.collector.advance(generation.id)
    db.session.refresh(generation)
    assert (generation.state, generation.error_code) == (GenerationState.FAILED, "examplary.busy")
