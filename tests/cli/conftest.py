"""A tool with a separate database, set up like an operator does: by environment variables and migrate."""

import pytest
from cryptography.fernet import Fernet

from tests.support.cli import run
from tests.support.examplary import API_KEY


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """Settings with an unreachable Examplary."""
    values = {
        "ENVIRONMENT": "test",
        "SECRET_KEY": "s" * 40,
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "EXAMPLARY_API_KEY": API_KEY,
        "EXAMPLARY_API_URL": "http://127.0.0.1:1",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'tool.sqlite3'}",
        "QUEUE_URL": f"sqlite:///{tmp_path / 'queue.sqlite3'}",
        "PACKAGE_CACHE_DIR": str(tmp_path / "packages"),
        "ENV_FILE": str(tmp_path / "none"),
    }
    for name, value in values.items():
        monkeypatch.setenv(f"LTI_TOOL_{name}", value)
    assert run("migrate").exit_code == 0
    return values
