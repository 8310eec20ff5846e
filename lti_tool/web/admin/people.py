"""A person of an LMS: the stored data, its export and its erasure."""

from __future__ import annotations

import json

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.models import LmsUser, Platform, db
from lti_tool.services.administration.errors import NotForThisAccount
from lti_tool.web.admin.blueprint import bp, current_administrator
from lti_tool.web.current_launch import services


@bp.get("/people/<person_id>")
def person(person_id: str) -> str:
    """Show the data stored about a person; for an erased person, the data that is kept."""
    row = _person(person_id)
    if row is None:
        return render_template("admin/person_erased.html", settings=services().settings)
    return render_template("admin/person.html", **_details(row))


@bp.post("/people/<person_id>/export")
def export_person(person_id: str) -> AnyResponse:
    """Download all data about a person, here and at Examplary."""
    row = _person(person_id)
    if row is None:
        return _redirect_back(person_id)
    privacy = services().privacy
    data = json.dumps(privacy.export(row), ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace")
    privacy.record_export(row, actor=current_administrator().actor)
    response = Response(data, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="person-{person_id}.json"'
    return response


@bp.route("/people/<person_id>/erase", methods=["GET", "POST"])
def erase_person(person_id: str) -> AnyResponse | str:
    """Say what erasing a person also deletes, and do it."""
    row = _person(person_id)
    if row is None:
        return _redirect_back(person_id)
    current_administrator().require_change()
    if request.method == "POST" and request.form.get("confirmation", "").strip() == row.sub:
        services().privacy.erase(row, actor=current_administrator().actor)
        services().queue.chores()
        return _redirect_back(person_id)
    is_wrong = request.method == "POST"
    page = render_template("admin/erase_person.html", settings=services().settings, is_wrong=is_wrong, **_details(row))
    return Response(page, 422 if is_wrong else 200)


def _details(row: LmsUser) -> dict[str, object]:
    return {
        "person": row,
        "platform": db.session.get(Platform, row.platform_id),
        "usage": services().privacy.usage(row),
    }


def _redirect_back(person_id: str) -> AnyResponse:
    return redirect(url_for("admin.person", person_id=person_id), 303)


def _person(person_id: str) -> LmsUser | None:
    """Return the person; ``None`` for one who was erased. Raises :class:`NotForThisAccount`."""
    row = db.session.get(LmsUser, person_id)
    platform_id = row.platform_id if row is not None else services().privacy.erased_from(person_id[:40])
    if not platform_id or not current_administrator().sees(platform_id):
        raise NotForThisAccount(f"person {person_id[:40]!r}")
    return row
