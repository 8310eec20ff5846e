"""What nobody works on is picked up, by one of many, also while the queue is away."""

import threading
from datetime import timedelta

import pytest

from lti_tool.models import Exam, Generation, GenerationState, Heartbeat, Login, compare_and_set, db, now
from lti_tool.services.generations.leases import LEASE, claim
from lti_tool.services.generations.retry_policy import FAILED_PAUSE, LAST_ATTEMPT

MINUTE = timedelta(minutes=1)


@pytest.fixture
def generation(services, make_launch):
    """One that nobody has looked at since it was opened."""
    begun = services.generations.start(make_launch())
    begun.checked_at = None
    db.session.commit()
    return begun


@pytest.fixture
def finished(generation, store, secret_of, exam_at_examplary):
    session = store.sessions[secret_of(generation)]
    session.status, session.outputs = "completed", {"examId": exam_at_examplary()}
    return generation


def stored(generation):
    db.session.expire_all()
    return db.session.get(Generation, generation.id)


def set_back(generation, **values):
    row = stored(generation)
    for name, value in values.items():
        setattr(row, name, value)
    db.session.commit()


def test_an_exam_whose_tab_was_closed_arrives(services, finished):
    set_back(finished, created_at=now() - 3 * MINUTE)
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.READY


def test_nothing_is_asked_twice_within_a_minute(services, generation, control):
    set_back(generation, created_at=now() - 3 * MINUTE)
    for _ in range(3):
        services.sweeper.sweep()
    assert control.count("GET /embed-sessions/{id}") == 1


@pytest.mark.parametrize(
    ("age", "pause", "asked"),
    [
        (timedelta(minutes=30), timedelta(seconds=50), False),
        (timedelta(minutes=30), timedelta(seconds=70), True),
        (timedelta(hours=5), timedelta(minutes=9), False),
        (timedelta(hours=5), timedelta(minutes=11), True),
        (timedelta(days=3), timedelta(minutes=50), False),
        (timedelta(days=3), timedelta(minutes=70), True),
    ],
)
def test_the_older_it_is_the_more_seldom_it_is_asked(services, generation, control, age, pause, asked):
    set_back(generation, created_at=now() - age, checked_at=now() - pause)
    services.sweeper.sweep()
    assert control.count("GET /embed-sessions/{id}") == asked


def test_many_sweepers_at_once_ask_once(app, services, generation, control):
    set_back(generation, created_at=now() - 3 * MINUTE)

    def sweep():
        with app.app_context():
            services.sweeper.sweep()

    threads = [threading.Thread(target=sweep) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert control.count("GET /embed-sessions/{id}") == 1


def test_a_dead_workers_generation_is_taken_up_when_its_lease_has_run_out(services, finished):
    claim(finished.id)
    set_back(finished, created_at=now() - 3 * MINUTE, checked_at=now() - 2 * MINUTE)
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.OPEN
    set_back(finished, claimed_until=now() - MINUTE)
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.READY


def test_while_the_queue_is_away_the_sweeper_does_the_work_itself(services, finished, monkeypatch):
    monkeypatch.setattr(type(services.queue), "advance", lambda *_, **__: False)
    set_back(finished, created_at=now() - 3 * MINUTE)
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.READY


@pytest.mark.parametrize("code", ["examplary.unavailable", "examplary.key_refused", "security.wrong_encryption_key"])
def test_what_failed_and_may_work_by_now_is_tried_again_when_it_has_rested(services, finished, code):
    set_back(finished, state="failed", error_code=code, attempts=LAST_ATTEMPT, look_after=now() + MINUTE)
    set_back(finished, created_at=now() - 3 * MINUTE, checked_at=now() - 2 * MINUTE)
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.FAILED
    set_back(finished, look_after=now() - MINUTE)
    services.sweeper.sweep()
    assert (stored(finished).state, stored(finished).error_code) == (GenerationState.READY, "")
    assert db.session.query(Exam).count() == 1


def test_what_still_fails_rests_again_after_one_try(services, finished, control):
    facts = {"state": "failed", "error_code": "examplary.key_refused", "examplary_exam_id": "exam_1"}
    set_back(finished, created_at=now() - 3 * MINUTE, **facts)
    control.faults("GET /exams/{id}", {"status": 401})
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.FAILED
    assert stored(finished).look_after > now() + FAILED_PAUSE - MINUTE
    services.sweeper.sweep()
    assert control.count("GET /exams/{id}") == 1


@pytest.mark.parametrize("code", ["exam.empty", "examplary.not_found"])
def test_what_can_never_work_is_left_alone(services, finished, control, code):
    set_back(finished, state="failed", error_code=code, created_at=now() - 3 * MINUTE)
    services.sweeper.sweep()
    assert control.count("GET /embed-sessions/{id}") == 0


def test_a_failed_generation_whose_session_has_run_out_is_left_alone(services, finished, control):
    over = now() - MINUTE
    set_back(finished, state="failed", error_code="examplary.busy", created_at=now() - 3 * MINUTE)
    set_back(finished, session_expires_at=over)
    services.sweeper.sweep()
    assert control.count("GET /embed-sessions/{id}") == 0


def test_a_pause_that_examplary_asked_for_is_kept_by_everybody(services, finished, control):
    control.faults("GET /embed-sessions/{id}", {"status": 429, "retry_after": "600"})
    services.collector.advance(finished.id)
    assert stored(finished).look_after > now() + timedelta(seconds=500)
    set_back(finished, created_at=now() - 3 * MINUTE, checked_at=now() - 2 * MINUTE)
    services.sweeper.sweep()
    services.generations.poll(stored(finished))
    services.generations.hint(stored(finished))
    assert control.count("GET /embed-sessions/{id}") == 1
    set_back(finished, look_after=now())
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.READY


def test_moments_from_a_clock_that_was_ahead_hold_nothing_up(services, finished):
    ahead = now() + timedelta(days=1)
    set_back(finished, created_at=ahead, checked_at=ahead, claimed_until=ahead + LEASE, look_after=ahead)
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.READY


def test_once_a_night_somebody_forgets_what_has_run_out(services, monkeypatch):
    forgotten = []
    monkeypatch.setattr(type(services.retention), "apply", lambda _: forgotten.append(1))
    for _ in range(3):
        services.sweeper.sweep()
    assert len(forgotten) == 1
    # Nobody was there at the time: the first who comes does it.
    for moment in (now() - timedelta(days=1, minutes=1), now() + timedelta(days=3)):
        compare_and_set(Heartbeat, Heartbeat.name == "retention", at=moment)
        db.session.commit()
        services.sweeper.sweep()
        services.sweeper.sweep()
    assert len(forgotten) == 3


def test_of_many_sweepers_one_forgets_also_while_the_queue_is_away(app, services, monkeypatch):
    forgotten = []
    monkeypatch.setattr(type(services.retention), "apply", lambda _: forgotten.append(1))
    monkeypatch.setattr(type(services.queue), "apply_retention", lambda _: False)

    def sweep():
        with app.app_context():
            services.sweeper.sweep()

    threads = [threading.Thread(target=sweep) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(forgotten) == 1


def test_logins_that_were_never_finished_are_forgotten(services, platform):
    for state, expires_at in (("old", now() - MINUTE), ("new", now() + MINUTE)):
        row = Login(state=state, nonce="n", platform_id=platform.id, browser_hash="h", expires_at=expires_at)
        db.session.add(row)
    db.session.commit()
    services.sweeper.sweep()
    assert [row.state for row in db.session.query(Login)] == ["new"]
