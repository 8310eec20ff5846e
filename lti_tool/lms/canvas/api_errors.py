"""Errors of Canvas's REST API, as people see them (see docs/reference/canvas-api.md#errors).

A rejected token raises :class:`~lti_tool.lms.direct_import.AccountRefused`, as for every family.
"""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.lms.direct_import import DirectImportError

BY_HAND = N_("Nothing was added to your course. Download the exam and import it there.")
LOOK_FIRST = N_("Look under “Quizzes” in your course before you add the exam again.")


class CanvasUnreachable(DirectImportError):
    """No connection, a timeout, a 5xx status, or a response that isn't JSON: worth another attempt."""

    code = "canvas.unreachable"
    sentence = N_("Canvas isn't responding at the moment.")
    advice = N_("Nothing is lost. Wait a minute and try again.")

    def __init__(self, detail: str = "", *, was_sent: bool = True) -> None:
        super().__init__(detail, retry_after=10.0)
        self.was_sent = was_sent
        """Whether Canvas may have carried out the request."""


class CanvasBusy(DirectImportError):
    """The rate limit, in either of its forms."""

    code = "canvas.busy"
    sentence = N_("Canvas is limiting requests from Examplary.")
    advice = N_("Nothing is lost. Wait a minute and try again.")
    status = 503


class CanvasPermissionMissing(DirectImportError):
    """The teacher may not add content: a role without the permission, or a course that has ended."""

    code = "canvas.permission_missing"
    sentence = N_("Canvas doesn't let you add content to this course.")
    advice = N_(
        "The course may have ended, or your role lacks the permission “Course Content – add”. Ask your Canvas "
        "administrator. Until then, download the exam."
    )
    status = 403


class ScopeMissing(DirectImportError):
    """The token lacks a scope without which nothing can be imported."""

    code = "canvas.scope_missing"
    sentence = N_("Canvas's API key doesn't allow Examplary to import quizzes.")
    advice = N_(
        "Ask your Canvas administrator to tick all scopes that Examplary needs in the API key. Until then, download "
        "the exam and import it."
    )
    status = 403


class NewQuizzesMissing(DirectImportError):
    """New Quizzes are required, but off in the course."""

    code = "canvas.new_quizzes_missing"
    sentence = N_("New Quizzes are off in this course, and your administrator allows no others.")
    advice = N_(
        "Ask your Canvas administrator to switch New Quizzes on for this course. Until then, download the exam and "
        "import it in your course."
    )
    status = 409


class ClassicQuizzesMissing(DirectImportError):
    """Classic Quizzes are required, but can no longer be created in the course."""

    code = "canvas.classic_quizzes_missing"
    sentence = N_("This course makes New Quizzes only, and your administrator allows only Classic Quizzes.")
    advice = N_("Ask your Canvas administrator. Until then, download the exam and import it in your course.")
    status = 409


class QuizKindsUnknown(DirectImportError):
    """New Quizzes are required, but Canvas doesn't say whether the course has them."""

    code = "canvas.quiz_kinds_unknown"
    sentence = N_(
        "Canvas doesn't tell Examplary whether this course has New Quizzes, and your administrator allows no others."
    )
    advice = N_(
        "Ask your Canvas administrator to tick all scopes in Examplary's API key. Until then, download the exam and "
        "import it in your course."
    )
    status = 409


class CourseGone(DirectImportError):
    """Canvas doesn't know the course."""

    code = "canvas.course_gone"
    sentence = N_("Canvas can no longer find this course.")
    advice = N_("Open Examplary again from your course.")
    status = 404


class QuotaExceeded(DirectImportError):
    """The course's quota doesn't allow the package."""

    code = "canvas.quota"
    sentence = N_("The course's file storage in Canvas is full.")
    advice = N_("Delete files in the course, or ask your Canvas administrator for more storage. Then try again.")
    status = 413


class UploadRefused(DirectImportError):
    """The place where Canvas stores files refused the package, or is not one that we send files to."""

    code = "canvas.upload_refused"
    sentence = N_("The exam couldn't be uploaded to Canvas.")
    advice = BY_HAND


class CanvasRequestRefused(DirectImportError):
    """Canvas did not accept the request. Facts: ``answer``."""

    code = "canvas.request_refused"
    sentence = N_("Canvas didn't accept Examplary's request (%(answer)s).")
    advice = N_("Please report it to the person who runs Examplary. Until then, download the exam and import it.")


class MigrationFailed(DirectImportError):
    """Canvas's importer failed; ``lines`` are its own words."""

    code = "canvas.import_failed"
    sentence = N_("Canvas couldn't import the exam.")
    advice = N_("See below what Canvas said. Download the exam and import it in Canvas, or ask your administrator.")
    status = 422


class NoQuiz(DirectImportError):
    """Canvas says that the import is complete, and there is no new quiz."""

    code = "canvas.no_quiz"
    sentence = N_("Canvas finished the import, but there is no new quiz.")
    advice = LOOK_FIRST
    status = 422


class MigrationGone(DirectImportError):
    """Canvas no longer knows the import that it had begun, or never finished it."""

    code = "canvas.import_lost"
    sentence = N_("Canvas didn't say whether the import worked.")
    advice = LOOK_FIRST
