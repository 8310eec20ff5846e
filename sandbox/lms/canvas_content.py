"""The content of the Canvas-like course: quizzes, assignments, modules, and the imports that made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sandbox.importers.classic_model import ClassicImport, ClassicQuestion, ClassicQuiz
from sandbox.importers.new_quizzes_model import NewQuizzesQuiz

Json = Mapping[str, object]
FIRST_ASSIGNMENT = 200


@dataclass(slots=True)
class Migration:
    """One content migration: of "Import Course Content", or of the API.

    ``state`` is Canvas's: pre_processing, queued, running, completed or failed. ``polls`` counts the requests for its
    progress, each of which moves the course's queue.
    """

    ident: int
    file_url: str
    state: str
    issues: tuple[str, ...] = ()
    outcome: ClassicImport | None = None
    owner: str = ""
    settings: Json = field(default_factory=dict)
    file_name: str = ""
    upload_token: str = field(default="", repr=False)
    data: bytes | None = None
    created_at: int = 0
    polls: int = 0
    completion: int = 0

    @property
    def is_active(self) -> bool:
        """Whether it has not ended."""
        return self.state not in ("completed", "failed")


@dataclass(slots=True)
class CanvasQuiz:
    """A quiz, and the result of New Quizzes for the same package.

    ``kind`` is "classic" or "new"; ``importing`` is that of a New Quiz that New Quizzes is still making.
    """

    ident: int
    quiz: ClassicQuiz
    media: Mapping[str, bytes]
    new_quiz: NewQuizzesQuiz | None
    new_quiz_problem: str
    published: bool = False
    migration_id: str = ""
    question_ids: tuple[str, ...] = ()
    assignment_id: int = 0
    group_id: int = 1
    kind: str = "classic"
    importing: bool = False
    deleted: bool = False
    submissions: int = 0

    @property
    def numbered_questions(self) -> list[tuple[str, ClassicQuestion]]:
        """The questions with their identifiers."""
        return list(zip(self.question_ids, self.quiz.questions, strict=True))

    def set_questions(self, questions: Sequence[tuple[str, ClassicQuestion]]) -> None:
        """Replace the questions."""
        self.question_ids = tuple(ident for ident, _ in questions)
        self.quiz = replace(self.quiz, questions=tuple(question for _, question in questions))

    @property
    def workflow_state(self) -> str:
        """Canvas's state of the quiz or of its assignment."""
        if self.importing:
            return "importing"
        if self.kind == "new" and self.new_quiz is None:
            return "fail_to_import"
        return "published" if self.published else "unpublished"


@dataclass(slots=True)
class Activity:
    """An assignment with an external tool (Canvas) or an External tool activity (Moodle)."""

    ident: int
    name: str
    description: str
    url: str
    custom: Mapping[str, str]
    resource_link_id: str
    points: float | None = None
    published: bool = True


@dataclass(slots=True)
class Module:
    """A module of the course with the quizzes in it, and the titles of links to the tool."""

    ident: int
    name: str
    quizzes: list[int] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Behaviour:
    """How Canvas's API behaves in this course. By default, everything works.

    Attributes:
        features: names of the features that are on, e.g. ``quizzes_next``.
        state: ``available``, ``completed`` (concluded) or ``deleted``.
        may_add: whether teachers have the permission to add content.
        denial: status of a missing permission, 401 or 403.
        quizzes_tab: whether the list of quizzes is offered.
        features_refused: whether teachers may not read the features.
        quota_bytes: largest package.
        upload: answer to an upload: ``201``, ``201_location``, ``303``, ``foreign`` (a redirect to another host) or
            ``403``.
        has_progress_url: whether the first answer names the progress.
        queue_polls: requests for which a migration waits, as if behind another.
        polls: requests that a running migration takes.
        ending: ``""``, ``failed``, ``failed_silently``, ``warnings``, ``no_quiz``, ``two_quizzes`` or ``blocked``.
        language: of messages, ``en`` or ``nl``.
        throttled: requests that are refused from now on.
        throttle_status: 403 with a text, or 429.
        user_id: ``$Canvas.user.id`` of launches, instead of the user's own.
        masquerade: whether an administrator acts as the teacher.
        new_quiz_migration_id: whether New Quizzes keeps the package's identifier.

    """

    features: tuple[str, ...] = ()
    state: str = "available"
    may_add: bool = True
    denial: int = 401
    quizzes_tab: bool = True
    features_refused: bool = False
    quota_bytes: int = 500 * 1024 * 1024
    upload: str = "201"
    has_progress_url: bool = True
    queue_polls: int = 0
    polls: int = 2
    ending: str = ""
    language: str = "en"
    throttled: int = 0
    throttle_status: int = 403
    user_id: str = ""
    masquerade: bool = False
    new_quiz_migration_id: bool = False


@dataclass(slots=True)
class CanvasCourse:
    """The Canvas-like course. ``first_id`` is the number from which its quizzes and migrations are numbered."""

    migrations: list[Migration] = field(default_factory=list)
    quizzes: list[CanvasQuiz] = field(default_factory=list)
    assignments: list[Activity] = field(default_factory=list)
    modules: list[Module] = field(default_factory=lambda: [Module(11, "Week 1"), Module(12, "Week 2")])
    groups: dict[int, str] = field(default_factory=lambda: {1: "Assignments", 2: "Exams"})
    behaviour: Behaviour = field(default_factory=Behaviour)
    first_id: int = 1

    @property
    def present_quizzes(self) -> list[CanvasQuiz]:
        """Quizzes that were not deleted."""
        return [quiz for quiz in self.quizzes if not quiz.deleted]

    def find_quiz(self, ident: int) -> CanvasQuiz | None:
        """Return a quiz that was not deleted."""
        return next((quiz for quiz in self.present_quizzes if quiz.ident == ident), None)

    def used_ids(self) -> set[str]:
        """Return the migration ids of all quizzes and questions, deleted ones too."""
        quizzes = {quiz.migration_id for quiz in self.quizzes}
        return quizzes | {ident for quiz in self.quizzes for ident in quiz.question_ids}
