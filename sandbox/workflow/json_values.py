"""Typed access to JSON from another program."""

from __future__ import annotations


def as_object(value: object) -> dict[str, object]:
    """Return ``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """Return ``value`` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def as_items(value: object) -> list[dict[str, object]]:
    """Return the objects in a list."""
    return [item for item in as_list(value) if isinstance(item, dict)]


def as_text(value: object) -> str:
    """Return ``value`` if it is text, else nothing."""
    return value if isinstance(value, str) else ""
