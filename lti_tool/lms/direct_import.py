"""Direct import: a family puts an exam into a course by its LMS's own API.

A family says what a launch allows (:meth:`DirectImport.grant`), whether that is enough now
(:meth:`DirectImport.availability`), and does one step at a time (:meth:`DirectImport.step`): an LMS that imports in one
request is done after one step, one with a queue returns :class:`Pending` until it is. The job that calls the steps, and
the table behind it, are the same for all families.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from lti_tool.errors import N_, Fact, LaunchError
from lti_tool.lms.account_access import AccountAccess, LmsAccess
from lti_tool.lti import VerifiedLaunch
from lti_tool.lti.service_connector import PlatformServiceConnector
from lti_tool.net.reader import HttpReader

Grant = Mapping[str, str]
"""A launch's permission, in the family's own format. Holds secrets: it is stored encrypted and never logged."""


class DirectImportError(LaunchError):
    """The LMS did not import the exam. ``retry_after`` is in seconds; ``None``: retrying won't help.

    ``lines`` are the LMS's messages about single questions.
    """

    code = "import.failed"
    sentence = N_("Your LMS didn't import the exam.")
    advice = N_("Nothing was added to your course. Download the exam and import it there.")
    status = 502

    def __init__(
        self,
        detail: str = "",
        *,
        retry_after: float | None = None,
        lines: tuple[ImportLine, ...] = (),
        **facts: Fact,
    ) -> None:
        super().__init__(detail, **facts)
        self.retry_after = retry_after
        self.lines = lines


class AccountRefused(DirectImportError):
    """The LMS doesn't accept the teacher's token, or the consent was withdrawn.

    A step raises it for a token that the LMS refuses. The service then refreshes it once and repeats the step; if that
    doesn't help, it deletes the token, and the import waits until the teacher has consented again.
    """

    code = "account.refused"
    sentence = N_("Your LMS no longer accepts your permission for Examplary.")
    advice = N_("Give permission again. The exam is then added automatically.")
    status = 403


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether this launch can import directly. ``reason`` says why not, marked with ``N_``; empty: nothing to say."""

    available: bool
    reason: str = ""
    takes_link: bool = False
    """Whether a link may be sent to the course instead."""
    ends_dialog: bool = False
    """Whether a response without content closes the LMS's dialog once the quiz is there."""
    needs_consent: bool = False
    """Whether the teacher has to consent first; the service finds out."""
    asks_again: bool = False
    """Whether they have consented before, to less than is needed now."""


@dataclass(frozen=True, slots=True)
class QuestionToImport:
    """A question of the package, in its order. ``points`` are those that arrive."""

    id: str
    number: int
    points: Decimal


@dataclass(frozen=True, slots=True)
class ImportOption:
    """An option that a teacher may tick beside "Add to course"; ``text`` is marked with ``N_``."""

    name: str
    text: str
    ticked: bool = False
    """Whether it is ticked unless the teacher unticks it."""
    only_new: bool = False
    """Whether it concerns new quizzes only, not the update of one."""


@dataclass(frozen=True, slots=True)
class QuizKind:
    """A kind of quiz that an administrator may require for all imports into their LMS."""

    label: str
    """The decision for it, marked with ``N_``."""
    scopes: tuple[str, ...] = ()
    """Optional scopes without which the LMS doesn't say whether a course has this kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierImport:
    """An import of the same exam into the same course that made or updated a quiz."""

    import_id: str
    quiz_name: str
    quiz_url: str
    quiz_data: Mapping[str, object] = field(default_factory=dict)
    """The :attr:`Imported.quiz_data` of that import."""


class PackageSource(Protocol):
    """Builds the package in the first of the family's formats.

    Importers that recognise questions by their identifiers change those of the same exam. The questions of a ``copy``
    have identifiers of their own; empty: the exam's own.
    """

    def __call__(self, copy: str = "") -> bytes:
        """Return the package."""


def _cannot_keep(_progress: Mapping[str, object]) -> None:
    raise NotImplementedError


def _no_link(_copy: str, _file_name: str) -> str:
    raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """One import, as a step needs it."""

    import_id: str
    """The same for every attempt at one click of the teacher."""
    issuer: str
    grant: Grant = field(repr=False)
    exam_id: str
    """The same for the same exam from one import to the next."""
    title: str
    duration_minutes: int | None
    questions: tuple[QuestionToImport, ...]
    package: PackageSource = field(repr=False)
    package_name: str = "exam.zip"
    """The package's file name."""
    package_link: Callable[[str, str], str] = field(default=_no_link, repr=False)
    """Returns a new address from which the LMS can download the package for some days, given copy and file name."""
    public_http: HttpReader = field(default_factory=HttpReader, repr=False)
    """For URLs in the LMS's responses: public hosts only."""
    options: frozenset[str] = frozenset()
    """Names of the options that the teacher ticked."""
    quiz_kind: str = ""
    """The kind of quiz that the administrator requires, of :attr:`DirectImport.quiz_kinds`; empty: none."""
    earlier: tuple[EarlierImport, ...] = ()
    """Newest first."""
    decision: str = ""
    """The :attr:`AnswerChoice.value` that the teacher chose; empty: no question was asked."""
    progress: Mapping[str, object] = field(default_factory=dict)
    """The value of the latest :class:`Pending`, or of ``keep``; empty at the first step."""
    keep: Callable[[Mapping[str, object]], None] = field(default=_cannot_keep, repr=False)
    """Stores a new ``progress`` at once: before a request that may not be repeated blindly.

    It ends the step if another worker has taken over.
    """
    account: LmsAccess | None = None
    """The API as this teacher may use it; ``None`` for a family without :attr:`DirectImport.account_access`."""


