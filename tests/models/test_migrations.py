"""Migrations upgrade tables with data on every database, and run once if many processes start together."""

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import update

import lti_tool
from lti_tool import create_app
from lti_tool.models import (
    Base,
    Chore,
    Exam,
    ExamCourse,
    ExamMedia,
    ExamText,
    ExamWord,
    Generation,
    LmsUser,
    Platform,
    db,
)
from tests.support.databases import DATABASES, drop_database, make_database, reachable
from tests.support.first_release import LONG_AGO, ROWS, SNAPSHOT, assert_rows_kept, fill

NEWEST = len(list((Path(lti_tool.__file__).parent / "models" / "migrations" / "versions").glob("*.py")))
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=DATABASES)
def database_url(request, tmp_path, worker_name):
    """An empty database, without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'tool.sqlite3'}"
        return
    if not reachable(request.param):
        pytest.skip(f"{request.param} does not answer on this machine")
    yield make_database(request.param, worker_name)
    drop_database(request.param, worker_name)


@pytest.fixture
def worker_name():
    import os

    return f"examplary_lms_migrations_{os.getpid()}"


@pytest.fixture
def bare(settings):
    """The tool on an empty database."""
    app = create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_upgrading_a_first_release_keeps_the_data_and_its_generations_continue(bare, store):
    upgrade(revision="0001")
    with db.engine.begin() as connection:
        fill(connection)
    upgrade()
    assert_rows_kept(db.session.connection())
    exam = db.session.query(Exam).one()
    assert (exam.title, exam.snapshot, exam.points) == ("Ecosystèmes 🌱", SNAPSHOT, 12.5)
    assert exam.created_at.replace(tzinfo=None) == LONG_AGO
    assert db.session.query(ExamMedia).one().asset.data == b"\x00\xff1"
    assert db.session.query(Platform).one().presets == {"subject": "Biology"}
    assert [row.claims for row in db.session.query(Generation)] == [0, 0]
    assert db.session.query(LmsUser).one().examplary_user_id == "user_1"
    assert db.session.query(Chore).one().last_error == "examplary.busy"
    assert exam.snapshot_sha256 == hashlib.sha256(SNAPSHOT.encode()).hexdigest()
    assert "ecosystemes" in {row.word for row in db.session.query(ExamWord).filter_by(exam_id=exam.id)}
    assert_tables_match_models()
    services = bare.extensions["services"]
    generation = db.session.get(Generation, "generation-2")
    generation.session_id_encrypted = services.vault.encrypt("embed_session_forgotten")
    db.session.commit()
    services.sweeper.sweep()
    db.session.expire_all()
    assert generation.state == "expired"


def assert_tables_match_models():
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.one_database
def test_there_is_one_head_revision(bare):
    folder = bare.extensions["migrate"].migrate.get_config()
    assert len(ScriptDirectory.from_config(folder).get_heads()) == 1


def test_downgrading_and_upgrading_keeps_the_data(bare):
    upgrade(revision="0001")
    with db.engine.begin() as connection:
        fill(connection)
    upgrade()
    downgrade(revision="0001")
    upgrade()
    upgrade()  # changes nothing
    assert_rows_kept(db.session.connection())
    assert_tables_match_models()


def test_exams_that_a_first_release_added_stay_in_their_courses(bare):
    """In the first release, a link opened its exam for anyone in the course."""
    upgrade(revision="0001")
    launches = [
        ROWS["launch"][0] | {"id": f"launch-{number}", "context_id": "course-2", "answered_with": exam_id}
        for number, exam_id in enumerate(("exam-1", "exam-1", "exam-gone"), start=2)
    ]
    with db.engine.begin() as connection:
        fill(connection)
        fill(connection, {"launch": launches})
    upgrade()
    assert [(row.exam_id, row.context_id) for row in db.session.query(ExamCourse)] == [("exam-1", "course-2")]


def test_exams_of_a_first_release_are_found_and_say_where_they_were_added(bare):
    upgrade(revision="0001")
    stored = {
        "id": "exam_1",
        "name": "Écosystèmes",
        "subject": "Biology",
        "questions": [{"title": "<b>Où</b> &amp; qui?"}],
    }
    launch = ROWS["launch"][0] | {"id": "launch-2", "context_id": "course-2", "context_title": "Biology 2"}
    with db.engine.begin() as connection:
        fill(connection)
        fill(connection, {"launch": [launch | {"answered_with": "exam-1", "answered_at": LONG_AGO}]})
        connection.execute(update(Exam.__table__).values(snapshot=json.dumps(stored)))
    upgrade()
    assert db.session.query(ExamText).one().text == "ecosystemes 🌱 biology ou & qui?"
    (row,) = db.session.query(ExamCourse)
    assert (row.added_by, row.course_title, row.added_at.replace(tzinfo=None)) == ("person-1", "Biology 2", LONG_AGO)
    exam = db.session.query(Exam).one()
    assert (exam.course_title, exam.at_examplary, exam.changed_at) == ("Biology", True, None)


@pytest.mark.slow
def test_machines_that_start_together_migrate_once(settings, bare):
    upgrade(revision="0001")
    with db.engine.begin() as connection:
        fill(connection)
    db.engine.dispose()
    environment = {
        "LTI_TOOL_ENVIRONMENT": "test",
        "LTI_TOOL_DATABASE_URL": settings.database_url,
        "LTI_TOOL_QUEUE_URL": "memory://",
        "LTI_TOOL_SECRET_KEY": "s" * 40,
        "LTI_TOOL_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        "LTI_TOOL_PACKAGE_CACHE_DIR": str(settings.package_cache_dir),
        "PATH": "/usr/bin:/bin",
    }

    def start(_):
        return subprocess.run(
            [sys.executable, "-m", "lti_tool", "migrate"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(start, range(4)))
    assert [run.returncode for run in ended] == [0] * 4, [run.stderr[-1500:] for run in ended]
    assert {run.stdout.strip() for run in ended} == {"The database is ready."}
    assert sum(run.stderr.count("migration.done") for run in ended) == NEWEST - 1
    assert db.session.query(Exam).one().title == "Ecosystèmes 🌱"
