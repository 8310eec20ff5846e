"""Roles: the course decides (see docs/reference/pylti1p3.md#d20)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti import CountsAs, Role, canonical, override_problem, role_of

LIS = "http://purl.imsglobal.org/vocab/lis/v2"
COURSE = f"{LIS}/membership#"
SUB = f"{LIS}/membership/"
INSTITUTION = f"{LIS}/institution/person#"
SYSTEM = f"{LIS}/system/person#"
CANVAS_USER = f"{SYSTEM}User"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


@pytest.mark.parametrize(
    ("uris", "role"),
    [
        ([f"{COURSE}Instructor"], Role.INSTRUCTOR),
        (["Instructor"], Role.INSTRUCTOR),
        (["urn:lti:role:ims/lis/Instructor"], Role.INSTRUCTOR),
        ([f"{COURSE}ContentDeveloper"], Role.INSTRUCTOR),
        ([f"{COURSE}TeachingAssistant"], Role.INSTRUCTOR),
        ([f"{SUB}Instructor#TeachingAssistant"], Role.INSTRUCTOR),
        ([f"{SUB}Instructor#Lecturer"], Role.INSTRUCTOR),
        (["urn:lti:role:ims/lis/TeachingAssistant"], Role.INSTRUCTOR),
        ([f"{COURSE}Instructor", f"{SUB}Instructor#TeachingAssistant"], Role.INSTRUCTOR),
        ([f"{COURSE}Instructor", f"{SUB}Instructor#Grader", f"{SUB}Instructor#PrimaryInstructor"], Role.INSTRUCTOR),
        ([f"{COURSE}Instructor", f"{COURSE}Learner"], Role.INSTRUCTOR),
        ([f"{COURSE}Learner"], Role.STUDENT),
        (["Learner"], Role.STUDENT),
        ([f"{SUB}Learner#GuestLearner"], Role.STUDENT),
        ([f"{SUB}Learner#Instructor"], Role.STUDENT),
        ([f"{COURSE}Learner", f"{INSTITUTION}Instructor"], Role.STUDENT),
        ([f"{COURSE}Learner", f"{INSTITUTION}Administrator", f"{SYSTEM}Administrator"], Role.STUDENT),
        ([f"{COURSE}Instructor", CANVAS_USER, f"{INSTITUTION}Student"], Role.INSTRUCTOR),
        ([f"{COURSE}Learner", TEST_USER], Role.TEST_STUDENT),
        ([f"{COURSE}Instructor", TEST_USER], Role.TEST_STUDENT),
        ([f"{COURSE}Instructor", f"{SUB}Instructor#Grader"], Role.OTHER),
        ([f"{SUB}Instructor#NonEditingInstructor"], Role.OTHER),
        ([f"{COURSE}Mentor"], Role.OTHER),
        ([f"{COURSE}Mentor", f"{INSTITUTION}Administrator"], Role.OTHER),
        ([f"{COURSE}Manager"], Role.OTHER),
        ([f"{COURSE}Officer"], Role.OTHER),
        ([CANVAS_USER], Role.OTHER),
        ([f"{INSTITUTION}Instructor"], Role.OTHER),
        ([f"{INSTITUTION}Student"], Role.OTHER),
        (["http://foo/bar#Instructor"], Role.OTHER),
        ([f"{COURSE}instructor"], Role.OTHER),
        (["", "#", "/", "urn:lti:role:ims/lis/"], Role.OTHER),
        ([], Role.OTHER),
    ],
)
def test_role_from_uris(uris, role):
    assert role_of(uris) is role
    assert role_of(reversed(uris)) is role


@pytest.mark.parametrize(
    "uris",
    [
        [f"{INSTITUTION}Administrator"],
        [f"{SYSTEM}SysAdmin", CANVAS_USER],
        [f"{SYSTEM}Administrator"],
        [f"{COURSE}Administrator"],
        [f"{SUB}Administrator#Support"],
        ["urn:lti:instrole:ims/lis/Administrator"],
        [f"{INSTITUTION}Administrator", "http://unknown.example/role"],
    ],
)
def test_administrators_author_by_policy(uris):
    assert role_of(uris) is Role.INSTRUCTOR
    assert role_of(uris, administrators_may_author=False) is Role.OTHER


def test_an_administrator_who_teaches_is_an_instructor_without_the_policy():
    uris = [f"{COURSE}Instructor", f"{INSTITUTION}Administrator"]
    assert role_of(uris, administrators_may_author=False) is Role.INSTRUCTOR


pieces = st.sampled_from([COURSE, SUB, INSTITUTION, SYSTEM, "urn:lti:role:ims/lis/", "", "Learner", "Grader", "#", "/"])


@given(st.lists(st.lists(pieces | st.text(max_size=5), max_size=4).map("".join), max_size=5))
def test_similar_role_names_make_no_teacher(uris):
    strange = [uri for uri in uris if not any(name in uri for name in ("Instructor", "Content", "Assistant", "Admin"))]
    assert role_of(strange) is not Role.INSTRUCTOR


DESIGNER = "https://school.example.org/roles#CourseDesigner"


def overridden(uris, **overrides):
    roles_by_name = {"designer": DESIGNER, "dean": f"{INSTITUTION}Faculty", "grader": f"{SUB}Instructor#Grader"}
    overrides = {canonical(roles_by_name[name]): CountsAs(value) for name, value in overrides.items()}
    return role_of(uris, overrides=overrides), role_of(uris, overrides=overrides, administrators_may_author=False)


@pytest.mark.parametrize(
    ("uris", "overrides", "role", "without_administrators"),
    [
        ([DESIGNER], {}, Role.OTHER, Role.OTHER),
        ([DESIGNER], {"designer": "teacher"}, Role.INSTRUCTOR, Role.INSTRUCTOR),
        ([DESIGNER], {"designer": "administrator"}, Role.INSTRUCTOR, Role.OTHER),
        ([DESIGNER, f"{COURSE}Instructor"], {"designer": "nobody"}, Role.OTHER, Role.OTHER),
        ([DESIGNER, f"{COURSE}Learner"], {"designer": "teacher"}, Role.STUDENT, Role.STUDENT),
        ([DESIGNER, f"{COURSE}Mentor"], {"designer": "teacher"}, Role.OTHER, Role.OTHER),
        ([DESIGNER, f"{COURSE}Mentor"], {"designer": "administrator"}, Role.OTHER, Role.OTHER),
        ([DESIGNER, TEST_USER], {"designer": "teacher"}, Role.TEST_STUDENT, Role.TEST_STUDENT),
        ([f"{COURSE}Instructor", f"{SUB}Instructor#Grader"], {"grader": "teacher"}, Role.INSTRUCTOR, Role.INSTRUCTOR),
        (["urn:lti:role:ims/lis/Instructor/Grader"], {"grader": "teacher"}, Role.INSTRUCTOR, Role.INSTRUCTOR),
        ([f"{INSTITUTION}Faculty"], {"dean": "teacher"}, Role.INSTRUCTOR, Role.INSTRUCTOR),
        ([f"{INSTITUTION}Faculty", f"{COURSE}Learner"], {"dean": "teacher"}, Role.STUDENT, Role.STUDENT),
        ([f"{INSTITUTION}Faculty", f"{COURSE}Officer"], {"dean": "teacher"}, Role.OTHER, Role.OTHER),
        ([f"{INSTITUTION}Faculty", f"{COURSE}Instructor"], {"dean": "nobody"}, Role.INSTRUCTOR, Role.INSTRUCTOR),
        ([f"{INSTITUTION}Faculty", f"{SYSTEM}SysAdmin"], {"dean": "nobody"}, Role.OTHER, Role.OTHER),
        ([f"{INSTITUTION}Administrator", DESIGNER], {"designer": "administrator"}, Role.INSTRUCTOR, Role.OTHER),
    ],
)
def test_an_administrator_decides_about_single_roles(uris, overrides, role, without_administrators):
    assert overridden(uris, **overrides) == (role, without_administrators)


@given(
    st.sets(st.sampled_from([DESIGNER, f"{INSTITUTION}Faculty", f"{COURSE}Member", f"{SYSTEM}SysAdmin", "x"])),
    st.dictionaries(
        st.sampled_from([DESIGNER, f"{INSTITUTION}Faculty", f"{COURSE}Member", f"{SYSTEM}SysAdmin", "x"]),
        st.sampled_from(CountsAs),
    ),
)
def test_no_override_makes_a_learner_a_teacher(uris, overrides):
    assert role_of(uris | {f"{COURSE}Learner"}, overrides=overrides) is not Role.INSTRUCTOR


@pytest.mark.parametrize(
    "role",
    [
        *(f"{COURSE}Learner", "Learner", f"{SUB}Learner#NonCreditLearner", "urn:lti:role:ims/lis/Learner"),
        *(f"{INSTITUTION}Student", f"{INSTITUTION}ProspectiveStudent", "Exchange student", "STUDENT"),
        *(
            TEST_USER,
            CANVAS_USER,
            f"{COURSE}Mentor",
            f"{INSTITUTION}Observer",
            f"{INSTITUTION}Guest",
            f"{COURSE}Member",
        ),
        *("", " ", "a\nb", "x" * 256, "https://school.example.org/roles#GraduateStudent"),
    ],
)
def test_roles_that_never_count_as_a_teacher(role):
    assert override_problem(role, CountsAs.TEACHER)
    assert override_problem(role, CountsAs.ADMINISTRATOR)


@pytest.mark.parametrize(
    "role",
    [
        DESIGNER,
        "Course designer",
        f"{SUB}Instructor#Grader",
        f"{INSTITUTION}Faculty",
        "https://x.org/student-affairs#Dean",
    ],
)
def test_roles_that_may_count_as_a_teacher(role):
    assert override_problem(role, CountsAs.TEACHER) == ""


def test_a_policy_can_give_students_no_role():
    assert override_problem(f"{COURSE}Learner", CountsAs.NOBODY) == ""
