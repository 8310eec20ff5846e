"""An administrator's overrides for single roles of one platform: which count as a teacher, and which don't count.

A role is written as it arrives in the ``roles`` claim: a URI, or a name of the LMS's own. Custom parameters don't
count, because a teacher can set them in a link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from lti_tool.errors import N_

ROLE_LENGTH = 255
MAX_OVERRIDES = 50

_VOCABULARY = re.compile(r"^(https?://purl\.imsglobal\.org/vocab/\S*?/(membership|person)|urn:lti:\w+:ims/lis)[#/]")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_STUDENTS = frozenset({"learner", "learners", "student", "students", "pupil", "pupils", "testuser"})
_ONLOOKERS = frozenset({"mentor", "mentors", "observer", "observers", "parent", "parents", "guardian", "guardians"})
_EVERYBODY = frozenset({"user", "member", "guest", "none", "other", "anonymous", "everyone"})
"""Names of roles that platforms send for anyone."""


class CountsAs(StrEnum):
    """The role in the tool that a role of the LMS counts as."""

    TEACHER = "teacher"
    ADMINISTRATOR = "administrator"
    """A teacher if the operator lets administrators author; otherwise without rights."""
    NOBODY = "nobody"


def override_problem(role: str, counts_as: CountsAs) -> str:
    """Return why ``role`` can't count as that, marked with ``N_``; empty if it can.

    A role of students, parents or observers, or one that all people have, never makes a teacher: they would see the
    answers.
    """
    if not role.strip() or len(role) > ROLE_LENGTH or not role.isprintable():
        return N_("a role is a text of at most 255 characters")
    if counts_as is CountsAs.NOBODY:
        return ""
    words = {word.lower() for word in _WORDS.findall(_own_name(role))}
    if words & (_STUDENTS | _ONLOOKERS) or "testuser" in role.lower():
        return N_("student, parent and observer roles can't count as teacher")
    if words and words <= _EVERYBODY:
        return N_("everyone has this role, so it can't count as teacher")
    return ""


def read_overrides(stored: Mapping[str, str] | None) -> Mapping[str, CountsAs]:
    """Return stored overrides. A value of a later release, unknown to this one, gives no rights."""
    known = set(CountsAs)
    return {role: CountsAs(value) if value in known else CountsAs.NOBODY for role, value in (stored or {}).items()}


def _own_name(role: str) -> str:
    """Return the name of a role without its vocabulary: of a LIS URI, principal role and sub-role."""
    name = _VOCABULARY.sub("", role)
    return name if name != role else re.split("[#/]", role)[-1]
