"""Globals, filters and context of all templates."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, current_app, g, url_for
from flask_babel import format_datetime, format_timedelta, gettext

from config.settings import Settings
from lti_tool.models import now
from lti_tool.web.current_launch import current_launch_or_none
from lti_tool.web.rich_text import rich, rich_on_paper


def init_app(app: Flask, settings: Settings) -> None:
    """Set up the template environment."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {"static_url": static_url, "base_url": settings.base_url}
    app.jinja_env.filters |= {
        "rich": rich,
        "rich_on_paper": rich_on_paper,
        "colon": with_colon,
        "moment": lambda moment: format_datetime(moment, "long"),
        "ago": lambda moment: format_timedelta(moment - now(), add_direction=True),
    }
    app.context_processor(_context)
    app.url_defaults(_add_token)


def with_colon(label: str) -> str:
    """Return ``label`` with a colon; French has a space before it."""
    return str(gettext("%(label)s:", label=label))


def static_url(name: str) -> str:
    """Return the URL of a file in ``static/``, with the hash of its content."""
    return url_for("static", filename=name, v=_content_hash(Path(str(current_app.static_folder)) / name))


@cache
def _content_hash(path: Path) -> str:
    """Return a short hash. Cached: every page links to the same few files."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _context() -> dict[str, object]:
    return {"current_launch": current_launch_or_none(), "request_id": g.get("request_id", "")}


def _add_token(endpoint: str, values: dict[str, object]) -> None:
    """Keep links on a launch's pages within the same launch."""
    launch = current_launch_or_none()
    if launch is not None and current_app.url_map.is_endpoint_expecting(endpoint, "token"):
        values.setdefault("token", launch.token)
