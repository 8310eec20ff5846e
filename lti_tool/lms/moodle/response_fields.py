"""Lenient access to fields of the plugin's responses: missing ones and those of a wrong type are empty."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.lti.protocol.claim_reading import plain_text

Json = Mapping[str, object]

MAX_TEXT, MAX_ADDRESS, MAX_NAMES = 500, 2000, 200


def mapping(value: object) -> Json:
    """Return a JSON object; empty if it isn't one."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Json]:
    """Return the JSON objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(values: Json, name: str) -> str:
    """Return a text, without control characters, of at most 500 characters."""
    value = values.get(name)
    return plain_text(value, MAX_TEXT) if isinstance(value, str) else ""


def integer(values: Json, name: str) -> int:
    """Return a positive integer; 0 if it isn't one."""
    value = values.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53 else 0


def joined_names(values: object) -> str:
    """Return a list of texts, separated by commas."""
    texts = [item for item in values if isinstance(item, str)] if isinstance(values, list) else []
    return plain_text(", ".join(texts), MAX_NAMES)


def own_address(values: Json, name: str, issuer: str) -> str:
    """Return an address of this Moodle; empty for any other: people click on it."""
    value = values.get(name)
    is_own = isinstance(value, str) and len(value) <= MAX_ADDRESS and value.startswith(issuer.rstrip("/") + "/")
    return str(value) if is_own else ""
