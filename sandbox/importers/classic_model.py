"""The content of Canvas Classic after an import, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NO_KEY = "The importer couldn't determine the correct answers for this question."
NO_TYPE = (
    "There was an error exporting an assessment question - No question type used when trying to parse a qti question"
)
TOO_LONG = "The imported question text for this question was too long."
NO_ANSWER_TEXT = "No answer text provided."


@dataclass(frozen=True, slots=True)
class ClassicAnswer:
    """One answer. ``weight`` 100 is right, 0 wrong, None where the type has none; ``right`` is a match's partner."""

    text: str
    html: str | None = None
    weight: float | None = None
    ident: str | None = None
    blank: str | None = None
    comments: str = ""
    right: str | None = None
    numeric_type: str | None = None
    exact: float | None = None
    margin: float | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class ClassicQuestion:
    """One question; ``points`` of a text_only_question made of a section is None."""

    type: str
    name: str
    ident: str
    text: str
    points: float | None = 1.0
    answers: tuple[ClassicAnswer, ...] = ()
    matches: tuple[str, ...] = ()
    correct_comments: str = ""
    incorrect_comments: str = ""
    neutral_comments: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ClassicQuiz:
    """One Classic quiz. ``time_limit`` in minutes; values missing from the package are None."""

    ident: str
    title: str
    questions: tuple[ClassicQuestion, ...]
    type: str | None = None
    description: str = ""
    points_possible: float | None = None
    time_limit: int | None = None
    allowed_attempts: int | None = None
    shuffle_answers: bool | None = None
    scoring_policy: str | None = None
    show_correct_answers: bool | None = None
    available: bool | None = None

    @property
    def total_points(self) -> float:
        """Sum of the questions' points, as the quiz shows it."""
        return sum(question.points or 0.0 for question in self.questions)


@dataclass(frozen=True, slots=True)
class ClassicImport:
    """The outcome of one content migration. ``media`` holds the package's files that became course files."""

    package_type: str
    quizzes: tuple[ClassicQuiz, ...]
    files: tuple[str, ...] = ()
    missing_files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    media: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def errors(self) -> tuple[str, ...]:
        """One line for each question with an error."""
        return tuple(
            f"{question.name}: {question.error}"
            for quiz in self.quizzes
            for question in quiz.questions
            if question.error
        )

    @property
    def unsupported(self) -> tuple[str, ...]:
        """Questions whose type Canvas could not determine."""
        return tuple(
            f'{question.name} ("Error")'
            for quiz in self.quizzes
            for question in quiz.questions
            if question.type == "Error"
        )
