"""Whether the database has this release's tables."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lti_tool.models.database.base import db

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def is_migrated() -> bool:
    """Return whether this release's migrations were applied; a later release may have added its own."""
    with db.engine.connect() as connection:
        current = set(MigrationContext.configure(connection).get_current_heads())
    scripts = ScriptDirectory(str(MIGRATIONS))
    outdated = {script.revision for script in scripts.walk_revisions()} - set(scripts.get_heads())
    return bool(current) and not current & outdated
