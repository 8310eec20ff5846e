"""Canvas's REST API: who calls, with which scope, how often; and what it says of the course.

See docs/reference/canvas-api.md#errors-about-tokens and docs/reference/canvas-api.md#permissions-and-course-states.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, abort, g, jsonify, make_response, request
from werkzeug.wrappers import Response

from sandbox.lms.canvas_content import CanvasCourse
from sandbox.lms.canvas_ids import COURSE_ID, api_user, user_id
from sandbox.lms.canvas_oauth import throttled
from sandbox.lms.canvas_tokens import BUCKET_SIZE, REQUEST_COST, UP_FRONT_COST, Authorization, CanvasTokens
from sandbox.lms.config import ACCOUNTS, Account
from sandbox.lms.session import current_lms

VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")
STRING_IDS = "application/json+canvas-string-ids"
UNSCOPED = "/api/v1/files/"
"""Confirming an upload needs a token; whether it needs a scope is unknown, and no application asks for one."""
DEFAULT_PAGE, LARGEST_PAGE = 10, 100
ADD_CONTENT = "manage_course_content_add"
DENIED = {
    "en": "user not authorized to perform that action",
    "nl": "gebruiker is niet gemachtigd om die actie uit te voeren",
}


def api_blueprint(name: str) -> Blueprint:
    """Return a blueprint for routes of the API."""
    blueprint = Blueprint(name, __name__, url_prefix="/api/v1")
    blueprint.before_request(check_caller)
    blueprint.after_request(_add_cost)
    return blueprint


def check_caller() -> Response | None:
    """Refuse requests without a name, over the limit, without a valid token, or without the scope."""
    if not request.headers.get("User-Agent"):
        return problem(HTTPStatus.FORBIDDEN, "User-Agent header is required")
    if _is_throttled():
        return throttled(course().behaviour.throttle_status)
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    authorization = _tokens().by_access_token(bearer)
    message = _token_problem(authorization)
    if message or authorization is None:
        response = problem(HTTPStatus.UNAUTHORIZED, message)
        if "scopes" not in message:
            response.headers["WWW-Authenticate"] = 'Bearer realm="canvas-lms"'
        return response
    g.authorization = authorization
    return None


def _is_throttled() -> bool:
    behaviour, now = course().behaviour, _tokens().now()
    if behaviour.throttled > 0:
        behaviour.throttled -= 1
        return True
    bucket = _tokens().bucket(request.headers.get("Authorization", ""))
    if bucket.remaining(now) < UP_FRONT_COST:
        return True
    bucket.spend(REQUEST_COST, now)
    return False


def _token_problem(authorization: Authorization | None) -> str:
    if authorization is None or authorization.problem == "gone":
        return "Invalid access token."
    if authorization.problem == "revoked":
        return "Revoked access token."
    if authorization.problem == "expired" or authorization.expires < _tokens().now():
        return "Expired access token."
    key = _tokens().keys[authorization.client_id]
    is_free = key.scopes is None or request.path.startswith(UNSCOPED)
    has_scope = is_free or required_scope() in authorization.scopes
    return "" if has_scope and authorization.problem != "insufficient" else "Insufficient scopes on access token."


def required_scope() -> str:
    """Return the scope of the requested route, as Canvas writes it."""
    route = VARIABLE.sub(r":\1", request.url_rule.rule if request.url_rule else "")
    return f"url:{request.method}|{route}"


def _add_cost(response: Response) -> Response:
    """Add the headers of the rate limit."""
    bucket = _tokens().bucket(request.headers.get("Authorization", ""))
    response.headers.setdefault("x-request-cost", str(REQUEST_COST))
    response.headers.setdefault("x-rate-limit-remaining", f"{min(BUCKET_SIZE, bucket.remaining(_tokens().now())):.1f}")
    return response


def _tokens() -> CanvasTokens:
    return current_lms().canvas_tokens


def course() -> CanvasCourse:
    """Return the one course."""
    return current_lms().canvas


def caller() -> Account:
    """Return the person whose token it is."""
    return next(account for account in ACCOUNTS if account.key == g.authorization.account)


def may(permission: str) -> bool:
    """Return whether the caller has a permission in the course."""
    behaviour = course().behaviour
    needs_content = permission.startswith("manage_course_content")
    allowed = behaviour.may_add and behaviour.state == "available" if needs_content else True
    return caller().teacher and allowed


def require_course(course_id: int, permission: str = "") -> CanvasCourse:
    """Return the course; abort with Canvas's answer if there is none or the permission is missing."""
    if course_id != COURSE_ID or course().behaviour.state == "deleted":
        abort(not_found())
    if permission and not may(permission):
        abort(denied())
    return course()


