"""The overview: problems that need attention, and recent events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, request
from sqlalchemy import func, select

from lti_tool.errors import error_by_code
from lti_tool.lms import plugins
from lti_tool.models import Chore, Platform, db, now
from lti_tool.services.chores import is_given_up, is_manual
from lti_tool.services.operations.audit_log import page_of_audit_log
from lti_tool.services.operations.statistics import failures_since, read_statistics
from lti_tool.services.platforms.listing import count_platforms, failing_platforms, platforms_that_wait
from lti_tool.services.platforms.platform_states import PlatformStatus
from lti_tool.web.admin.blueprint import bp, current_administrator
from lti_tool.web.admin.charts import bar_chart
from lti_tool.web.admin.labels import IMPORT_OUTCOMES
from lti_tool.web.current_launch import services

MAX_SHOWN = 6
"""Platforms that are named; the list of platforms has the others."""
AUDIT_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Attention:
    """A platform that needs attention."""

    platform: Platform
    status: PlatformStatus


@bp.get("/")
def overview() -> str:
    """Show the state of the tool and of its platforms."""
    administrator = current_administrator()
    statistics = read_statistics(administrator.scope)
    return render_template(
        "admin/overview.html",
        count=count_platforms(administrator.scope(Platform.id)),
        attention=_attention(),
        chores=_stuck_chores() if administrator.all_platforms else 0,
        readiness=services().health.readiness() if administrator.all_platforms else None,
        statistics=statistics,
        charts={
            "hours": bar_chart([count.number for count in statistics.launches_by_hour]),
            "days": bar_chart([count.number for count in statistics.launches_by_day]),
        },
        failures=failures_since(administrator.scope, now() - timedelta(days=1)),
        refusal_errors={tally.kind[0]: error_by_code(tally.kind[0]) for tally in statistics.refusals},
        keep_refusal_days=services().settings.keep_refusal_days,
        lms_names={plugin.family: plugin.display_name for plugin in plugins()},
        import_outcomes=IMPORT_OUTCOMES,
    )


@bp.get("/audit")
def owners_audit() -> str:
    """Show who did what, newest first."""
    before = request.args.get("before", 0, type=int)
    entries = page_of_audit_log(before=min(max(before, 0), 2**31 - 1), limit=AUDIT_PER_PAGE)
    accounts = {f"admin:{account.id}": account.email for account in services().admin_accounts.all()}
    more = entries[-1][0] if len(entries) == AUDIT_PER_PAGE else 0
    return render_template("admin/audit.html", entries=[entry for _, entry in entries], accounts=accounts, more=more)


def _attention() -> list[Attention]:
    """Return the platforms whose launches are refused, and those that have waited for a first launch for a day."""
    scope = current_administrator().scope(Platform.id)
    rows = [*failing_platforms(scope, MAX_SHOWN), *platforms_that_wait(scope, now() - timedelta(days=1), MAX_SHOWN)]
    entries = [Attention(row, services().platform_states.of(row)) for row in dict.fromkeys(rows)]
    urgent = [entry for entry in entries if entry.status.needs_attention or entry.status.launched_at is None]
    return urgent[:MAX_SHOWN]


def _stuck_chores() -> int:
    """Return the number of calls to Examplary that need a person."""
    query = select(func.count()).select_from(Chore).where(Chore.done_at.is_(None), is_given_up() | is_manual())
    return db.session.scalar(query) or 0
