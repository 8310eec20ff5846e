"""Where Examplary sends its frame when the teacher is done. Runs inside that frame."""

from __future__ import annotations

from flask import Blueprint, render_template

from lti_tool.security.headers import PagePolicy
from lti_tool.web.current_launch import services, set_policy

bp = Blueprint("embed", __name__, url_prefix="/embed", template_folder="templates")


@bp.get("/return/<return_token>")
def returned(return_token: str) -> str:
    """Take the return as a hint, whatever ``status`` and ``examId`` say, and tell the page around this frame."""
    generation = services().access.returning_generation(return_token)
    services().generations.hint(generation)
    launch = generation.launch
    around = tuple(launch.frame_origins) if launch is not None else ()
    set_policy(PagePolicy(frame_ancestors=("'self'", *around)))
    return render_template("returned.html")
