"""From which courses a course was copied, as far as its LMS says it (LTI Core 1.3, Context.id.history)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lti_tool.lti.protocol.claim_reading import IDENTIFIER_LENGTH, storable

PARAMETER = "examplary_course_history"
"""The custom parameter of the tool by which an LMS says it."""
VARIABLE = "$Context.id.history"
MOST = 100
"""Courses; a Canvas names up to a thousand, the latest first."""

_SEPARATOR = re.compile(r"\s*,\s*")


def course_history(custom: Mapping[str, object]) -> tuple[str, ...] | None:
    """Return the ids of the courses from which the launched one was copied, the latest first, each once.

    ``None`` where the launch says nothing of it: nobody asked for it, or the LMS does not know the variable.
    """
    told = custom.get(PARAMETER)
    if not isinstance(told, str) or told.startswith("$"):
        return None
    ids = (each for each in _SEPARATOR.split(told.strip()) if each and each != "truncated")
    fitting = (each for each in ids if len(each) <= IDENTIFIER_LENGTH and storable(each))
    return tuple(dict.fromkeys(fitting))[:MOST]
