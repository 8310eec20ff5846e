"""An unreachable or read-only database gives a page with a retry time, not an internal error."""

import re

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError

from lti_tool.models import Exam, Generation, db
from tests.support.databases import DATABASES, read_only


@pytest.fixture(params=DATABASES)
def database_url(request, empty_database):
    return empty_database(request.param)


@pytest.fixture
def own(app, pages):
    return pages()


def test_a_read_only_database_shows_pages_and_refuses_changes(own, client):
    db.session.remove()
    with read_only(db.engine), structlog.testing.capture_logs() as lines:
        assert own.get().status_code == 200
        response = own.post("generations")
        ready = client.get("/readyz")
        metrics = client.get("/metrics").text
    assert response.status_code == 503
    assert "tool.database_closed" in response.text
    assert int(response.headers["Retry-After"]) > 0
    assert ("error", "read_only") in {(line["log_level"], line.get("detail")) for line in lines}
    assert (ready.status_code, ready.json["checks"]["database"]["note"]) == (503, "may only be read")
    assert re.search(r'lti_tool_database_troubles_total\{trouble="read_only"\} [1-9]', metrics)
    assert client.get("/readyz").status_code == 200


def test_an_unreachable_database_gives_503_with_a_retry_time(own, client, monkeypatch):
    nowhere = {
        "sqlite": "sqlite:////nowhere/at/all.sqlite3",
        "postgresql": "postgresql+psycopg://postgres@127.0.0.1:1/none",
        "mariadb": "mariadb+pymysql://root@127.0.0.1:1/none",
    }
    away = create_engine(nowhere[db.engine.dialect.name])
    monkeypatch.setattr(type(db.session()), "get_bind", lambda *_, **__: away)
    db.session.remove()
    response = own.get()
    assert response.status_code == 503
    assert "tool.database_away" in response.text
    assert response.headers["Retry-After"]
    ready, metrics = client.get("/readyz"), client.get("/metrics")
    assert (ready.status_code, ready.json["checks"]["database"]["note"]) == (503, "does not answer")
    # Metrics that need no database still work.
    assert metrics.status_code == 200
    assert 'lti_tool_health{check="database"} 2.0' in metrics.text
    assert re.search(r'lti_tool_database_troubles_total\{trouble="away"\} [1-9]', metrics.text)
    away.dispose()


CUT = {
    "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})"),
    "mariadb": ("SELECT CONNECTION_ID()", "KILL {}"),
}


@pytest.mark.parametrize("database_url", list(CUT), indirect=True)
def test_a_connection_lost_after_the_work_does_not_lose_the_response(app):
    number, kill = CUT[db.engine.dialect.name]
    other = create_engine(db.engine.url, isolation_level="AUTOCOMMIT")
    with structlog.testing.capture_logs() as lines, app.app_context():
        connection_id = db.session.scalar(text(number))
        with other.connect() as connection:
            connection.execute(text(kill.format(connection_id)))
    other.dispose()
    assert [line["trouble"] for line in lines if line["event"] == "database.connection_lost"] == ["away"]
    with app.app_context():
        assert db.session.query(Generation).count() == 0


def test_an_invalid_statement_is_an_internal_error(own, services, monkeypatch):
    monkeypatch.setattr(
        type(services.generations), "unfinished", lambda *_: db.session.execute(text("SELECT nothing FROM nowhere"))
    )
    response = own.get()
    assert response.status_code == 500
    assert "tool.unexpected" in response.text


def test_a_repeated_deadlock_gives_503(own, services, monkeypatch):
    class Deadlock(Exception):
        sqlstate = "40P01"

    def deadlocked(*_):
        raise OperationalError("UPDATE", {}, Deadlock())

    monkeypatch.setattr(type(services.generations), "unfinished", deadlocked)
    assert own.get().status_code == 503


def test_a_concurrently_deleted_row_gives_410(own, services, monkeypatch):
    def erased(*_):
        raise ObjectDeletedError(db.inspect(Exam(id="x")), "gone")

    monkeypatch.setattr(type(services.generations), "unfinished", erased)
    response = own.get()
    assert response.status_code == 410
    assert "page.deleted" in response.text
    assert db.session.query(Generation).count() == 0
