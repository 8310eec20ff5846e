"""CPU time of the console's pages with 500 platforms, 100,000 launches and 50,000 exams: ``make bench-console``.

Measured in this process with SQLite, where the database's work is counted too. With ``--database-url`` and an empty
database, PostgreSQL or MariaDB does its work elsewhere: the time that passed, the second number, includes it. Prints a
line per page, and exits with 1 if one takes more than 200 ms of CPU.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import insert, select, text

from config.settings import Settings
from lti_tool import create_app
from lti_tool.logs import configure_logging
from lti_tool.models import (
    AdminRole,
    AuditEntry,
    Base,
    Chore,
    Deployment,
    Exam,
    ExamWord,
    Generation,
    GenerationWord,
    Import,
    Launch,
    LmsUser,
    PersonWord,
    Platform,
    Refusal,
    db,
    new_id,
    now,
)
from lti_tool.services.administration.accounts import AccountChange

Row = dict[str, object]
PASSWORD = "four words of a benchmark"
LIMIT = 200.0
"""CPU milliseconds of one page."""
REPEATS = 5


def main() -> None:
    """Fill a database and measure each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platforms", type=int, default=500)
    parser.add_argument("--launches", type=int, default=100_000)
    parser.add_argument("--exams", type=int, default=50_000)
    parser.add_argument("--database", type=Path, help="Keep the filled SQLite database here")
    parser.add_argument("--database-url", default="", help="An empty database on a server, in place of SQLite")
    arguments = parser.parse_args()
    configure_logging("ERROR", "json")
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.database or Path(folder) / "console.sqlite3"
        app = create_app(_settings(arguments.database_url or f"sqlite:///{path}", Path(folder)))
        with app.app_context():
            db.create_all()
            ids = _fill(arguments.platforms, arguments.launches, arguments.exams)
            _analyse()
            exam_id = db.session.scalars(select(Exam.id).where(Exam.platform_id == ids[0])).first() or ""
            person_id = db.session.get_one(Exam, exam_id).owner_id
            accounts = app.extensions["services"].admin_accounts
            owner = accounts.add("owner@example.org", AdminRole.OWNER, AccountChange())
            accounts.set_password(owner, PASSWORD)
            own_platforms = [db.session.get_one(Platform, platform_id) for platform_id in ids[:40]]
            change = AccountChange(platforms=own_platforms)
            restricted = accounts.add("some@example.org", AdminRole.ADMINISTRATOR, change)
            accounts.set_password(restricted, PASSWORD)
            db.session.remove()
        sys.stdout.write(f"{len(ids)} platforms, {arguments.launches} launches, {arguments.exams} exams\n")
        slowest = max(_measure(app, ids, exam_id, person_id))
    sys.exit(1 if slowest > LIMIT else 0)


def _settings(database_url: str, folder: Path) -> Settings:
    return Settings.model_validate(
        {
            "environment": "test",
            "base_url": "http://localhost:5000",
            "secret_key": "a secret of the benchmark that is long enough",
            "encryption_keys": Fernet.generate_key().decode(),
            "database_url": database_url,
            "queue_url": "memory://",
            "package_cache_dir": folder,
            "log_level": "ERROR",
        }
    )


def _analyse() -> None:
    """Update the database's statistics, on which its plans depend."""
    tables = ", ".join(Base.metadata.tables)
    is_mariadb = db.engine.dialect.name in ("mysql", "mariadb")
    db.session.execute(text(f"ANALYZE TABLE {tables}" if is_mariadb else "ANALYZE"))
    db.session.commit()


def _measure(app: Flask, ids: list[str], exam_id: str, person_id: str) -> Iterator[float]:
    """Print a line for each page, as an owner and as an administrator sees it; yield its CPU milliseconds."""
    paths = _paths(ids, exam_id, person_id)
    for email in ("owner@example.org", "some@example.org"):
        client = app.test_client()
        page = html.document_fromstring(client.get("/admin/sign-in").text)
        token = page.xpath("//input[@name='csrf_token']/@value")[0]
        client.post("/admin/sign-in", data={"csrf_token": token, "email": email, "password": PASSWORD})
        name = email.partition("@")[0]
        owners_paths = ("/admin/accounts", "/admin/accounts/new", "/admin/audit") if name == "owner" else ()
        for path in (*paths, *owners_paths):
            status = client.get(path).status_code
            cpu, passed = _median_milliseconds(client, path)
            shown_path = path
            for value in (ids[0], exam_id, person_id):
                shown_path = shown_path.replace(value, "<id>")
            sys.stdout.write(f"{cpu:8.1f} ms CPU {passed:8.1f} ms  {status}  {name:6} {shown_path}\n")
            if status == 200:
                yield cpu


