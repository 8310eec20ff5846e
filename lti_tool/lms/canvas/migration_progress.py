"""Poll a migration until it ends, and find the quiz (see docs/reference/canvas-api.md#states)."""

from __future__ import annotations

from dataclasses import replace

from lti_tool.errors import N_
from lti_tool.lms.canvas import api_errors
from lti_tool.lms.canvas.api import CanvasApi, Json, text
from lti_tool.lms.canvas.course_quizzes import CourseQuiz, assignment_state, quizzes_titled
from lti_tool.lms.canvas.import_progress import NEW, ImportProgress, Phase
from lti_tool.lms.canvas.start_migration import ENDED, WAITS_FOR_FILE, progress_id, read_migration
from lti_tool.lms.direct_import import Imported, ImportLine, ImportOrder, Pending
from lti_tool.lti.protocol.claim_reading import plain_text

PAUSES = (1.0, 1.0, 1.0, 2.0, 2.0, 5.0, 5.0, 10.0)
"""Seconds between the first polls."""
PAUSE, POLLS = 15.0, 27
"""Seconds between the polls after those, until about five minutes are over."""
LONG_PAUSE, LONG_POLLS = 300.0, 27 + 48 * 12
"""Seconds after that, until Canvas's own job has expired after two days."""
FIND_POLLS = 4
"""A list of quizzes may lag behind."""
MAX_ISSUE_PAGES, MAX_LINES, MAX_TEXT, MAX_LINK = 5, 300, 500, 2000

IN_QUEUE = N_("Canvas imports one thing at a time into a course: the exam waits behind another import.")
TAKES_LONG = N_("This is taking a while. Examplary checks with Canvas every few minutes, even if you close this page.")
NO_ANSWER = N_("Canvas has the exam, but isn't responding right now. Examplary keeps checking.")
BUILDING_NEW_QUIZ = N_("Canvas is building the New Quiz.")


def pause_after(polls: int) -> float:
    """Return the seconds until the next poll."""
    if polls < len(PAUSES):
        return PAUSES[polls]
    return PAUSE if polls < POLLS else LONG_PAUSE


def poll_migration(api: CanvasApi, order: ImportOrder, progress: ImportProgress) -> Imported | Pending:
    """Poll the migration and its progress once: only together do they say that it has ended."""
    migration = read_migration(api, order, progress.migration)
    state = text(migration, "workflow_state")
    followed = progress if progress.progress_id else replace(progress, progress_id=progress_id(migration))
    job = _job_state(api, followed) if followed.progress_id else ""
    if state == "failed":
        raise api_errors.MigrationFailed(f"migration {progress.migration}", lines=issues(api, order, progress))
    if state == "completed" and (job in {"", "completed", "failed"} or followed.polls > len(PAUSES)):
        return find_quiz(api, order, followed.enter(Phase.COMPLETED))
    if job == "failed" and followed.polls > 1 and state not in ENDED:
        raise api_errors.MigrationFailed("its progress failed", lines=issues(api, order, progress))
    if followed.polls >= LONG_POLLS:
        raise api_errors.MigrationGone(f"still {state[:20]}")
    has_begun = state in {"running", "waiting_for_select"} or job == "running"
    return _poll_again(followed, has_begun=has_begun, waits=state not in {"", WAITS_FOR_FILE})


def retry_poll_later(progress: ImportProgress, least: float) -> Pending:
    """Return the pause after Canvas didn't answer: it has the exam, so the import isn't given up."""
    again = progress.after_poll()
    seconds = max(pause_after(progress.polls), least)
    return Pending(began=True, seconds=seconds, progress=again.to_json(), note=NO_ANSWER)


def _poll_again(progress: ImportProgress, *, has_begun: bool, waits: bool) -> Pending:
    note = TAKES_LONG if progress.polls >= POLLS else ""
    if waits and not has_begun and progress.polls > 3:
        note = IN_QUEUE
    return Pending(
        began=has_begun, seconds=pause_after(progress.polls), progress=progress.after_poll().to_json(), note=note
    )


def _job_state(api: CanvasApi, progress: ImportProgress) -> str:
    """Return the state of the job's progress; empty if Canvas doesn't show it."""
    try:
        return text(api.get(f"/api/v1/progress/{progress.progress_id}"), "workflow_state")
    except (api_errors.CourseGone, api_errors.CanvasPermissionMissing, api_errors.ScopeMissing):
        return ""


