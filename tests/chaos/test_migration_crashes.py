"""A migration may die by SIGKILL at any statement: the next start completes it, and no row is lost."""

import itertools
import os

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import upgrade
from sqlalchemy import create_engine

from lti_tool import create_app
from lti_tool.models import Base, db
from tests.chaos.conftest import ON_SERVERS, CrashingProcesses
from tests.support.databases import drop_database, make_database, reachable
from tests.support.first_release import assert_rows_kept, fill


@pytest.fixture(params=["sqlite", *ON_SERVERS])
def database_url(request, tmp_path):
    name = f"examplary_lms_dying_{os.getpid()}"
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'tool.sqlite3'}"
        return
    if not reachable(request.param):
        pytest.skip(f"{request.param} does not answer on this machine")
    yield make_database(request.param, name)
    drop_database(request.param, name)


@pytest.fixture
def first_release(settings, database_url, tmp_path):
    """Return a function that recreates the database as the first release left it."""

    def make():
        kind = database_url.split(":")[0].split("+")[0]
        if kind == "sqlite":
            for file in tmp_path.glob("tool.sqlite3*"):
                file.unlink()
        else:
            make_database(kind, database_url.rsplit("/", 1)[1])
        app = create_app(settings)
        with app.app_context():
            upgrade(revision="0001")
            with db.engine.begin() as connection:
                fill(connection)
            db.session.remove()
            db.engine.dispose()

    return make


def assert_whole(database_url):
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert_rows_kept(connection)
    engine.dispose()


@pytest.mark.parametrize("stride", [41, pytest.param(1, marks=pytest.mark.chaos)])
def test_a_migration_may_die_at_every_statement(settings, database_url, first_release, stride, tally):
    crashing = CrashingProcesses(settings)
    try:
        for die_at in itertools.count(1, stride):
            first_release()
            ended = crashing.run("upgrade", die_at=die_at)
            assert not ended["failed"]
            assert not crashing.run("upgrade")["failed"], f"killed at {die_at}, it cannot be taken up"
            assert_whole(database_url)
            if not ended["died"]:
                break
            tally("migration killed", database_url.split(":")[0].split("+")[0])
    finally:
        crashing.close()
    assert die_at > 20, "there are points at which nobody died"
