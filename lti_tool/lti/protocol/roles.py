"""Maps role URIs to a person's role in the tool (LTI Core 1.3, appendix A.2).

Roles in the course decide: a person enrolled as a learner is a student, whatever their role in the institution. Roles
in the institution or the system count only for people without a role in the course, and only for administrators.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
"""Canvas's Student View, Blackboard's preview user (LTI Core 1.3, A.2.4)."""

_LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
_OLD_COURSE = "urn:lti:role:ims/lis/"
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


def role_of(uris: Iterable[str], *, administrators_may_author: bool = True) -> Role:
    """Return the role that ``uris`` give in this course; unknown URIs are ignored.

    ``administrators_may_author`` applies to administrators of the institution, the system or the course.
    """
    all_roles = frozenset(uris)
    if TEST_USER in all_roles:
        return Role.TEST_STUDENT
    course = _course_roles(all_roles)
    if course & _AUTHORS:
        return Role.INSTRUCTOR
    if course & _LEARNERS:
        return Role.STUDENT
    administers = "Administrator" in course or (not course and all_roles & _ADMINISTRATORS)
    return Role.INSTRUCTOR if administers and administrators_may_author else Role.OTHER


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
