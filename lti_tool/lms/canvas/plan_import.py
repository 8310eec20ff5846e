"""Prepare an import into Canvas: permission, quiz engine, existing quiz of this exam."""

from __future__ import annotations

from lti_tool.formats.canvas_qti import MAX_TITLE_LENGTH
from lti_tool.lms.canvas import scopes
from lti_tool.lms.canvas.api import CanvasApi, identifier
from lti_tool.lms.canvas.course_quizzes import (
    CourseQuiz,
    check_permission,
    engines,
    migrations,
    names,
    quizzes_titled,
)
from lti_tool.lms.canvas.import_progress import CLASSIC, NEW, ImportProgress, Phase, short_hashes
from lti_tool.lms.canvas.teacher_questions import (
    ASK_FOR_PLACE,
    Decision,
    KnownQuiz,
    ask,
    ask_for_group,
    ask_for_module,
    known_quiz,
    quiz_id,
)
from lti_tool.lms.direct_import import ImportOrder, TeacherQuestion


def prepare(api: CanvasApi, order: ImportOrder) -> ImportProgress | TeacherQuestion:
    """Read the course without changing it; return the question for the teacher, or the plan of the import."""
    course = order.grant["course"]
    check_permission(api, course)
    possible = engines(api, course, order.quiz_kind)
    title = order.title[:MAX_TITLE_LENGTH]
    with_title = _quizzes_titled(api, course, title)
    earlier_quiz = known_quiz(order, _listed(api, order, with_title), course)
    question = ask(order, possible, earlier_quiz)
    if question is None:
        question = _question_about_place(api, order)
    if question is not None:
        return question
    before = migrations(api, course)
    plan = ImportProgress(
        phase=Phase.READY,
        title=title,
        questions=short_hashes(question.id for question in order.questions),
        quizzes_before=tuple(quiz.key for quiz in with_title) if with_title is not None else None,
        migrations_before=tuple(identifier(migration) for migration in before) if before is not None else None,
    )
    return _with_target(plan, order, possible, earlier_quiz)


def _question_about_place(api: CanvasApi, order: ImportOrder) -> TeacherQuestion | None:
    """Return the next question about the place of a new quiz; one that is replaced stays where it is."""
    course, decision = order.grant["course"], Decision.read(order.decision)
    if ASK_FOR_PLACE not in order.options or decision.replaces:
        return None
    if decision.module is None:
        question = ask_for_module(order, names(api, course, scopes.LIST_MODULES, "modules"))
        if question is not None:
            return question
    if decision.group is None:
        return ask_for_group(order, names(api, course, scopes.LIST_GROUPS, "assignment_groups"))
    return None


def _quizzes_titled(api: CanvasApi, course: str, title: str) -> tuple[CourseQuiz, ...] | None:
    """Return the quizzes of both engines, or at least the Classic ones."""
    quizzes = quizzes_titled(api, course, title, NEW)
    return quizzes if quizzes is not None else quizzes_titled(api, course, title, CLASSIC)


def _with_target(
    plan: ImportProgress, order: ImportOrder, possible: tuple[str, ...], quiz: KnownQuiz | None
) -> ImportProgress:
    """Return the plan with the quiz that is replaced, or with the engine of the new one."""
    decision = Decision.read(order.decision)
    if quiz is not None and decision.replaces == quiz.quiz.id and not decision.engine:
        more = len(plan.questions) - len(quiz.questions)
        return plan.enter(
            Phase.READY,
            engine=CLASSIC,
            copy=quiz.copy,
            replaces=quiz.quiz.id,
            count_expected=quiz.quiz.question_count + more if quiz.quiz.question_count >= 0 else -1,
        )
    engine = decision.engine if decision.engine in possible else possible[0]
    return plan.enter(Phase.READY, engine=engine, copy=order.import_id, is_repeated=decision.is_repeated)


def _listed(api: CanvasApi, order: ImportOrder, with_title: tuple[CourseQuiz, ...] | None) -> dict[str, CourseQuiz]:
    """Return the quizzes that may be ours: those with the exam's title, and those with the title of earlier imports.

    A quiz that was renamed in Canvas isn't among them, and so is never replaced.
    """
    course = order.grant["course"]
    quizzes = list(with_title or ())
    ours = [earlier for earlier in order.earlier if quiz_id(earlier, order, course)]
    for name in dict.fromkeys(earlier.quiz_name for earlier in ours):
        if name and name != order.title[:MAX_TITLE_LENGTH]:
            quizzes += _quizzes_titled(api, course, name) or ()
    return {quiz.id: quiz for quiz in quizzes}
