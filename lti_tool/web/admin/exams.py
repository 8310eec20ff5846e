"""Exams: find one, and see each step of its road."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import error_by_code
from lti_tool.models import Exam, Generation, Platform, db
from lti_tool.services.administration.errors import NotForThisAccount
from lti_tool.services.operations.exam_road import NoSuchColleague, find_exams, hand_over, road_of
from lti_tool.web.admin.blueprint import bp, current_administrator
from lti_tool.web.admin.labels import ROAD
from lti_tool.web.current_launch import services

MAX_SEARCH = 200


@bp.get("/exams")
def exams() -> str:
    """Search exams by title, course, person, or the ID of a launch or an exam."""
    search = request.args.get("q", "")[:MAX_SEARCH]
    rows = find_exams(search, current_administrator().scope(Generation.platform_id))
    platforms = db.session.query(Platform).where(Platform.id.in_({row.platform_id for row in rows})).all()
    names = {platform.id: platform.name or platform.issuer for platform in platforms}
    return render_template("admin/exams.html", rows=rows, names=names, search=search, road=ROAD)


@bp.get("/exams/<generation_id>")
def exam_road(generation_id: str) -> str:
    """Show the road of an exam."""
    return _page(_generation(generation_id))


@bp.post("/exams/<generation_id>/revoke")
def revoke_exam_links(generation_id: str) -> AnyResponse:
    """Revoke the links by which LMSs fetch packages of the exam."""
    generation = _generation(generation_id)
    if generation.exam_id is not None:
        services().package_links.revoke_exam(generation.exam_id)
    return redirect(url_for("admin.exam_road", generation_id=generation.id), 303)


@bp.post("/exams/<generation_id>/hand-over")
def hand_over_exam(generation_id: str) -> AnyResponse:
    """Give the exam to a colleague of the same LMS."""
    generation = _generation(generation_id)
    exam = db.session.get(Exam, generation.exam_id) if generation.exam_id else None
    if exam is None:
        raise NotForThisAccount("no exam")
    try:
        hand_over(exam, request.form.get("who", ""), actor=current_administrator().actor)
    except NoSuchColleague as error:
        return make_response(_page(generation, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(url_for("admin.exam_road", generation_id=generation.id), 303)


def _page(generation: Generation, error: NoSuchColleague | None = None) -> str:
    exam = db.session.get(Exam, generation.exam_id) if generation.exam_id else None
    return render_template(
        "admin/exam_road.html",
        generation=generation,
        exam=exam,
        platform=db.session.get(Platform, generation.platform_id),
        steps=road_of(generation),
        problem=error_by_code(generation.error_code) if generation.error_code else None,
        road=ROAD,
        error=error,
        who=request.form.get("who", ""),
    )


def _generation(generation_id: str) -> Generation:
    """Return the generation if the account sees its platform; raise :class:`NotForThisAccount`."""
    generation = db.session.get(Generation, generation_id)
    if generation is None or not current_administrator().sees(generation.platform_id):
        raise NotForThisAccount(f"generation {generation_id[:40]!r}")
    return generation
