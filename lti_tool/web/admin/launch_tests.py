"""Test launches: an administrator sees what their own launches contain."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.web.admin.blueprint import bp, current_administrator, current_platform
from lti_tool.web.current_launch import services


@bp.get("/platforms/<platform_id>/test")
def platform_launch_test() -> str:
    """Show the steps of the test that is under way, or offer to start one."""
    row = current_platform()
    test = services().launch_tests.of(row.id)
    # The code is for those who may start a test.
    visible_test = test if current_administrator().may_change else None
    return render_template("admin/launch_test.html", platform=row, test=visible_test)


@bp.post("/platforms/<platform_id>/test/<any(start, end):change>")
def change_launch_test(change: str) -> AnyResponse:
    """Start or end a test."""
    row, actor = current_platform(), current_administrator().actor
    tests = services().launch_tests
    if change == "start":
        tests.start(row, actor=actor)
    else:
        tests.end(row, actor=actor)
    return redirect(url_for("admin.platform_launch_test", platform_id=row.id), 303)
