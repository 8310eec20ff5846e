"""People are identified by (platform, sub) only, whatever their names, addresses and roles."""

import pytest

from lti_tool.models import Deployment, Launch, LmsUser, PersonWord, Platform, db
from tests.certification.conftest import CORE, ISSUER, MEMBERSHIP

LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
TEACHES, STUDIES = "Create an exam", "Examplary is for teachers"


def people():
    # A page of the same test has loaded them.
    db.session.expire_all()
    return {(person.platform_id, person.sub): (person.name, person.email) for person in db.session.query(LmsUser)}


def words():
    """Return the words of names by which the console finds people."""
    return sorted(row.word for row in db.session.query(PersonWord))


def test_a_person_stays_the_same_when_name_and_address_change(lms):
    lms.opened(name="Tess Teacher", email="tess@school.example")
    lms.opened(name="Tess Married", email="tess.married@school.example")
    ((_, sub),) = people()
    assert people()[_, sub] == ("Tess Married", "tess.married@school.example")
    assert words() == ["married", "tess"]


def test_a_name_is_kept_when_later_launches_omit_it(lms):
    lms.opened()
    lms.opened(without=("name", "given_name", "family_name", "email"))
    assert list(people().values()) == [("Tess Teacher", "teacher@school.example")]


def test_names_come_from_launches_as_a_teacher_only(lms):
    lms.opened("student", sub="both", name="Both", email="both@school.example")
    assert list(people().values()) == [("", "")]
    assert words() == []
    lms.opened(sub="both", name="Both", email="both@school.example")
    lms.opened("student", sub="both", name="Learns Now", email="learns@school.example")
    assert list(people().values()) == [("Both", "both@school.example")]


def test_two_people_with_one_address_are_two(lms):
    lms.opened(sub="one", email="office@school.example")
    lms.opened(sub="two", email="office@school.example")
    assert len(people()) == 2


def test_the_same_id_at_another_lms_is_another_person(lms, key_set):
    other = Platform(
        issuer=ISSUER,
        client_id="client-2",
        authorization_url=f"{ISSUER}/auth",
        jwks_url=key_set,
        deployments=[Deployment(deployment_id="1")],
    )
    db.session.add(other)
    db.session.commit()
    lms.opened(sub="7")
    login = lms.login(client_id="client-2")
    claims = lms.payload("teacher", login["nonce"]) | {"sub": "7", "aud": "client-2"}
    assert lms.post({"state": login["state"], "id_token": lms.sign(claims)}).status_code == 303
    assert len(people()) == 2


@pytest.mark.parametrize("sub", ["a", "A", "a ", " a", "ä", "a\u0308", "👩‍🏫", "0", "x" * 255])
def test_ids_are_compared_exactly(lms, sub):
    lms.opened(sub="a")
    lms.opened(sub=sub)
    assert {name for _, name in people()} == {"a", sub}


def test_an_unresolved_user_id_is_refused(lms, refused):
    refused(lms.launch(sub="$User.id"), "lti.user_missing", "Your LMS doesn't say who you are")


@pytest.mark.parametrize(
    ("roles", "sees"),
    [
        ([f"{MEMBERSHIP}Instructor"], TEACHES),
        (["Instructor"], TEACHES),
        ([f"{MEMBERSHIP}TeachingAssistant"], TEACHES),
        ([f"{LIS}membership/Instructor#TeachingAssistant"], TEACHES),
        ([f"{MEMBERSHIP}ContentDeveloper"], TEACHES),
        ([f"{LIS}institution/person#Administrator"], TEACHES),
        ([f"{LIS}system/person#SysAdmin", f"{LIS}system/person#User"], TEACHES),
        ([f"{MEMBERSHIP}Instructor", f"{MEMBERSHIP}Learner"], TEACHES),
        ([f"{MEMBERSHIP}Learner", f"{LIS}institution/person#Administrator"], STUDIES),
        ([f"{MEMBERSHIP}Learner", f"{LIS}institution/person#Instructor"], STUDIES),
        ([f"{MEMBERSHIP}Mentor"], STUDIES),
        ([f"{LIS}system/person#User"], STUDIES),
        ([f"{LIS}membership/Instructor#Grader"], STUDIES),
        (["Lehrkraft"], STUDIES),
        ([f"{MEMBERSHIP}Odd{number}" for number in range(200)], STUDIES),
        ([*(f"{MEMBERSHIP}Odd{number}" for number in range(199)), f"{MEMBERSHIP}Instructor"], TEACHES),
    ],
)
def test_pages_by_role(lms, roles, sees):
    assert sees in lms.opened(roles=roles)


def test_administrators_author_only_where_the_operator_allows_it(lms, settings):
    strict = settings.model_copy(update={"administrators_may_author": False})
    object.__setattr__(lms.app.extensions["services"], "settings", strict)
    assert STUDIES in lms.opened(roles=[f"{LIS}institution/person#Administrator"])
    assert TEACHES in lms.opened(roles=[f"{MEMBERSHIP}Instructor", f"{LIS}institution/person#Administrator"])


@pytest.mark.parametrize("role", ["Learner", "Instructor"])
def test_a_test_student_learns_how_to_leave_the_student_view(lms, role):
    page = lms.opened(roles=[f"{MEMBERSHIP}{role}", TEST_USER])
    assert STUDIES in page
    assert "leave your LMS's student view" in page
    assert db.session.query(Launch).one().role == "test_student"


def test_unresolved_variables_are_ignored(lms):
    lms.opened(
        name="$Person.name.full",
        given_name="$Person.name.given",
        family_name="$Person.name.family",
        email="$Person.email.primary",
        context={"id": "course-1", "title": "$Context.title"},
        custom={"examplary_subject": "$CourseSection.title", "examplary_exam": "$ResourceLink.id.history"},
    )
    assert list(people().values()) == [("", "")]
    launch = db.session.query(Launch).one()
    assert (launch.context_title, launch.presets, launch.exam_id) == ("", {}, "")


@pytest.mark.parametrize(
    "name", ["Ünal Öz", "王小明", "محمد العربي", "Владимир", "นักเรียน", "👩‍🏫 Tess", "O’Brien <b>", "\u202eevil", "𝒯ess"]
)
def test_names_in_every_script(lms, name):
    lms.opened(name=name, context={"id": "course-1", "title": name})
    assert [stored_name for stored_name, _ in people().values()] == [name]


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("sub", 7),
        ("roles", "Instructor"),
        ("roles", {"0": "Instructor"}),
        ("roles", [None]),
        ("resource_link", ["x"]),
        ("deployment_id", 1),
    ],
)
def test_claims_of_wrong_types_are_named(lms, refused, claim, value):
    refused(lms.launch(**{claim: value}), "lti.claim_malformed", claim)


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("name", ["Tess"]),
        ("email", {"a": 1}),
        ("context", []),
        ("custom", "a=b"),
        ("launch_presentation", 5),
    ],
)
def test_optional_claims_of_wrong_types_are_ignored(lms, claim, value):
    assert lms.launch(**{claim: value}).status_code == 303


def test_the_custom_parameters_of_a_link_may_be_numbers_and_booleans(lms):
    assert lms.launch(**{f"{CORE}custom": {"a": 1, "b": True, "c": None, "d": 1.5}}).status_code == 303
