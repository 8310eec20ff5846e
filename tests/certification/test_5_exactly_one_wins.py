"""A launch can be used only once: per state, nonce and token, in two tabs, and under concurrency on every database."""

from functools import partial

import pytest

from lti_tool.models import Launch, UsedState, db
from tests.certification.conftest import CORE
from tests.support.databases import DATABASES
from tests.support.threads import run_at_once


def test_a_state_opens_once(lms, refused):
    form = lms.form()
    assert lms.post(form).status_code == 303
    refused(lms.post(form), "lti.launch_used", "This launch was already used")
    assert db.session.query(Launch).count() == 1


def test_a_used_state_opens_for_no_other_token(lms, refused):
    login = lms.login()
    claims = lms.payload("teacher", login["nonce"])
    assert lms.post({"state": login["state"], "id_token": lms.sign(claims)}).status_code == 303
    response = lms.post({"state": login["state"], "id_token": lms.sign(claims | {"sub": "somebody-else"})})
    refused(response, "lti.launch_used", "This launch was already used")


def test_the_nonce_of_another_login_opens_nothing(lms, refused):
    mine, other = lms.login(), lms.login()
    response = lms.post({"state": mine["state"], "id_token": lms.sign(lms.payload("teacher", other["nonce"]))})
    refused(response, "lti.nonce", "doesn't match the login that was started")


def test_a_used_token_opens_no_new_login(lms, refused):
    """The nonce belongs to the first login, which was used."""
    first = lms.form()
    assert lms.post(first).status_code == 303
    second = lms.login()
    refused(lms.post(first | {"state": second["state"]}), "lti.nonce", "doesn't match the login that was started")


def test_two_tabs_of_one_browser_do_not_disturb_each_other(lms):
    first, second = lms.form("teacher"), lms.form("teacher", resource_link={"id": "link-2"})
    assert [lms.post(form).status_code for form in (second, first)] == [303, 303]
    assert {launch.resource_link_id for launch in db.session.query(Launch)} == {"link-1", "link-2"}


class TestAtOnce:
    """Concurrent requests to the whole tool, on every database."""

    @pytest.fixture(params=DATABASES)
    def database_url(self, request, empty_database):
        return empty_database(request.param)

    def at_once(self, app, count, post):
        """Call ``post(browser, index)`` in ``count`` threads at once; return the status of each response."""

        def run(index):
            with app.app_context():
                return post(app.test_client(use_cookies=False), index).status_code

        db.session.remove()
        return run_at_once([partial(run, index) for index in range(count)])

    def test_one_of_fifty_identical_launches_opens(self, lms):
        form = lms.form()
        cookie = {"Cookie": lms.cookie}
        statuses = self.at_once(lms.app, 50, lambda browser, _: browser.post("/lti/launch", data=form, headers=cookie))
        assert sorted(statuses) == [303] + [400] * 49
        assert db.session.query(Launch).count() == 1
        assert db.session.query(UsedState).count() == 1

    def test_one_of_fifty_tokens_for_a_login_opens(self, lms):
        login = lms.login()
        cookie = {"Cookie": lms.cookie}
        claims = lms.payload("teacher", login["nonce"])
        tokens = [lms.sign(claims | {"sub": f"teacher-{number}"}) for number in range(50)]
        statuses = self.at_once(
            lms.app,
            50,
            lambda browser, index: browser.post(
                "/lti/launch", data={"state": login["state"], "id_token": tokens[index]}, headers=cookie
            ),
        )
        assert sorted(statuses) == [303] + [400] * 49
        assert db.session.query(Launch).count() == 1

    def test_twenty_first_launches_at_once_all_open(self, lms):
        """Twenty logins with a new deployment, by four people with five tabs each."""
        forms = []
        for number in range(20):
            login = lms.login()
            claims = lms.payload("teacher", login["nonce"])
            claims |= {"sub": f"teacher-{number % 4}", f"{CORE}deployment_id": "new"}
            forms.append(({"state": login["state"], "id_token": lms.sign(claims)}, {"Cookie": lms.cookie}))
        statuses = self.at_once(
            lms.app,
            20,
            lambda browser, index: browser.post("/lti/launch", data=forms[index][0], headers=forms[index][1]),
        )
        assert statuses == [303] * 20
        assert db.session.query(Launch).count() == 20
        assert len({launch.lms_user_id for launch in db.session.query(Launch)}) == 4