@dataclass(frozen=True, slots=True)
class ImportLine:
    """The LMS's result for one question: ``action`` is a key of :data:`ACTIONS`, ``message`` the LMS's own words."""

    number: int
    name: str
    action: str = ""
    points: float | None = None
    link: str = ""
    message: str = ""


ACTIONS: Mapping[str, str] = {
    "created": N_("added"),
    "new_version": N_("changed"),
    "kept": N_("unchanged"),
    "removed": N_("removed"),
}
"""Results for a question, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The quiz is there. ``outcome`` is a key of :data:`OUTCOMES`."""

    outcome: str
    quiz_name: str
    quiz_url: str
    questions_url: str = ""
    lines: tuple[ImportLine, ...] = ()
    quiz_data: Mapping[str, object] = field(default_factory=dict)
    """The family's own data about this quiz, for the next import."""

    @property
    def has_warnings(self) -> bool:
        """Whether the LMS remarked on a question."""
        return any(line.message for line in self.lines)


OUTCOMES: Mapping[str, str] = {
    "created": N_("The quiz is in your course, hidden from students until you show it."),
    "updated": N_("The quiz in your course is up to date."),
    "updated_attempted": N_(
        "The quiz in your course is up to date. Students who have attempted it keep their answers; points that you "
        "changed count for them, too."
    ),
    "unchanged": N_("The quiz in your course is already up to date. Nothing was changed."),
    "adopted": N_("The copied quiz in your course is up to date."),
    "unpublished": N_("The quiz is in your course. Students don't see it until you publish it."),
    "replaced": N_("The quiz in your course was replaced. It is still not published."),
    "replaced_with_more": N_(
        "The quiz in your course was replaced, but it has other questions besides those of the exam. Look through it "
        "before you publish it."
    ),
    "elsewhere": N_("The exam is in your course, but its quiz can't be told apart from others. Look for it there."),
}
"""Results for the quiz, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The LMS is still at work: poll it again in ``seconds``, with ``progress`` for the next step."""

    began: bool
    """Whether the LMS is importing; otherwise the import waits in its queue."""
    seconds: float
    progress: Mapping[str, object]
    note: str = ""
    """A remark for the teacher while the LMS works, marked with ``N_``."""


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """A possible answer; ``text`` is marked with ``N_``."""

    value: str
    text: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    link: str = ""
    """URL of the quiz concerned."""


@dataclass(frozen=True, slots=True)
class TeacherQuestion:
    """A question of the LMS to the teacher. ``sentence`` is marked with ``N_``; the last choice is the safe default."""

    code: str
    sentence: str
    choices: tuple[AnswerChoice, ...]
    facts: Mapping[str, str | int] = field(default_factory=dict)


StepResult = Imported | Pending | TeacherQuestion
"""The result of one step."""


class DirectImport(Protocol):
    """How a family imports."""

    @property
    def format_name(self) -> str:
        """The format of the package."""

    @property
    def quiz_kinds(self) -> Mapping[str, QuizKind]:
        """The kinds of quiz that a course may have, by name; empty: there is only one."""

    @property
    def settled_remarks(self) -> frozenset[str]:
        """Codes of remarks of the format's report that ask teachers for steps which the import does itself."""

    def quiz_name(self, title: str) -> str:
        """Return the name that a quiz gets; a format that shortens titles itself says so in its report."""

    @property
    def adding(self) -> str:
        """The effect of "Add to course", marked with ``N_``."""

    @property
    def adding_again(self) -> str:
        """The same if the exam was added before, marked with ``N_``."""

    @property
    def afterwards(self) -> Mapping[str, str]:
        """The teacher's next step with the quiz, by :attr:`Imported.outcome`, marked with ``N_``."""

    @property
    def account_access(self) -> AccountAccess | None:
        """How teachers consent; ``None`` if the launch alone is enough."""

    def grant(self, launch: VerifiedLaunch) -> Grant | None:
        """Return what ``launch`` allows; ``None`` if it allows no direct import."""

    def availability(self, grant: Grant | None, *, has_token_url: bool, now: datetime) -> Availability:
        """Return whether a launch with ``grant`` can import now."""

    def options(self, grant: Grant, scopes: frozenset[str]) -> tuple[ImportOption, ...]:
        """Return the options for the teacher; ``scopes`` are those of the account, or of the API key."""

    def step(self, connector: PlatformServiceConnector, order: ImportOrder) -> StepResult:
        """Do the next step; repeating one does nothing twice.

        Raises :class:`DirectImportError` and errors of the service connector.
        """
