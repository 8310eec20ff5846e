"""Statements that are given to the driver by us behave as SQLAlchemy's own do, on every database."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from lti_tool.models import DatabaseFailure, Direct, classify_failure, connection, db, new_id, now
from lti_tool.models.launch import Launch
from lti_tool.models.lms_user import LmsUser
from lti_tool.models.login import Login
from lti_tool.models.platform import Platform
from lti_tool.services.operations.metrics import DATABASE_TROUBLES
from tests.support.databases import DATABASES, SERVER_URLS

LAUNCH = Launch.metadata.tables["launch"]
KEEP = Direct(insert(LAUNCH), *(column.key for column in LAUNCH.columns))
FIND = Direct(select(*LAUNCH.columns).where(LAUNCH.c.id == bindparam("wanted")))
FORGET = Direct(delete(LAUNCH).where(LAUNCH.c.id == bindparam("wanted")))


@pytest.fixture(params=DATABASES)
def database_url(request, empty_database):
    return empty_database(request.param)


@pytest.fixture
def launch(app):
    """Every kind of value that a launch has."""
    with app.app_context():
        platform = Platform(issuer="https://lms.example", client_id="1", authorization_url="", jwks_url="")
        person = LmsUser(platform=platform, sub="1")
        db.session.add(person)
        db.session.commit()
        moment = now()
        yield {
            **dict.fromkeys(LAUNCH.columns.keys(), ""),
            "id": new_id(),
            "platform_id": platform.id,
            "lms_user_id": person.id,
            "context_title": "Ünïcode ' % %s ? :x 漢字",
            "presets": {"language": "nl", "a": [1, None, True]},
            "frame_origins": ["https://lms.example"],
            "framed": True,
            "deep_linking": None,
            "answered_at": None,
            "created_at": moment,
            "expires_at": moment + timedelta(hours=12, microseconds=7),
        }


def test_what_is_written_and_read_is_what_sqlalchemy_writes_and_reads(launch):
    other = launch | {"id": new_id()}
    with connection() as rows:
        assert KEEP.count(rows, launch) == 1
        rows.execute(insert(LAUNCH), other)
        ours, theirs = (FIND.rows(rows, {"wanted": each["id"]}) for each in (launch, other))
        assert dict(zip(LAUNCH.columns.keys(), ours[0], strict=True)) == launch
        assert ours[0][1:] == theirs[0][1:]
        assert ours[0] == tuple(rows.execute(select(LAUNCH).where(LAUNCH.c.id == launch["id"])).one())
        assert rows.scalar(select(LAUNCH.c.id).where(LAUNCH.c.deep_linking.is_(None), LAUNCH.c.id == other["id"])) == (
            rows.scalar(select(LAUNCH.c.id).where(LAUNCH.c.deep_linking.is_(None), LAUNCH.c.id == launch["id"]))
        )


def test_nothing_stays_that_is_not_committed(launch):
    with connection() as rows:
        KEEP.count(rows, launch)
    with connection() as rows:
        assert FIND.rows(rows, {"wanted": launch["id"]}) == []
        KEEP.count(rows, launch)
        rows.commit()
    with connection() as rows:
        assert FORGET.count(rows, {"wanted": launch["id"]}) == 1
        assert FORGET.count(rows, {"wanted": launch["id"]}) == 0
        rows.rollback()
        assert len(FIND.rows(rows, {"wanted": launch["id"]})) == 1


def test_an_error_is_sqlalchemys_and_is_counted_and_shows_no_value(launch):
    counted = DATABASE_TROUBLES.labels(DatabaseFailure.BUG)
    before = counted._value.get()
    with connection() as rows:
        KEEP.count(rows, launch)
        with pytest.raises(IntegrityError) as error:
            KEEP.count(rows, launch)
        assert launch["context_title"] not in str(error.value)
    assert counted._value.get() == before + 1
    with connection() as rows:
        KEEP.count(rows, launch)


@pytest.mark.parametrize("database_url", SERVER_URLS, indirect=True)
def test_a_connection_that_breaks_goes_and_the_next_one_is_well(launch):
    with connection() as rows:
        FIND.rows(rows, {"wanted": ""})
        rows.connection.dbapi_connection.close()
        with pytest.raises(DBAPIError) as error:
            KEEP.count(rows, launch)
        assert error.value.connection_invalidated
        assert classify_failure(error.value) is DatabaseFailure.UNAVAILABLE
    with connection() as rows:
        assert KEEP.count(rows, launch) == 1


def test_a_default_that_nobody_gives_is_told_at_once(launch):
    with connection() as rows, pytest.raises(TypeError):
        Direct(insert(Login), "state", "nonce").count(rows, {"state": "", "nonce": ""})


def test_a_value_that_is_missing_writes_nothing(launch):
    del launch["presets"]
    with connection() as rows, pytest.raises(KeyError):
        KEEP.count(rows, launch)
