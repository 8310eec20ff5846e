"""The review page's part for direct import: availability, progress and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import request

from lti_tool.errors import N_, ToolError, error_by_code
from lti_tool.lms.direct_import import Availability, ImportOption
from lti_tool.models import Exam, Import, ImportState, Launch, now
from lti_tool.services.delivery.direct_imports import ACTIVE_STATES, DONE_STATES, ImportCancelled
from lti_tool.web.current_launch import services

STAGES: Mapping[str, str] = {
    ImportState.ASKED: N_("The exam is being sent to %(lms)s…"),
    ImportState.SENDING: N_("The exam is being sent to %(lms)s…"),
    ImportState.QUEUED: N_("%(lms)s has the exam and will import it soon…"),
    ImportState.IMPORTING: N_("%(lms)s is importing the questions…"),
}
"""The work that is done in a state of :data:`ACTIVE_STATES`, for people."""

RARE_POLL_SECONDS = 30
"""If the job pauses for longer than this, the teacher can ask it to check at once."""
MAX_OPTIONS = 20


@dataclass(frozen=True, slots=True)
class DirectImportView:
    """The contents. ``latest`` is this person's newest import; ``quizzes`` are the newest ones of each quiz, by anyone.

    ``outdated`` holds the ids of imports whose quiz has an older version of the exam.
    """

    availability: Availability
    latest: Import | None
    quizzes: Sequence[Import]
    outdated: frozenset[str]
    connected: bool = False
    """Whether the person has an account at the LMS's API, which they can disconnect."""
    options: tuple[ImportOption, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether a worker has something to do."""
        return self.latest is not None and self.latest.state in ACTIVE_STATES

    @property
    def is_waiting(self) -> bool:
        """Whether the LMS has asked the teacher something."""
        return self.latest is not None and self.latest.state == ImportState.WAITING

    @property
    def waits_for_consent(self) -> bool:
        """Whether the import goes on once the teacher has consented."""
        return self.latest is not None and self.latest.state == ImportState.WAITING_FOR_CONSENT

    @property
    def is_followed(self) -> bool:
        """Whether the page has to follow an import."""
        return self.is_active or self.waits_for_consent

    @property
    def checks_rarely(self) -> bool:
        """Whether the job checks so rarely that the teacher may want it to check now."""
        if self.latest is None or not self.is_active or self.latest.look_after is None:
            return False
        return self.latest.look_after - now() > timedelta(seconds=RARE_POLL_SECONDS)

    @property
    def is_done(self) -> bool:
        """Whether the latest import made or updated a quiz."""
        return self.latest is not None and self.latest.state in DONE_STATES

    @property
    def earlier(self) -> Sequence[Import]:
        """The newest imports of other quizzes than that of ``latest``, which the page shows anyway if it made one."""
        if self.latest is None or not self.is_done:
            return self.quizzes
        return [row for row in self.quizzes if _quiz_of(row) != _quiz_of(self.latest)]

    @property
    def error(self) -> ToolError | None:
        """The error of the latest import, or of its latest attempt."""
        if self.latest is None or self.latest.error_code == ImportCancelled.code:
            return None
        return error_of(self.latest)


def direct_import_view(launch: Launch, exam: Exam) -> DirectImportView | None:
    """Return what the page shows; ``None`` where the LMS family has no direct import."""
    import_availability = services().import_availability
    direct_imports = services().direct_imports
    availability = import_availability.of(launch)
    if availability is None:
        return None
    history = direct_imports.history(launch, exam)
    latest = next((row for row in history if row.lms_user_id == launch.lms_user_id), None)
    if latest is not None:
        direct_imports.poll(latest)
    quizzes = _newest_of_each_quiz(history)
    options = import_availability.options(launch)
    return DirectImportView(
        availability=availability,
        latest=latest,
        quizzes=quizzes,
        outdated=_outdated(exam, quizzes),
        connected=import_availability.is_connected(launch),
        options=tuple(option for option in options if not (option.only_new and quizzes)),
    )


def _newest_of_each_quiz(history: Sequence[Import]) -> Sequence[Import]:
    """Return the newest import of each quiz that was made. ``history`` is newest first."""
    newest: dict[str, Import] = {}
    for row in history:
        if row.state in DONE_STATES:
            newest.setdefault(_quiz_of(row), row)
    return list(newest.values())


def _quiz_of(row: Import) -> str:
    return row.quiz_url or row.id


def _outdated(exam: Exam, quizzes: Sequence[Import]) -> frozenset[str]:
    """Return the ids of the newest imports of quizzes, if the exam has changed since."""
    changed_at = exam.changed_at
    if changed_at is None:
        return frozenset()
    return frozenset(row.id for row in quizzes if changed_at > row.created_at)


def error_of(row: Import) -> ToolError | None:
    """Return the import's error with its facts."""
    if not row.error_code:
        return None
    error = error_by_code(row.error_code)
    error.facts = dict(row.error_facts)
    return error


def stage_of(row: Import) -> str:
    """Return the name of the state by which the page knows that it has to be reloaded."""
    if row.state == ImportState.WAITING_FOR_CONSENT:
        # The window may have ended with an error, of which the page shows more than a line.
        return f"{row.state} {row.error_code}"
    return ImportState.SENDING if row.state == ImportState.ASKED else row.state


def ticked_options() -> list[str] | None:
    """Return the names of the options that were ticked; ``None`` if the form had none."""
    return request.form.getlist("option")[:MAX_OPTIONS] if "has_options" in request.form else None
