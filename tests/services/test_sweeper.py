"""Sweepers pick up abandoned work, once, with or without a queue."""

from datetime import timedelta

import pytest

from lti_tool.models import Exam, Generation, GenerationState, Heartbeat, UsedState, compare_and_set, db, now
from lti_tool.services.generations.retry_policy import FAILED_PAUSE, MAX_ATTEMPTS
from lti_tool.services.generations.transitions import claim
from lti_tool.services.leases import LEASE
from tests.support.threads import run_at_once

MINUTE = timedelta(minutes=1)


@pytest.fixture
def generation(services, make_launch):
    """A generation that has not been polled since it was opened."""
    generation = services.generations.start(make_launch())
    generation.checked_at = None
    db.session.commit()
    return generation


@pytest.fixture
def finished(generation, finish):
    finish(generation)
    return generation


def stored(generation):
    db.session.expire_all()
    return db.session.get(Generation, generation.id)


def set_back(generation, **values):
    row = stored(generation)
    for name, value in values.items():
        setattr(row, name, value)
    db.session.commit()


def test_an_exam_is_collected_after_its_tab_was_closed(services, finished):
    set_back(finished, created_at=now() - 3 * MINUTE)
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.READY


def test_a_generation_is_not_polled_twice_within_a_minute(services, generation, control):
    set_back(generation, created_at=now() - 3 * MINUTE)
    for _ in range(3):
        services.sweeper.sweep()
    assert control.count("GET /embed-sessions/{id}") == 1


@pytest.mark.parametrize(
    ("age", "pause", "is_polled"),
    [
        (timedelta(minutes=30), timedelta(seconds=50), False),
        (timedelta(minutes=30), timedelta(seconds=70), True),
        (timedelta(hours=5), timedelta(minutes=9), False),
        (timedelta(hours=5), timedelta(minutes=11), True),
        (timedelta(days=3), timedelta(minutes=50), False),
        (timedelta(days=3), timedelta(minutes=70), True),
    ],
)
def test_older_generations_are_polled_less_often(services, generation, control, age, pause, is_polled):
    set_back(generation, created_at=now() - age, checked_at=now() - pause)
    services.sweeper.sweep()
    assert control.count("GET /embed-sessions/{id}") == is_polled


def test_concurrent_sweepers_poll_once(app, services, generation, control):
    set_back(generation, created_at=now() - 3 * MINUTE)

    def sweep():
        with app.app_context():
            services.sweeper.sweep()

    run_at_once([sweep] * 6)
    assert control.count("GET /embed-sessions/{id}") == 1


def test_a_dead_workers_generation_is_resumed_after_its_lease(services, finished):
    claim(finished.id)
    set_back(finished, created_at=now() - 3 * MINUTE, checked_at=now() - 2 * MINUTE)
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.OPEN
    set_back(finished, claimed_until=now() - MINUTE)
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.READY


def test_without_a_queue_the_sweeper_does_the_work(services, finished, monkeypatch):
    monkeypatch.setattr(type(services.queue), "advance", lambda *_, **__: False)
    set_back(finished, created_at=now() - 3 * MINUTE)
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.READY


@pytest.mark.one_database
@pytest.mark.parametrize("code", ["examplary.unavailable", "examplary.key_refused", "security.wrong_encryption_key"])
def test_transient_failures_are_retried_after_a_pause(services, finished, code):
    set_back(finished, state="failed", error_code=code, attempts=MAX_ATTEMPTS, look_after=now() + MINUTE)
    set_back(finished, created_at=now() - 3 * MINUTE, checked_at=now() - 2 * MINUTE)
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.FAILED
    set_back(finished, look_after=now() - MINUTE)
    services.sweeper.sweep()
    assert (stored(finished).state, stored(finished).error_code) == (GenerationState.READY, "")
    assert db.session.query(Exam).count() == 1


def test_a_repeated_failure_is_paused_again(services, finished, control):
    facts = {"state": "failed", "error_code": "examplary.key_refused", "examplary_exam_id": "exam_1"}
    set_back(finished, created_at=now() - 3 * MINUTE, **facts)
    control.faults("GET /exams/{id}", {"status": 401})
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.FAILED
    assert stored(finished).look_after > now() + FAILED_PAUSE - MINUTE
    services.sweeper.sweep()
    assert control.count("GET /exams/{id}") == 1


@pytest.mark.parametrize("code", ["exam.empty", "examplary.not_found"])
def test_permanent_failures_are_not_retried(services, finished, control, code):
    set_back(finished, state="failed", error_code=code, created_at=now() - 3 * MINUTE)
    services.sweeper.sweep()
    assert control.count("GET /embed-sessions/{id}") == 0


def test_failures_with_expired_sessions_are_not_retried(services, finished, control):
    over = now() - MINUTE
    set_back(finished, state="failed", error_code="examplary.busy", created_at=now() - 3 * MINUTE)
    set_back(finished, session_expires_at=over)
    services.sweeper.sweep()
    assert control.count("GET /embed-sessions/{id}") == 0


def test_every_worker_respects_retry_after(services, finished, control):
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


def test_times_from_a_fast_clock_cause_no_delay(services, finished):
    ahead = now() + timedelta(days=1)
    set_back(finished, created_at=ahead, checked_at=ahead, claimed_until=ahead + LEASE, look_after=ahead)
    services.sweeper.sweep()
    assert stored(finished).state == GenerationState.READY


def test_retention_runs_once_a_day(services, monkeypatch):
    forgotten = []
    monkeypatch.setattr(type(services.retention), "apply", lambda _: forgotten.append(1))
    for _ in range(3):
        services.sweeper.sweep()
    assert len(forgotten) == 1
    # No worker was running at the time: the next sweep catches up.
    for moment in (now() - timedelta(days=1, minutes=1), now() + timedelta(days=3)):
        compare_and_set(Heartbeat, Heartbeat.name == "retention", at=moment)
        db.session.commit()
        services.sweeper.sweep()
        services.sweeper.sweep()
    assert len(forgotten) == 3


def test_one_of_many_sweepers_runs_retention_without_a_queue(app, services, monkeypatch):
    forgotten = []
    monkeypatch.setattr(type(services.retention), "apply", lambda _: forgotten.append(1))
    monkeypatch.setattr(type(services.queue), "apply_retention", lambda _: False)

    def sweep():
        with app.app_context():
            services.sweeper.sweep()

    run_at_once([sweep] * 6)
    assert len(forgotten) == 1


def test_expired_states_are_deleted(services, platform):
    for nonce, expires_at in (("old", now() - MINUTE), ("new", now() + MINUTE)):
        db.session.add(UsedState(nonce=nonce, expires_at=expires_at))
    db.session.commit()
    services.sweeper.sweep()
    assert [row.nonce for row in db.session.query(UsedState)] == ["new"]
