"""Send an exam to Canvas once, even if a response is lost (see docs/reference/canvas-api.md#a-lost-answer).

A migration that waits for a file makes nothing without it, and only this import knows where to put the file. So a lost
response to the first request is harmless with an upload, and after a lost response to the upload the migration's state
says whether the file has arrived. When Canvas downloads the file itself, the first request is enough: then the course's
migrations are searched for the file's name, and if that isn't possible the teacher is asked.

The copy of the package belongs to this import alone. Where a request is repeated, Canvas may therefore overwrite: if
the first request did succeed, the second changes the same quiz.
"""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.lms.account_access import Transfer
from lti_tool.lms.canvas import api_errors
from lti_tool.lms.canvas.api import CanvasApi, Json, identifier, text
from lti_tool.lms.canvas.course_quizzes import migrations
from lti_tool.lms.canvas.import_progress import NEW, ImportProgress, Phase
from lti_tool.lms.canvas.teacher_questions import Decision
from lti_tool.lms.canvas.upload import ZIP, read_place, upload
from lti_tool.lms.direct_import import DirectImportError, ImportOrder, Pending

QTI = "qti_converter"
WAITS_FOR_FILE = "pre_processing"
ENDED = frozenset({"completed", "failed"})
UPLOAD_POLLS, UPLOAD_PAUSE = 5, 8.0
"""How often, and at which interval in seconds, to check whether a file has arrived before it is sent again."""
SEARCH_POLLS, SEARCH_PAUSE = 4, 6.0
"""The same for a migration whose response was lost."""
FIRST_PAUSE = 1.0
CHECKING = N_("Canvas didn't respond in time. Examplary is checking whether the exam has arrived.")


class AskTheTeacher(Exception):
    """Only the teacher can see whether the import has begun."""


def send(api: CanvasApi, order: ImportOrder, progress: ImportProgress) -> Pending:
    """Start a migration and give it the package."""
    content = order.package(progress.copy)
    by_link = _is_by_link(order)
    link = order.package_link(progress.copy, file_name(order)) if by_link else ""
    request = _request(order, progress, len(content), link)
    order.keep(progress.enter(Phase.STARTING).to_json())
    try:
        migration = api.post(f"/api/v1/courses/{order.grant['course']}/content_migrations", request)
    except DirectImportError as error:
        if not (isinstance(error, api_errors.CanvasUnreachable) and error.was_sent):
            # Canvas refused: nothing was made, and the next attempt begins here.
            order.keep(progress.to_json())
        raise
    sent_progress = _with_migration(progress, migration)
    if by_link:
        return _start_polling(sent_progress)
    place = read_place(_object(migration.get("pre_attachment")))
    arrived = _abandoned_with_file(api, order, progress)
    if arrived:
        return _start_polling(sent_progress.enter(Phase.FOLLOWING, migration=arrived, progress_id=""))
    order.keep(sent_progress.enter(Phase.UPLOADING).to_json())
    upload(api, order.public_http, place, file_name(order), content)
    return _start_polling(sent_progress)


def after_lost_start(api: CanvasApi, order: ImportOrder, progress: ImportProgress) -> Pending:
    """Find out whether a request without a response succeeded; raise :class:`AskTheTeacher` if that is impossible."""
    if not _is_by_link(order):
        return send(api, order, progress.enter(Phase.READY, is_repeated=True))
    new = _new_migrations(api, order, progress)
    if new is None:
        raise AskTheTeacher
    own = next((entry for entry in new if _has_file(entry, file_name(order))), None)
    if own is not None:
        return _start_polling(_with_migration(progress, own))
    if progress.polls < SEARCH_POLLS:
        return Pending(began=False, seconds=SEARCH_PAUSE, progress=progress.after_poll().to_json(), note=CHECKING)
    if new:
        # Canvas names the file only after it has downloaded it, so one of these may be ours.
        raise AskTheTeacher
    return send(api, order, progress.enter(Phase.READY, is_repeated=True))


def after_lost_upload(api: CanvasApi, order: ImportOrder, progress: ImportProgress) -> Pending:
    """Find out whether the file has arrived; send it again, to a new migration, if it hasn't for a while."""
    if _state(api, order, progress.migration) != WAITS_FOR_FILE:
        return _start_polling(progress)
    if progress.polls < UPLOAD_POLLS:
        return Pending(began=False, seconds=UPLOAD_PAUSE, progress=progress.after_poll().to_json(), note=CHECKING)
    given_up = (*progress.given_up, progress.migration)
    fresh = progress.enter(Phase.READY, migration="", progress_id="", given_up=given_up, is_repeated=True)
    return send(api, order, fresh)


