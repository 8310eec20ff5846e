"""A connection for reading has no transaction on PostgreSQL, and leaves none of its mode behind."""

import pytest
from sqlalchemy import select, text

from lti_tool.models import Platform, connect_for_reading, db, insert_if_absent
from tests.support.databases import DATABASES


@pytest.fixture(params=DATABASES)
def database_url(request, empty_database):
    return empty_database(request.param)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_reading_on_postgresql_begins_no_transaction(app):
    with connect_for_reading() as connection:
        connection.execute(select(Platform.id)).all()
        assert connection.connection.driver_connection.info.transaction_status.name == "IDLE"
    with db.engine.connect() as connection:
        connection.execute(select(Platform.id)).all()
        assert connection.connection.driver_connection.info.transaction_status.name == "INTRANS"


def test_a_transaction_after_reading_can_be_rolled_back(app):
    with connect_for_reading() as connection:
        read_with = connection.connection.driver_connection
        connection.execute(text("SELECT 1")).all()
    urls = {"authorization_url": "https://m.example/auth", "jwks_url": "https://m.example/jwks"}
    with db.engine.connect() as connection:
        assert connection.connection.driver_connection is read_with
        insert_if_absent(Platform, {"id": "p", "issuer": "https://m.example", "client_id": "c", **urls}, connection)
        connection.rollback()
    with connect_for_reading() as connection:
        assert connection.scalar(select(Platform.id)) is None