def _paths(ids: list[str], exam_id: str, person_id: str) -> tuple[str, ...]:
    """Return the paths of the pages that every administrator may see."""
    platform = f"/admin/platforms/{ids[0]}"
    searches = ("cells", "cells biology", "cells topic77", "tess", "nothing", exam_id, "course")
    return (
        *("/admin/", "/admin/platforms", f"/admin/platforms?after={ids[400 % len(ids)]}", "/admin/platforms?q=49"),
        *(platform, f"{platform}/settings", f"{platform}/danger", f"{platform}/state"),
        *("/admin/platforms/new", "/admin/platforms/new/moodle"),
        *("/admin/exams", "/admin/exams?before=1700000000000000.x", "/admin/exams?only=failed"),
        *(f"/admin/exams?q={search}" for search in searches),
        *(f"/admin/exams/{exam_id}", f"/admin/exams/{exam_id}/hand-over"),
        *(f"/admin/people/{person_id}", f"/admin/people/{person_id}/erase"),
        *("/admin/diagnosis", "/admin/diagnosis/000000000100", "/admin/chores", "/admin/chores?only=stuck"),
    )


def _median_milliseconds(client: FlaskClient, path: str) -> tuple[float, float]:
    """Return the CPU time of a request, and the time that passed."""
    cpu_times, waits = [], []
    for _ in range(REPEATS):
        cpu_began, began = time.process_time(), time.perf_counter()
        client.get(path)
        cpu_times.append((time.process_time() - cpu_began) * 1000)
        waits.append((time.perf_counter() - began) * 1000)
    return statistics.median(cpu_times), statistics.median(waits)


