"""A tool with a separate database, set up like an operator does: by environment variables and migrate."""

import sqlite3
from contextlib import closing

import pytest
from cryptography.fernet import Fernet

from tests.support.cli import run
from tests.support.examplary import API_KEY

ENCRYPTION_KEY = Fernet.generate_key().decode()
"""The same for all tests: ``migrate`` stores what it encrypts."""


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """The content of an SQLite database after ``migrate``, which takes longer than most commands."""
    folder = tmp_path_factory.mktemp("migrated")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _values(folder).items():
            patch.setenv(f"LTI_TOOL_{name}", value)
        assert run("migrate").exit_code == 0
    with closing(sqlite3.connect(folder / "tool.sqlite3")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (folder / "tool.sqlite3").read_bytes()


@pytest.fixture
def environment(tmp_path, monkeypatch, migrated_file):
    """Settings with an unreachable Examplary, and a database that is ready."""
    values = _values(tmp_path)
    for name, value in values.items():
        monkeypatch.setenv(f"LTI_TOOL_{name}", value)
    (tmp_path / "tool.sqlite3").write_bytes(migrated_file)
    return values


def _values(folder):
    return {
        "ENVIRONMENT": "test",
        "SECRET_KEY": "s" * 40,
        "ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "EXAMPLARY_API_KEY": API_KEY,
        "EXAMPLARY_API_URL": "http://127.0.0.1:1",
        "DATABASE_URL": f"sqlite:///{folder / 'tool.sqlite3'}",
        "QUEUE_URL": f"sqlite:///{folder / 'queue.sqlite3'}",
        "PACKAGE_CACHE_DIR": str(folder / "packages"),
        "ENV_FILE": str(folder / "none"),
    }
