"""Canvas's queue of content migrations: one at a time in a course. Requests for a migration's progress move it on.

See docs/reference/canvas-api.md#states.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from sandbox.importers.archive import ImportRefused
from sandbox.importers.classic_model import ClassicImport
from sandbox.lms.canvas_content import CanvasCourse, Migration
from sandbox.lms.canvas_importer import import_package, read_settings
from sandbox.lms.fetch import MAX_PACKAGE_BYTES, FetchFailed, fetch
from sandbox.lms.state import Lms

EXTENSIONS = (".zip", ".imscc")
UPLOAD_SECONDS = 3600
MESSAGES = {
    "unexpected": {
        "en": "There was an unexpected error, please contact support.",
        "nl": "Er is een onverwachte fout opgetreden, neem contact op met ondersteuning.",
    },
    "question": {
        "en": 'Import Error: Quiz Question - "{}"',
        "nl": 'Importfout: Toetsvraag - "{}"',
    },
    "blocked": {"en": "Blocked by running migration", "nl": "Geblokkeerd door lopende migratie"},
    "upload": {"en": "The file upload process timed out.", "nl": "Time-out bij het uploaden van het bestand."},
}


def advance(lms: Lms) -> None:
    """Move the course's queue on by one step, as a request for any migration does."""
    with lms.canvas_lock:
        course = lms.canvas
        _end_old_uploads(lms, course)
        waiting = (migration for migration in course.migrations if migration.state != "pre_processing")
        head = next((migration for migration in waiting if migration.is_active), None)
        if head is None:
            return
        head.polls += 1
        if course.behaviour.ending == "blocked":
            _fail(head, _text(course, "blocked"))
        elif head.polls > course.behaviour.queue_polls + course.behaviour.polls - 1:
            _finish(lms, course, head)
        elif head.polls > course.behaviour.queue_polls:
            head.state = "running"
            head.completion = 50


def _end_old_uploads(lms: Lms, course: CanvasCourse) -> None:
    for migration in course.migrations:
        if migration.state == "pre_processing" and lms.now() - migration.created_at > UPLOAD_SECONDS:
            _fail(migration, _text(course, "upload"))


def _text(course: CanvasCourse, name: str, *facts: str) -> str:
    return MESSAGES[name][course.behaviour.language].format(*facts)


def _fail(migration: Migration, *issues: str) -> None:
    migration.state = "failed"
    migration.issues = issues


def _complete(migration: Migration, *issues: str) -> None:
    migration.state = "completed"
    migration.completion = 100
    migration.issues = issues


def _finish(lms: Lms, course: CanvasCourse, migration: Migration) -> None:
    """Import the package, or end in the way that the course's behaviour says."""
    ending = course.behaviour.ending
    if ending == "failed":
        _fail(migration, _text(course, "unexpected"))
    elif ending == "failed_silently":
        _fail(migration)
    elif ending == "no_quiz":
        _complete(migration)
    else:
        run(lms, migration, drops_question=ending == "warnings")
    if ending == "two_quizzes":
        _add_namesake(course)


def run(lms: Lms, migration: Migration, *, drops_question: bool = False) -> None:
    """Import the migration's file now; on failure, the migration has failed with Canvas's message."""
    course = lms.canvas
    try:
        data = _download(lms, migration.file_url) if migration.data is None else migration.data
        settings = read_settings(migration.settings)
        dropped = _second_question(data) if drops_question else ""
        migration.outcome = import_package(course, data, migration.ident, settings, without=dropped)
    except (FetchFailed, ImportRefused) as failure:
        _fail(migration, str(failure))
        return
    lost = (_text(course, "question", dropped),) if dropped else ()
    _complete(migration, *lost, *_issues(migration.outcome))


def _second_question(data: bytes) -> str:
    """Return the name of the package's second question."""
    scratch = CanvasCourse()
    import_package(scratch, data, 0, read_settings({}))
    return scratch.quizzes[0].quiz.questions[1].name


def _download(lms: Lms, file_url: str) -> bytes:
    if not file_url:
        raise FetchFailed("File upload or URL is required")
    max_bytes = min(MAX_PACKAGE_BYTES, lms.canvas.behaviour.quota_bytes)
    fetched = fetch(file_url, verify=lms.config.verify_tls, max_bytes=max_bytes)
    # Canvas takes the file name from the URL's path, and the type from the name.
    if PurePosixPath(urlsplit(file_url).path).suffix.lower() not in EXTENSIONS:
        raise FetchFailed("Unsupported content package")
    return fetched.body


def _issues(outcome: ClassicImport) -> tuple[str, ...]:
    missing = tuple(f"Missing file: {name}" for name in outcome.missing_files)
    return (*outcome.warnings, *outcome.errors, *missing)


def _add_namesake(course: CanvasCourse) -> None:
    """Add a quiz with the title of the newest, as if a colleague had imported it at the same moment."""
    newest = course.quizzes[-1]
    ident = course.first_id + len(course.quizzes)
    course.quizzes.append(replace(newest, ident=ident, migration_id=f"other_{newest.migration_id}"))
