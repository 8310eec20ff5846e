"""The recipe for developers in a fresh clone: change a table, write the migration, upgrade a database with rows."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).parents[2]
VERSIONS = Path("lti_tool/models/migrations/versions")
COLUMNS = """
    summary: Mapped[str] = mapped_column(String(200))
    weight: Mapped[int] = mapped_column(default=7)
    pinned: Mapped[bool] = mapped_column(Boolean)
    labels: Mapped[list] = mapped_column(JSON, default=list)
    reviewed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    remark: Mapped[str | None] = mapped_column(String(200))
"""
IMPORTS = """
from datetime import datetime
from sqlalchemy import JSON, Boolean, String
from sqlalchemy.orm import Mapped, mapped_column
from lti_tool.models.database.base import UtcDateTime
"""


@pytest.fixture
def clone(tmp_path):
    """A copy of the code, without settings."""
    for folder in ("lti_tool", "config", "static"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(clone, *arguments, **settings):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LTI_TOOL_")}
    command = [sys.executable, "-m", "lti_tool", *arguments]
    return subprocess.run(
        command, cwd=clone, env=environment | settings, capture_output=True, text=True, timeout=300, check=False
    )


def lti_tool(clone, *arguments, **settings):
    done = run(clone, *arguments, **settings)
    assert done.returncode == 0, done.stderr
    return done


def insert(database, table, **values):
    with sqlite3.connect(database) as connection:
        names, places = ", ".join(values), ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(values.values()))
    connection.close()


def read(database, query):
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    (row,) = connection.execute(query)
    connection.close()
    return dict(row)


def test_the_next_migration_fills_new_columns_of_a_table_with_rows(clone):
    database = clone / "tool.sqlite3"
    settings = {
        "LTI_TOOL_ENVIRONMENT": "test",
        "LTI_TOOL_SECRET_KEY": "s" * 40,
        "LTI_TOOL_DATABASE_URL": f"sqlite:///{database}",
        "LTI_TOOL_QUEUE_URL": "memory://",
        "LTI_TOOL_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    }
    lti_tool(clone, "migrate", **settings)
    before = sorted((clone / VERSIONS).glob("*.py"))
    module = clone / "lti_tool/models/heartbeat.py"
    (table,) = re.findall(r'__tablename__ = "(\w+)"', module.read_text())
    insert(database, table, name="worker:a", at="2026-01-01 00:00:00.000000")

    module.write_text(module.read_text().replace("\n\nclass ", f"\n{IMPORTS}\n\nclass ", 1).rstrip() + COLUMNS)
    done = lti_tool(clone, "new-migration", "Describe the heartbeats.")
    assert "migration.done" not in done.stdout + done.stderr

    (migration,) = set((clone / VERSIONS).glob("*.py")) - set(before)
    assert migration.name.endswith("_describe_the_heartbeats.py")
    assert f"revision = '{len(before) + 1:04}'" in migration.read_text()
    assert migration.read_text().startswith('"""Describe the heartbeats."""')
    lti_tool(clone, "migrate", **settings)
    row = read(database, f"SELECT summary, weight, pinned, labels, reviewed_at, remark FROM {table}")
    assert row == {
        "summary": "",
        "weight": 7,
        "pinned": 0,
        "labels": "[]",
        "reviewed_at": "1970-01-01 00:00:00",
        "remark": None,
    }


@pytest.mark.parametrize("name", ["", " ", "."])
def test_a_migration_needs_a_name(clone, name):
    before = sorted((clone / VERSIONS).glob("*.py"))
    done = run(clone, "new-migration", name)
    assert done.returncode == 1
    assert done.stderr == 'Error: Say what changes, as in: make migration NAME="Add a column"\n'
    assert sorted((clone / VERSIONS).glob("*.py")) == before


def test_no_migration_is_written_if_no_table_has_changed(clone):
    before = sorted((clone / VERSIONS).glob("*.py"))
    done = run(clone, "new-migration", "Add nothing")
    assert done.returncode == 1
    assert done.stderr == "Error: No table has changed.\n"
    assert sorted((clone / VERSIONS).glob("*.py")) == before
