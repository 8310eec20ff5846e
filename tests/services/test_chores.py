"""Chores are kept until they are done, and done once."""

from datetime import timedelta

import pytest

from lti_tool.errors import SettingsError
from lti_tool.examplary import Unavailable
from lti_tool.models import Chore, ChoreKind, db, now
from lti_tool.services.chores import FIRST_PAUSE, MAX_ATTEMPTS, MAX_PAUSE
from tests.support.threads import run_at_once


@pytest.fixture
def owed(services, platform):
    services.chores.add(ChoreKind.DELETE_SESSION, "embed_session_1", platform.id)
    db.session.commit()
    return db.session.query(Chore).one()


@pytest.fixture
def done(services):
    """A handler that records its targets, and raises the errors in its list."""
    calls, trouble = [], []

    def do(chore, target):
        calls.append(target)
        if trouble:
            raise trouble.pop(0)

    for kind in ChoreKind:
        services.chores.register(kind, do)
    do.calls = calls
    do.trouble = trouble
    return do


def due_now(chore):
    db.session.expire_all()
    chore.due_at = now() - timedelta(seconds=1)
    db.session.commit()


def test_a_chore_is_done_once_and_its_target_deleted(services, owed, done):
    assert [services.chores.run_due() for _ in range(3)] == [1, 0, 0]
    assert done.calls == ["embed_session_1"]
    db.session.expire_all()
    assert (owed.target_encrypted, owed.last_error) == ("", "")
    assert owed.done_at is not None


def test_the_same_chore_is_added_once(services, owed, platform):
    services.chores.add(ChoreKind.DELETE_SESSION, "embed_session_1", platform.id)
    services.chores.add(ChoreKind.DELETE_EXAM, "embed_session_1", platform.id)
    db.session.commit()
    assert db.session.query(Chore).count() == 2


def test_adding_an_existing_chore_keeps_the_rest_of_the_transaction(services, owed, platform, make_launch):
    launch = make_launch()
    launch.context_title = "Changed"
    services.chores.add(ChoreKind.DELETE_SESSION, "embed_session_1", platform.id)
    db.session.commit()
    db.session.expire_all()
    assert launch.context_title == "Changed"


def test_a_failing_chore_is_retried_with_growing_pauses(services, owed, done):
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


def test_our_own_errors_in_one_chore_do_not_stop_the_others(services, owed, done, platform):
    services.chores.add(ChoreKind.DELETE_SESSION, "embed_session_2", platform.id)
    db.session.commit()
    done.trouble.append(SettingsError("no key fits"))
    assert services.chores.run_due() == 1
    assert sorted(done.calls) == ["embed_session_1", "embed_session_2"]


@pytest.mark.parametrize(("kind", "tried"), [(ChoreKind.DELETE_SESSION, False), (ChoreKind.DELETE_EXAM, True)])
def test_deleting_a_session_is_given_up_but_never_an_exam(services, owed, done, kind, tried):
    owed.kind = kind
    owed.attempts = MAX_ATTEMPTS
    db.session.commit()
    services.chores.run_due()
    assert bool(done.calls) is tried


def test_a_due_time_from_a_fast_clock_does_not_delay_a_chore(services, owed, done):
    owed.due_at = now() + 10 * MAX_PAUSE
    db.session.commit()
    assert services.chores.run_due() == 1


def test_concurrent_workers_do_each_chore_once(app, services, platform, done):
    for number in range(10):
        services.chores.add(ChoreKind.DELETE_SESSION, f"embed_session_{number}", platform.id)
    db.session.commit()

    def run():
        with app.app_context():
            services.chores.run_due()

    run_at_once([run] * 6)
    assert sorted(done.calls) == sorted(f"embed_session_{number}" for number in range(10))


def test_an_attempt_is_counted_even_if_the_worker_dies(services, owed, done):
    done.trouble.append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        services.chores.run_due()
    db.session.rollback()
    db.session.expire_all()
    assert (owed.attempts, owed.done_at) == (1, None)
    due_now(owed)
    assert services.chores.run_due() == 1
