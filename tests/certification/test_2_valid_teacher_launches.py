"""LTI Advantage Conformance Certification Guide §6, "Valid teacher launches": all are accepted.

http://www.imsglobal.org/spec/lti/v1p3/cert/#valid-teacher-launches (see docs/reference/lti.md#certification).
"""

from lti_tool.models import Launch, LmsUser, db

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
PERSONAL = ("name", "given_name", "family_name", "email")
FOR_THEM = "Create an exam"
FOR_OTHERS = "Examplary is for teachers"
"""The page for people without a known role, who see nothing meant for teachers."""


def stored():
    """The stored role, name and email address."""
    launch = db.session.query(Launch).one()
    person = db.session.query(LmsUser).one()
    return launch.role, person.name, person.email


def test_launch_as_teacher(lms):
    assert FOR_THEM in lms.opened("teacher")
    assert stored() == ("instructor", "Tess Teacher", "teacher@school.example")


def test_launch_with_multiple_roles(lms):
    roles = [
        f"{MEMBERSHIP}Instructor",
        "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Faculty",
        f"{MEMBERSHIP}Mentor",
    ]
    assert FOR_THEM in lms.opened("teacher", roles=roles)


def test_launch_with_short_role(lms):
    assert FOR_THEM in lms.opened("teacher", roles=["Instructor"])


def test_launch_with_unknown_role(lms):
    assert FOR_OTHERS in lms.opened("teacher", roles=["http://purl.imsglobal.org/vocab/lis/v2/unknown/unknown#Helper"])


def test_launch_with_an_unknown_role_beside_a_known_one(lms):
    assert FOR_THEM in lms.opened(
        "teacher", roles=["http://purl.imsglobal.org/vocab/lis/v2/unknown/unknown#Helper", f"{MEMBERSHIP}Instructor"]
    )


def test_launch_with_no_role(lms):
    assert FOR_OTHERS in lms.opened("teacher", roles=[])


def test_launch_with_only_email(lms):
    assert FOR_THEM in lms.opened("teacher", without=("name", "given_name", "family_name"))
    assert stored()[1:] == ("", "teacher@school.example")


def test_launch_with_only_names(lms):
    assert FOR_THEM in lms.opened("teacher", without=("email",))
    assert stored()[1:] == ("Tess Teacher", "")


def test_launch_without_personal_data(lms):
    assert FOR_THEM in lms.opened("teacher", without=PERSONAL)
    assert stored()[1:] == ("", "")


def test_launch_with_email_without_context(lms):
    assert FOR_THEM in lms.opened("teacher", without=("name", "given_name", "family_name", "context"))
