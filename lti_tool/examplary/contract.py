"""Compare Examplary's public description of its API (OpenAPI 3) with the calls that we make.

Only what would make a call fail is reported: a path or method that is gone, and a field or parameter that is required
and that we don't send.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lti_tool.examplary.client import (
    CREATE_SESSION,
    CREATE_USER,
    ENDPOINTS,
    USER_FIELDS,
)
from lti_tool.examplary.transport import Endpoint
from lti_tool.examplary.types import EmbedSessionRequest

_VARIABLE = re.compile(r"\{[^}]*\}")
_DEPTH = 8
"""Maximum nesting of references and alternatives."""

_SESSION_FIELDS = frozenset(EmbedSessionRequest("user_", return_url="https://x", allowed_origin="https://x").body())
SENT_FIELDS: Mapping[Endpoint, frozenset[str]] = {CREATE_USER: USER_FIELDS, CREATE_SESSION: _SESSION_FIELDS}
"""Fields of the JSON body that we always send. The other endpoints get no body."""

SENT_HEADERS = ("authorization", "content-type", "accept")


@dataclass(frozen=True, slots=True)
class Difference:
    """A call that would fail. ``field`` is the missing one; empty: the call itself is unknown."""

    call: str
    """Method and path template."""
    field: str = ""


class NoDescription(ValueError):
    """The document doesn't describe an API."""


def compare_description(document: Mapping[str, object]) -> list[Difference]:
    """Return the calls of ours that don't fit the description; raise :class:`NoDescription`."""
    paths = document.get("paths")
    if not isinstance(paths, dict) or not paths:
        raise NoDescription("no paths")
    documented = {_shape(str(path)): item for path, item in paths.items()}
    return [difference for endpoint in ENDPOINTS for difference in _differences(endpoint, documented, document)]


def _shape(path: str) -> str:
    """Return a path whose variables have no names."""
    return _VARIABLE.sub("{}", path).rstrip("/")


def _differences(
    endpoint: Endpoint, documented: Mapping[str, object], document: Mapping[str, object]
) -> Iterator[Difference]:
    path = _object(documented.get(_shape(endpoint.template)))
    operation = path.get(endpoint.method.lower())
    if not isinstance(operation, dict):
        yield Difference(endpoint.name)
        return
    schema = _body_schema(operation, document)
    required = {*_required_parameters(path, operation, document), *_required(schema, document)}
    for field in sorted(required - SENT_FIELDS.get(endpoint, frozenset())):
        yield Difference(endpoint.name, field)


def _required_parameters(
    path: Mapping[str, object], operation: Mapping[str, object], document: Mapping[str, object]
) -> Iterator[str]:
    """Return required parameters of the query and headers; we send none but the API key."""
    for owner in (path, operation):
        parameters = owner.get("parameters")
        for parameter in parameters if isinstance(parameters, list) else []:
            resolved = _resolved(parameter, document)
            name = str(resolved.get("name", ""))
            is_needed = resolved.get("required") is True and resolved.get("in") in ("query", "header")
            if is_needed and name.lower() not in SENT_HEADERS:
                yield name


def _body_schema(operation: Mapping[str, object], document: Mapping[str, object]) -> Mapping[str, object]:
    body = _resolved(operation.get("requestBody"), document)
    content = _object(body.get("content"))
    return _object(_object(content.get("application/json")).get("schema"))


def _required(schema: object, document: Mapping[str, object], depth: int = 0) -> set[str]:
    """Return the fields that every valid body has."""
    resolved = _resolved(schema, document)
    if depth > _DEPTH or not resolved:
        return set()
    names = resolved.get("required")
    required = {str(name) for name in names} if isinstance(names, list) else set()
    for part in _list(resolved.get("allOf")):
        required |= _required(part, document, depth + 1)
    for keyword in ("oneOf", "anyOf"):
        alternatives = [_required(part, document, depth + 1) for part in _list(resolved.get(keyword))]
        if alternatives:
            required |= set.intersection(*alternatives)
    return required


def _resolved(value: object, document: Mapping[str, object]) -> Mapping[str, object]:
    """Return an object, following references within the document (RFC 6901)."""
    resolved = _object(value)
    for _ in range(_DEPTH):
        reference = resolved.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return resolved
        target: object = document
        for part in reference.removeprefix("#/").split("/"):
            target = _object(target).get(part.replace("~1", "/").replace("~0", "~"))
        resolved = _object(target)
    return {}


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
