"""Direct imports into the sandbox's Canvas through the services: an account, the job's pauses, and one quiz."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest

from lti_tool.lms.account_access import Transfer
from lti_tool.lms.canvas.migration_progress import IN_QUEUE
from lti_tool.models import Import, LmsAccount, db, now
from sandbox.faults import Fault
from tests.support.canvas_api import TOKEN, canvas_api

__all__ = ["canvas_api"]


@pytest.fixture
def settings(settings):
    """Trust the second name of the sandbox's Canvas, to which files are uploaded."""
    return settings.model_copy(update={"trusted_media_hosts": (*settings.trusted_media_hosts, "localhost")})


@pytest.fixture
def open_canvas(canvas_api, make_launch, services, platform):
    """A teacher's launch, and their account at the API."""
    return canvas_api.launcher(services, platform, make_launch)


@pytest.fixture
def run(services):
    """Return a function that lets an import go on to its end, without its pauses."""

    def to_end(row, steps=60):
        for _ in range(steps):
            db.session.expire_all()
            row = db.session.get(Import, row.id)
            if row.state not in {"asked", "sending", "queued", "importing"}:
                return row
            services.direct_imports.check_again(row)
        raise AssertionError(f"still {row.state}")

    return to_end


def test_an_exam_becomes_a_quiz(services, canvas_api, open_canvas, exam, run, capsys):
    row = services.direct_imports.start(open_canvas(), exam, "form-1")
    assert (row.state, row.error_code) == ("queued", "")
    row = run(row)
    (quiz,) = canvas_api.quizzes
    assert (row.state, row.outcome, row.quiz_data["quiz"]) == ("done", "unpublished", str(quiz.ident))
    assert row.quiz_url == f"{canvas_api.base_url}/courses/1/quizzes/{quiz.ident}"
    assert (row.progress, row.grant_encrypted, row.open_key, row.note) == ({}, None, None, "")
    assert b'lti_tool_imports_total{family="canvas",outcome="unpublished"}' in services.metrics.text()
    output = capsys.readouterr()
    assert TOKEN not in output.out + output.err


def test_a_step_that_is_not_due_is_not_taken(services, canvas_api, open_canvas, exam):
    """Two jobs of one import must not check twice as often."""
    canvas_api.behaviour.queue_polls = 100
    row = services.direct_imports.start(open_canvas(), exam, "form-1")
    for _ in range(9):
        services.direct_imports.check_again(row)
    calls = len(canvas_api.lms.faults.journal)
    for _ in range(5):
        services.import_job.advance(row.id)
    assert len(canvas_api.lms.faults.journal) == calls
    assert (row.note, row.state) == (IN_QUEUE, "queued")
    assert row.look_after - now() > timedelta(seconds=10)


def test_an_import_waits_for_the_account_and_continues(services, canvas_api, open_canvas, exam, run):
    launch = open_canvas()
    row = services.direct_imports.start(launch, exam, "form-1")
    canvas_api.lms.canvas_tokens.spoil("revoked")
    services.direct_imports.check_again(row)
    db.session.refresh(row)
    assert (row.state, row.progress["phase"]) == ("waiting_for_consent", "following")
    assert db.session.query(LmsAccount).count() == 0
    canvas_api.consent(services, launch)
    again = services.direct_imports.start(launch, exam, "form-2")
    assert again.id == row.id
    assert run(row).state == "done"
    assert len(canvas_api.quizzes) == 1


def test_a_lost_answer_makes_no_second_quiz(services, canvas_api, open_canvas, exam, run):
    canvas_api.lms.faults.script("POST /files_api", Fault(lost=True))
    row = services.direct_imports.start(open_canvas(), exam, "form-1")
    assert (row.error_code, row.attempts) == ("canvas.unreachable", 1)
    assert run(row).state == "done"
    assert len(canvas_api.quizzes) == 1


def test_canvas_may_download_the_package_instead(app, services, canvas_api, platform, make_launch, exam, run):
    launch = canvas_api.launcher(services, platform, make_launch, Transfer.LINK)()
    row = services.direct_imports.start(launch, exam, "form-1")
    (migration,) = canvas_api.course.migrations
    assert migration.file_name == f"Cells-canvas-qti-{row.id[:12]}.zip"
    response = app.test_client().get(urlsplit(migration.file_url).path, buffered=True)
    migration.data = response.data
    assert run(row).state == "done"
    (quiz,) = canvas_api.quizzes
    package = zipfile.ZipFile(BytesIO(app.test_client().get(own_package(services, exam, launch), buffered=True).data))
    assert not any(name.startswith(quiz.migration_id) for name in package.namelist())


def own_package(services, exam, launch):
    """Return the path of the package whose identifiers are the exam's own."""
    link = services.packages.link(exam, "canvas-qti", launch)
    db.session.commit()
    return urlsplit(link).path


def test_the_second_import_asks_and_replaces(services, canvas_api, open_canvas, exam, run):
    first = run(services.direct_imports.start(open_canvas(), exam, "form-1"))
    launch = open_canvas("2")
    second = services.direct_imports.start(launch, exam, "form-2")
    assert second.state == "waiting"
    choice = second.question["choices"][0]["value"]
    services.direct_imports.decide(second, launch, choice)
    second = run(second)
    assert (second.outcome, second.quiz_url) == ("replaced", first.quiz_url)
    assert len(canvas_api.quizzes) == 1


def test_a_duplicate_never_replaces_the_originals_quiz(services, canvas_api, open_canvas, exam, run):
    run(services.direct_imports.start(open_canvas(), exam, "form-1"))
    launch = open_canvas("2")
    copy = services.exam_changes.duplicate(launch, exam, "Copy")
    row = run(services.direct_imports.start(launch, copy, "form-2"))
    assert (row.state, row.question, row.outcome) == ("done", None, "unpublished")
    assert len(canvas_api.quizzes) == 2


def test_a_migration_that_fails_keeps_canvass_words(services, canvas_api, open_canvas, exam, run):
    canvas_api.behaviour.ending = "failed"
    row = run(services.direct_imports.start(open_canvas(), exam, "form-1"))
    assert (row.state, row.error_code) == ("failed", "canvas.import_failed")
    assert "unexpected error" in row.lines[0]["message"]


@pytest.mark.parametrize("what", ["key", "host"])
def test_without_a_fitting_key_the_page_says_why(services, canvas_api, open_canvas, platform, what):
    launch = open_canvas()
    if what == "key":
        services.api_keys.remove(platform)
    else:
        grant = canvas_api.grant() | {"base_url": "https://elsewhere.example"}
        launch.import_grant_encrypted = services.vault.encrypt(json.dumps(grant))
        db.session.commit()
    availability = services.import_availability.of(launch)
    assert not availability.available
    assert "API key" in availability.reason
