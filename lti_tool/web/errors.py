"""The one place where errors become pages."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from math import ceil

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask.globals import request_ctx
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.exceptions import HTTPException

from lti_tool.errors import N_, ExamplaryError, LaunchError, ToolError
from lti_tool.models import DatabaseFailure, classify_failure, db
from lti_tool.security.headers import ANY_ORIGIN, PagePolicy
from lti_tool.services.operations.metrics import REFUSALS
from lti_tool.web.current_launch import perhaps_visit, set_policy
from lti_tool.web.locale import say

log = structlog.get_logger(__name__)

WAIT_FOR_DATABASE = 10
"""Seconds."""

IN_FRAMES = ("/lti/", "/l/", "/embed/", "/register/")
"""Below these, pages stand in an LMS's frame: an error must be seen there. It shows nothing private."""


class PageMissing(ToolError):
    """404 from the routes."""

    code = "page.not_found"
    sentence = N_("There is no page at this address.")
    status = 404


class MethodWrong(ToolError):
    """405: a form's address was opened, or the other way round."""

    code = "page.method"
    sentence = N_("This address can't be opened this way.")
    status = 405


class TooLarge(ToolError):
    """413: the request has more bytes than the settings allow."""

    code = "page.too_large"
    sentence = N_("The request is too large.")
    status = 413


class TooMany(ToolError):
    """429: too many requests from one address."""

    code = "page.too_many"
    sentence = N_("Too many requests came from your address.")
    advice = N_("Nothing is lost. Wait a minute and try again.")
    status = 429


class BadRequest(ToolError):
    """Any other refusal by Werkzeug: an address or a form that cannot be read."""

    code = "page.bad_request"
    sentence = N_("This request couldn't be understood.")


class DeletedMeanwhile(ToolError):
    """410: what the page was about has gone while it was being made: forgotten, or erased."""

    code = "page.deleted"
    sentence = N_("This was deleted a moment ago.")
    status = 410


class DatabaseAway(ToolError):
    """503: the database does not answer, or has no connection left."""

    code = "tool.database_away"
    sentence = N_("The tool can't reach its database at the moment.")
    advice = N_("Nothing is lost. Wait a minute and try again. If it keeps happening, tell your administrator.")
    status = 503


class DatabaseClosed(ToolError):
    """503: the database is full, damaged, or may only be read."""

    code = "tool.database_closed"
    sentence = N_("The tool can't save anything at the moment.")
    advice = N_("Nothing saved earlier is lost. Tell your administrator that the tool's database accepts no changes.")
    status = 503


class Unexpected(ToolError):
    """A mistake of ours."""

    code = "tool.unexpected"
    sentence = N_("Something went wrong on our side.")
    advice = N_(
        "Nothing is lost. Try again in a minute. If it keeps happening, give your administrator the reference below."
    )
    status = 500


_OF_ROUTES = {error.status: error for error in (PageMissing, MethodWrong, TooLarge, TooMany)}


def init_app(app: Flask) -> None:
    """Render every error as a page, or as JSON where that is asked for."""
    app.register_error_handler(ToolError, _tool_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ObjectDeletedError, _deleted)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(Exception, _unexpected)


def error_by_code(code: str) -> ToolError:
    """Return an error as good as the one that had this code and was kept in the database."""
    kinds = list(ToolError.__subclasses__())
    while kinds:
        kind = kinds.pop()
        if kind.code == code:
            return kind()
        kinds += kind.__subclasses__()
    return ToolError(code)


def as_json(error: ToolError) -> dict[str, str]:
    """Return what a script may show of ``error``."""
    return {
        "code": error.code,
        "sentence": say(error.sentence, error.facts),
        "advice": say(error.advice, error.facts),
    }


def wants_json() -> bool:
    """Return whether the browser's script asked, not the browser."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _tool_error(error: ToolError) -> Response:
    _note(error)
    return _answer(error)


def _note(error: ToolError) -> None:
    """Count and log a refusal: its code, its detail and the route's rule, none of which says who it was."""
    write = log.warning if error.status < HTTPStatus.INTERNAL_SERVER_ERROR else log.error
    g.refused, rule = error.code, str(request.url_rule or "")
    REFUSALS.labels(rule, error.code).inc()
    write("refused", code=error.code, detail=error.detail, rule=rule)


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is not None and error.code < HTTPStatus.BAD_REQUEST:
        return error
    told = _OF_ROUTES.get(error.code or 0, BadRequest)(f"HTTP {error.code}")
    _note(told)
    response = _answer(told)
    if error.code is not None and error.code not in _OF_ROUTES:
        response.status_code = error.code
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _deleted(_error: ObjectDeletedError) -> Response:
    db.session.rollback()
    return _tool_error(DeletedMeanwhile())


def _database(error: SQLAlchemyError) -> Response:
    """Tell what a person can do; a mistake of ours stays one."""
    trouble = classify_failure(error)
    if trouble is DatabaseFailure.BUG:
        return _unexpected(error)
    db.session.rollback()
    passes = trouble in (DatabaseFailure.UNAVAILABLE, DatabaseFailure.CONFLICT)
    response = _tool_error(DatabaseAway(trouble) if passes else DatabaseClosed(trouble))
    response.headers["Retry-After"] = str(WAIT_FOR_DATABASE)
    return response


def _unexpected(error: Exception) -> Response:
    """Flask's own handler would log the path, and paths are secrets here."""
    REFUSALS.labels(str(request.url_rule or ""), Unexpected.code).inc()
    log.error("unexpected", rule=str(request.url_rule or ""), exc_info=error)
    db.session.rollback()
    return _answer(Unexpected(type(error).__name__))


def _answer(error: ToolError) -> Response:
    if request_ctx.url_adapter is None:
        # The request names a host that is none, so no address can be built, and a page is full of them.
        response = make_response(error.plain(), {"Content-Type": "text/plain; charset=utf-8"})
    elif wants_json():
        response = jsonify(error=as_json(error), request=g.get("request_id", ""))
    else:
        visit = perhaps_visit()
        frame_ancestors = (ANY_ORIGIN,) if request.path.startswith(IN_FRAMES) else ()
        set_policy(PagePolicy(frame_ancestors=visit.origins if visit else frame_ancestors))
        response = make_response(render_template("error.html", **_facts(error)))
    response.status_code = error.status
    if isinstance(error, ExamplaryError) and error.retry_after:
        response.headers["Retry-After"] = str(ceil(error.retry_after))
    return response


def _facts(error: ToolError) -> dict[str, object]:
    return {
        "error": error,
        "for_administrators": isinstance(error, LaunchError),
        "issuer_host": g.get("issuer_host", ""),
        "moment": datetime.now(UTC),
    }
