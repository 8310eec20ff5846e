"""Check the settings that an administrator typed or ticked, and bring them into the form of their columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from lti_tool import formats
from lti_tool.errors import N_
from lti_tool.lms import plugins
from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.lti import CountsAs, canonical, override_problem
from lti_tool.lti.protocol.role_overrides import MAX_OVERRIDES
from lti_tool.services.delivery.packages import ORIGINAL
from lti_tool.services.platforms.pasted_values import tidy_text, without_invisible
from lti_tool.services.platforms.value_errors import InvalidValue

MAX_DAYS = 36500
MUST_BE_ONE_OF = N_("it must be one of %(choices)s")
MORE_THAN = N_("there are more than %(number)d")

_DEFAULTS = frozenset({"", "default"})
_YES = frozenset({"yes", "true", "1"})
_NO = frozenset({"no", "false", "0"})
_SHORT_COLOR = re.compile("#?([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])")
_COLOR = re.compile("#?([0-9a-fA-F]{6})")


def format_choices() -> tuple[str, ...]:
    """Return the names of all formats, Examplary's own package among them."""
    return (*formats.names(), ORIGINAL)


def quiz_kinds() -> tuple[str, ...]:
    """Return the names of all kinds of quizzes."""
    return tuple(dict.fromkeys(name for plugin in plugins() for name in plugin.quiz_kinds))


def checked_settings(values: Mapping[str, object]) -> dict[str, object]:
    """Return those of ``values`` that are settings as their columns hold them; raise :class:`InvalidValue`."""
    checked = {name: check(name, values[name]) for name, check in _CHECKS.items() if name in values}
    offered, default = checked.get("formats"), checked.get("default_format")
    if isinstance(offered, list) and offered and default and default not in offered:
        raise InvalidValue(what="default_format", problem=N_("it isn't one of the formats that teachers are offered"))
    return checked


def tidy_color(text: str) -> str:
    """Return a colour as ``#rrggbb``; any other text unchanged."""
    tidied = tidy_text(text)
    if match := _COLOR.fullmatch(tidied):
        return f"#{match[1].lower()}"
    if match := _SHORT_COLOR.fullmatch(tidied):
        return "#" + "".join(digit * 2 for digit in match.groups()).lower()
    return tidied


def override_lines(overrides: Mapping[str, str] | None) -> list[str]:
    """Return role overrides as the assignments that make them, ``role=teacher``."""
    return [f"{role}={counts_as}" for role, counts_as in (overrides or {}).items()]


def _formats(name: str, value: object) -> list[str] | None:
    return _names(name, value, format_choices())


def _choices(name: str, value: object) -> list[str] | None:
    return _names(name, value, tuple(TeacherChoice))


def _names(setting: str, value: object, allowed: tuple[str, ...]) -> list[str] | None:
    """Return the names in the order of ``allowed``; ``None`` for none."""
    names = {tidy_text(str(item)) for item in _items(value)} - {""}
    if names - set(allowed):
        raise InvalidValue(what=setting, problem=N_("it must be one or more of %(choices)s"), choices=allowed)
    return [name for name in allowed if name in names] or None


def _default_format(name: str, value: object) -> str:
    text = tidy_text(str(value or ""))
    if text and text not in formats.names():
        raise InvalidValue(what=name, problem=MUST_BE_ONE_OF, choices=formats.names())
    return text


def _quiz_kind(name: str, value: object) -> str:
    text = tidy_text(str(value or "")).lower()
    if text in _DEFAULTS:
        return ""
    if text not in quiz_kinds():
        raise InvalidValue(what=name, problem=MUST_BE_ONE_OF, choices=(*quiz_kinds(), "default"))
    return text


def _yes_or_no(name: str, value: object) -> bool | None:
    text = "" if value is None else tidy_text(str(value)).lower()
    if text in _DEFAULTS:
        return None
    if text not in _YES | _NO:
        raise InvalidValue(what=name, problem=N_("it must be yes, no or default"))
    return text in _YES


def _days(name: str, value: object) -> int | None:
    text = "" if value is None else tidy_text(str(value)).lower()
    if text in _DEFAULTS:
        return None
    if not (text.isascii() and text.isdecimal()) or int(text[:9]) > MAX_DAYS:
        raise InvalidValue(what=name, problem=N_("it must be a number of days; 0 keeps them forever"))
    return int(text)


def _role_overrides(name: str, value: object) -> dict[str, str] | None:
    if isinstance(value, Mapping):
        value = override_lines(value)
    overrides: dict[str, str] = {}
    for line in map(str, _items(value)):
        if not line.strip():
            continue
        role, counts_as = _role_override(name, line)
        if overrides.setdefault(role, counts_as) != counts_as:
            raise InvalidValue(what=name, problem=N_("%(role)s is listed twice"), role=role)
    if len(overrides) > MAX_OVERRIDES:
        raise InvalidValue(what=name, problem=MORE_THAN, number=MAX_OVERRIDES)
    return overrides or None


def _role_override(name: str, line: str) -> tuple[str, str]:
    role, equals, counts_as = without_invisible(line).rpartition("=")
    role, counts_as = role.strip(" \t\"'“”"), counts_as.strip(" \t\"'“”,;").lower()
    if not equals or counts_as not in set(CountsAs):
        problem = N_("%(line)s must be role=teacher, =administrator or =nobody")
        raise InvalidValue(what=name, problem=problem, line=line.strip()[:100])
    if problem := override_problem(role, CountsAs(counts_as)):
        raise InvalidValue(what=name, problem=problem)
    return canonical(role), counts_as


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple | set | frozenset) else ()


_CHECKS: Mapping[str, Callable[[str, object], object]] = {
    "formats": _formats,
    "default_format": _default_format,
    "quiz_kind": _quiz_kind,
    "withheld_choices": _choices,
    "role_overrides": _role_overrides,
    "deletes_exams": _yes_or_no,
    "keep_launch_days": _days,
    "keep_generation_days": _days,
    "keep_exam_days": _days,
}
SETTINGS = tuple(_CHECKS)
"""Columns of :class:`lti_tool.models.Platform` that are checked here."""
