"""The page to which Examplary sends its frame when the teacher is done; it is shown inside that frame."""

from __future__ import annotations

from flask import Blueprint, render_template

from lti_tool.security.headers import PagePolicy
from lti_tool.web.current_launch import services, set_policy
from lti_tool.web.limits import limit_failures

bp = Blueprint("embed", __name__, url_prefix="/embed")


@bp.get("/return/<return_token>")
@limit_failures
def returned(return_token: str) -> str:
    """Check the session soon and notify the surrounding page. The query's ``status`` and ``examId`` are ignored."""
    generation = services().access.returning_generation(return_token)
    services().generations.hint(generation)
    launch = generation.launch
    ancestors = tuple(launch.frame_origins) if launch is not None else ()
    set_policy(PagePolicy(frame_ancestors=("'self'", *ancestors)))
    return render_template("returned.html")
