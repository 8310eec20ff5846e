"""The console's blueprint, and the gate before each of its pages."""

from __future__ import annotations

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.models import Platform, db
from lti_tool.services.administration.administrator import Administrator
from lti_tool.services.administration.errors import NotForThisAccount, SignedOut
from lti_tool.web.admin.csrf import add_pre_session_cookie, check_form, form_token
from lti_tool.web.admin.session_cookie import session_secret
from lti_tool.web.current_launch import require_same_origin, services
from lti_tool.web.errors import wants_json

bp = Blueprint("admin", __name__, url_prefix="/admin")

PUBLIC_ENDPOINTS = frozenset({"admin.sign_in", "admin.password_link", "admin.begin_sign_on", "admin.end_sign_on"})
"""Endpoints for people who are not signed in."""
FOR_READERS = frozenset({"admin.sign_out", "admin.own_password"})
"""Forms that a reader may send: they change nothing but the reader's own session and password."""
OWNERS = "admin.owners_"
"""Prefix of the endpoints that only owners see."""


@bp.before_request
def _check_access() -> AnyResponse | None:
    """Check who may see the page, and that the form comes from our own page.

    One place for all pages, so that none can forget it: signed in, the platform in the address among those that the
    account sees, no change by a reader, and the token of this browser in every form.
    """
    require_same_origin()
    if request.endpoint in PUBLIC_ENDPOINTS:
        _check_posted_form()
        return None
    administrator = services().admin_sessions.find(session_secret(), counts=not wants_json())
    if administrator is None:
        return _ask_to_sign_in()
    g.administrator = administrator
    _require_permission(administrator)
    _check_posted_form()
    return None


bp.after_request(add_pre_session_cookie)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"administrator": g.get("administrator"), "csrf_token": form_token}


def current_administrator() -> Administrator:
    """Return the signed-in administrator, on pages that need one."""
    administrator: Administrator = g.administrator
    return administrator


def current_platform() -> Platform:
    """Return the platform in the page's address, which the gate has checked."""
    platform: Platform = g.platform
    return platform


def require_may_add() -> Administrator:
    """Return who is signed in, if they may register platforms; raise :class:`NotForThisAccount` if not."""
    administrator = current_administrator()
    if not administrator.may_add:
        raise NotForThisAccount("may not register platforms")
    return administrator


def _ask_to_sign_in() -> AnyResponse:
    if wants_json():
        raise SignedOut
    here = request.full_path.rstrip("?") if request.method == "GET" else url_for("admin.overview")
    return redirect(url_for("admin.sign_in", next=here.removeprefix(request.script_root)), 303)


def _require_permission(administrator: Administrator) -> None:
    if any("\x00" in str(value) for value in (request.view_args or {}).values()):
        # No id contains it, and PostgreSQL refuses to compare it.
        raise NotForThisAccount("NUL in the address")
    if (request.endpoint or "").startswith(OWNERS):
        administrator.require_owner()
    platform_id = (request.view_args or {}).pop("platform_id", None)
    if platform_id is not None:
        administrator.require_platform(platform_id)
        g.platform = db.session.get(Platform, platform_id)
        if g.platform is None:
            raise NotForThisAccount(f"platform {platform_id[:40]!r}")
    if request.method == "POST" and request.endpoint not in FOR_READERS:
        administrator.require_change()


def _check_posted_form() -> None:
    if request.method == "POST":
        check_form()
