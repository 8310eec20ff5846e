"""LMS user to Examplary user."""

import json
import threading

import pytest

from lti_tool.errors import ExamplaryError
from lti_tool.models import LmsUser, db, now
from lti_tool.services.generations.examplary_users import LEASE, AccountBeingMade


@pytest.fixture
def client(services, platform):
    return services.collector._clients.for_platform(platform)


@pytest.fixture
def provisioning(services):
    return services.collector._opening._provisioning


def test_a_person_is_made_once_and_remembered(provisioning, client, make_launch, store):
    person = make_launch(email="tess@school.example").user
    first = provisioning.examplary_user(person, client)
    assert provisioning.examplary_user(person, client) == first
    assert list(store.users) == [first]
    assert store.users[first]["email"] == "tess@school.example"
    assert store.users[first]["name"] == "Tess Teacher"


@pytest.mark.parametrize("email", ["", "tess@localhost", "tëss@school.example", "not an address"])
def test_it_works_when_the_lms_gives_no_usable_address_and_no_name(provisioning, client, make_launch, store, email):
    person = make_launch(name="", email=email).user
    user = store.users[provisioning.examplary_user(person, client)]
    assert user["email"].endswith("@users.examplary-lms.invalid")
    assert not user["name"]


def test_an_address_that_is_somebody_elses_gives_an_account_of_ones_own(provisioning, client, make_launch, store):
    owner = store.add_user("head@school.example", "The Head", "owner")
    person = make_launch(email="head@school.example").user
    got = provisioning.examplary_user(person, client)
    assert got != owner["id"]
    assert store.users[got]["email"].endswith(".invalid")


def test_two_people_with_one_address_get_two_accounts(provisioning, client, make_launch):
    one = make_launch("1", email="office@school.example").user
    two = make_launch("2", email="office@school.example").user
    assert provisioning.examplary_user(one, client) != provisioning.examplary_user(two, client)


def test_an_account_that_the_api_hands_back_as_existing_is_not_taken(provisioning, client, make_launch, store, control):
    """Examplary may answer a taken address with the account that has it: that one is somebody else's."""
    owner = store.add_user("head@school.example", "The Head", "owner")
    control.faults("POST /users", {"status": 200, "body": json.dumps(owner)})
    person = make_launch(email="head@school.example").user
    assert provisioning.examplary_user(person, client) != owner["id"]


def test_a_forgotten_person_is_made_again(provisioning, client, make_launch, store):
    person = make_launch(email="tess@school.example").user
    first = provisioning.examplary_user(person, client)
    store.users.pop(first)
    provisioning.forget(person)
    second = provisioning.examplary_user(person, client)
    assert second != first
    assert db.session.get(LmsUser, person.id, populate_existing=True).examplary_user_id == second


def test_an_answer_that_got_lost_makes_no_second_account_under_the_same_address(
    provisioning, client, make_launch, store, control
):
    person = make_launch(email="").user
    control.faults("POST /users", {"lost": True})
    with pytest.raises(ExamplaryError) as lost:
        provisioning.examplary_user(person, client)
    assert lost.value.retryable
    got = provisioning.examplary_user(person, client)
    assert got in store.users
    assert db.session.get(LmsUser, person.id).examplary_user_id == got


def test_two_tabs_of_a_new_person_at_once_make_one_account(app, services, make_launch, store, control):
    person_id = make_launch(email="tess@school.example").lms_user_id
    control.faults("POST /users", {"delay": 0.5})
    got = []

    def open_tab():
        with app.app_context():
            person = db.session.get(LmsUser, person_id)
            provisioning, client = services.collector._opening._provisioning, services.collector._clients
            try:
                got.append(provisioning.examplary_user(person, client.of(person.platform)))
            except AccountBeingMade:
                got.append("wait")

    tabs = [threading.Thread(target=open_tab) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    (user,) = store.users
    assert sorted(got) == sorted([user, "wait", "wait", "wait"])


def test_a_process_that_died_while_it_made_the_account_holds_nobody_up_for_long(
    provisioning, client, make_launch, store
):
    person = make_launch().user
    person.account_claimed_until = now() + LEASE
    db.session.commit()
    with pytest.raises(AccountBeingMade):
        provisioning.examplary_user(person, client)
    person.account_claimed_until = now() - LEASE
    db.session.commit()
    assert provisioning.examplary_user(person, client) in store.users


@pytest.mark.parametrize("fault", [{"status": 429, "retry_after": "60"}, {"status": 401}, {"html": True}])
def test_an_account_that_could_not_be_made_can_be_tried_again_at_once(
    provisioning, client, make_launch, control, fault
):
    person = make_launch().user
    control.faults("POST /users", fault)
    with pytest.raises(ExamplaryError):
        provisioning.examplary_user(person, client)
    assert provisioning.examplary_user(person, client)
