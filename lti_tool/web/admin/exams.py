"""Exams: find one, read its history, retry what failed, revoke links and hand it over."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import error_by_code
from lti_tool.models import Exam, Generation, Import, Platform, Refusal, db
from lti_tool.services.administration.errors import NotForThisAccount
from lti_tool.services.launches.refusals import RefusalNotFound
from lti_tool.services.operations.exam_actions import NoSuchColleague
from lti_tool.services.operations.exam_history import ExamHistory
from lti_tool.services.operations.exam_search import find_exams, find_people
from lti_tool.services.operations.failed_exams import list_failed
from lti_tool.services.platforms.listing import platform_names
from lti_tool.web.admin.blueprint import bp, current_administrator
from lti_tool.web.admin.labels import ACTORS, HISTORY
from lti_tool.web.current_launch import services

MAX_SEARCH = 200
PEOPLE_SHOWN = 5


@bp.get("/exams")
def exams() -> str:
    """Search exams by title, course, person, or the ID of a launch or an exam."""
    search = request.args.get("q", "")[:MAX_SEARCH]
    administrator = current_administrator()
    before, only_failed = request.args.get("before", ""), request.args.get("only") == "failed"
    if only_failed:
        page = list_failed(administrator.scope, before=before)
    else:
        page = find_exams(search, administrator.scope, before=before)
    platform_ids = {entry.platform_id for entry in page.entries}
    people = find_people(search, administrator.scope, PEOPLE_SHOWN)
    names = platform_names(platform_ids | {person.platform_id for person in people})
    return render_template(
        "admin/exams.html",
        page=page,
        people=people,
        names=names,
        search=search,
        only_failed=only_failed,
        labels=HISTORY,
        is_refusal=bool(search) and _is_refusal(search),
    )


@bp.get("/exams/<exam_id>")
def exam_history(exam_id: str) -> AnyResponse | str:
    """Show the history of an exam, or of a generation that has none."""
    history = _history(exam_id)
    if history.exam is not None and history.exam.id != exam_id:
        return redirect(url_for("admin.exam_history", exam_id=history.exam.id), 303)
    newest = history.generations[0] if history.generations else None
    error_code = newest.error_code if newest is not None else ""
    return render_template(
        "admin/exam_history.html",
        **_details(history),
        newest=newest,
        problem=error_by_code(error_code) if error_code else None,
        labels=HISTORY,
        actors=ACTORS,
    )


@bp.route("/exams/<exam_id>/retry", methods=["GET", "POST"])
def retry_generation(exam_id: str) -> AnyResponse | str:
    """Try a failed generation, or the collection of its exam, again."""
    history = _history(exam_id)
    if request.method == "POST":
        if history.failed is not None:
            services().exam_actions.retry_generation(history.failed, actor=current_administrator().actor)
        return _redirect_back(exam_id)
    return _confirmation("retry", history)


@bp.route("/exams/<exam_id>/imports/<import_id>/retry", methods=["GET", "POST"])
def retry_import(exam_id: str, import_id: str) -> AnyResponse | str:
    """Try a failed direct import again."""
    history = _history(exam_id)
    row = db.session.get(Import, import_id)
    if row is None or history.exam is None or row.exam_id != history.exam.id:
        raise NotForThisAccount(f"import {import_id[:40]!r}")
    if request.method == "POST":
        services().exam_actions.retry_import(row.id, actor=current_administrator().actor)
        return _redirect_back(exam_id)
    return _confirmation("import", history, row=row)


@bp.route("/exams/<exam_id>/revoke", methods=["GET", "POST"])
def revoke_exam_links(exam_id: str) -> AnyResponse | str:
    """Revoke the links by which LMSs fetch packages of the exam."""
    history, exam = _history_with_exam(exam_id)
    if request.method == "POST":
        services().exam_actions.revoke_links(exam, actor=current_administrator().actor)
        return _redirect_back(exam_id)
    return _confirmation("revoke", history, links=services().package_links.count_active_of_exam(exam.id))


@bp.route("/exams/<exam_id>/hand-over", methods=["GET", "POST"])
def hand_over_exam(exam_id: str) -> AnyResponse | str:
    """Give the exam to a colleague of the same LMS: first show who that is, then do it."""
    history, exam = _history_with_exam(exam_id)
    who, actions = request.values.get("who", "")[:MAX_SEARCH], services().exam_actions
    try:
        if request.method == "POST":
            actions.hand_over(exam, who, actor=current_administrator().actor)
            return _redirect_back(exam_id)
        colleague = actions.find_colleague(exam, who) if who else None
    except NoSuchColleague as error:
        page = _confirmation("hand-over", history, error=error, who=who)
        return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _confirmation("hand-over", history, colleague=colleague, who=who)


def _confirmation(action: str, history: ExamHistory, **values: object) -> str:
    """Return the page that says what else an action affects; raise an error for readers, who may not do it."""
    current_administrator().require_change()
    return render_template("admin/exam_action.html", action=action, **_details(history), labels=HISTORY, **values)


def _details(history: ExamHistory) -> dict[str, object]:
    row = history.exam or history.generations[0]
    return {
        "history": history,
        "exam": history.exam,
        "row_id": row.id,
        "title": row.title,
        "platform": db.session.get(Platform, row.platform_id),
    }


def _redirect_back(exam_id: str) -> AnyResponse:
    return redirect(url_for("admin.exam_history", exam_id=exam_id), 303)


def _history_with_exam(exam_id: str) -> tuple[ExamHistory, Exam]:
    history = _history(exam_id)
    if history.exam is None:
        raise NotForThisAccount("no exam")
    return history, history.exam


def _history(exam_id: str) -> ExamHistory:
    """Return the history of an exam or a generation whose platform the account sees.

    Raises :class:`NotForThisAccount`.
    """
    exam = db.session.get(Exam, exam_id)
    generation = db.session.get(Generation, exam_id) if exam is None else None
    if generation is not None:
        exam = db.session.get(Exam, generation.exam_id or generation.revises_id or "")
    row = exam or generation
    if row is None or not current_administrator().sees(row.platform_id):
        raise NotForThisAccount(f"exam {exam_id[:40]!r}")
    return services().exam_history.read(row)


def _is_refusal(search: str) -> bool:
    """Return whether the search is the number of a refused launch, which Diagnosis shows."""
    try:
        services().refusals.find(search, current_administrator().scope(Refusal.platform_id))
    except RefusalNotFound:
        return False
    return True
