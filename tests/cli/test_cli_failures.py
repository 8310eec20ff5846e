"""Commands end in a sentence when the settings, the database or its tables don't fit."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from lti_tool import create_app
from lti_tool.models import db, is_migrated
from tests.support.cli import run

ROOT = Path(__file__).parents[2]
COMMANDS = (
    ["platforms", "list"],
    ["platforms", "invite"],
    ["platforms", "check"],
    ["keys", "list"],
    ["chores", "list"],
    ["audit"],
    ["people", "erase", "1", "--issuer", "https://a.example"],
    ["deliveries", "revoke", "--exam", "1"],
)


@pytest.mark.parametrize("command", [*COMMANDS, ["worker"]], ids=" ".join)
def test_a_database_before_migrate(environment, tmp_path, monkeypatch, command):
    monkeypatch.setenv("LTI_TOOL_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    done = run(*command)
    assert done.exit_code == 1
    assert "Run: python -m lti_tool migrate" in done.output


def test_a_database_of_a_later_release_counts_as_migrated(environment):
    with create_app().app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.session.commit()
        assert is_migrated()
        db.session.execute(text("UPDATE alembic_version SET version_num = '0009'"))
        db.session.commit()
        assert not is_migrated()


@pytest.mark.parametrize("command", [*COMMANDS, ["migrate"]], ids=" ".join)
def test_an_unreachable_database(environment, monkeypatch, command):
    pytest.importorskip("psycopg")
    monkeypatch.setenv("LTI_TOOL_DATABASE_URL", "postgresql+psycopg://tool:hush@127.0.0.1:1/tool")
    done = run(*command)
    assert done.exit_code == 1
    assert "The database (LTI_TOOL_DATABASE_URL) does not answer." in done.output
    assert "hush" not in done.output


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "sqlite:////proc/nowhere/tool.sqlite3"), ("QUEUE_URL", "sqlite:////proc/nowhere/q.sqlite3")],
)
@pytest.mark.parametrize("command", [["platforms", "list"], ["migrate"], ["worker"]], ids=" ".join)
def test_a_folder_that_cannot_be_made(environment, monkeypatch, name, value, command):
    monkeypatch.setenv(f"LTI_TOOL_{name}", value)
    done = run(*command)
    assert done.exit_code == 1
    assert f"LTI_TOOL_{name}" in done.output


def test_the_web_server_stops_with_the_same_sentences(environment, monkeypatch):
    monkeypatch.setenv("LTI_TOOL_DATABASE_URL", "sqlite:////proc/nowhere/tool.sqlite3")
    command = [sys.executable, "-c", "import wsgi"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("The settings are not valid. LTI_TOOL_DATABASE_URL")
