"""Full disks, read-only databases and damaged rows lead to a clear state and a metric."""

import errno
import json
import traceback
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import event, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from lti_tool import formats
from lti_tool.logs import hide_values
from lti_tool.models import Asset, Exam, Generation, GenerationState, compare_and_set, db, now
from lti_tool.security.encryption import UnreadableSecret, Vault
from lti_tool.services.delivery.package_cache import PackageCacheFull
from lti_tool.services.exams.exam_reader import ExamDamaged
from tests.support.examplary import QUESTIONS
from tests.support.threads import run_at_once


@pytest.fixture
def finished(services, make_launch, finish):
    def make():
        generation = services.generations.start(make_launch())
        finish(generation)
        return generation

    return make


def stored(generation):
    db.session.expire_all()
    return db.session.get(Generation, generation.id)


@pytest.mark.parametrize(
    "name", ["\u0000", "A\u0000B", "\ud800", "x" * 5000, "🌱" * 600, "\u202eright to left", "'; DROP TABLE exam; --"]
)
def test_any_title_is_stored(services, finished, store, control, name):
    generation = finished()
    answer = {"id": next(iter(store.exams)), "name": name, "language": "en\u0000" + "x" * 100, "questions": QUESTIONS}
    control.faults("GET /exams/{id}", {"text": json.dumps(answer)})
    services.collector.advance(generation.id)
    assert stored(generation).state == GenerationState.READY
    exam = db.session.query(Exam).one()
    assert json.loads(exam.snapshot)["name"] == name
    assert "\u0000" not in exam.title


def test_any_question_text_is_stored_unchanged(services, finished, store, control):
    question = QUESTIONS[0] | {"title": "\u0000 \ud800 🌱 \U0010ffff"}
    generation = finished()
    answer = {"id": next(iter(store.exams)), "questions": [question]}
    control.faults("GET /exams/{id}", {"text": json.dumps(answer)})
    services.collector.advance(generation.id)
    assert stored(generation).state == GenerationState.READY
    assert json.loads(db.session.query(Exam).one().snapshot)["questions"][0]["title"] == question["title"]


def damaged(thing):
    """Return the value of the metric."""
    return REGISTRY.get_sample_value("lti_tool_damaged_total", {"what": thing}) or 0.0


@pytest.mark.parametrize("snapshot", ["", "{", '{"questions": 5}', "[]", "null", '{"id": "exam_1", "questions": []}'])
def test_a_damaged_snapshot_is_reported_and_the_original_still_served(services, exam, snapshot):
    db.session.execute(text("UPDATE exam SET snapshot = :snapshot"), {"snapshot": snapshot})
    db.session.commit()
    db.session.expire_all()
    before = damaged("snapshot")
    with pytest.raises(ExamDamaged) as caught:
        services.packages.package(exam, "moodle-xml")
    assert "backup" in caught.value.advice
    assert damaged("snapshot") == before + 1
    assert services.packages.package(exam, "examplary-qti3").path.read_bytes().startswith(b"PK")


def test_a_damaged_file_is_reported_and_not_served(services, exam):
    db.session.execute(update(Asset).values(data=b"PK\x03\x04 something else"))
    db.session.commit()
    before = damaged("file")
    with pytest.raises(ExamDamaged):
        services.packages.package(exam, "examplary-qti3")
    assert damaged("file") == before + 1


def test_generations_recover_from_a_wrong_encryption_key(services, finished):
    generation = finished()
    right = services.collector._vault
    services.collector._vault = Vault("A" * 43 + "=")
    services.collector.advance(generation.id)
    assert stored(generation).error_code == UnreadableSecret.code
    services.collector._vault = right
    services.collector.advance(generation.id)
    assert stored(generation).state == GenerationState.READY
    assert stored(generation).error_code == ""


def test_a_wrong_encryption_key_fails_generations_with_expired_sessions(services, finished):
    generation = finished()
    compare_and_set(Generation, Generation.id == generation.id, session_expires_at=now() - timedelta(seconds=1))
    db.session.commit()
    services.collector._vault = Vault("A" * 43 + "=")
    services.collector.advance(generation.id)
    assert stored(generation).state == GenerationState.FAILED
    assert stored(generation).error_code == UnreadableSecret.code


def test_a_full_disk_raises_and_leaves_no_partial_package(services, exam, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(formats.get("moodle-xml")), "write", fail)
    with pytest.raises(PackageCacheFull) as caught:
        services.packages.package(exam, "moodle-xml")
    assert caught.value.status == 503
    assert not [path for path in services.settings.package_cache_dir.iterdir() if not path.name.startswith(".lock")]
    monkeypatch.undo()
    assert services.packages.package(exam, "moodle-xml").path.stat().st_size > 0


def test_a_folder_that_cannot_be_created_raises(services, exam):
    services.settings.package_cache_dir.write_text("a file where the folder should be")
    with pytest.raises(PackageCacheFull):
        services.packages.package(exam, "moodle-xml")


def test_a_read_only_database_loses_nothing(services, finished, control):
    """Storing the exam fails; it arrives once the database is writable again."""
    generation = finished()

    def refuse(connection, cursor, statement, *_):
        if statement.startswith("INSERT INTO exam"):
            raise OperationalError(statement, {}, Exception("attempt to write a readonly database"))

    event.listen(db.engine, "before_cursor_execute", refuse)
    for _ in range(8):
        with pytest.raises(OperationalError):
            services.collector.advance(generation.id)
    assert stored(generation).state == GenerationState.COLLECTING
    event.remove(db.engine, "before_cursor_execute", refuse)
    services.collector.advance(generation.id)
    assert stored(generation).state == GenerationState.READY
    assert db.session.query(Exam).count() == 1


def test_concurrent_downloads_build_one_package(app, services, exam, make_launch, monkeypatch):
    link = services.packages.link(exam, "canvas-qti", make_launch())
    db.session.commit()
    link_token = link.split("/")[-2]
    built = []
    build = services.packages._build
    monkeypatch.setattr(services.packages, "_build", lambda *arguments: (built.append(1), build(*arguments)))

    def fetch():
        with app.app_context():
            return services.packages.fetch(link_token, count=True).path.stat().st_size

    sizes = run_at_once([fetch] * 20)
    assert (len(built), len(set(sizes))) == (1, 1)


NAME = "tess"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO lms_user (id, name) VALUES ('x', :name)",
        "INSERT INTO lms_user (id, platform_id, sub, name, email, examplary_email, created_at, seen_at)"
        " SELECT 'x', platform_id, sub, :name, '', '', created_at, seen_at FROM lms_user",
    ],
)
def test_database_errors_in_the_log_contain_no_names(app, make_launch, statement):
    make_launch(NAME, name=NAME, email=f"{NAME}@school.example")
    with pytest.raises((IntegrityError, OperationalError)) as caught:
        db.session.execute(text(statement), {"name": NAME})
    db.session.rollback()
    logged = hide_values(None, "error", {"exception": "".join(traceback.format_exception(caught.value))})["exception"]
    assert NAME not in logged
    assert "lms_user" in logged
