"""The console's cookies: strictly for its own pages, and never for a frame in an LMS.

``SameSite=Lax``: not sent in frames or with forms of other sites, but with the click that comes back from single
sign-on. Limited to ``/admin``, so that no page of a launch gets it, and no script of any page can read it.
"""

from __future__ import annotations

from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from lti_tool.web.current_launch import cookie_name, services

SESSION = "admin"


def session_secret() -> str:
    """Return the secret in this browser's session cookie; empty: none."""
    return request.cookies.get(cookie_name(SESSION), "")


def set_session(response: Response, secret: str) -> None:
    """Set the session cookie."""
    set_console_cookie(response, SESSION, secret, services().admin_sessions.lifetime)


def set_console_cookie(response: Response, purpose: str, value: str, lifetime: timedelta | None = None) -> None:
    """Set a cookie for the console's pages; without ``lifetime``, the browser drops it when it is closed."""
    response.set_cookie(
        cookie_name(purpose),
        value,
        max_age=int(lifetime.total_seconds()) if lifetime else None,
        path=_path(),
        secure=services().settings.secure,
        httponly=True,
        samesite="Lax",
    )


def delete_console_cookie(response: Response, purpose: str) -> None:
    """Delete a cookie of the console."""
    response.delete_cookie(
        cookie_name(purpose), path=_path(), secure=services().settings.secure, httponly=True, samesite="Lax"
    )


def _path() -> str:
    return f"{request.script_root}/admin"
