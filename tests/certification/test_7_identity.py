"""Who somebody is: (platform, sub) and nothing else, whatever is said or withheld about them."""

import pytest

from lti_tool.models import Deployment, Launch, LmsUser, Platform, db
from tests.certification.conftest import CORE, ISSUER, MEMBERSHIP

LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
TEACHES, STUDIES = "Create an exam", "Examplary is for teachers"


def people():
    return {(person.platform_id, person.sub): (person.name, person.email) for person in db.session.query(LmsUser)}


def test_a_person_is_the_same_whatever_their_name_and_address_become(lms):
    lms.opened(name="Tess Teacher", email="tess@school.example")
    lms.opened(name="Tess Married", email="tess.married@school.example")
    ((_, sub),) = people()
    assert people()[_, sub] == ("Tess Married", "tess.married@school.example")


def test_a_name_that_is_withheld_later_is_not_forgotten(lms):
    lms.opened()
    lms.opened(without=("name", "given_name", "family_name", "email"))
    assert list(people().values()) == [("Tess Teacher", "teacher@school.example")]


def test_whoever_teaches_in_one_course_and_learns_in_another_is_known_by_what_was_said_of_the_teacher(lms):
    lms.opened("student", sub="both", name="Both", email="both@school.example")
    assert list(people().values()) == [("", "")]
    lms.opened(sub="both", name="Both", email="both@school.example")
    lms.opened("student", sub="both", name="Learns Now", email="learns@school.example")
    assert list(people().values()) == [("Both", "both@school.example")]


def test_two_people_with_one_address_are_two(lms):
    lms.opened(sub="one", email="office@school.example")
    lms.opened(sub="two", email="office@school.example")
    assert len(people()) == 2


def test_the_same_id_at_another_lms_is_somebody_else(lms, key_set):
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
    asked = lms.login(client_id="client-2")
    claims = lms.payload("teacher", asked["nonce"]) | {"sub": "7", "aud": "client-2"}
    assert lms.post({"state": asked["state"], "id_token": lms.sign(claims)}).status_code == 303
    assert len(people()) == 2


@pytest.mark.parametrize("sub", ["a", "A", "a ", " a", "ä", "a\u0308", "👩‍🏫", "0", "x" * 255])
def test_ids_are_compared_letter_by_letter(lms, sub):
    lms.opened(sub="a")
    lms.opened(sub=sub)
    assert {name for _, name in people()} == {"a", sub}


def test_an_id_that_was_not_filled_in_is_nobodys(lms, refused):
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
def test_what_people_see_by_their_roles(lms, roles, sees):
    assert sees in lms.opened(roles=roles)


def test_administrators_author_only_where_the_operator_allows_it(lms, settings):
    strict = settings.model_copy(update={"administrators_may_author": False})
    object.__setattr__(lms.app.extensions["services"], "settings", strict)
    assert STUDIES in lms.opened(roles=[f"{LIS}institution/person#Administrator"])
    assert TEACHES in lms.opened(roles=[f"{MEMBERSHIP}Instructor", f"{LIS}institution/person#Administrator"])


@pytest.mark.parametrize("role", ["Learner", "Instructor"])
def test_a_test_student_is_told_how_to_become_a_teacher_again(lms, role):
    page = lms.opened(roles=[f"{MEMBERSHIP}{role}", TEST_USER])
    assert STUDIES in page
    assert "leave your LMS's student view" in page
    assert db.session.query(Launch).one().role == "test_student"


def test_variables_that_were_not_filled_in_name_nobody(lms):
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
    assert [kept for kept, _ in people().values()] == [name]


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("sub", 7),
        ("name", ["Tess"]),
        ("email", {"a": 1}),
        ("roles", "Instructor"),
        ("roles", {"0": "Instructor"}),
        ("roles", [None]),
        ("context", []),
        ("custom", "a=b"),
        ("launch_presentation", 5),
        ("resource_link", ["x"]),
        ("deployment_id", 1),
    ],
)
def test_claims_of_wrong_types_are_named(lms, refused, claim, value):
    refused(lms.launch(**{claim: value}), "lti.claim_malformed", claim)


def test_the_custom_parameters_of_a_link_may_be_numbers_and_booleans(lms):
    assert lms.launch(**{f"{CORE}custom": {"a": 1, "b": True, "c": None, "d": 1.5}}).status_code == 303
