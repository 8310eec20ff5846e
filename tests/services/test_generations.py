"""From "New exam" to the moment when Examplary has an exam for us."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.examplary import Unavailable
from lti_tool.models import Chore, Generation, GenerationState, Launch, db, now
from lti_tool.services.generations.examplary_limits import CircuitOpen, OwnRateLimit
from lti_tool.services.generations.examplary_users import AccountBeingMade
from lti_tool.services.generations.generations import PAGES_AT_ONCE, SAME_CLICK
from lti_tool.services.generations.open_embed import AnswerLost
from lti_tool.services.generations.retry_policy import LAST_ATTEMPT, TURN


@pytest.fixture
def time_passes():
    """A few minutes go by for a generation."""

    def pass_by(generation):
        generation.created_at = generation.checked_at = now() - timedelta(minutes=3)
        generation.look_after = generation.look_after and now() - timedelta(seconds=1)
        db.session.commit()

    return pass_by


def test_an_embed_is_opened_for_the_person_with_all_that_examplary_may_know(services, make_launch, store, secret_of):
    launch = make_launch(locale="nl-NL", presets={"intendedDuration": 45})
    generation = services.generations.start(launch)
    asked = store.sessions[secret_of(generation)].request
    assert asked["flow"] == "generate-exam"
    assert asked["actor"] == launch.user.examplary_user_id
    assert asked["presets"] == {"subject": "Biology 101", "language": "nl", "intendedDuration": 45}
    assert asked["theme"] == {"primaryColor": "#4f46e5", "locale": "nl"}
    assert asked["metadata"] == {"generation": generation.id}
    assert asked["allowedOrigin"] == "http://tool.localhost:5000"
    assert asked["returnUrl"].startswith("http://tool.localhost:5000/embed/return/")
    assert services.generations.embed_url(generation).startswith("http://examplary.localhost")


def test_the_return_address_names_the_generation_and_opens_nothing_else(services, make_launch, store, secret_of):
    generation = services.generations.start(make_launch())
    token = store.sessions[secret_of(generation)].request["returnUrl"].rsplit("/", 1)[1]
    assert services.access.returning_generation(token).id == generation.id
    with pytest.raises(Exception, match="link"):
        services.access.launch(token)


def test_neither_the_session_nor_the_embed_stands_in_the_table_as_plain_text(services, make_launch, secret_of):
    generation = services.generations.start(make_launch())
    secret = secret_of(generation).removeprefix("embed_session_")
    assert secret not in generation.session_id_encrypted + generation.embed_url_encrypted


def test_a_user_that_examplary_has_forgotten_is_made_again_and_the_teacher_notices_nothing(
    services, make_launch, store, control
):
    launch = make_launch(email="tess@school.example")
    services.generations.start(launch)
    before = launch.user.examplary_user_id
    control.forget_user(before)
    services.generations.start(launch)
    assert launch.user.examplary_user_id != before
    assert launch.user.examplary_user_id in store.users


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 401}, "examplary.key_refused"),
        ({"status": 403}, "examplary.not_allowed"),
        ({"status": 404}, "examplary.not_found"),
        ({"status": 400}, "examplary.invalid_request"),
    ],
)
def test_what_examplary_refuses_is_told_and_does_not_stand_among_what_is_not_finished(
    services, make_launch, control, fault, code
):
    control.faults("POST /embed-sessions", fault)
    launch = make_launch()
    generation = services.generations.start(launch)
    assert (generation.state, generation.error_code) == (GenerationState.FAILED, code)
    assert services.generations.unfinished(launch) == []
    services.generations.retry(generation)
    db.session.refresh(generation)
    assert (generation.state, generation.error_code) == (GenerationState.OPEN, "")
    assert [row.id for row in services.generations.unfinished(launch)] == [generation.id]


@pytest.mark.parametrize("fault", [{"status": 429, "retry_after": "120"}, {"status": 429, "retry_after": "soon"}])
def test_what_examplary_is_too_busy_for_is_opened_later_by_itself(services, make_launch, control, fault, time_passes):
    control.faults("POST /embed-sessions", *[fault] * 4)
    generation = services.generations.start(make_launch())
    assert (generation.state, generation.error_code) == (GenerationState.OPENING, "examplary.busy")
    assert generation.look_after > now()
    control.reset()
    time_passes(generation)
    services.sweeper.sweep()
    db.session.refresh(generation)
    assert (generation.state, generation.error_code, generation.attempts) == (GenerationState.OPEN, "", 0)


def test_while_the_circuit_is_open_nobody_is_asked_and_the_generator_opens_afterwards(
    services, make_launch, control, time_passes, monkeypatch
):
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
def test_an_answer_that_may_have_got_lost_opens_no_second_session_by_itself(
    services, make_launch, control, fault, time_passes
):
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


def at_once(app, times, do):
    def run():
        with app.app_context():
            do()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_form_that_is_sent_many_times_at_once_opens_one_session(app, services, make_launch, store, control):
    launch_id, ids = make_launch().id, []
    control.faults("POST /embed-sessions", {"delay": 0.5})
    at_once(
        app, 6, lambda: ids.append(services.generations.start(db.session.get(Launch, launch_id), "the same wish").id)
    )
    assert len(ids) == 6
    assert len(set(ids)) == 1
    assert len(store.sessions) == len(store.users) == 1


def test_another_page_is_another_wish(services, make_launch):
    launch = make_launch()
    ids = {services.generations.start(launch, wish).id for wish in ("one", "two", "", "")}
    assert len(ids) == 4


def test_nobodys_wish_is_anothers_generation(services, make_launch):
    one, two = (services.generations.start(make_launch(sub), "the same wish") for sub in ("1", "2"))
    assert one.id != two.id


def test_a_button_that_is_pressed_again_in_an_old_page_begins_another_exam(services, make_launch):
    launch = make_launch()
    first = services.generations.start(launch, "wish")
    first.created_at = now() - SAME_CLICK
    db.session.commit()
    assert services.generations.start(launch, "wish").id != first.id


def test_pages_do_not_all_wait_for_examplary(app, services, make_launch, control, monkeypatch):
    """Who finds that others wait already leaves it to a worker."""
    left = []
    monkeypatch.setattr(type(services.queue), "advance", lambda _, generation_id, **__: left.append(generation_id))
    control.faults("POST /embed-sessions", *[{"delay": 0.7}] * PAGES_AT_ONCE)
    ids = [make_launch(str(number)).id for number in range(PAGES_AT_ONCE + 2)]
    at_once(app, len(ids), lambda: services.generations.start(db.session.get(Launch, ids.pop())))
    assert len(left) == 2
    services.collector.advance(left[0])
    assert db.session.get(Generation, left[0]).state == GenerationState.OPEN


def test_discarding_what_is_being_opened_closes_the_session_that_comes_of_it(
    app, services, make_launch, control, store
):
    control.faults("POST /embed-sessions", {"delay": 0.7})
    launch_id = make_launch().id
    begun = threading.Thread(
        target=at_once, args=(app, 1, lambda: services.generations.start(db.session.get(Launch, launch_id)))
    )
    begun.start()
    while db.session.query(Generation).filter_by(error_code=AnswerLost.code).count() == 0:
        db.session.rollback()
    services.generations.cancel(db.session.query(Generation).one())
    begun.join()
    services.chores.run_due()
    db.session.expire_all()
    assert db.session.query(Generation).one().state == GenerationState.CANCELLED
    assert store.sessions == {}


def test_discarding_an_open_generation_closes_its_session_at_examplary(services, make_launch, store):
    generation = services.generations.start(make_launch())
    services.generations.cancel(generation)
    db.session.refresh(generation)
    assert generation.state == GenerationState.CANCELLED
    assert store.sessions == {}
    assert db.session.query(Chore).one().done_at is not None


def test_unfinished_generations_are_found_again_by_the_same_person_in_the_same_course(services, make_launch):
    generation = services.generations.start(make_launch())
    later = make_launch()
    assert [row.id for row in services.generations.unfinished(later)] == [generation.id]
    assert services.generations.unfinished(make_launch("2")) == []
    assert services.generations.unfinished(make_launch(context_id="course-2")) == []


def test_a_generation_outlives_the_launch_that_began_it(services, make_launch):
    launch = make_launch()
    generation = services.generations.start(launch)
    db.session.delete(db.session.get(Launch, launch.id))
    db.session.commit()
    db.session.refresh(generation)
    assert generation.launch_id is None
    assert generation.session_expires_at > datetime.now(UTC)


@pytest.mark.parametrize(
    "error", [OwnRateLimit("", retry_after=10.0), CircuitOpen("", retry_after=20.0), AccountBeingMade()]
)
def test_who_only_waits_for_their_turn_is_not_told_after_minutes_that_it_failed(
    services, make_launch, monkeypatch, error
):
    def wait(*_):
        raise error

    monkeypatch.setattr(type(services.collector._opening), "open", wait)
    generation = services.generations.start(make_launch())
    for _ in range(2 * LAST_ATTEMPT):
        services.collector.advance(generation.id)
    db.session.refresh(generation)
    assert (generation.state, generation.attempts) == (GenerationState.OPENING, 0)
    monkeypatch.undo()
    services.collector.advance(generation.id)
    db.session.refresh(generation)
    assert generation.state == GenerationState.OPEN


def test_nobody_waits_for_their_turn_for_ever_without_being_told(services, make_launch, monkeypatch):
    def wait(*_):
        raise OwnRateLimit(retry_after=10.0)

    monkeypatch.setattr(type(services.collector._opening), "open", wait)
    generation = services.generations.start(make_launch())
    generation.state_since = now() - TURN
    db.session.commit()
    for _ in range(LAST_ATTEMPT):
        services.collector.advance(generation.id)
    db.session.refresh(generation)
    assert (generation.state, generation.error_code) == (GenerationState.FAILED, "examplary.busy")