def file_name(order: ImportOrder) -> str:
    """Return the name by which this import's file is recognised in Canvas."""
    stem, _, suffix = order.package_name.rpartition(".")
    return f"{stem}-{order.import_id[:12]}.{suffix}"


def _is_by_link(order: ImportOrder) -> bool:
    return order.account is not None and order.account.transfer is Transfer.LINK


def _request(order: ImportOrder, progress: ImportProgress, size: int, link: str) -> Json:
    """Return the body. Canvas takes any text as true, so flags are JSON's own."""
    settings: dict[str, object] = {
        "overwrite_quizzes": bool(progress.replaces) or (progress.is_repeated and progress.engine != NEW),
        "question_bank_name": progress.title,
    }
    if progress.engine == NEW:
        settings["import_quizzes_next"] = True
    if not progress.replaces:
        settings |= _place(order)
    if link:
        return {"migration_type": QTI, "settings": settings | {"file_url": link}}
    attachment = {"name": file_name(order), "size": size, "content_type": ZIP}
    return {"migration_type": QTI, "pre_attachment": attachment, "settings": settings}


def _place(order: ImportOrder) -> dict[str, object]:
    """Return where the teacher wants the quiz."""
    decision = Decision.read(order.decision)
    ticked = {name: order.grant.get(name, "") if name in order.options else "" for name in ("module", "group")}
    module = ticked["module"] if decision.module is None else decision.module
    group = ticked["group"] if decision.group is None else decision.group
    settings = {"insert_into_module_id": module, "move_to_assignment_group_id": group}
    return {name: value for name, value in settings.items() if value}


def _with_migration(progress: ImportProgress, migration: Json) -> ImportProgress:
    number = identifier(migration)
    if not number:
        raise api_errors.CanvasUnreachable("a migration without an id")
    return progress.enter(Phase.FOLLOWING, migration=number, progress_id=progress_id(migration))


def progress_id(migration: Json) -> str:
    """Return the id of the migration's progress; empty where Canvas has none yet."""
    last = text(migration, "progress_url").rpartition("/")[2]
    return identifier({"id": last})


def _start_polling(progress: ImportProgress) -> Pending:
    return Pending(began=False, seconds=FIRST_PAUSE, progress=progress.enter(Phase.FOLLOWING).to_json())


def read_migration(api: CanvasApi, order: ImportOrder, migration: str) -> Json:
    """Return the migration; raise :class:`MigrationGone` if Canvas doesn't know it."""
    try:
        return api.get(f"/api/v1/courses/{order.grant['course']}/content_migrations/{migration}")
    except api_errors.CourseGone as error:
        raise api_errors.MigrationGone(error.detail) from None


def _state(api: CanvasApi, order: ImportOrder, migration: str) -> str:
    return text(read_migration(api, order, migration), "workflow_state")


def _abandoned_with_file(api: CanvasApi, order: ImportOrder, progress: ImportProgress) -> str:
    """Return an abandoned migration whose file has arrived after all; empty if there is none."""
    idle = {WAITS_FOR_FILE, "failed"}
    return next((migration for migration in progress.given_up if _state(api, order, migration) not in idle), "")


def _new_migrations(api: CanvasApi, order: ImportOrder, progress: ImportProgress) -> list[Json] | None:
    """Return the QTI migrations that began after this import; ``None`` if Canvas doesn't list them."""
    listed = migrations(api, order.grant["course"])
    if listed is None or progress.migrations_before is None:
        return None
    return [
        entry
        for entry in listed
        if identifier(entry) not in progress.migrations_before and text(entry, "migration_type") == QTI
    ]


def _has_file(migration: Json, name: str) -> bool:
    """Return whether the migration's file has this name, as it was sent or as Canvas writes it."""
    files = [_object(migration.get(part)) for part in ("attachment", "pre_attachment")]
    names = [text(file, part) for file in files for part in ("filename", "display_name", "name")]
    return name in names or any(part.startswith(name) for part in names if part)


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}
