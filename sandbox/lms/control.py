"""Control API for tests and the demo: the LMS's state as JSON, and a few switches. Off unless configured."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import get_args

from flask import Blueprint, abort, jsonify, request
from werkzeug.wrappers import Response

from sandbox.faults import Fault
from sandbox.lms.config import FLAVOURS, Storage, ToolRegistration
from sandbox.lms.session import current_lms
from sandbox.lms.state import Lms

bp = Blueprint("control", __name__)
SECRETS = ("upload_token",)


@bp.before_request
def require_control() -> None:
    """Return 404 unless ``config.control`` is set."""
    if not current_lms().config.control:
        abort(404)


@bp.get("/_state")
def state() -> Response:
    """Return the LMS's state: files as sizes, no tokens or keys."""
    return jsonify(snapshot(current_lms()))


@bp.post("/_control")
def control() -> Response:
    """Switch ``share_personal_data``, ``moodle_plugin`` or ``storage``, or register a tool: ``{"canvas": {…}}``.

    ``canvas_api`` sets how Canvas's API behaves (:class:`Behaviour`), ``canvas_tokens`` spoils all its tokens.
    """
    lms, body = current_lms(), request.get_json()
    if body.get("storage") in get_args(Storage):
        lms.storage = body["storage"]
    if "moodle_plugin" in body:
        lms.moodle_plugin = bool(body["moodle_plugin"])
    if "share_personal_data" in body:
        lms.share_personal_data = bool(body["share_personal_data"])
    for name, value in body.get("canvas_api", {}).items():
        setattr(lms.canvas.behaviour, name, tuple(value) if isinstance(value, list) else value)
    if "canvas_tokens" in body:
        lms.canvas_tokens.spoil(body["canvas_tokens"])
    for flavour in FLAVOURS:
        if flavour in body:
            fields = {**body[flavour], "redirect_uris": tuple(body[flavour]["redirect_uris"])}
            lms.register(flavour, ToolRegistration(**fields))
    return jsonify(ok=True)


@bp.post("/_control/faults")
def faults() -> Response:
    """Apply faults to the next calls of an endpoint: ``{"endpoint": "GET /api/v1/progress/{id}", "faults": [{…}]}``."""
    body = request.get_json()
    current_lms().faults.script(body["endpoint"], *(Fault(**fault) for fault in body["faults"]))
    return jsonify(ok=True)


@bp.get("/_control/journal")
def journal() -> Response:
    """Return all calls: ``[{"method", "path", "status"}]``, status 0 for a lost response."""
    return jsonify([dataclasses.asdict(call) for call in current_lms().faults.journal])


def snapshot(lms: Lms) -> dict[str, object]:
    """Return the state for ``/_state`` as JSON values."""
    return {
        "base_url": lms.base_url,
        "platforms": {name: to_plain(platform) for name, platform in lms.describe().items()},
        "registrations": {name: to_plain(registration) for name, registration in lms.registrations.items()},
        "launches": [_launch(launch) for launch in map(to_plain, lms.launches.values())],
        "received": to_plain(lms.received),
        "refusals": to_plain(lms.refusals),
        "canvas": to_plain(lms.canvas),
        "moodle": to_plain(lms.moodle),
        "share_personal_data": lms.share_personal_data,
    }


def _launch(launch: object) -> object:
    return {key: value for key, value in launch.items() if key != "ident"} if isinstance(launch, dict) else launch


def to_plain(value: object) -> object:
    """Return a value for JSON: dataclasses as objects, properties included, and bytes as their size."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        properties = [name for name, member in vars(type(value)).items() if isinstance(member, property)]
        names = [*(field.name for field in dataclasses.fields(value)), *properties]
        names = [name for name in names if name not in SECRETS]
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, bytes):
        return {"bytes": len(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value
