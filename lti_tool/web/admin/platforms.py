"""Platforms: their list, and the page of each."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import ToolError
from lti_tool.lms import plugin_for_registration
from lti_tool.models import Platform, db
from lti_tool.services.operations.audit_log import latest_of_platform
from lti_tool.services.platforms.check_results import read_result
from lti_tool.services.platforms.listing import list_platforms, open_links
from lti_tool.services.platforms.refusal_corrections import NotCorrectable
from lti_tool.web.admin import labels
from lti_tool.web.admin.blueprint import bp, current_administrator, current_platform
from lti_tool.web.admin.forms import explain
from lti_tool.web.admin.platform_forms import DeploymentForm
from lti_tool.web.admin.setting_labels import decisions
from lti_tool.web.current_launch import services

AUDIT_ENTRIES = 15


@bp.context_processor
def _labels() -> dict[str, object]:
    return {
        "states": labels.STATES,
        "notes": labels.NOTES,
        "state_advice": labels.STATE_ADVICE,
        "generation_states": labels.GENERATION_STATES,
        "import_states": labels.IMPORT_STATES,
    }


@bp.get("/platforms")
def platforms() -> str:
    """List the platforms that the account sees, with their states."""
    administrator, search = current_administrator(), request.args.get("q", "")
    page = list_platforms(administrator.scope(Platform.id), search=search, after=request.args.get("after", ""))
    return render_template(
        "admin/platforms.html",
        page=page,
        statuses={row.id: services().platform_states.of(row) for row in page.rows},
        links=open_links() if administrator.may_add and not request.args else [],
        search=search,
    )


@bp.get("/platforms/<platform_id>")
def platform() -> str:
    """Show a platform: its state, its deployments, and its latest changes."""
    return platform_page(DeploymentForm(request.form))


def platform_page(form: DeploymentForm) -> str:
    """Return the page of the platform in the address."""
    row = current_platform()
    plugin = plugin_for_registration(row.family, row.issuer)
    findings = [read_result(result) for result in row.check_results or ()]
    return render_template(
        "admin/platform.html",
        platform=row,
        status=services().platform_states.of(row),
        plugin=plugin,
        usage=services().platforms.usage(row),
        decided=decisions(row),
        findings=findings,
        offers_addresses=any("option" in finding.facts for finding in findings),
        entries=latest_of_platform(row.id, AUDIT_ENTRIES),
        form=form,
    )


@bp.get("/platforms/<platform_id>/state")
def platform_state() -> Response:
    """Return the state, for a page that waits for the first launch."""
    status = services().platform_states.of(current_platform())
    return jsonify(state=status.state.value)


@bp.post("/platforms/<platform_id>/<any(on, off):state>")
def switch_platform(state: str) -> AnyResponse:
    """Accept or refuse launches."""
    row = current_platform()
    services().platforms.change(row, {"active": state == "on"}, actor=current_administrator().actor)
    return _redirect_back()


@bp.post("/platforms/<platform_id>/check")
def check_platform() -> AnyResponse:
    """Try what launches and exams need, and keep the results."""
    row = current_platform()
    services().full_check.run(row, services().full_check.tool())
    return redirect(url_for("admin.platform", platform_id=row.id, _anchor="check"), 303)


@bp.post("/platforms/<platform_id>/addresses")
def take_addresses() -> AnyResponse:
    """Copy the LMS's published addresses into the registration, and check it again."""
    row = current_platform()
    addresses = services().platform_check.addresses_of_lms(row)
    if not addresses:
        raise NotCorrectable("the configuration is unreachable, or names the same addresses")
    insecure = services().settings.stand_ins_allowed
    services().platforms.change(row, addresses, insecure=insecure, actor=current_administrator().actor)
    return check_platform()


@bp.post("/platforms/<platform_id>/deployments")
def add_deployment() -> AnyResponse:
    """Register a deployment by hand."""
    row, form = current_platform(), DeploymentForm(request.form)
    try:
        services().platforms.add_deployments(row, (form.deployment_id.data or "",), actor=current_administrator().actor)
    except ToolError as error:
        db.session.rollback()
        explain(form, error)
        return make_response(platform_page(form), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _redirect_back("deployments")


@bp.post("/platforms/<platform_id>/deployments/<any(on, off, remove):change>")
def change_deployment(change: str) -> AnyResponse:
    """Switch a deployment on or off, or remove it."""
    row, actor = current_platform(), current_administrator().actor
    deployment_id = request.form.get("deployment_id", "")
    if deployment_id in {deployment.deployment_id for deployment in row.deployments}:
        if change == "remove":
            services().platforms.remove_deployments(row, (deployment_id,), actor=actor)
        else:
            services().platforms.switch_deployment(row, deployment_id, active=change == "on", actor=actor)
    return _redirect_back("deployments")


def _redirect_back(anchor: str = "") -> AnyResponse:
    return redirect(url_for("admin.platform", platform_id=current_platform().id, _anchor=anchor or None), 303)
