"""Add a platform: the clicks in that LMS, a link or the values to paste, and then waiting for the first launch."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import ToolError
from lti_tool.lms.canvas.registration import canvas_json
from lti_tool.lti.protocol.tool_registration import ToolAddresses
from lti_tool.models import Platform, RegistrationLink, db, now
from lti_tool.services.administration.errors import NotForThisAccount
from lti_tool.services.platforms.pasted_values import tidy_values
from lti_tool.services.platforms.registration_links import revoke_link
from lti_tool.web.admin.blueprint import bp, current_administrator, require_may_add
from lti_tool.web.admin.forms import explain
from lti_tool.web.admin.guides import GUIDES, guide_for
from lti_tool.web.admin.platform_forms import ADDRESSES, AddressForm, InvitationForm
from lti_tool.web.current_launch import services
from lti_tool.web.help import LMS_PAGES


@bp.get("/platforms/new")
def choose_lms() -> str:
    """Ask which LMS it is."""
    require_may_add()
    return render_template("admin/choose_lms.html", guides=GUIDES)


@bp.route("/platforms/new/<family>", methods=["GET", "POST"])
def add_platform(family: str) -> AnyResponse:
    """Show the steps for one LMS, and take the values that it shows."""
    administrator = require_may_add()
    form = AddressForm(request.form, data={"issuer": guide_for(family).issuer})
    if request.method == "POST":
        values = tidy_values({name: form[name].data or "" for name in (*ADDRESSES, "deployment_id")})
        _show(form, values)
        try:
            row = _add(form, guide_for(family).family, values, administrator.actor)
        except ToolError as error:
            db.session.rollback()
            explain(form, error)
        else:
            return redirect(url_for("admin.platform", platform_id=row.id), 303)
    return _guide_page(family, form, InvitationForm())


@bp.post("/platforms/new/<family>/link")
def invite(family: str) -> AnyResponse:
    """Make a registration link."""
    administrator, form = require_may_add(), InvitationForm(request.form)
    name = (form.name.data or "")[:255]
    link = services().registration.add_link(name=name, family=guide_for(family).family, actor=administrator.actor)
    return redirect(url_for("admin.invitation", invitation_id=link.id), 303)


@bp.get("/invitations/<invitation_id>")
def invitation(invitation_id: str) -> AnyResponse:
    """Show a registration link and the steps, until an LMS has used it."""
    require_may_add()
    link = _link(invitation_id)
    if link.platform_id:
        return redirect(url_for("admin.platform", platform_id=link.platform_id), 303)
    page = render_template(
        "admin/invitation.html",
        invitation=link,
        address=services().registration.address_of(link),
        guide=guide_for(link.family),
        is_over=link.used_at is not None or link.expires_at <= now(),
    )
    return make_response(page)


@bp.get("/invitations/<invitation_id>/state")
def invitation_state(invitation_id: str) -> Response:
    """Return whether an LMS has used the link, for a page that waits for it."""
    require_may_add()
    return jsonify(state="registered" if _link(invitation_id).platform_id else "invited")


@bp.post("/invitations/<invitation_id>/revoke")
def revoke_invitation(invitation_id: str) -> AnyResponse:
    """End a link that was not used."""
    require_may_add()
    revoke_link(_link(invitation_id), actor=current_administrator().actor)
    return redirect(url_for("admin.platforms"), 303)


def _link(invitation_id: str) -> RegistrationLink:
    link = db.session.get(RegistrationLink, invitation_id) if invitation_id.isprintable() else None
    if link is None:
        raise NotForThisAccount(f"invitation {invitation_id[:40]!r}")
    return link


def _show(form: AddressForm, values: dict[str, str]) -> None:
    """Show the tidied values, so that the administrator sees what was changed."""
    for name, value in values.items():
        if name in form._fields:
            form[name].data = value


def _add(form: AddressForm, family: str, values: dict[str, str], actor: str) -> Platform:
    columns = {name: values.get(name, "") for name in ADDRESSES} | {"name": form.name.data or ""}
    if family != "generic":
        columns["family"] = family
    insecure = services().settings.stand_ins_allowed
    deployments = [values["deployment_id"]] if values.get("deployment_id") else []
    return services().platforms.add(columns, deployments, insecure=insecure, actor=actor)


def _guide_page(family: str, form: AddressForm, link_form: InvitationForm) -> AnyResponse:
    tool = ToolAddresses(services().settings.base_url)
    guide = guide_for(family)
    page = render_template(
        "admin/add_platform.html",
        guide=guide,
        help_page=family if family in LMS_PAGES else "administrators",
        form=form,
        link_form=link_form,
        tool=tool,
        json_text=jsonify(canvas_json(tool)).get_data(as_text=True) if guide.has_json else "",
    )
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
