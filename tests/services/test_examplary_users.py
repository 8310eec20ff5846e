"""Examplary users for LMS users."""

import json

import pytest

from lti_tool.errors import ExamplaryError
from lti_tool.models import LmsUser, db, now
from lti_tool.services.generations.examplary_users import LEASE, AccountBeingMade
from tests.support.threads import run_at_once


@pytest.fixture
def client(services, platform):
    return services.collector._clients.for_platform(platform)


@pytest.fixture
def provisioning(services):
    return services.collector._opener._users


def test_a_user_is_created_once_and_remembered(provisioning, client, make_launch, store):
    person = make_launch(email="tess@school.example").user
    first = provisioning.user_id_of(person, client)
    assert provisioning.user_id_of(person, client) == first
    assert list(store.users) == [first]
    assert store.users[first]["email"] == "tess@school.example"
    assert store.users[first]["name"] == "Tess Teacher"


@pytest.mark.one_database
@pytest.mark.parametrize("email", ["", "tess@localhost", "tëss@school.example", "not an address"])
def test_a_user_without_name_and_usable_address_is_created(provisioning, client, make_launch, store, email):
    person = make_launch(name="", email=email).user
    user = store.users[provisioning.user_id_of(person, client)]
    assert user["email"].endswith("@users.examplary-lms.invalid")
    assert not user["name"]


def test_a_taken_address_leads_to_a_separate_account(provisioning, client, make_launch, store):
    owner = store.add_user("head@school.example", "The Head", "owner")
    person = make_launch(email="head@school.example").user
    user_id = provisioning.user_id_of(person, client)
    assert user_id != owner["id"]
    assert store.users[user_id]["email"].endswith(".invalid")


def test_two_people_with_one_address_get_two_accounts(provisioning, client, make_launch):
    first = make_launch("1", email="office@school.example").user
    second = make_launch("2", email="office@school.example").user
    assert provisioning.user_id_of(first, client) != provisioning.user_id_of(second, client)


def test_an_existing_account_is_not_used(provisioning, client, make_launch, store, control):
    """Examplary may respond to a taken address with its existing account, which belongs to another person."""
    owner = store.add_user("head@school.example", "The Head", "owner")
    control.faults("POST /users", {"status": 200, "body": json.dumps(owner)})
    person = make_launch(email="head@school.example").user
    assert provisioning.user_id_of(person, client) != owner["id"]


def test_a_deleted_user_is_created_again(provisioning, client, make_launch, store):
    person = make_launch(email="tess@school.example").user
    first = provisioning.user_id_of(person, client)
    store.users.pop(first)
    provisioning.forget(person)
    second = provisioning.user_id_of(person, client)
    assert second != first
    assert db.session.get(LmsUser, person.id, populate_existing=True).examplary_user_id == second


def test_a_lost_response_does_not_create_a_second_account(provisioning, client, make_launch, store, control):
    person = make_launch(email="").user
    control.faults("POST /users", {"lost": True})
    with pytest.raises(ExamplaryError) as lost:
        provisioning.user_id_of(person, client)
    assert lost.value.retryable
    user_id = provisioning.user_id_of(person, client)
    assert user_id in store.users
    assert db.session.get(LmsUser, person.id).examplary_user_id == user_id


def test_two_tabs_create_one_account(app, services, make_launch, store, control):
    person_id = make_launch(email="tess@school.example").lms_user_id
    control.faults("POST /users", {"delay": 0.5})

    def open_tab():
        with app.app_context():
            person = db.session.get(LmsUser, person_id)
            provisioning = services.collector._opener._users
            clients = services.collector._clients
            try:
                return provisioning.user_id_of(person, clients.for_platform(person.platform))
            except AccountBeingMade:
                return "wait"

    results = run_at_once([open_tab] * 4)
    (user,) = store.users
    assert sorted(results) == sorted([user, "wait", "wait", "wait"])


def test_a_dead_process_blocks_the_account_only_briefly(provisioning, client, make_launch, store):
    person = make_launch().user
    person.account_claimed_until = now() + LEASE
    db.session.commit()
    with pytest.raises(AccountBeingMade):
        provisioning.user_id_of(person, client)
    person.account_claimed_until = now() - LEASE
    db.session.commit()
    assert provisioning.user_id_of(person, client) in store.users


@pytest.mark.parametrize("fault", [{"status": 429, "retry_after": "60"}, {"status": 401}, {"html": True}])
def test_a_failed_creation_can_be_retried_at_once(provisioning, client, make_launch, control, fault):
    person = make_launch().user
    control.faults("POST /users", fault)
    with pytest.raises(ExamplaryError):
        provisioning.user_id_of(person, client)
    assert provisioning.user_id_of(person, client)
