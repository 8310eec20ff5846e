"""Every kind of write by many threads at once, on every database: nothing fails or happens twice.

No one sees a deadlock (MariaDB's 1213, PostgreSQL's 40P01): rows are changed in an order that avoids them, and the
remaining ones are retried.
"""

import random
import threading
import time
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError

from lti_tool.errors import ToolError
from lti_tool.lti import DeepLinkingSettings, MessageType, Role, VerifiedLaunch
from lti_tool.lti.store import used_states
from lti_tool.lti.store.tool_conf import stored_context
from lti_tool.models import (
    Chore,
    ChoreKind,
    Delivery,
    Exam,
    Generation,
    Launch,
    LmsUser,
    UsedState,
    compare_and_set,
    db,
    delete_in_batches,
    insert_if_absent,
    now,
    retry_on_conflict,
)
from lti_tool.services.launches.browser_binding import LaunchLifetimes
from tests.support.launch_settings import CANVAS_SETTINGS
from tests.support.retention import retention_of
from tests.support.threads import run_at_once

SECONDS = 5.0
"""How long the threads write at least; on a busy machine longer, until every action has worked."""
MAX_SECONDS = 120.0
THREADS = 8
DAY = timedelta(days=1)


class ConcurrentWriters:
    """Does the writes of pages, workers, sweeps and commands, in random order."""

    def __init__(self, app, services, store, platform_id):
        self.app = app
        self.services = services
        self.store = store
        self.platform_id = platform_id
        self.errors = []
        self.done = {}
        self.actions = [getattr(self, name) for name in dir(self) if name.startswith("do_")]

    def run(self):
        began = time.monotonic()
        run_at_once([partial(self._loop, number, began) for number in range(THREADS)])

    def _goes_on(self, began):
        seconds = time.monotonic() - began
        return seconds < SECONDS or (len(self.done) < len(self.actions) and seconds < MAX_SECONDS)

    def _loop(self, number, began):
        rng = random.Random(number)
        while self._goes_on(began):
            action = rng.choice(self.actions)
            try:
                with self.app.app_context():
                    action(rng)
                self.done[action.__name__] = self.done.get(action.__name__, 0) + 1
            except ObjectDeletedError:
                pass  # erased while in use: the page reports it (test_web_errors)
            except ToolError as error:
                if error.status >= 500:  # a rejection is expected, a failure is not
                    self.errors.append((action.__name__, repr(error)))
            except Exception as error:
                self.errors.append((action.__name__, repr(error)[:600]))

    def _any(self, rng, table):
        rows = list(db.session.scalars(select(table).limit(20)))
        return rng.choice(rows) if rows else None

    def do_login(self, rng):
        lifetime = timedelta(minutes=rng.choice((-1, 15)))
        _, state, _ = self.services.login_states.issue(self.platform_id, lifetime=lifetime, now=now())
        with db.engine.connect() as connection:
            stored_context(connection, state, now(), deployment_id="1", sub=f"teacher-{rng.randrange(4)}")
            used_states.use(connection, state.nonce, state.expires_at)
            connection.commit()

    def do_launch(self, rng):
        sub = f"teacher-{rng.randrange(4)}" if rng.random() < 0.8 else f"new-{rng.random()}"
        verified = VerifiedLaunch(
            platform_id=self.platform_id,
            issuer="https://lms.example.org",
            client_id="client-1",
            deployment_id="1",
            sub=sub,
            name=f"Name {rng.randrange(3)}",
            message_type=MessageType.DEEP_LINKING,
            role=Role.INSTRUCTOR,
            context_id="course-1",
            custom={},
            product_family="canvas",
            deep_linking=DeepLinkingSettings.from_json(CANVAS_SETTINGS),
        )

        _, state, _ = self.services.login_states.issue(self.platform_id, lifetime=timedelta(minutes=15), now=now())
        binding = LaunchLifetimes(timedelta(hours=12), timedelta(hours=2)).bind(now(), keeps_cookies=True)

        @retry_on_conflict
        def keep():
            with db.engine.connect() as connection:
                person = stored_context(connection, state, now(), deployment_id="1", sub=sub).person
                self.services.launch_intake.save(connection, replace(verified, person=person), binding)
                connection.commit()

        keep()

    def do_advance(self, rng):
        generation = self._any(rng, Generation)
        if generation is not None:
            self.services.collector.advance(generation.id)

    def do_sweep(self, rng):
        self.services.heartbeats.record(f"worker:{rng.randrange(3)}")
        self.services.sweeper.sweep()

    def do_add_chore(self, rng):
        self.services.chores.add(ChoreKind.DELETE_SESSION, f"session-{rng.randrange(30)}", self.platform_id)
        db.session.commit()

    def do_chores(self, rng):
        self.services.chores.run_due()

    def do_give_up(self, rng):
        generation = self._any(rng, Generation)
        if generation is not None:
            self.services.generations.cancel(generation)

    def do_add(self, rng):
        launch, exam = self._any(rng, Launch), self._any(rng, Exam)
        if launch is not None and exam is not None:
            self.services.deep_linking.add(launch, exam)

    def do_fetch(self, rng):
        delivery = self._any(rng, Delivery)
        if delivery is not None:
            self.services.packages._record_fetch(delivery.capability_hash)

    def do_forget(self, rng):
        for table, column in ((Launch, "expires_at"), (Exam, "created_at"), (LmsUser, "seen_at")):
            if (row := self._any(rng, table)) is not None and rng.random() < 0.2:
                key = next(iter(table.__table__.primary_key)).name
                compare_and_set(table, getattr(table, key) == getattr(row, key), **{column: now() - 100 * DAY})
                db.session.commit()
        retention_of(launches=30, generations=30, exams=30).apply()

    def do_erase(self, rng):
        person = db.session.scalar(select(LmsUser).where(LmsUser.sub.startswith("new-")).limit(1))
        if person is not None and rng.random() < 0.3:
            self.services.privacy.erase(person)


