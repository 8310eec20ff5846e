"""The app of the stand-in LMS."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Blueprint, Flask, jsonify, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from sandbox.lms import (
    canvas_course,
    canvas_import,
    canvas_launch,
    canvas_oidc,
    control,
    moodle_bank,
    moodle_course,
    moodle_oidc,
    moodle_restore,
    registration,
)
from sandbox.lms.config import ACCOUNTS, Flavour, LmsConfig, ToolRegistration
from sandbox.lms.session import current_account, current_lms
from sandbox.lms.state import Lms

MAX_UPLOAD_BYTES = 100 * 1024 * 1024
POLICY = "script-src 'self'; object-src 'none'; base-uri 'none'"
ROOMS = (
    *(canvas_course, canvas_import, canvas_launch, canvas_oidc),
    *(moodle_bank, moodle_course, moodle_oidc, moodle_restore, registration),
)
front = Blueprint("front", __name__)


def create_lms(config: LmsConfig | None = None) -> Flask:
    """An LMS with a Canvas-like course at ``/canvas`` and a Moodle-like one at ``/moodle``, empty and in memory."""
    lms = Lms(config or LmsConfig())
    app = Flask(__name__, static_url_path="/static")
    app.extensions["lms"] = lms
    app.config.update(SECRET_KEY=secrets.token_hex(32), MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES)
    app.config["SESSION_COOKIE_NAME"] = "lms_session"
    if _is_safe_place(lms.base_url):
        # as Canvas's and Moodle's cookies over https; over http theirs have no attribute
        app.config.update(SESSION_COOKIE_SAMESITE="None", SESSION_COOKIE_SECURE=True)
    for module in ROOMS:
        app.register_blueprint(module.bp)
    app.register_blueprint(canvas_course.equations)
    app.register_blueprint(control.bp)
    app.register_blueprint(front)
    app.after_request(_add_headers)
    app.context_processor(lambda: {"account": current_account(), "storage": lms.storage})
    return app


def _is_safe_place(base_url: str) -> bool:
    """https, or a name below ``.localhost``: browsers keep Secure cookies for both."""
    parts = urlsplit(base_url)
    return parts.scheme == "https" or (parts.hostname or "").endswith(".localhost")


def lms_of(app: Flask) -> Lms:
    """The LMS behind an app, for whoever runs it in the same process."""
    with app.app_context():
        return current_lms()


def register_tool(app: Flask, flavour: Flavour, registration: ToolRegistration) -> None:
    """Make a tool known to a running LMS."""
    lms_of(app).register(flavour, registration)


def _add_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@front.get("/")
def index() -> str:
    """Who is logged in, and the two courses."""
    return render_template("index.html", account=current_account())


@front.get("/login")
def login_form() -> str:
    """Choose who to be."""
    return render_template("login.html", accounts=ACCOUNTS, account=current_account())


@front.post("/login")
def login() -> Response:
    """Become one of the accounts: form field ``account``, and optionally ``next``, a path of this LMS."""
    key, wanted = request.form.get("account", ""), request.form.get("next", "")
    if key not in {account.key for account in ACCOUNTS}:
        return make_response(render_template("login.html", accounts=ACCOUNTS, account=None), 400)
    session.clear()
    session["account"], session["sesskey"] = key, secrets.token_urlsafe(8)
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return make_response(redirect(wanted if inside else url_for("front.index"), 303))


@front.post("/logout")
def logout() -> Response:
    """Nobody is logged in any more."""
    session.clear()
    return make_response(redirect(url_for("front.login_form"), 303))


@front.get("/platforms.json")
def platforms() -> Response:
    """What a tool must know of both platforms to be registered with them."""
    return jsonify({name: control.to_plain(each) for name, each in current_lms().describe().items()})