def issues(api: CanvasApi, order: ImportOrder, progress: ImportProgress) -> tuple[ImportLine, ...]:
    """Return Canvas's issues, in its own language, with links to its own pages only."""
    path = f"/api/v1/courses/{order.grant['course']}/content_migrations/{progress.migration}/migration_issues"
    try:
        listing = api.list(path, max_pages=MAX_ISSUE_PAGES)
    except (api_errors.CanvasPermissionMissing, api_errors.ScopeMissing, api_errors.CourseGone):
        return ()
    return tuple(_line(api, entry) for entry in listing.entries[:MAX_LINES] if text(entry, "description"))


def _line(api: CanvasApi, issue: Json) -> ImportLine:
    link = text(issue, "fix_issue_html_url")
    description = plain_text(text(issue, "description"), MAX_TEXT)
    detail = plain_text(text(issue, "error_message"), MAX_TEXT)
    message = f"{description} ({detail})" if detail and detail != description else description
    return ImportLine(0, "", message=message, link=link if api.is_own(link) and len(link) <= MAX_LINK else "")


def find_quiz(api: CanvasApi, order: ImportOrder, progress: ImportProgress) -> Imported | Pending:
    """Return the quiz by comparing the list of quizzes with the one before the import."""
    course = order.grant["course"]
    quizzes = quizzes_titled(api, course, progress.title, progress.engine)
    if quizzes is None or (progress.quizzes_before is None and not progress.replaces):
        return _unidentified_quiz(api, order, progress)
    candidates = [quiz for quiz in quizzes if _is_candidate(quiz, progress)]
    if len(candidates) == 1:
        return _imported_quiz(api, order, progress, candidates[0])
    if not candidates and progress.polls < FIND_POLLS:
        return Pending(began=True, seconds=PAUSES[3], progress=progress.after_poll().to_json())
    if candidates or progress.is_repeated:
        return _unidentified_quiz(api, order, progress)
    raise api_errors.NoQuiz(f"migration {progress.migration}", lines=issues(api, order, progress))


def _is_candidate(quiz: CourseQuiz, progress: ImportProgress) -> bool:
    """Return whether it is the replaced quiz, or one that did not exist before the import."""
    if progress.replaces:
        return quiz.engine == progress.engine and quiz.id == progress.replaces
    return quiz.engine == progress.engine and quiz.key not in (progress.quizzes_before or ())


def _imported_quiz(
    api: CanvasApi, order: ImportOrder, progress: ImportProgress, quiz: CourseQuiz
) -> Imported | Pending:
    if quiz.engine == NEW:
        state = assignment_state(api, order.grant["course"], quiz.id) or quiz.state
        if state in {"failed_to_import", "fail_to_import"}:
            raise api_errors.MigrationFailed(f"assignment {state}", lines=issues(api, order, progress))
        if state == "importing" and progress.polls < POLLS:
            seconds, again = pause_after(progress.polls), progress.after_poll().to_json()
            return Pending(began=True, seconds=seconds, progress=again, note=BUILDING_NEW_QUIZ)
    expected = progress.count_expected
    has_more = bool(progress.replaces) and -1 not in {expected, quiz.question_count} and quiz.question_count != expected
    replaced = "replaced_with_more" if has_more else "replaced"
    return Imported(
        outcome=replaced if progress.replaces else "unpublished",
        quiz_name=quiz.title[:255],
        quiz_url=quiz.url or quizzes_url(order),
        lines=issues(api, order, progress),
        quiz_data={
            "base_url": _base_url(order),
            "course": order.grant["course"],
            "quiz": quiz.id,
            "engine": quiz.engine,
            "copy": progress.copy,
            "questions": list(progress.questions),
            "question_count": quiz.question_count,
        },
    )


def _unidentified_quiz(api: CanvasApi, order: ImportOrder, progress: ImportProgress) -> Imported:
    """Return the course's list of quizzes, when the quiz itself can't be identified."""
    lines = issues(api, order, progress) if progress.migration else ()
    title = (progress.title or order.title)[:255]
    return Imported(outcome="elsewhere", quiz_name=title, quiz_url=quizzes_url(order), lines=lines)


def confirmed_by_teacher(order: ImportOrder) -> Imported:
    """Return the result after the teacher has confirmed that the quiz is in the course."""
    return Imported(outcome="elsewhere", quiz_name=order.title[:255], quiz_url=quizzes_url(order))


def quizzes_url(order: ImportOrder) -> str:
    """Return the address of the course's list of quizzes."""
    return f"{_base_url(order)}/courses/{order.grant['course']}/quizzes"


def _base_url(order: ImportOrder) -> str:
    return order.account.base_url if order.account is not None else ""