@pytest.fixture
def writers(app, services, store, platform, make_launch, finish):
    for number in range(8):
        finish(services.generations.start(make_launch(f"teacher-{number % 4}")), name=f"Exam {number}")
    return ConcurrentWriters(app, services, store, platform.id)


def test_concurrent_writes_never_fail(writers):
    writers.run()
    assert writers.errors == []
    assert set(writers.done) == {action.__name__ for action in writers.actions}, "something never worked"
    twice = select(Exam.generation_id).group_by(Exam.generation_id).having(func.count() > 1)
    assert db.session.scalars(twice).all() == []


def test_two_transactions_in_a_deadlock_both_succeed(app, platform, make_launch):
    """Force a deadlock, which our own order of writes avoids: each takes the other's row second."""
    ids = [make_launch(sub).user.id for sub in ("a", "b")]
    meet, tries = threading.Barrier(2, timeout=60), []

    @retry_on_conflict
    def both(first, second):
        tries.append(first)
        compare_and_set(LmsUser, LmsUser.id == first, name=f"by {first}")
        if len(tries) <= 2 and db.engine.dialect.name != "sqlite":  # SQLite allows one writer at a time
            meet.wait()
        compare_and_set(LmsUser, LmsUser.id == second, name=f"by {first}")
        db.session.commit()

    def run(first, second):
        with app.app_context():
            both(first, second)

    run_at_once([partial(run, *ids), partial(run, *reversed(ids))])
    db.session.expire_all()
    assert len({row.name for row in db.session.query(LmsUser)}) == 1
    assert len(tries) == (2 if db.engine.dialect.name == "sqlite" else 3)


def test_a_permanent_error_is_raised_at_once(app):
    tries = []

    @retry_on_conflict
    def ask():
        tries.append(1)
        db.session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(DBAPIError):
        ask()
    assert len(tries) == 1


def test_an_endless_conflict_is_given_up(app, monkeypatch):
    tries = []

    class Victim(Exception):
        sqlstate = "40P01"

    monkeypatch.setattr("lti_tool.models.database.transactions.FIRST_PAUSE", 0.0001)

    @retry_on_conflict
    def always_chosen():
        tries.append(1)
        raise OperationalError("UPDATE", {}, Victim())

    with pytest.raises(OperationalError):
        always_chosen()
    assert len(tries) == 8


def test_a_row_is_inserted_once_with_its_defaults(platform):
    for name in ("first", "second"):
        insert_if_absent(LmsUser, {"id": f"person-{name}", "platform_id": platform.id, "sub": "1", "name": name})
        db.session.commit()
    row = db.session.query(LmsUser).one()
    assert (row.id, row.name, row.email) == ("person-first", "first", "")
    assert abs(row.created_at - now()) < timedelta(minutes=1)


def test_invalid_values_are_rejected_not_ignored(app):
    with pytest.raises(DBAPIError):
        insert_if_absent(
            Chore, {"kind": "delete_exam", "fingerprint": "f", "target_encrypted": "", "platform_id": "nobody"}
        )
    db.session.rollback()


def test_many_rows_are_deleted_in_batches(platform, monkeypatch):
    monkeypatch.setattr("lti_tool.models.database.transactions.BATCH_SIZE", 3)
    for number in range(8):
        moment = now() + DAY * (1 if number == 5 else -1)
        insert_if_absent(UsedState, {"nonce": f"s{number}", "expires_at": moment})
    db.session.commit()
    assert delete_in_batches(UsedState.nonce, UsedState.expires_at < now()) == 7
    assert [row.nonce for row in db.session.query(UsedState)] == ["s5"]
