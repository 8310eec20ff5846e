"""Typed access to JSON in which any key may be missing, null or of an unexpected type."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

from lti_tool.exam.html.sanitise import remove_forbidden_characters

_EMPTY: Mapping[str, object] = {}
_NUMBERS = (int, float)
_MAX_NUMBER = 10**12
_TEXT_KEYS = ("text", "content", "html", "label", "title", "url", "imageUrl", "value")


def as_object(value: object) -> Mapping[str, object]:
    """Return a JSON object, or an empty one."""
    return value if isinstance(value, dict) else _EMPTY


def as_list(value: object) -> list[object]:
    """Return a JSON array; a single value becomes an array of one, null an empty one."""
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def as_text(value: object) -> str:
    """Return a string: numbers and booleans as in JSON, the text of an object that wraps one, else an empty string."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, _NUMBERS):
        return str(value) if -1e15 < value < 1e15 else ""
    if isinstance(value, dict):
        return next((value[key] for key in _TEXT_KEYS if isinstance(value.get(key), str)), "")
    return ""


def as_line(value: object, longest: int = 500) -> str:
    """Return one line of plain text of at most ``longest`` characters."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else as_text(value)
    if len(text) <= longest and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(remove_forbidden_characters(text[: longest * 4]).split())[:longest].strip()


def as_integer(value: object, largest: int) -> int | None:
    """Return a whole number from 1 to ``largest``, or ``None``."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 12:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value) if 1 <= value <= largest else None


def as_boolean(value: object, default: bool = False) -> bool:
    """Return a boolean, which may have come as a string."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return default


def as_decimal(value: object) -> Decimal | None:
    """Return a finite number with at most five decimals, or ``None``."""
    if type(value) is int and -_MAX_NUMBER < value < _MAX_NUMBER:
        return Decimal(value)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        return None
    if isinstance(value, int):
        return Decimal(max(min(value, _MAX_NUMBER), -_MAX_NUMBER))
    if not math.isfinite(value):
        return None
    exact = Decimal(repr(round(max(min(value, float(_MAX_NUMBER)), -float(_MAX_NUMBER)), 5)))
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact.normalize()
