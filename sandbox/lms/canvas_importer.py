"""Imports a package into the Canvas-like course; the oracle reads the package.

See docs/reference/canvas-api.md#importing-again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.importers import canvas_classic, new_quizzes
from sandbox.importers.archive import ImportRefused
from sandbox.importers.classic_model import ClassicImport, ClassicQuestion, ClassicQuiz
from sandbox.importers.new_quizzes_model import NewQuizzesQuiz
from sandbox.lms.canvas_content import FIRST_ASSIGNMENT, CanvasCourse, CanvasQuiz

NEW_QUIZZES = "quizzes_next"


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """Settings of a migration as Canvas understands them."""

    overwrite: bool = False
    as_new_quizzes: bool = False
    module_id: int | None = None
    group_id: int | None = None


def ruby_truth(value: object) -> bool:
    """Return whether Ruby takes a value for true, as it does "false", "0", 0 and an empty text."""
    return value is not None and value is not False


def read_settings(settings: Mapping[str, object]) -> ImportSettings:
    """Return the settings of a request, which Canvas doesn't cast."""
    return ImportSettings(
        overwrite=ruby_truth(settings.get("overwrite_quizzes")),
        as_new_quizzes=ruby_truth(settings.get("import_quizzes_next")),
        module_id=_number(settings.get("insert_into_module_id")),
        group_id=_number(settings.get("move_to_assignment_group_id")),
    )


def _number(value: object) -> int | None:
    return int(str(value)) if str(value).isdecimal() else None


def import_package(
    course: CanvasCourse, data: bytes, migration_id: int, settings: ImportSettings, *, without: str = ""
) -> ClassicImport:
    """Import a package, except the question called ``without``. Raises ImportRefused."""
    outcome = canvas_classic.read(data)
    new, problem = _as_new_quizzes(data)
    used = course.used_ids()

    def migration_ident(ident: str) -> str:
        is_taken = ident in used and not settings.overwrite
        return f"{migration_id}_{ident}" if is_taken else ident

    for quiz in outcome.quizzes:
        kept = (question for question in quiz.questions if not without or question.name != without)
        questions = [(migration_ident(question.ident), question) for question in kept]
        target = _target(course, migration_ident(quiz.ident), settings)
        merged = _merged(target.numbered_questions, questions)
        target.quiz = quiz
        target.media = {**target.media, **outcome.media}
        target.set_questions(merged)
        target.new_quiz = new.get(quiz.ident)
        target.new_quiz_problem = problem
        target.published = target.published or bool(quiz.available)
        _place(course, target, settings)
        if settings.as_new_quizzes and NEW_QUIZZES in course.behaviour.features:
            _hand_over(course, target)
    return outcome


def _target(course: CanvasCourse, ident: str, settings: ImportSettings) -> CanvasQuiz:
    """Return the quiz that is overwritten or revived, or a new one."""
    same = (quiz for quiz in course.quizzes if quiz.migration_id == ident and quiz.kind == "classic")
    target = next(same, None) if settings.overwrite else None
    if target is None:
        number = course.first_id + len(course.quizzes)
        target = CanvasQuiz(number, ClassicQuiz(ident, "", ()), {}, None, "", migration_id=ident)
        target.assignment_id = course.first_id + FIRST_ASSIGNMENT + len(course.quizzes)
        course.quizzes.append(target)
    if target.deleted:
        target.deleted = target.published = False
        target.set_questions(())
    return target


def _merged(
    before: list[tuple[str, ClassicQuestion]], arriving: list[tuple[str, ClassicQuestion]]
) -> list[tuple[str, ClassicQuestion]]:
    """Return the package's questions, and after them those that the quiz had before and the package lacks."""
    idents = {ident for ident, _ in arriving}
    return [*arriving, *(pair for pair in before if pair[0] not in idents)]


def _place(course: CanvasCourse, quiz: CanvasQuiz, settings: ImportSettings) -> None:
    """Put the quiz into the module and the group that were named; unknown ones are ignored."""
    for module in course.modules:
        if module.ident == settings.module_id and quiz.ident not in module.quizzes:
            module.quizzes.append(quiz.ident)
    if settings.group_id in course.groups:
        quiz.group_id = settings.group_id


def _hand_over(course: CanvasCourse, classic: CanvasQuiz) -> None:
    """Make a New Quiz of the Classic quiz's assignment, and destroy the Classic quiz."""
    new = replace(classic, kind="new", importing=True, ident=course.first_id + len(course.quizzes))
    course.quizzes.append(new)
    classic.deleted = True
    for module in course.modules:
        module.quizzes = [new.ident if ident == classic.ident else ident for ident in module.quizzes]


def _as_new_quizzes(data: bytes) -> tuple[dict[str, NewQuizzesQuiz], str]:
    try:
        return {quiz.ident: quiz for quiz in new_quizzes.read(data)}, ""
    except ImportRefused as refusal:
        return {}, str(refusal)
