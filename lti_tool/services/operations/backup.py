"""Back the database up, and restore it, with the database's own programs.

The queue, the cache and packages need no backup: they are rebuilt. The encryption keys are not part of it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import URL, make_url

from lti_tool.errors import N_, ToolError

_BRIEF = 2000
"""Characters of a program's message that are kept."""


class BackupError(ToolError):
    """The backup was not made, or not restored. Facts: ``problem``, ``next``."""

    code = "operations.backup"
    sentence = N_("%(problem)s")
    advice = N_("%(next)s")


def back_up(database_url: str, file: Path) -> None:
    """Write a consistent copy of the database to a new ``file`` that only its owner can read, while the tool runs.

    Raises :class:`BackupError`.
    """
    url = make_url(database_url)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _error(f"{file} exists already.", "Name another file.") from None
    except OSError as error:
        raise _error(f"{file} can't be written: {error.strerror}.", "Name a file in a folder that exists.") from error
    try:
        with os.fdopen(descriptor, "wb") as out:
            _write(url, file, out)
    except BackupError:
        file.unlink()
        raise


def restore(database_url: str, file: Path) -> None:
    """Load a backup into an empty database of the same kind. Raises :class:`BackupError`."""
    url = make_url(database_url)
    if not file.is_file():
        raise _error(f"There is no file {file}.", "Name the file of a backup.")
    if _has_tables(url):
        raise _error(
            "The database is not empty.",
            "Create an empty one, and name it in LTI_TOOL_DATABASE_URL. Nothing was changed.",
        )
    if _kind(url) == "sqlite":
        target = Path(url.database or "")
        target.touch(mode=0o600)
        _copy_sqlite(file, target)
    elif _kind(url) == "postgresql":
        command = ["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", *_postgresql(url), str(file)]
        _run(command, {"PGPASSWORD": url.password or ""})
    else:
        with file.open("rb") as dump:
            _run(["mariadb", *_mariadb(url), url.database or ""], {"MYSQL_PWD": url.password or ""}, stdin=dump)


def _write(url: URL, file: Path, out: IO[bytes]) -> None:
    if _kind(url) == "sqlite":
        _copy_sqlite(Path(url.database or ""), file)
    elif _kind(url) == "postgresql":
        command = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", *_postgresql(url)]
        _run(command, {"PGPASSWORD": url.password or ""}, stdout=out)
    else:
        command = ["mariadb-dump", "--single-transaction", "--skip-lock-tables", *_mariadb(url), url.database or ""]
        _run(command, {"MYSQL_PWD": url.password or ""}, stdout=out)


def _kind(url: URL) -> str:
    name = url.get_backend_name()
    return "mariadb" if name == "mysql" else name


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy page by page with SQLite's own backup, which sees a consistent state."""
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as original,
            closing(sqlite3.connect(target)) as copy,
        ):
            original.backup(copy)
            # A write-ahead log would be a second file beside the copy.
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise _error(f"{source} can't be copied: {error}.", "Check the file, and the room on the disk.") from error


def _postgresql(url: URL) -> Sequence[str]:
    """Return the options that name the database; programs of PostgreSQL take its name the same way."""
    options = {"--host": url.host, "--port": url.port, "--username": url.username, "--dbname": url.database}
    return [f"{name}={value}" for name, value in options.items() if value]


def _mariadb(url: URL) -> Sequence[str]:
    options = {"--host": url.host, "--port": url.port, "--user": url.username}
    return [f"{name}={value}" for name, value in options.items() if value]


def _run(
    command: Sequence[str],
    secrets: Mapping[str, str],
    *,
    stdin: IO[bytes] | None = None,
    stdout: IO[bytes] | None = None,
) -> None:
    """Run a program of the database; passwords go through its environment, which no list of processes shows."""
    program = shutil.which(command[0])
    if program is None:
        raise _error(f"{command[0]} is not installed.", "Install the client programs of your database.")
    environment = {**os.environ, **{name: value for name, value in secrets.items() if value}}
    done = subprocess.run(  # noqa: S603 -- a program of the database, without a shell
        [program, *command[1:]],
        env=environment,
        stdin=stdin or subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        message = done.stderr.decode(errors="replace").strip()[-_BRIEF:]
        raise _error(f"{command[0]} failed: {message}", "Nothing was changed. Correct it, and try again.")


def _has_tables(url: URL) -> bool:
    if _kind(url) == "sqlite" and not Path(url.database or "").exists():
        return False
    engine = create_engine(url)
    try:
        return bool(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def _error(problem: str, advice: str) -> BackupError:
    return BackupError(problem, problem=problem, next=advice)
