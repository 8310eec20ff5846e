"""Backup and restore with the databases' own programs."""

import os
import shutil
import stat

import pytest
from sqlalchemy import create_engine, insert, select

from lti_tool.models import Base, ToolKey
from lti_tool.services.operations.backup import BackupError, back_up, restore
from tests.support.databases import DATABASES, drop_database, make_database, reachable

PROGRAMS = {"sqlite": "sh", "postgresql": "pg_restore", "mariadb": "mariadb-dump"}


@pytest.fixture(params=DATABASES)
def databases(request, tmp_path):
    """Two databases of one kind: one with a key in it, and an empty one."""
    server = request.param
    if server == "sqlite":
        yield _with_a_key(f"sqlite:///{tmp_path / 'first.sqlite3'}"), f"sqlite:///{tmp_path / 'second.sqlite3'}"
        return
    if not reachable(server) or shutil.which(PROGRAMS[server]) is None:
        pytest.skip(f"{server} or its programs are not installed")
    # Tests of several processes run at the same time.
    names = [f"backup_{part}_{os.getpid()}" for part in ("first", "second")]
    first, second = (make_database(server, name) for name in names)
    yield _with_a_key(first), second
    for name in names:
        drop_database(server, name)


def _with_a_key(url):
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(ToolKey).values(kid="käy 漢字", private_pem_encrypted="x", public_jwk="{}"))
    engine.dispose()
    return url


def _keys(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        kids = connection.scalars(select(ToolKey.kid)).all()
    engine.dispose()
    return kids


def test_a_backup_restores_into_an_empty_database(databases, tmp_path):
    first, second = databases
    file = tmp_path / "backup"
    back_up(first, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    restore(second, file)
    assert _keys(second) == _keys(first) == ["käy 漢字"]
    assert [path.name for path in tmp_path.glob("backup*")] == ["backup"]


def test_nothing_is_overwritten(databases, tmp_path):
    first, _ = databases
    file = tmp_path / "backup"
    back_up(first, file)
    content = file.read_bytes()
    with pytest.raises(BackupError, match="exists already"):
        back_up(first, file)
    with pytest.raises(BackupError, match="not empty"):
        restore(first, file)
    assert file.read_bytes() == content
    assert _keys(first) == ["käy 漢字"]


def test_a_file_that_is_no_backup_is_refused(databases, tmp_path):
    _, second = databases
    file = tmp_path / "text"
    file.write_text("DROP TABLE, said nobody;")
    with pytest.raises(BackupError):
        restore(second, file)
    with pytest.raises(BackupError, match="no file"):
        restore(second, tmp_path / "missing")


def test_a_failed_backup_leaves_no_file(tmp_path):
    with pytest.raises(BackupError):
        back_up(f"sqlite:///{tmp_path / 'missing.sqlite3'}", tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_into_a_folder_that_does_not_exist_is_explained(tmp_path):
    with pytest.raises(BackupError, match="can't be written: No such file or directory"):
        back_up(f"sqlite:///{tmp_path / 'tool.sqlite3'}", tmp_path / "missing" / "backup")
