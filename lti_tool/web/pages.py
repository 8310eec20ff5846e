"""What all templates can use."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, current_app, g, request, url_for
from flask_babel import format_decimal, format_timedelta

from config.settings import Settings
from lti_tool.models import now
from lti_tool.web.current_launch import perhaps_visit
from lti_tool.web.http import the
from lti_tool.web.rich_text import rich


def init_app(app: Flask, settings: Settings) -> None:
    """Teach the templates."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {"static_url": static_url, "base_url": settings.base_url}
    app.jinja_env.filters |= {
        "rich": rich,
        "number": format_decimal,
        "ago": lambda moment: format_timedelta(moment - now(), add_direction=True),
    }
    app.context_processor(_context)
    app.url_defaults(_add_token)


def static_url(name: str) -> str:
    """Return the address of a file in ``static/`` that changes with its content."""
    return _static_address(the(request).script_root, str(the(current_app).static_folder), name)


@cache
def _static_address(_mounted_at: str, folder: str, name: str) -> str:
    """Return the address; the same for all pages of a tool that is mounted at one place."""
    return url_for("static", filename=name, v=_version(Path(folder) / name))


@cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _context() -> dict[str, object]:
    return {"visit": perhaps_visit(), "request_id": g.get("request_id", "")}


def _add_token(endpoint: str, values: dict[str, object]) -> None:
    """Links on the pages of a launch lead to pages of the same launch."""
    visit = perhaps_visit()
    if visit is not None and current_app.url_map.is_endpoint_expecting(endpoint, "token"):
        values.setdefault("token", visit.token)
