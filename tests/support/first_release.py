"""Data of the first release, with rows in every table, written without today's models."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, MetaData, Table, func, inspect, select, text

LONG_AGO = datetime.fromisoformat("2026-11-23T12:30:45.123456")
SNAPSHOT = json.dumps({"id": "exam_1", "name": "Ecosystèmes 🌱", "questions": []}, ensure_ascii=False)
CREATED = {"created_at": LONG_AGO}

ROWS: dict[str, list[dict[str, object]]] = {
    "platform": [
        {
            "id": "platform-1",
            "issuer": "https://moodle.example.org",
            "client_id": "Client-A",
            "name": "Moodle",
            "family": "moodle",
            "authorization_url": "https://moodle.example.org/auth",
            "jwks_url": "https://moodle.example.org/jwks",
            "token_url": "",
            "token_audience": "",
            "active": True,
            "api_key_encrypted": None,
            "theme_color": "",
            "presets": {"subject": "Biology"},
            "frame_hosts": [],
            **CREATED,
        }
    ],
    "deployment": [
        {"id": "deployment-1", "platform_id": "platform-1", "deployment_id": "1", "first_seen_at": LONG_AGO}
    ],
    "tool_key": [
        {
            "kid": "kid-1",
            "state": "active",
            "public_jwk": "{}",
            "private_pem_encrypted": "token",
            "state_since": LONG_AGO,
            **CREATED,
        }
    ],
    "lms_user": [
        {
            "id": "person-1",
            "platform_id": "platform-1",
            "sub": "42",
            "name": "Tess Teacher",
            "email": "tess@school.example",
            "examplary_user_id": "user_1",
            "examplary_email": "tess@school.example",
            "seen_at": LONG_AGO,
            **CREATED,
        }
    ],
    "launch": [
        {
            "id": "launch-1",
            "platform_id": "platform-1",
            "lms_user_id": "person-1",
            "deployment_id": "1",
            "message_type": "LtiDeepLinkingRequest",
            "role": "instructor",
            "family": "moodle",
            "platform_version": "",
            "context_id": "course-1",
            "context_title": "Biology",
            "resource_link_id": "",
            "exam_id": "",
            "locale": "nl",
            "presets": {},
            "frame_origins": ["https://moodle.example.org"],
            "return_url": "",
            "deep_linking": None,
            "answered_at": None,
            "answered_with": "",
            "expires_at": LONG_AGO,
            **CREATED,
        }
    ],
    "asset": [{"sha256": "a" * 64, "media_type": "image/png", "size": 3, "data": b"\x00\xff1", **CREATED}],
    "exam": [
        {
            "id": "exam-1",
            "generation_id": "generation-1",
            "examplary_exam_id": "exam_1",
            "platform_id": "platform-1",
            "owner_id": "person-1",
            "context_id": "course-1",
            "title": "Ecosystèmes 🌱",
            "language": "fr",
            "points": "12.5",
            "question_count": 3,
            "snapshot": SNAPSHOT,
            "original_sha256": "a" * 64,
            **CREATED,
        }
    ],
    "exam_media": [{"exam_id": "exam-1", "url": "https://cdn.example/a.png", "asset_sha256": "a" * 64, "problem": ""}],
    "generation": [
        {
            "id": f"generation-{number}",
            "launch_id": "launch-1",
            "platform_id": "platform-1",
            "lms_user_id": "person-1",
            "context_id": "course-1",
            "state": state,
            "session_id_encrypted": "token",
            "embed_url_encrypted": "token",
            "session_expires_at": LONG_AGO,
            "examplary_exam_id": "exam_1" if exam_id else None,
            "exam_id": exam_id,
            "error_code": "",
            "attempts": 0,
            "claimed_until": None,
            "checked_at": None,
            "state_since": LONG_AGO,
            **CREATED,
        }
        for number, state, exam_id in ((1, "ready", "exam-1"), (2, "open", None))
    ],
    "login": [
        {
            "state": "state-1",
            "nonce": "nonce-1",
            "platform_id": "platform-1",
            "browser_hash": "b" * 64,
            "target_link_uri": "",
            "storage_target": "",
            "expires_at": LONG_AGO,
        }
    ],
    "delivery": [
        {
            "capability_hash": "c" * 64,
            "exam_id": "exam-1",
            "launch_id": "launch-1",
            "format_name": "canvas-qti",
            "expires_at": LONG_AGO,
            "revoked_at": None,
            "first_fetched_at": None,
            "last_fetched_at": None,
            "fetches": 0,
            **CREATED,
        }
    ],
    "chore": [
        {
            "kind": "delete_session",
            "fingerprint": "f" * 64,
            "target_encrypted": "token",
            "platform_id": "platform-1",
            "attempts": 1,
            "last_error": "examplary.busy",
            "due_at": LONG_AGO,
            "done_at": None,
            **CREATED,
        }
    ],
}


def fill(connection: Connection, tables: dict[str, list[dict[str, object]]] = ROWS) -> None:
    """Insert every row into the existing tables."""
    metadata = MetaData()
    for name, rows in tables.items():
        table = Table(name, metadata, autoload_with=connection)
        connection.execute(table.insert(), [_as_stored(table, row) for row in rows])


def assert_rows_kept(connection: Connection) -> None:
    """Check that an upgrade kept every row, and dropped only unfinished logins: people start them again."""
    tables = set(inspect(connection).get_table_names())
    assert "login" not in tables
    for name in ROWS.keys() - {"login"}:
        count = connection.scalar(select(func.count()).select_from(text(name)))
        assert count == len(ROWS[name]), name


def _as_stored(table: Table, row: dict[str, object]) -> dict[str, object]:
    """Return a row as stored: a reflected JSON column is text in SQLite and MariaDB."""
    return {
        name: json.dumps(value)
        if isinstance(value, dict | list) and "JSON" not in type(table.c[name].type).__name__.upper()
        else value
        for name, value in row.items()
    }
