"""The public description of the API that the sandbox's Examplary serves (OpenAPI 3.1), as at ``GET /openapi``."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.examplary.store import Json, JsonObject
from sandbox.examplary.validation import FLOWS, ROLES

_OK: JsonObject = {"responses": {"200": {"description": "OK"}}}


def _with_id(name: str) -> JsonObject:
    return {"parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}]}


def _body(name: str) -> JsonObject:
    schema: JsonObject = {"$ref": f"#/components/schemas/{name}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _fields(required: tuple[str, ...], fields: Mapping[str, Json]) -> JsonObject:
    return {"type": "object", "required": list(required), "properties": dict(fields)}


def description() -> JsonObject:
    """Return the document."""
    text: JsonObject = {"type": "string"}
    anything: JsonObject = {"type": "object"}
    user: JsonObject = {
        "email": text,
        "name": text,
        "role": {"enum": [*sorted(ROLES)]},
        "sendInvite": {"type": "boolean"},
    }
    session: JsonObject = {
        "flow": {"enum": [*sorted(FLOWS)]},
        "actor": text,
        "presets": anything,
        "theme": anything,
        "metadata": anything,
        "returnUrl": text,
        "allowedOrigin": text,
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Examplary (sandbox)", "version": "1"},
        "paths": {
            "/me": {"get": _OK},
            "/student-levels": {"get": _OK},
            "/users": {"post": _OK | _body("NewUser")},
            "/embed-sessions": {"post": _OK | _body("NewEmbedSession")},
            "/embed-sessions/{embedSessionId}": _with_id("embedSessionId") | {"get": _OK, "delete": _OK},
            "/exams/{examId}": _with_id("examId") | {"get": _OK, "delete": _OK},
            "/exams/{examId}/export/qti3-zip": _with_id("examId") | {"post": _OK},
        },
        "components": {
            "schemas": {
                "NewUser": _fields(("email",), user),
                "NewEmbedSession": _fields(("flow", "actor"), session),
            }
        },
    }
