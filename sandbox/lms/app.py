"""The sandbox's LMS as a Flask app."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, Flask, jsonify, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from sandbox.faults import apply_faults
from sandbox.lms import (
    canvas_api,
    canvas_api_migrations,
    canvas_api_quizzes,
    canvas_course,
    canvas_import,
    canvas_launch,
    canvas_oauth,
    canvas_oidc,
    control,
    moodle_bank,
    moodle_course,
    moodle_oidc,
    moodle_plugin,
    moodle_restore,
    registration,
)
from sandbox.lms.config import ACCOUNTS, Flavour, LmsConfig, ToolRegistration
from sandbox.lms.session import current_account, current_lms
from sandbox.lms.state import Lms

MAX_UPLOAD_BYTES = 100 * 1024 * 1024
POLICY = "script-src 'self'; object-src 'none'; base-uri 'none'"
BLUEPRINT_MODULES = (
    *(canvas_api, canvas_api_migrations, canvas_api_quizzes, canvas_oauth),
    *(canvas_course, canvas_import, canvas_launch, canvas_oidc),
    *(moodle_bank, moodle_course, moodle_oidc, moodle_plugin, moodle_restore, registration),
)
front = Blueprint("front", __name__)


def create_lms(config: LmsConfig | None = None) -> Flask:
    """Return an LMS with an empty Canvas-like course at ``/canvas`` and a Moodle-like one at ``/moodle``."""
    lms = Lms(config or LmsConfig())
    app = Flask(__name__, static_url_path="/static")
    app.extensions["lms"] = lms
    app.config.update(SECRET_KEY=secrets.token_hex(32), MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES)
    app.config["SESSION_COOKIE_NAME"] = "lms_session"
    if _accepts_secure_cookies(lms.base_url):
        # Like Canvas's and Moodle's cookies over https; over http, theirs have no attributes.
        app.config.update(SESSION_COOKIE_SAMESITE="None", SESSION_COOKIE_SECURE=True)
    apply_faults(app, lambda: current_lms().faults)
    for module in BLUEPRINT_MODULES:
        app.register_blueprint(module.bp)
    app.register_blueprint(canvas_course.root)
    app.register_blueprint(canvas_api_migrations.uploads)
    app.register_blueprint(control.bp)
    app.register_blueprint(front)
    app.after_request(_add_headers)
    app.context_processor(lambda: {"account": current_account(), "storage": lms.storage})
    return app


def _accepts_secure_cookies(base_url: str) -> bool:
    """Return whether browsers store Secure cookies: over https, and for names below ``.localhost``."""
    parts = urlsplit(base_url)
    return parts.scheme == "https" or (parts.hostname or "").endswith(".localhost")


def lms_of(app: Flask) -> Lms:
    """Return the LMS of an app that runs in this process."""
    with app.app_context():
        return current_lms()


def register_tool(app: Flask, flavour: Flavour, registration: ToolRegistration) -> None:
    """Register a tool with a running LMS."""
    lms_of(app).register(flavour, registration)


def _add_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    response.date = datetime.fromtimestamp(current_lms().now(), UTC)
    return response


@front.get("/")
def index() -> str:
    """Show the account and the two courses."""
    return render_template("index.html", account=current_account())


@front.get("/login")
def login_form() -> str:
    """Show the accounts to choose from."""
    return render_template("login.html", accounts=ACCOUNTS, account=current_account())


@front.post("/login")
def login() -> Response:
    """Log in as the form field ``account``; then redirect to ``next``, a path of this LMS."""
    key, target = request.form.get("account", ""), request.form.get("next", "")
    if key not in {account.key for account in ACCOUNTS}:
        return make_response(render_template("login.html", accounts=ACCOUNTS, account=None), 400)
    session.clear()
    session["account"], session["sesskey"] = key, secrets.token_urlsafe(8)
    is_local = target.startswith("/") and not target.startswith(("//", "/\\"))
    return make_response(redirect(target if is_local else url_for("front.index"), 303))


@front.post("/logout")
def logout() -> Response:
    """Log out."""
    session.clear()
    return make_response(redirect(url_for("front.login_form"), 303))


@front.get("/platforms.json")
def platforms() -> Response:
    """Return both platforms' details for registering them in a tool."""
    return jsonify({name: control.to_plain(platform) for name, platform in current_lms().describe().items()})
