"""What is owed at Examplary is kept until it is done, and done once."""

import threading
from datetime import timedelta

import pytest

from lti_tool.errors import SettingsError
from lti_tool.examplary import Unavailable
from lti_tool.models import Chore, ChoreKind, db, now
from lti_tool.services.operations.chores import FIRST_PAUSE, LAST_ATTEMPT, LONGEST_PAUSE


@pytest.fixture
def owed(services, platform):
    services.chores.add(ChoreKind.DELETE_SESSION, "embed_session_1", platform.id)
    db.session.commit()
    return db.session.query(Chore).one()


@pytest.fixture
def done(services):
    """Notes which targets were done; raises what it is told to."""
    calls, trouble = [], []

    def do(chore, target):
        calls.append(target)
        if trouble:
            raise trouble.pop(0)

    for kind in ChoreKind:
        services.chores.register(kind, do)
    do.calls, do.trouble = calls, trouble
    return do


def due_now(chore):
    db.session.expire_all()
    chore.due_at = now() - timedelta(seconds=1)
    db.session.commit()


def test_a_chore_is_done_once_and_its_secret_forgotten(services, owed, done):
    assert [services.chores.run_due() for _ in range(3)] == [1, 0, 0]
    assert done.calls == ["embed_session_1"]
    db.session.expire_all()
    assert (owed.target_encrypted, owed.last_error) == ("", "")
    assert owed.done_at is not None


def test_owing_twice_is_owing_once(services, owed, platform):
    services.chores.add(ChoreKind.DELETE_SESSION, "embed_session_1", platform.id)
    services.chores.add(ChoreKind.DELETE_EXAM, "embed_session_1", platform.id)
    db.session.commit()
    assert db.session.query(Chore).count() == 2


def test_what_was_owed_beside_it_is_kept_when_it_was_owed_already(services, owed, platform, make_launch):
    launch = make_launch()
    launch.context_title = "Changed"
    services.chores.add(ChoreKind.DELETE_SESSION, "embed_session_1", platform.id)
    db.session.commit()
    db.session.expire_all()
    assert launch.context_title == "Changed"


def test_what_does_not_work_is_tried_again_later_and_later(services, owed, done):
    done.trouble += [Unavailable("away")] * 3
    pauses = []
    for _ in range(3):
        due_now(owed)
        services.chores.run_due()
        db.session.expire_all()
        pauses.append(round((owed.due_at - now()) / FIRST_PAUSE))
    assert pauses == [1, 2, 4]
    assert owed.last_error == "examplary.unavailable"
    due_now(owed)
    assert services.chores.run_due() == 1


def test_a_chore_that_fails_for_a_reason_of_ours_does_not_stop_the_others(services, owed, done, platform):
    services.chores.add(ChoreKind.DELETE_SESSION, "embed_session_2", platform.id)
    db.session.commit()
    done.trouble.append(SettingsError("no key fits"))
    assert services.chores.run_due() == 1
    assert sorted(done.calls) == ["embed_session_1", "embed_session_2"]


@pytest.mark.parametrize(("kind", "tried"), [(ChoreKind.DELETE_SESSION, False), (ChoreKind.DELETE_EXAM, True)])
def test_a_session_runs_out_by_itself_but_deleting_an_exam_is_never_given_up(services, owed, done, kind, tried):
    owed.kind, owed.attempts = kind, LAST_ATTEMPT
    db.session.commit()
    services.chores.run_due()
    assert bool(done.calls) is tried


def test_a_moment_from_a_clock_that_was_ahead_holds_no_chore_up(services, owed, done):
    owed.due_at = now() + 10 * LONGEST_PAUSE
    db.session.commit()
    assert services.chores.run_due() == 1


def test_many_workers_at_once_do_each_chore_once(app, services, platform, done):
    for number in range(10):
        services.chores.add(ChoreKind.DELETE_SESSION, f"embed_session_{number}", platform.id)
    db.session.commit()

    def run():
        with app.app_context():
            services.chores.run_due()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done.calls) == sorted(f"embed_session_{number}" for number in range(10))


def test_a_worker_that_died_in_the_middle_has_counted_its_attempt(services, owed, done):
    done.trouble.append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        services.chores.run_due()
    db.session.rollback()
    db.session.expire_all()
    assert (owed.attempts, owed.done_at) == (1, None)
    due_now(owed)
    assert services.chores.run_due() == 1
