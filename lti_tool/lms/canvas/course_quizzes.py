"""The quizzes of a Canvas course, and what can be done in it (see docs/reference/canvas-api.md#finding-the-quiz)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from lti_tool.lms.canvas import api_errors, scopes
from lti_tool.lms.canvas.api import CanvasApi, Json, identifier, text
from lti_tool.lms.canvas.import_progress import CLASSIC, NEW
from lti_tool.lti.protocol.claim_reading import plain_text

ADD_CONTENT, OLD_ADD_CONTENT = "manage_course_content_add", "manage_content"
"""The permission to import, since 2021 and before."""
NEW_QUIZZES, NEW_BY_DEFAULT = "quizzes_next", "new_quizzes_by_default"
NEW_QUIZ_TYPE = "quizzes.next"
MAX_NAME = 200
MIN_SEARCH_LENGTH = 3
"""Canvas may not search for shorter texts."""

T = TypeVar("T")

_MISSING = {CLASSIC: api_errors.ClassicQuizzesMissing, NEW: api_errors.NewQuizzesMissing}


@dataclass(frozen=True, slots=True)
class CourseQuiz:
    """A quiz as a list of quizzes shows it. ``question_count`` is -1 if unknown."""

    id: str
    title: str
    engine: str
    url: str
    published: bool = True
    question_count: int = -1
    state: str = ""
    migration_id: str = ""

    @property
    def key(self) -> str:
        """Engine and id: the ids of New Quizzes are those of assignments."""
        return f"{self.engine}:{self.id}"


def check_permission(api: CanvasApi, course: str) -> None:
    """Raise :class:`CanvasPermissionMissing` if Canvas says that the teacher may not import; it may not say."""
    query = [("permissions[]", ADD_CONTENT), ("permissions[]", OLD_ADD_CONTENT)]
    path = f"/api/v1/courses/{course}/permissions"
    permissions = _optional(api, scopes.READ_PERMISSIONS, lambda: api.get(path, query))
    if permissions is None:
        return
    if permissions.get(ADD_CONTENT) is False and permissions.get(OLD_ADD_CONTENT) is not True:
        raise api_errors.CanvasPermissionMissing("the permission is false")


def engines(api: CanvasApi, course: str, wanted: str = "") -> tuple[str, ...]:
    """Return the engines in which the course makes new quizzes, if ``wanted`` is empty; else, that one of them.

    A course of which Canvas doesn't say it makes Classic Quizzes. Raises :class:`NewQuizzesMissing`,
    :class:`ClassicQuizzesMissing` or :class:`QuizKindsUnknown` if the course lacks the wanted one, or may lack it.
    """
    path = f"/api/v1/courses/{course}/features/enabled"
    features = _optional(api, scopes.READ_FEATURES, lambda: api.texts(path))
    possible = _engines(features or frozenset())
    if wanted not in {CLASSIC, NEW}:
        return possible
    if wanted not in possible:
        raise _MISSING[wanted] if features is not None else api_errors.QuizKindsUnknown
    return (wanted,)


def _engines(features: frozenset[str]) -> tuple[str, ...]:
    if NEW_QUIZZES not in features:
        return (CLASSIC,)
    return (NEW,) if NEW_BY_DEFAULT in features else (NEW, CLASSIC)


def quizzes_titled(api: CanvasApi, course: str, title: str, engine: str) -> tuple[CourseQuiz, ...] | None:
    """Return the quizzes with exactly this title; ``None`` if Canvas doesn't list them, or not all.

    New Quizzes are listed together with Classic ones, and only with a scope of their own. Canvas lists no Classic
    quizzes if the course has no “Quizzes” in its menu.
    """
    scope, name = (scopes.LIST_ALL_QUIZZES, "all_quizzes") if engine == NEW else (scopes.LIST_QUIZZES, "quizzes")
    query = [("search_term", title)] if len(title) >= MIN_SEARCH_LENGTH else []
    listing = _optional(api, scope, lambda: api.list(f"/api/v1/courses/{course}/{name}", query))
    if listing is None or not listing.complete:
        return None
    quizzes = [_quiz(api, entry) for entry in listing.entries]
    return tuple(quiz for quiz in quizzes if quiz.id and _same_title(quiz.title, title))


def migrations(api: CanvasApi, course: str) -> tuple[Json, ...] | None:
    """Return the course's latest migrations; ``None`` if Canvas doesn't list them."""
    path = f"/api/v1/courses/{course}/content_migrations"
    listing = _optional(api, scopes.LIST_MIGRATIONS, lambda: api.list(path, max_pages=2))
    return listing.entries if listing is not None else None


def names(api: CanvasApi, course: str, scope: str, kind: str) -> tuple[tuple[str, str], ...]:
    """Return ids and names of the course's ``modules`` or ``assignment_groups``; none if Canvas doesn't list them."""
    listing = _optional(api, scope, lambda: api.list(f"/api/v1/courses/{course}/{kind}", max_pages=1))
    entries = listing.entries if listing is not None else ()
    pairs = [(identifier(entry), plain_text(text(entry, "name"), MAX_NAME)) for entry in entries]
    return tuple((place_id, name) for place_id, name in pairs if place_id and name)


def assignment_state(api: CanvasApi, course: str, assignment: str) -> str:
    """Return the state of a New Quiz's assignment; empty if Canvas doesn't say."""
    path = f"/api/v1/courses/{course}/assignments/{assignment}"
    row = _optional(api, scopes.READ_ASSIGNMENT, lambda: api.get(path))
    return text(row, "workflow_state") if row is not None else ""


def _optional(api: CanvasApi, scope: str, ask: Callable[[], T]) -> T | None:
    """Return the response; ``None`` if the scope is missing, or Canvas refuses for a reason of its own."""
    if not api.may(scope):
        return None
    try:
        return ask()
    except (api_errors.ScopeMissing, api_errors.CanvasPermissionMissing, api_errors.CanvasRequestRefused):
        return None


def _quiz(api: CanvasApi, entry: Json) -> CourseQuiz:
    url, count = text(entry, "html_url"), entry.get("question_count")
    return CourseQuiz(
        id=identifier(entry),
        title=text(entry, "title") or text(entry, "name"),
        engine=NEW if text(entry, "quiz_type") == NEW_QUIZ_TYPE else CLASSIC,
        url=url if api.is_own(url) and len(url) <= 2000 else "",
        published=entry.get("published") is not False,
        question_count=count if isinstance(count, int) and not isinstance(count, bool) else -1,
        state=text(entry, "workflow_state"),
        migration_id=text(entry, "migration_id"),
    )


def _same_title(title: str, other_title: str) -> bool:
    return " ".join(title.split()) == " ".join(other_title.split())
