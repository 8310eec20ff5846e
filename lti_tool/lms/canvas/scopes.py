"""Scopes of Canvas's API (see docs/reference/canvas-api.md#scopes).

A scope that the API key lacks makes the whole consent fail, so only the required ones are asked for by default.
"""

from __future__ import annotations

_COURSE = "/api/v1/courses/:course_id"
_MIGRATIONS = f"{_COURSE}/content_migrations"

START_MIGRATION = f"url:POST|{_MIGRATIONS}"
READ_MIGRATION = f"url:GET|{_MIGRATIONS}/:id"
READ_ISSUES = f"url:GET|{_MIGRATIONS}/:content_migration_id/migration_issues"
READ_PROGRESS = "url:GET|/api/v1/progress/:id"
LIST_QUIZZES = f"url:GET|{_COURSE}/quizzes"
LIST_MIGRATIONS = f"url:GET|{_MIGRATIONS}"
READ_FEATURES = f"url:GET|{_COURSE}/features/enabled"
READ_PERMISSIONS = f"url:GET|{_COURSE}/permissions"
LIST_ALL_QUIZZES = f"url:GET|{_COURSE}/all_quizzes"
READ_ASSIGNMENT = f"url:GET|{_COURSE}/assignments/:id"
LIST_MODULES = f"url:GET|{_COURSE}/modules"
LIST_GROUPS = f"url:GET|{_COURSE}/assignment_groups"

REQUIRED = (START_MIGRATION, READ_MIGRATION, READ_ISSUES, READ_PROGRESS, LIST_QUIZZES)
OPTIONAL = (
    LIST_MIGRATIONS,
    READ_FEATURES,
    READ_PERMISSIONS,
    LIST_ALL_QUIZZES,
    READ_ASSIGNMENT,
    LIST_MODULES,
    LIST_GROUPS,
)
