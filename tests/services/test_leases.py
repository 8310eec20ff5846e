"""Leases: one worker at a time, through long collections, crashes and wrong clocks."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from flask import request

from lti_tool.models import Chore, Exam, Generation, GenerationState, db, now
from lti_tool.services import leases
from lti_tool.services.generations.collect_exam import MAX_CRASHES
from lti_tool.services.generations.transitions import claim, transition
from lti_tool.services.leases import LEASE, LeaseLost
from tests.support.examplary import PNG
from tests.support.waiting import wait_until


@pytest.fixture
def generation(services, make_launch):
    return services.generations.start(make_launch())


def stored(generation):
    db.session.expire_all()
    return db.session.get(Generation, generation.id)


def test_one_worker_holds_the_lease_until_it_is_released(generation):
    lease = claim(generation.id)
    assert claim(generation.id) is None
    lease.release()
    assert claim(generation.id) is not None


def test_an_expired_lease_is_claimed_and_its_old_holder_stops(generation):
    dead = claim(generation.id)
    dead.until = stored(generation).claimed_until = now() - timedelta(seconds=1)
    db.session.commit()
    heir = claim(generation.id)
    assert heir is not None
    with pytest.raises(LeaseLost):
        dead.renew()
    dead.release()
    assert stored(generation).claimed_until == heir.until


def test_a_renewed_lease_lasts_longer(generation):
    lease = claim(generation.id)
    first = lease.until
    lease.renew()
    assert stored(generation).claimed_until == lease.until > first


def test_a_lease_written_under_a_wrong_clock_does_not_count(generation):
    stored(generation).claimed_until = now() + 3 * LEASE
    db.session.commit()
    assert claim(generation.id) is not None


def test_final_states_are_not_claimed(generation):
    assert transition(generation.id, GenerationState.OPEN, GenerationState.CANCELLED)
    db.session.commit()
    assert claim(generation.id) is None


def test_one_of_two_transitions_succeeds(generation):
    assert transition(generation.id, GenerationState.OPEN, GenerationState.COLLECTING)
    assert not transition(generation.id, GenerationState.OPEN, GenerationState.CANCELLED)


@pytest.fixture
def finished(generation, store, finish):
    """An exam with three images."""
    images = [f'<img src="https://uploads.stand-in.invalid/{name}.png">' for name in "abc"]
    questions = [{"id": "q_1", "type": "essay", "title": "Look.", "description": "".join(images), "settings": {}}]
    for name in "abc":
        store.uploads[f"{name}.png"] = PNG
    finish(generation, questions=questions)
    return generation


def advance(app, services, generation_id):
    """Advance a generation in a context of its own, as another worker does."""
    with app.app_context():
        services.collector.advance(generation_id)


def test_a_long_collection_stays_with_one_worker(app, services, finished, examplary_app, control, monkeypatch):
    """Three images take longer together than a lease, and another worker tries to take over during each."""
    generation_id, ahead, tries = finished.id, [timedelta()], []
    monkeypatch.setattr(leases, "now", lambda: now() + ahead[0])

    def try_to_take_over(response):
        if request.path.startswith("/uploads/"):
            ahead[0] += 0.6 * LEASE
            with app.app_context():
                tries.append(claim(generation_id))
        return response

    examplary_app.after_request_funcs.setdefault(None, []).append(try_to_take_over)
    services.collector.advance(generation_id)
    assert tries == [None] * 3
    assert control.count("GET /exams/{id}") == 1
    assert stored(finished).state == GenerationState.READY


def test_a_stalled_worker_is_overtaken_and_one_exam_stored(app, services, finished, control, monkeypatch):
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.05))
    control.faults("GET /uploads/{id}", {"delay": 0.8})
    with ThreadPoolExecutor(3) as pool:
        workers = []
        for _ in range(3):
            workers.append(pool.submit(advance, app, services, finished.id))
            wait(workers, timeout=0.3)
    assert [worker.exception() for worker in workers] == [None] * 3
    assert stored(finished).state == GenerationState.READY
    assert db.session.query(Exam).count() == 1
    assert db.session.query(Chore).count() == 1


def test_an_exam_that_crashes_workers_fails_and_is_paused(services, finished, monkeypatch):
    def break_down(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(services.collector._snapshots, "fetch", break_down)
    for _ in range(MAX_CRASHES):
        with pytest.raises(ZeroDivisionError):
            services.collector.advance(finished.id)
        assert stored(finished).claimed_until is None
    services.collector.advance(finished.id)
    assert stored(finished).state == GenerationState.FAILED
    assert stored(finished).error_code == "collecting.broken"
    monkeypatch.undo()
    services.collector.retry_failed(finished.id)
    assert stored(finished).state == GenerationState.READY


def test_a_stopping_worker_releases_its_leases(app, services, finished, control):
    control.faults("GET /uploads/{id}", {"delay": 0.6})
    with ThreadPoolExecutor(1) as pool:
        stopping = pool.submit(advance, app, services, finished.id)
        wait_until(lambda: services.collector._leases)
        assert services.collector.release_all() == 1
        assert stored(finished).claimed_until is None
        services.collector.advance(finished.id)
        stopping.result()
    assert stored(finished).state == GenerationState.READY
    assert db.session.query(Exam).count() == 1
