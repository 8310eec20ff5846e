"""Maps role URIs to a person's role in the tool (LTI Core 1.3, appendix A.2).

Roles in the course decide: a person enrolled as a learner is a student, whatever their role in the institution. Roles
in the institution or the system count only for people without a role in the course, and only for administrators.
An administrator may decide otherwise about single roles (:mod:`.role_overrides`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from lti_tool.lti.protocol.role_overrides import CountsAs

TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
"""Canvas's Student View, Blackboard's preview user (LTI Core 1.3, A.2.4)."""

_LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
_OLD_COURSE = "urn:lti:role:ims/lis/"
_OUTSIDE_COURSE = (f"{_LIS}institution/", f"{_LIS}system/", "urn:lti:instrole:", "urn:lti:sysrole:")
_ADMINISTRATORS = frozenset(
    {
        f"{_LIS}institution/person#Administrator",
        f"{_LIS}system/person#Administrator",
        f"{_LIS}system/person#SysAdmin",
        f"{_LIS}system/person#AccountAdmin",
        "urn:lti:instrole:ims/lis/Administrator",
        "urn:lti:sysrole:ims/lis/Administrator",
        "urn:lti:sysrole:ims/lis/SysAdmin",
    }
)
_AUTHORS = frozenset({"Instructor", "ContentDeveloper", "TeachingAssistant"})
_LEARNERS = frozenset({"Learner", "Student"})
_KNOWN = _AUTHORS | _LEARNERS | {"Administrator", "Mentor", "Manager", "Member", "Officer"}
_GRADING_ONLY = frozenset({"Grader", "NonEditingInstructor", "NonEditingTeacher"})
"""Sub-roles of Instructor for people who only grade."""


class Role(StrEnum):
    """Instructors make exams, students take them, others do neither.

    A test student is a teacher in the LMS's student view.
    """

    INSTRUCTOR = "instructor"
    STUDENT = "student"
    TEST_STUDENT = "test_student"
    OTHER = "other"


NO_OVERRIDES: Mapping[str, CountsAs] = MappingProxyType({})


def role_of(
    uris: Iterable[str],
    *,
    administrators_may_author: bool = True,
    overrides: Mapping[str, CountsAs] = NO_OVERRIDES,
) -> Role:
    """Return the role that ``uris`` give in this course; unknown URIs are ignored.

    ``administrators_may_author`` applies to administrators of the institution, the system or the course. ``overrides``
    are the platform's; keys are :func:`canonical`.
    """
    all_roles = frozenset(uris)
    if TEST_USER in all_roles:
        return Role.TEST_STUDENT
    course = _course_roles(all_roles)
    in_course, elsewhere = _overridden(all_roles, overrides)
    if CountsAs.NOBODY in in_course:
        return Role.OTHER
    if course & _AUTHORS:
        return Role.INSTRUCTOR
    if course & _LEARNERS:
        return Role.STUDENT
    decisive = _decisive(in_course, elsewhere, course)
    if CountsAs.TEACHER in decisive:
        return Role.INSTRUCTOR
    administers = "Administrator" in course or CountsAs.ADMINISTRATOR in decisive
    if not (course or in_course or CountsAs.NOBODY in elsewhere):
        administers = administers or bool(all_roles & _ADMINISTRATORS)
    return Role.INSTRUCTOR if administers and administrators_may_author else Role.OTHER


def _decisive(
    in_course: frozenset[CountsAs], elsewhere: frozenset[CountsAs], course: frozenset[str]
) -> frozenset[CountsAs]:
    """Return the overrides that count: of roles in the course, or if there are none, of roles elsewhere.

    None for mentors, as there are none for learners: they would see the answers.
    """
    if "Mentor" in course:
        return frozenset()
    if in_course or course:
        return in_course
    return frozenset() if CountsAs.NOBODY in elsewhere else elsewhere


def canonical(role: str) -> str:
    """Return a role in one form for all its variants: a course's role may be short, old or a full URI."""
    principal, sub = _course_role(role)
    if principal not in _KNOWN:
        return role
    return f"{_LIS}membership/{principal}#{sub}" if sub else f"{_LIS}membership#{principal}"


def _overridden(
    uris: frozenset[str], overrides: Mapping[str, CountsAs]
) -> tuple[frozenset[CountsAs], frozenset[CountsAs]]:
    """Return what the overridden roles count as: those in the course, and those in the institution or the system."""
    counted = {uri: overrides[name] for uri in uris if (name := canonical(uri)) in overrides} if overrides else {}
    elsewhere = {uri for uri in counted if uri.startswith(_OUTSIDE_COURSE)}
    return (
        frozenset(counts_as for uri, counts_as in counted.items() if uri not in elsewhere),
        frozenset(counted[uri] for uri in elsewhere),
    )


def _course_roles(uris: frozenset[str]) -> frozenset[str]:
    """Return the principal roles in the course; Instructor does not count if all its sub-roles only grade."""
    pairs = [pair for pair in map(_course_role, uris) if pair[0] in _KNOWN]
    teaching = {sub for principal, sub in pairs if principal == "Instructor" and sub}
    names = {principal for principal, _ in pairs}
    if teaching and teaching <= _GRADING_ONLY:
        names = (names - {"Instructor"}) | {"Member"}
    return frozenset(names)


def _course_role(uri: str) -> tuple[str, str]:
    """Return (principal role, sub-role) of a role in the course; ("", "") for any other role.

    ``…membership#Instructor`` and the short ``Instructor`` have no sub-role, ``…membership/Instructor#Grader`` and the
    older ``urn:lti:role:ims/lis/Instructor/Grader`` have one.
    """
    if uri.startswith(f"{_LIS}membership#"):
        return uri.removeprefix(f"{_LIS}membership#"), ""
    if uri.startswith(f"{_LIS}membership/"):
        principal, _, sub = uri.removeprefix(f"{_LIS}membership/").partition("#")
        return principal, sub
    if uri.startswith(_OLD_COURSE):
        principal, _, sub = uri.removeprefix(_OLD_COURSE).partition("/")
        return principal, sub
    return (uri, "") if uri in _KNOWN else ("", "")
