"""Chores: calls to Examplary and LMSs that are still to be made, and those that need a person."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.models import Chore, Platform, db
from lti_tool.services.administration.errors import NotForThisAccount
from lti_tool.services.chores import MAX_ATTEMPTS, is_given_up, is_manual
from lti_tool.services.platforms.listing import platform_names
from lti_tool.web.admin.blueprint import bp, current_administrator
from lti_tool.web.admin.labels import CHORES
from lti_tool.web.current_launch import services

PER_PAGE = 50
LARGEST_ID = 2**31 - 1


@bp.get("/chores")
def chores() -> str:
    """List the open chores, oldest first; with ``only=stuck`` those that need a person."""
    scope = current_administrator().scope(Chore.platform_id)
    only_stuck = request.args.get("only") == "stuck"
    after = min(max(request.args.get("after", 0, type=int), 0), LARGEST_ID)
    conditions = (scope, is_given_up() | is_manual()) if only_stuck else (scope,)
    rows = services().chores.pending(*conditions, after=after, limit=PER_PAGE + 1)
    return render_template(
        "admin/chores.html",
        rows=rows[:PER_PAGE],
        more=rows[PER_PAGE - 1].chore.id if len(rows) > PER_PAGE else 0,
        only_stuck=only_stuck,
        names=platform_names(row.chore.platform_id for row in rows),
        **_labels(),
    )


@bp.get("/chores/<int:chore_id>")
def chore(chore_id: int) -> str:
    """Show a chore, and what can be done about it."""
    row = _chore(chore_id)
    platform = db.session.get(Platform, row.platform_id) if row.platform_id else None
    return render_template("admin/chore.html", pending=services().chores.read(row), platform=platform, **_labels())


@bp.post("/chores/<int:chore_id>/retry")
def retry_chore(chore_id: int) -> AnyResponse:
    """Make a chore due now."""
    row = _chore(chore_id)
    services().chores.retry_now(row.id, actor=current_administrator().actor)
    services().queue.chores()
    return redirect(url_for("admin.chore", chore_id=chore_id), 303)


@bp.post("/chores/<int:chore_id>/settle")
def settle_chore(chore_id: int) -> AnyResponse:
    """Mark a chore as done by hand, or as not needed."""
    row = _chore(chore_id)
    services().chores.settle(row.id, actor=current_administrator().actor)
    return redirect(url_for("admin.chore", chore_id=chore_id), 303)


def _labels() -> dict[str, object]:
    return {"labels": CHORES, "max_attempts": MAX_ATTEMPTS}


def _chore(chore_id: int) -> Chore:
    """Return the chore; raise :class:`NotForThisAccount` if the account doesn't see its platform.

    A chore that belongs to no platform is visible to accounts that see all platforms.
    """
    administrator = current_administrator()
    row = db.session.get(Chore, chore_id) if chore_id <= LARGEST_ID else None
    is_visible = row is not None and (administrator.all_platforms or administrator.sees(row.platform_id or ""))
    if row is None or not is_visible:
        raise NotForThisAccount(f"chore {chore_id}")
    return row