def problem(code: int, message: str, **more: object) -> Response:
    """Return an error in Canvas's form."""
    return make_response(jsonify(errors=[{"message": message}], **more), code)


def denied() -> Response:
    """Return the answer to a missing permission, which names no authentication scheme."""
    behaviour = course().behaviour
    return problem(behaviour.denial, DENIED[behaviour.language], status="unauthorized")


def not_found() -> Response:
    """Return the answer to an unknown id."""
    return problem(HTTPStatus.NOT_FOUND, "The specified resource does not exist.")


def answer(value: object) -> Response:
    """Return JSON, with ids as strings if the request wants them so."""
    return make_response(jsonify(_with_string_ids(value) if STRING_IDS in request.headers.get("Accept", "") else value))


def _with_string_ids(value: object) -> object:
    if isinstance(value, list):
        return [_with_string_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: str(item) if type(item) is int and (name == "id" or name.endswith("_id")) else _with_string_ids(item)
        for name, item in value.items()
    }


def paged(values: Sequence[object]) -> Response:
    """Return a page of a list, with links to the others."""
    size = min(max(request.args.get("per_page", DEFAULT_PAGE, type=int), 1), LARGEST_PAGE)
    page, last = max(request.args.get("page", 1, type=int), 1), max(1, -(-len(values) // size))
    response = answer(list(values[(page - 1) * size : page * size]))
    numbers = {"current": page, "next": page + 1, "prev": page - 1, "first": 1, "last": last}
    links = [
        f'<{_page_url(number, size)}>; rel="{name}"'
        for name, number in numbers.items()
        if 1 <= number <= last and (name != "prev" or page > 1)
    ]
    response.headers["Link"] = ",".join(links)
    return response


def _page_url(page: int, size: int) -> str:
    others = [(name, value) for name, value in request.args.items(multi=True) if name not in ("page", "per_page")]
    return f"{current_lms().base_url}{request.path}?{urlencode([*others, ('page', page), ('per_page', size)])}"


bp = api_blueprint("canvas_api")


@bp.get("/users/<id>")
def show_user(id: str) -> Response:
    """Return the caller, as "self" or by id."""
    if id not in ("self", str(user_id(caller()))):
        return not_found()
    user = api_user(caller())
    # Without the key's permission, Canvas leaves out what "include[]" asks for.
    includes = request.args.getlist("include[]") if _tokens().keys[g.authorization.client_id].allows_includes else []
    return answer({**user, "sortable_name": caller().name, **({"uuid": "u-1"} if "uuid" in includes else {})})


@bp.get("/courses/<int:id>")
def show_course(id: int) -> Response:
    """Return the course."""
    state = require_course(id).behaviour.state
    return answer({"id": id, "name": "Introduction to Testing", "course_code": "EXAM101", "workflow_state": state})


@bp.get("/courses/<int:course_id>/features/enabled")
def enabled_features(course_id: int) -> Response:
    """Return the names of the features that are on."""
    behaviour = require_course(course_id).behaviour
    return denied() if behaviour.features_refused or not caller().teacher else answer(list(behaviour.features))


@bp.get("/courses/<int:course_id>/permissions")
def permissions(course_id: int) -> Response:
    """Return whether the caller has the permissions that are asked for."""
    require_course(course_id)
    return answer({name: may(name) for name in request.args.getlist("permissions[]")})


@bp.get("/courses/<int:course_id>/modules")
def modules(course_id: int) -> Response:
    """Return the modules."""
    return paged(
        [
            {"id": module.ident, "name": module.name, "position": position, "items_count": len(module.quizzes)}
            for position, module in enumerate(require_course(course_id, "read").modules, 1)
        ]
    )


@bp.get("/courses/<int:course_id>/modules/<int:module_id>/items")
def module_items(course_id: int, module_id: int) -> Response:
    """Return the quizzes of a module."""
    current = require_course(course_id, "read")
    module = next((module for module in current.modules if module.ident == module_id), None)
    if module is None:
        return not_found()
    quizzes = [quiz for ident in module.quizzes if (quiz := current.find_quiz(ident)) is not None]
    url = f"{current_lms().base_url}/courses/{course_id}/quizzes"
    return paged(
        [
            {
                "id": 1000 + position,
                "module_id": module_id,
                "type": "Quiz",
                "title": quiz.quiz.title,
                "content_id": quiz.ident,
                "html_url": f"{url}/{quiz.ident}",
            }
            for position, quiz in enumerate(quizzes, 1)
        ]
    )


@bp.get("/courses/<int:course_id>/assignment_groups")
def assignment_groups(course_id: int) -> Response:
    """Return the assignment groups."""
    groups = require_course(course_id, "read").groups
    return paged([{"id": ident, "name": name} for ident, name in groups.items()])
