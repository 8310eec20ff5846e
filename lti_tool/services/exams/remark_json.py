"""Remarks as JSON values, as reports and notes on new versions are stored."""

from __future__ import annotations

from typing import Any

from lti_tool.exam import Remark


def remark_to_json(remark: Remark) -> list[Any]:
    """Return a remark as JSON values."""
    return [remark.code, remark.message, remark.plural, [list(fact) for fact in remark.facts]]


def remark_from_json(content: list[Any]) -> Remark:
    """Return the remark of :func:`remark_to_json`."""
    code, message, plural, facts = content
    return Remark(code, message, plural, tuple((name, value) for name, value in facts))
