"""Whether the database has this release's tables."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lti_tool.models.database.base import db

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def is_migrated() -> bool:
    """Return whether the latest migration was applied."""
    with db.engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    return set(heads) == set(ScriptDirectory(str(MIGRATIONS)).get_heads())
