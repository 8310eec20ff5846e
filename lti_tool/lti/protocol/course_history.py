"""The courses from which a course was copied (LTI Core 1.3, Context.id.history)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lti_tool.lti.protocol.claim_reading import IDENTIFIER_LENGTH, storable

PARAMETER = "examplary_course_history"
"""The tool's custom parameter for it."""
VARIABLE = "$Context.id.history"
MAX_COURSES = 100
"""Canvas names up to a thousand courses, the latest first."""

_SEPARATOR = re.compile(r"\s*,\s*")


def course_history(custom: Mapping[str, object]) -> tuple[str, ...] | None:
    """Return the ids of the courses from which the launched one was copied, without duplicates, the latest first.

    ``None`` if the launch does not say: the parameter is not registered, or the LMS does not know the variable.
    """
    history = custom.get(PARAMETER)
    if not isinstance(history, str) or history.startswith("$"):
        return None
    ids = (course_id for course_id in _SEPARATOR.split(history.strip()) if course_id and course_id != "truncated")
    valid = (course_id for course_id in ids if len(course_id) <= IDENTIFIER_LENGTH and storable(course_id))
    return tuple(dict.fromkeys(valid))[:MAX_COURSES]
