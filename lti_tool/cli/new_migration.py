"""``python -m lti_tool new-migration "Add a column"``: write the next migration from changed tables, for developers."""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import click
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate.rewriter import Rewriter
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from cryptography.fernet import Fernet
from flask import current_app
from flask_migrate import upgrade

from config.settings import Environment, Settings
from lti_tool import create_app
from lti_tool.cli.output import failure
from lti_tool.logs import configure_logging

FILLERS: tuple[tuple[type, str], ...] = (
    (bool, "0"),
    (int, "0"),
    (Decimal, "0"),
    (float, "0"),
    (str, ""),
    (datetime, "1970-01-01 00:00:00"),
    (date, "1970-01-01"),
)
"""The value that existing rows get in a new column, by its Python type."""

writer = Rewriter()


@click.command("new-migration", hidden=True)
@click.argument("name")
def new_migration(name: str) -> None:
    """Compare the tables in the code with the migrations, and write the next one: NAME becomes its docstring.

    Needs no settings and no database: the migrations so far are applied to a temporary SQLite database. Read the new
    file before you commit it.
    """
    if not re.search(r"\w", name):
        raise failure('Say what changes, as in: make migration NAME="Add a column"')
    configure_logging("WARNING", "console")  # without a line for each migration so far
    with tempfile.TemporaryDirectory() as folder, create_app(_settings(Path(folder))).app_context():
        upgrade()
        config = current_app.extensions["migrate"].migrate.get_config()
        newest = ScriptDirectory.from_config(config).get_current_head() or "0"
        written = command.revision(
            config,
            message=name.strip().rstrip("."),
            autogenerate=True,
            rev_id=f"{int(newest) + 1:04}",
            process_revision_directives=_write_changes,
        )
    if not written:
        raise failure("No table has changed.")


def _settings(folder: Path) -> Settings:
    """Return settings for a temporary database, whatever the environment says."""
    return Settings.model_validate(
        {
            "environment": Environment.TEST,
            "secret_key": secrets.token_urlsafe(48),
            "encryption_keys": Fernet.generate_key().decode(),
            "database_url": f"sqlite:///{folder / 'migrations.sqlite3'}",
            "queue_url": "memory://",
            "cache_url": "memory://",
            "package_cache_dir": folder,
        }
    )


def _write_changes(
    context: MigrationContext, revision: str | Iterable[str | None], directives: list[ops.MigrationScript]
) -> None:
    """Complete the migration that Alembic has found; without changes, there is none to write."""
    writer(context, revision, directives)
    if all(script.upgrade_ops is None or script.upgrade_ops.is_empty() for script in directives):
        directives.clear()


@writer.rewrites(ops.AddColumnOp)
def _fill_existing_rows(_context: MigrationContext, _revision: object, operation: ops.AddColumnOp) -> ops.AddColumnOp:
    """Give a column that may not be NULL a server default: a table with rows can't take it otherwise."""
    column = operation.column
    if not column.nullable and column.server_default is None:
        column.server_default = sa.DefaultClause(_filler(column))
    return operation


def _filler(column: sa.Column[object]) -> str:
    """Return the column's own default if it is a constant, else an empty value of its type."""
    default = getattr(column.default, "arg", None) if column.default is not None else None
    if isinstance(default, (bool, int, float, Decimal, str)):
        return str(int(default)) if isinstance(default, bool) else str(default)
    if isinstance(column.type, sa.JSON):
        return "[]" if getattr(default, "__name__", "") == "list" else "{}"
    stored = column.type.impl_instance if isinstance(column.type, sa.types.TypeDecorator) else column.type
    for python_type, value in FILLERS:
        if issubclass(stored.python_type, python_type):
            return value
    raise failure(f"Write a server_default for {column.name} yourself: its type has no obvious value.")
