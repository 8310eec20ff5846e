"""The door for tests and the demo: everything that happened, as JSON, and three switches. Closed unless configured."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import get_args

from flask import Blueprint, abort, jsonify, request
from werkzeug.wrappers import Response

from sandbox.lms.config import Storage, ToolRegistration
from sandbox.lms.session import current_lms
from sandbox.lms.state import Lms

bp = Blueprint("control", __name__)


@bp.before_request
def only_if_open() -> None:
    """Without ``config.control`` these pages do not exist."""
    if not current_lms().config.control:
        abort(404)


@bp.get("/_state")
def state() -> Response:
    """All that the LMS remembers; files by their size, and no token or key."""
    return jsonify(snapshot(current_lms()))


@bp.post("/_control")
def control() -> Response:
    """Switch ``share_personal_data`` or ``storage``, or register a tool: ``{"canvas": {…ToolRegistration…}}``."""
    lms, given = current_lms(), request.get_json()
    if given.get("storage") in get_args(Storage):
        lms.storage = given["storage"]
    if "share_personal_data" in given:
        lms.share_personal_data = bool(given["share_personal_data"])
    for flavour in ("canvas", "moodle"):
        if flavour in given:
            fields = {**given[flavour], "redirect_uris": tuple(given[flavour]["redirect_uris"])}
            lms.register("canvas" if flavour == "canvas" else "moodle", ToolRegistration(**fields))
    return jsonify(ok=True)


def snapshot(lms: Lms) -> dict[str, object]:
    """What ``/_state`` shows, as plain values."""
    return {
        "base_url": lms.base_url,
        "platforms": {name: to_plain(each) for name, each in lms.describe().items()},
        "registrations": {name: to_plain(each) for name, each in lms.registrations.items()},
        "launches": [_launch(each) for each in map(to_plain, lms.launches.values())],
        "received": to_plain(lms.received),
        "refusals": to_plain(lms.refusals),
        "canvas": to_plain(lms.canvas),
        "moodle": to_plain(lms.moodle),
        "share_personal_data": lms.share_personal_data,
    }


def _launch(launch: object) -> object:
    return {key: value for key, value in launch.items() if key != "ident"} if isinstance(launch, dict) else launch


def to_plain(value: object) -> object:
    """Dataclasses as objects with their properties (``total_points``, ``imported``), bytes as their size, for JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        told = [name for name, member in vars(type(value)).items() if isinstance(member, property)]
        names = [*(each.name for each in dataclasses.fields(value)), *told]
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, bytes):
        return {"bytes": len(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(each) for each in value]
    return value