def _fill(platforms: int, launches: int, exams: int) -> list[str]:
    """Insert rows of the last 90 days, with fixed random numbers."""
    numbers, moment = random.Random(1), now()
    ids = [new_id() for _ in range(platforms)]
    _insert(Platform, (_platform(number, platform_id, moment) for number, platform_id in enumerate(ids)))
    _insert(Deployment, ({"id": new_id(), "platform_id": platform_id, "deployment_id": "1"} for platform_id in ids))
    people = [(new_id(), platform_id) for platform_id in ids for _ in range(10)]
    names = ["Tess" if index % 3 else "" for index in range(len(people))]
    _insert(
        LmsUser,
        (
            {"id": user, "platform_id": platform_id, "sub": user, "name": name}
            for (user, platform_id), name in zip(people, names, strict=True)
        ),
    )
    named_users = (user for (user, _), name in zip(people, names, strict=True) if name)
    _insert(PersonWord, ({"lms_user_id": user, "word": "tess"} for user in named_users))
    _insert(Launch, (_launch(numbers.choice(people), moment - _age(numbers)) for _ in range(launches)))
    exam_keys = [(new_id(), *numbers.choice(people), moment - _age(numbers)) for _ in range(exams)]
    _insert(Exam, (_exam(*key) for key in exam_keys))
    _insert(ExamWord, (row for index, key in enumerate(exam_keys) for row in _words("exam_id", key[0], index)))
    states = ("ready", "returned", "returned", "returned", "failed", "cancelled", "expired", "open")
    _insert(Generation, (_generation(*key, numbers.choice(states)) for key in exam_keys))
    # Generations that never became an exam.
    generation_keys = [(new_id(), *numbers.choice(people), moment - _age(numbers)) for _ in range(exams // 10)]
    _insert(
        Generation,
        ({**_generation(*key, "expired"), "id": key[0], "exam_id": None, "title": "Cells"} for key in generation_keys),
    )
    words = (row for index, key in enumerate(generation_keys) for row in _words("generation_id", key[0], index))
    _insert(GenerationWord, words)
    import_states = ("done", "done", "done_with_warnings", "failed")
    _insert(Import, (_import(*key, numbers.choice(import_states)) for key in exam_keys[: exams // 5]))
    _insert(Refusal, (_refusal(number, numbers.choice(ids), moment - _age(numbers) / 6) for number in range(5000)))
    _insert(Chore, (_chore(number, numbers.choice(ids)) for number in range(2000)))
    entry = {"actor": "operator", "action": "platform.changed", "subject": "", "launch_id": "", "detail": "name"}
    _insert(AuditEntry, ({**entry, "platform_id": numbers.choice(ids), "at": moment} for _ in range(launches // 4)))
    return ids


def _age(numbers: random.Random) -> timedelta:
    return timedelta(days=90 * numbers.random() ** 2)


def _insert(table: type[Base], rows: Iterable[Row]) -> None:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == 5000:
            db.session.execute(insert(table), batch)
            batch = []
    if batch:
        db.session.execute(insert(table), batch)
    db.session.commit()


def _platform(number: int, platform_id: str, moment: datetime) -> Row:
    family, host = (("moodle", "moodle"), ("canvas", "canvas"), ("", "lms"))[number % 3]
    issuer = f"https://{host}{number}.example.org"
    return {
        "id": platform_id,
        "issuer": issuer,
        "client_id": f"client-{number}",
        "family": family,
        "name": f"University {number}",
        "authorization_url": issuer,
        "jwks_url": issuer,
        "presets": {},
        "frame_hosts": [],
        "active": number % 50 != 7,
        "created_at": moment - timedelta(days=100),
        "launched_at": moment - timedelta(hours=number) if number % 40 != 3 else None,
        "failed_at": moment if number % 60 == 5 else None,
        "failing_since": moment - timedelta(hours=3),
        "failure_code": "lti.audience" if number % 120 == 5 else "lti.token_expired",
    }


def _launch(person: tuple[str, str], created_at: datetime) -> Row:
    user, platform_id = person
    return {
        "id": new_id(),
        "platform_id": platform_id,
        "lms_user_id": user,
        "deployment_id": "1",
        "message_type": "LtiResourceLinkRequest",
        "role": "instructor",
        "family": "moodle",
        "context_id": "course",
        "presets": {},
        "frame_origins": [],
        "created_at": created_at,
        "expires_at": created_at + timedelta(hours=12),
    }


def _exam(exam_id: str, user: str, platform_id: str, created_at: datetime) -> Row:
    return {
        "id": exam_id,
        "examplary_exam_id": exam_id,
        "platform_id": platform_id,
        "owner_id": user,
        "title": "Cells",
        "points": 10,
        "question_count": 10,
        "snapshot": json.dumps({"questions": ["x" * 100] * 10}),
        "created_at": created_at,
    }


def _generation(exam_id: str, user: str, platform_id: str, created_at: datetime, state: str) -> Row:
    return {
        "id": new_id(),
        "platform_id": platform_id,
        "lms_user_id": user,
        "state": state,
        "exam_id": exam_id,
        "session_expires_at": created_at,
        "created_at": created_at,
        "state_since": created_at,
    }


def _words(column: str, row_id: str, index: int) -> Iterator[Row]:
    for word in ("cells", f"topic{index % 1000}", "biology", "101"):
        yield {column: row_id, "word": word}


def _refusal(number: int, platform_id: str, at: datetime) -> Row:
    codes = ("lti.audience", "lti.token_expired", "lti.deployment_unknown", "lti.unknown_platform")
    return {
        "number": f"{number:012}",
        "code": codes[number % len(codes)],
        "error_facts": {},
        "platform_id": platform_id if number % 4 else None,
        "source_hash": str(number // 20),
        "arrived": {"issuer": "https://lms.example.org"},
        "at": at,
    }


def _chore(number: int, platform_id: str) -> Row:
    return {
        "kind": "delete_exam" if number % 100 else "delete_session",
        "fingerprint": str(number),
        "target_encrypted": "",
        "platform_id": platform_id,
        "attempts": number % 45,
    }


def _import(exam_id: str, user: str, platform_id: str, created_at: datetime, state: str) -> Row:
    return {
        "id": new_id(),
        "exam_id": exam_id,
        "platform_id": platform_id,
        "lms_user_id": user,
        "deployment_id": "1",
        "family": "moodle",
        "state": state,
        "created_at": created_at,
        "state_since": created_at,
        "progress": {},
        "error_facts": {},
        "lines": [],
    }


if __name__ == "__main__":
    main()
