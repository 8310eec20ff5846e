"""Error handlers: the only place where errors become pages."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from math import ceil

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.exceptions import HTTPException

from lti_tool.errors import N_, AccessError, ExamplaryError, LaunchError, ToolError
from lti_tool.models import DatabaseFailure, classify_failure, db
from lti_tool.security.headers import ANY_ORIGIN, PagePolicy
from lti_tool.services.counters import REFUSALS
from lti_tool.web.current_launch import current_launch_or_none, services, set_policy
from lti_tool.web.locale import localize, use_languages

log = structlog.get_logger(__name__)

DATABASE_RETRY_AFTER = 10
"""Seconds."""

FRAMED_PATHS = ("/lti/", "/l/", "/embed/", "/register/")
"""Paths of pages in an LMS's frame, where an error page must be visible. It shows nothing private."""

FORMS_WITH_TEXTS = ("changes.save_question", "changes.save_settings")
"""Endpoints of forms in which teachers write texts."""

TEXT_FIELDS = ("text-", "answers-", "title")
"""Prefixes of the names of these texts' fields."""


class PageMissing(ToolError):
    """404: no such route."""

    code = "page.not_found"
    sentence = N_("There is no page at this address.")
    status = 404


class MethodWrong(ToolError):
    """405: wrong method, such as opening a form's URL."""

    code = "page.method"
    sentence = N_("This address can't be opened this way.")
    status = 405


class TooLarge(ToolError):
    """413: the request is larger than the settings allow."""

    code = "page.too_large"
    sentence = N_("The request is too large.")
    status = 413


class TooMany(ToolError):
    """429: too many requests from one IP address."""

    code = "page.too_many"
    sentence = N_("Too many requests came from your address.")
    advice = N_("Nothing is lost. Wait a minute and try again.")
    status = 429


class BadRequest(ToolError):
    """Any other HTTP error: a URL or form that can't be parsed."""

    code = "page.bad_request"
    sentence = N_("This request couldn't be understood.")


class ConcurrentlyDeleted(ToolError):
    """410: the page's subject was deleted while the page was being rendered."""

    code = "page.deleted"
    sentence = N_("This was deleted a moment ago.")
    status = 410


class DatabaseAway(ToolError):
    """503: the database is unreachable or out of connections."""

    code = "tool.database_away"
    sentence = N_("The tool can't reach its database at the moment.")
    advice = N_("Nothing is lost. Wait a minute and try again. If it keeps happening, tell your administrator.")
    status = 503


class DatabaseClosed(ToolError):
    """503: the database is full, damaged or read-only."""

    code = "tool.database_closed"
    sentence = N_("The tool can't save anything at the moment.")
    advice = N_("Nothing saved earlier is lost. Tell your administrator that the tool's database accepts no changes.")
    status = 503


class Unexpected(ToolError):
    """500: a bug."""

    code = "tool.unexpected"
    sentence = N_("Something went wrong on our side.")
    advice = N_(
        "Nothing is lost. Try again in a minute. If it keeps happening, give your administrator the reference below."
    )
    status = 500


_BY_STATUS = {error.status: error for error in (PageMissing, MethodWrong, TooLarge, TooMany)}


def init_app(app: Flask) -> None:
    """Register handlers that render errors as a page, or as JSON for scripts."""
    app.register_error_handler(ToolError, _tool_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ObjectDeletedError, _deleted)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(Exception, _unexpected)


def as_json(error: ToolError) -> dict[str, str]:
    """Return the translated error for scripts."""
    return {
        "code": error.code,
        "sentence": localize(error.sentence, error.facts),
        "advice": localize(error.advice, error.facts),
    }


def as_page(error: ToolError) -> Response:
    """Count and log the error, and return its page, for a view that adds something to it."""
    return _tool_error(error)


def wants_json() -> bool:
    """Return whether a script sent this request."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _tool_error(error: ToolError) -> Response:
    _record(error)
    return _error_response(error)


def _record(error: ToolError) -> None:
    """Count and log a refusal by code, detail and URL rule, without personal data."""
    log_method = log.warning if error.status < HTTPStatus.INTERNAL_SERVER_ERROR else log.error
    g.refused = error.code
    rule = str(request.url_rule or "")
    REFUSALS.labels(rule, error.code).inc()
    log_method("refused", code=error.code, detail=error.detail, rule=rule)


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is not None and error.code < HTTPStatus.BAD_REQUEST:
        return error
    tool_error = _BY_STATUS.get(error.code or 0, BadRequest)(f"HTTP {error.code}")
    _record(tool_error)
    response = _error_response(tool_error)
    if error.code is not None and error.code not in _BY_STATUS:
        response.status_code = error.code
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _deleted(_error: ObjectDeletedError) -> Response:
    db.session.rollback()
    return _tool_error(ConcurrentlyDeleted())


def _database(error: SQLAlchemyError) -> Response:
    """Distinguish an unavailable or read-only database from a bug."""
    failure = classify_failure(error)
    if failure is DatabaseFailure.BUG:
        return _unexpected(error)
    db.session.rollback()
    temporary = failure in (DatabaseFailure.UNAVAILABLE, DatabaseFailure.CONFLICT)
    response = _tool_error(DatabaseAway(failure) if temporary else DatabaseClosed(failure))
    response.headers["Retry-After"] = str(DATABASE_RETRY_AFTER)
    return response


def _unexpected(error: Exception) -> Response:
    """Log a bug without the path: paths contain secrets, and Flask's own handler would log them."""
    REFUSALS.labels(str(request.url_rule or ""), Unexpected.code).inc()
    log.error("unexpected", rule=str(request.url_rule or ""), exc_info=error)
    db.session.rollback()
    return _error_response(Unexpected(type(error).__name__))


def _error_response(error: ToolError) -> Response:
    if not isinstance(error, DatabaseAway | DatabaseClosed):
        _use_language_of_launch()
    if wants_json():
        response = jsonify(error=as_json(error), request=g.get("request_id", ""))
    else:
        launch = current_launch_or_none()
        frame_ancestors = (ANY_ORIGIN,) if request.path.startswith(FRAMED_PATHS) else ()
        set_policy(PagePolicy(frame_ancestors=launch.frame_ancestors if launch else frame_ancestors))
        response = make_response(render_template("error.html", **_context(error)))
    response.status_code = error.status
    if isinstance(error, ExamplaryError) and error.retry_after:
        response.headers["Retry-After"] = str(ceil(error.retry_after))
    return response


def _use_language_of_launch() -> None:
    """Write the error in the language of the launch whose token is in the address, even if it can't be opened."""
    _, first, *rest = f"{request.path}/".split("/")
    if first != "l" or current_launch_or_none() is not None:
        return
    try:
        use_languages(services().access.page_languages(rest[0]))
    except AccessError:
        return
    except SQLAlchemyError:
        db.session.rollback()


def typed_texts() -> list[str]:
    """Return the texts of a form of ours that could not be saved, so that the error page can give them back.

    Another site's form gets nothing: its texts are not the teacher's.
    """
    is_ours = request.endpoint in FORMS_WITH_TEXTS and request.headers.get("Sec-Fetch-Site", "") != "cross-site"
    if not is_ours or request.headers.get("Origin", "") not in ("", services().settings.origin):
        return []
    return [text for name, text in request.form.items() if name.startswith(TEXT_FIELDS) and text.strip()]


def _context(error: ToolError) -> dict[str, object]:
    return {
        "error": error,
        "for_administrators": isinstance(error, LaunchError),
        "issuer_host": g.get("issuer_host", ""),
        "moment": datetime.now(UTC),
        "typed": typed_texts(),
    }
