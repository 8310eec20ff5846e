"""Login, launch and public keys: what LMSs are told about this tool at registration."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.lti import (
    BrowserProof,
    LoginRedirect,
    StorageLookup,
    begin_login,
    proof_name,
    storage_lookup,
    verify_launch,
)
from lti_tool.security.headers import ANYBODY, PagePolicy
from lti_tool.web.visit import in_a_frame, services, set_policy

bp = Blueprint("lti", __name__, url_prefix="/lti", template_folder="templates")

COOKIE_PATH = "/lti/"
KEYS_SECONDS = 300
"""How long an LMS may keep our keys; a new one is published a day before it signs."""


@bp.route("/login", methods=["GET", "POST"])
def login() -> AnyResponse:
    """Begin a login (Security Framework 1.0 §5.1.1): to the LMS, with a proof left in this browser."""
    settings = services().settings
    parameters = request.values.to_dict()
    g.issuer_host = _host_of(parameters.get("iss", ""))
    begun = begin_login(
        parameters,
        redirect_uri=f"{settings.base_url}/lti/launch",
        lifetime=timedelta(minutes=settings.login_minutes),
    )
    stored = begun.storage_target and in_a_frame()
    response = _keep_in_platform(begun) if stored else redirect(begun.url, 302)
    _set_proof(response, begun.cookie)
    return response


@bp.post("/launch")
def launch() -> AnyResponse:
    """Verify the launch, once, and go to its page."""
    settings = services().settings
    form = request.form.to_dict()
    stored_proof = form.get("stored_proof", "") if request.headers.get("Origin") == settings.origin else ""
    lookup = storage_lookup(form, request.cookies) if in_a_frame() and "stored_proof" not in form else None
    if lookup is not None:
        return _ask_platform(lookup, form)
    verified = verify_launch(
        form,
        request.cookies,
        keys=services().platform_keys,
        trust_first_deployment=settings.trust_first_deployment,
        administrators_may_author=settings.administrators_may_author,
        stored_proof=stored_proof,
    )
    launch_id = services().launching.record(verified)
    response = redirect(url_for("home.show", token=services().access.link_to(launch_id)), 303)
    response.delete_cookie(
        proof_name(form["state"]), path=COOKIE_PATH, secure=True, httponly=True, samesite="None", partitioned=True
    )
    return response


@bp.get("/launch")
def launched_by_hand() -> str:
    """Somebody pasted the launch address into a browser."""
    set_policy(PagePolicy(framed_by=(ANYBODY,)))
    return render_template("lti/by_hand.html")


@bp.get("/jwks.json")
def jwks() -> Response:
    """Publish the tool's keys, to anybody."""
    response = jsonify(services().tool_keys.jwks())
    response.headers["Cache-Control"] = f"public, max-age={KEYS_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _host_of(address: str) -> str:
    """Return the host of an address that a stranger gave; nothing if it has none."""
    try:
        return (urlsplit(address).hostname or "")[:255]
    except ValueError:
        return ""


def _set_proof(response: AnyResponse, proof: BrowserProof) -> None:
    """Partitioned: kept for this frame in this LMS even where third-party cookies are blocked (facts: moodle-live)."""
    response.set_cookie(
        proof.name,
        proof.value,
        max_age=proof.max_age,
        path=COOKIE_PATH,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def _keep_in_platform(begun: LoginRedirect) -> Response:
    """Leave the proof with the LMS too (1EdTech lti-pm-s), for browsers that keep no cookie in frames."""
    set_policy(PagePolicy(framed_by=(ANYBODY,)))
    return make_response(render_template("lti/keep.html", begun=begun))


def _ask_platform(lookup: StorageLookup, form: dict[str, str]) -> Response:
    """Ask the LMS for the proof, then send the launch again from our own page."""
    set_policy(PagePolicy(framed_by=(ANYBODY,)))
    return make_response(render_template("lti/ask.html", lookup=lookup, form=form))
