"""Diagnosis: find a refused launch by the reference on its error page, and what can be done about it."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import error_by_code
from lti_tool.models import Platform, Refusal, now
from lti_tool.services.platforms.listing import platform_names
from lti_tool.services.platforms.refusal_causes import cause_of
from lti_tool.services.platforms.refusal_corrections import compare, offers_deployment, offers_host, platform_of
from lti_tool.web.admin.blueprint import bp, current_administrator
from lti_tool.web.current_launch import services

WEEK = timedelta(days=7)


@bp.get("/diagnosis")
def diagnosis() -> AnyResponse | str:
    """List the latest refusals, or redirect to the one whose number was searched for."""
    number = request.args.get("number", "").strip()
    if number:
        return redirect(url_for("admin.refusal", number=number), 303)
    refusals = services().refusals
    rows = refusals.latest(_scope())
    return render_template(
        "admin/diagnosis.html",
        rows=rows,
        errors={row.code: error_by_code(row.code) for row in rows},
        names=platform_names(row.platform_id for row in rows),
        counts=refusals.counts(_scope(), now() - WEEK),
    )


@bp.get("/diagnosis/<number>")
def refusal(number: str) -> str:
    """Show what arrived beside what was expected."""
    row = services().refusals.find(number, _scope())
    platform = platform_of(row)
    error = error_by_code(row.code)
    error.facts = dict(row.error_facts)
    return render_template(
        "admin/refusal.html",
        row=row,
        error=error,
        platform=platform,
        comparisons=compare(row, platform),
        cause=cause_of(row),
        offers_host=offers_host(row, platform),
        offers_deployment=offers_deployment(row) and not _has_deployment(platform, row.arrived["deployment_id"]),
    )


@bp.post("/diagnosis/<number>/deployment")
def correct_deployment(number: str) -> AnyResponse:
    """Register the deployment of a launch whose token was verified."""
    row = services().refusals.find(number, _scope())
    services().refusal_corrections.add_deployment(row, actor=current_administrator().actor)
    return redirect(url_for("admin.refusal", number=row.number), 303)


@bp.post("/diagnosis/<number>/host")
def correct_host(number: str) -> AnyResponse:
    """Accept the host to which a launch whose token was verified returns content."""
    row = services().refusals.find(number, _scope())
    services().refusal_corrections.add_host(row, actor=current_administrator().actor)
    return redirect(url_for("admin.refusal", number=row.number), 303)


def _scope() -> ColumnElement[bool]:
    """Return the refusals that the account sees; those of no platform are for accounts that see all."""
    return current_administrator().scope(Refusal.platform_id)


def _has_deployment(platform: Platform | None, deployment_id: str) -> bool:
    return platform is not None and any(
        deployment.deployment_id == deployment_id for deployment in platform.deployments
    )
