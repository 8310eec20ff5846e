"""Canvas's REST API: quizzes of both engines, their questions and assignments."""

from __future__ import annotations

import zlib

from flask import request
from werkzeug.wrappers import Response

from sandbox.lms.canvas_api import answer, api_blueprint, caller, denied, not_found, paged, require_course
from sandbox.lms.canvas_content import CanvasQuiz
from sandbox.lms.session import current_lms

bp = api_blueprint("canvas_api_quizzes")


def _describe(quiz: CanvasQuiz, course_id: int) -> dict[str, object]:
    """Return a Classic quiz as Canvas does; it names no identifier of the package."""
    url = f"{current_lms().base_url}/courses/{course_id}/quizzes/{quiz.ident}"
    return {
        "id": quiz.ident,
        "title": quiz.quiz.title,
        "html_url": url,
        "mobile_url": f"{url}?force_user=1&persist_headless=1",
        "description": quiz.quiz.description,
        "quiz_type": quiz.quiz.type or "assignment",
        "time_limit": quiz.quiz.time_limit,
        "question_count": len(quiz.quiz.questions),
        "points_possible": quiz.quiz.total_points,
        "published": quiz.published,
        "unpublishable": not quiz.submissions,
        "assignment_id": quiz.assignment_id,
        "assignment_group_id": quiz.group_id,
        "locked_for_user": False,
        "has_access_code": False,
    }


def _describe_new(quiz: CanvasQuiz, course_id: int) -> dict[str, object]:
    keeps_id = current_lms().canvas.behaviour.new_quiz_migration_id
    return {
        "id": quiz.assignment_id,
        "assignment_id": quiz.assignment_id,
        "title": quiz.quiz.title,
        "html_url": f"{current_lms().base_url}/courses/{course_id}/assignments/{quiz.assignment_id}",
        "quiz_type": "quizzes.next",
        "points_possible": quiz.quiz.total_points,
        "published": quiz.published,
        "workflow_state": quiz.workflow_state,
        "migration_id": quiz.migration_id if keeps_id else None,
    }


def _matches(quiz: CanvasQuiz) -> bool:
    return request.args.get("search_term", "").casefold() in quiz.quiz.title.casefold()


@bp.get("/courses/<int:course_id>/quizzes")
def list_quizzes(course_id: int) -> Response:
    """List the Classic quizzes."""
    course = require_course(course_id)
    if not course.behaviour.quizzes_tab:
        return denied()
    visible = [quiz for quiz in course.present_quizzes if quiz.published or caller().teacher]
    return paged([_describe(quiz, course_id) for quiz in visible if quiz.kind == "classic" and _matches(quiz)])


@bp.get("/courses/<int:course_id>/all_quizzes")
def list_all_quizzes(course_id: int) -> Response:
    """List the quizzes of both engines. New Quizzes ends what it is still making."""
    course = require_course(course_id, "read")
    described = [
        _describe(quiz, course_id) if quiz.kind == "classic" else _describe_new(quiz, course_id)
        for quiz in course.present_quizzes
        if _matches(quiz)
    ]
    for quiz in course.quizzes:
        quiz.importing = False
    return paged(described)


@bp.get("/courses/<int:course_id>/quizzes/<int:id>")
def show_quiz(course_id: int, id: int) -> Response:
    """Return a Classic quiz."""
    quiz = _classic(course_id, id)
    return answer(_describe(quiz, course_id)) if quiz else not_found()


@bp.get("/courses/<int:course_id>/quizzes/<int:quiz_id>/questions")
def list_questions(course_id: int, quiz_id: int) -> Response:
    """List the questions of a Classic quiz."""
    quiz = _classic(course_id, quiz_id)
    if quiz is None:
        return not_found()
    return paged(
        [
            {
                "id": _question_id(quiz, ident),
                "quiz_id": quiz.ident,
                "position": position,
                "question_name": question.name,
                "question_type": question.type,
                "points_possible": question.points,
            }
            for position, (ident, question) in enumerate(quiz.numbered_questions, 1)
        ]
    )


@bp.delete("/courses/<int:course_id>/quizzes/<int:quiz_id>/questions/<int:id>")
def delete_question(course_id: int, quiz_id: int, id: int) -> Response:
    """Remove a question from a Classic quiz."""
    quiz = _classic(course_id, quiz_id)
    if quiz is None:
        return not_found()
    kept = [pair for pair in quiz.numbered_questions if _question_id(quiz, pair[0]) != id]
    if len(kept) == len(quiz.question_ids):
        return not_found()
    quiz.set_questions(kept)
    return Response(status=204)


def _question_id(quiz: CanvasQuiz, ident: str) -> int:
    """Return a number that stays the same for a question of a quiz."""
    return quiz.ident * 2**32 + zlib.crc32(ident.encode())


def _classic(course_id: int, ident: int) -> CanvasQuiz | None:
    quiz = require_course(course_id, "read").find_quiz(ident)
    return quiz if quiz and quiz.kind == "classic" else None


@bp.get("/courses/<int:course_id>/assignments/<int:id>")
def show_assignment(course_id: int, id: int) -> Response:
    """Return the assignment of a quiz. New Quizzes ends what it is still making with the next request."""
    course = require_course(course_id, "read")
    quiz = next((quiz for quiz in course.present_quizzes if quiz.assignment_id == id), None)
    if quiz is None:
        return not_found()
    response = answer(
        {
            "id": id,
            "name": quiz.quiz.title,
            "workflow_state": quiz.workflow_state,
            "is_quiz_lti_assignment": quiz.kind == "new",
            "quiz_id": quiz.ident if quiz.kind == "classic" else None,
            "html_url": f"{current_lms().base_url}/courses/{course_id}/assignments/{id}",
            "points_possible": quiz.quiz.total_points,
            "published": quiz.published,
        }
    )
    quiz.importing = False
    return response
