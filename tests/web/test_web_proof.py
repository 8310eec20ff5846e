"""Launches in a frame that cannot store cookies, completed through a window."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from lti_tool.models import Handover, Launch, db, now
from lti_tool.security.tokens import Purpose
from lti_tool.web import limits
from tests.support.addresses import query_of
from tests.support.launch_settings import MOODLE_SETTINGS

LOGIN = {"iss": "https://lms.example.org", "client_id": "client-1", "login_hint": "7", "lti_message_hint": "m"}
IN_FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def own(settings):
    """Headers of a form on our own page."""
    return {"Origin": settings.origin, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "document"}


@pytest.fixture
def browser(app, client):
    """Open another browser, without the cookies of the first."""
    return app.test_client


class TestCheck:
    """In a frame, check that the cookie was stored before the redirect: the LMS sends a launch only once."""

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_with_the_cookie_the_login_continues_with_the_same_state(self, client, platform, method, services):
        form = {"query_string": LOGIN} if method == "GET" else {"data": LOGIN}
        login = client.open("/lti/login", method=method, headers=IN_FRAME, **form)
        assert login.status_code == 307
        form_again = {} if method == "GET" else {"data": LOGIN}
        redirect = client.open(login.location, method=method, headers=IN_FRAME, **form_again)
        assert redirect.status_code == 302
        request, state = query_of(redirect.location), query_of(login.location)["begun"]
        contents = services.login_states.read(state)
        assert redirect.location.startswith("https://lms.example.org/auth?")
        assert (request["state"], request["nonce"]) == (state, contents.nonce)
        assert (request["login_hint"], request["lti_message_hint"]) == ("7", "m")

    def test_without_the_cookie_the_page_offers_to_start_again(self, client, platform, browser, tree):
        login = client.post("/lti/login", data=LOGIN, headers=IN_FRAME)
        page = browser().post(login.location, data=LOGIN | {"lti_storage_target": "_parent"}, headers=IN_FRAME)
        assert page.status_code == 200
        (form,) = tree(page).forms
        fields = dict(form.fields)
        assert fields.pop("handover")
        assert fields == LOGIN
        assert "https://lms.example.org/auth" not in page.text

    def test_an_expired_login_begins_again(self, client, platform, monkeypatch):
        login = client.get("/lti/login", query_string=LOGIN, headers=IN_FRAME)
        later = now() + timedelta(hours=1)
        monkeypatch.setattr("lti_tool.lti.login.now", lambda: later)
        again = client.get(login.location, headers=IN_FRAME)
        assert again.status_code == 307
        assert again.location.startswith("/lti/login?")
        assert query_of(again.location) == LOGIN
        assert client.get(again.location, headers=IN_FRAME).status_code == 307

    def test_the_state_of_another_browser_is_not_adopted(self, client, platform, browser):
        """Otherwise an attacker could start a login, have a victim continue it, and post their own token."""
        login = client.post("/lti/login", data=LOGIN, headers=IN_FRAME)
        victim = browser()
        victim.post(login.location, data=LOGIN, headers=IN_FRAME)
        assert not victim._cookies

    def test_outside_of_frames_there_is_nothing_to_check(self, client, platform):
        assert client.post("/lti/login", data=LOGIN).status_code == 302


class Frame:
    """A frame without cookies in the LMS, at the page that offers to open a window."""

    def __init__(self, browser, tree, own):
        self.browser = browser
        self.own = own
        login = browser().post("/lti/login", data=LOGIN, headers=IN_FRAME)
        page = browser().post(login.location, data=LOGIN, headers=IN_FRAME)
        (form,) = tree(page).forms
        self.fields = dict(form.fields)

    def open_window(self, headers, browser=None):
        """Press the button; return the window's browser and its response."""
        window = browser or self.browser()
        return window, window.post("/lti/login/window", data=self.fields, headers=headers)

    def ask(self, **headers):
        return self.browser().post("/lti/handover", data=self.fields, headers=self.own | JSON | headers)

    def go_on(self):
        """Click "I'm back, continue", without JavaScript."""
        return self.browser().post("/lti/handover", data=self.fields, headers=self.own)


@pytest.fixture
def open_frame(client, platform, lms, browser, tree, own):
    return lambda: Frame(browser, tree, own)


@pytest.fixture
def prove(lms, tree, own):
    """Complete the launch in the window of a frame: ``prove(frame, sub="3")``."""

    def walk(frame, **claims):
        window, page = frame.open_window(own)
        assert page.status_code == 200
        return window.post("/lti/launch", data=window_form(lms, tree, page, claims))

    return walk


def window_form(lms, tree, page, claims):
    (link,) = tree(page).xpath("//main//a/@href")
    request = query_of(link)
    return {"state": request["state"], "id_token": lms._sign(request["nonce"], claims)}


FOREIGN = [
    {},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://tool.localhost:5000", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://tool.localhost:5000", "Sec-Fetch-Site": "same-site"},
]
"""Headers of forms on other sites."""


class TestWindow:
    def test_the_frame_gets_the_launch_from_the_window_once(self, open_frame, prove):
        frame = open_frame()
        assert frame.ask().json["stage"] == "no-window"
        done = prove(frame)
        assert done.status_code == 200
        assert "/l/" not in done.text
        handover = frame.ask()
        assert handover.json["stage"] == "ready"
        page = frame.browser().get(handover.json["next"], headers=IN_FRAME)
        assert "New exam" in page.text
        assert frame.ask().json["stage"] == "no-window"
        assert db.session.query(Launch).one().framed

    def test_without_javascript_the_same_button_leads_on(self, open_frame, prove):
        frame = open_frame()
        page = frame.go_on()
        assert "Allow pop-up windows" in page.text
        assert frame.fields["handover"] in page.text
        prove(frame)
        redirect = frame.go_on()
        assert redirect.status_code == 303
        assert redirect.location.startswith("/l/")

    def test_concurrent_requests_get_the_launch_once(self, open_frame, prove, app):
        frame = open_frame()
        prove(frame)

        def ask(_):
            return frame.ask().json["stage"]

        with ThreadPoolExecutor(8) as pool:
            stages = list(pool.map(ask, range(16)))
        assert stages.count("ready") == 1

    def test_each_frame_gets_its_own(self, open_frame, prove):
        first, second = open_frame(), open_frame()
        prove(second, sub="of-the-second")
        assert first.ask().json["stage"] == "no-window"
        prove(first, sub="of-the-first")
        addresses = {frame.ask().json["next"] for frame in (first, second)}
        assert len(addresses) == 2

    @pytest.mark.parametrize("headers", FOREIGN)
    def test_other_sites_cannot_post_their_code_to_our_page(self, open_frame, headers, client):
        """Otherwise a teacher who presses our button would complete the attacker's launch."""
        attackers = open_frame()
        for accept in ({}, JSON):
            refused = client.post("/lti/handover", data=attackers.fields, headers=headers | accept)
            assert refused.status_code == 403
            assert attackers.fields["handover"] not in refused.text

    @pytest.mark.parametrize("headers", FOREIGN)
    def test_other_sites_cannot_open_a_window_for_their_frame(self, open_frame, headers):
        """Otherwise an attacker could get the launch of a visitor."""
        frame = open_frame()
        _, refused = frame.open_window(headers)
        assert refused.status_code == 403
        assert "access.foreign_post" in refused.text
        assert db.session.query(Handover).count() == 0
        assert "Set-Cookie" not in refused.headers

    @pytest.mark.parametrize("path", ["/lti/login/window", "/lti/handover"])
    def test_a_forged_code_opens_nothing(self, open_frame, services, own, client, path):
        for code in ("", "invented", services.tokens.sign(Purpose.LAUNCH, "x"), open_frame().fields["handover"][:-1]):
            refused = client.post(path, data=LOGIN | {"handover": code}, headers=own)
            assert refused.status_code == 404
        assert db.session.query(Handover).count() == 0

    def test_an_expired_code_is_explained(self, open_frame, own, services):
        frame = open_frame()
        services.handovers._lifetime = timedelta(seconds=-1)
        assert frame.ask().status_code == 410
        assert "open for too long" in frame.ask().json["error"]["sentence"]
        assert frame.open_window(own)[1].status_code == 410

    def test_a_launch_in_another_browser_is_refused_and_reported_to_the_frame(self, open_frame, lms, tree, own):
        """Otherwise an attacker could slip a launch into a teacher's window."""
        frame = open_frame()
        _, page = frame.open_window(own)
        refused = frame.browser().post("/lti/launch", data=window_form(lms, tree, page, {}))
        assert refused.status_code == 403
        handover = frame.ask().json
        assert (handover["stage"], handover["error"]["code"], handover["next"]) == (
            "refused",
            "lti.cookie_missing",
            None,
        )

    @pytest.mark.parametrize(
        ("error", "code"), [("login_required", "lti.not_signed_in"), ("launch_no_longer_valid", "lti.launch_outdated")]
    )
    def test_a_refusal_by_the_lms_reaches_the_frame(self, open_frame, own, tree, error, code):
        frame = open_frame()
        window, page = frame.open_window(own)
        state = query_of(tree(page).xpath("//main//a/@href")[0])["state"]
        window.post("/lti/launch", data={"state": state, "error": error})
        assert frame.ask().json["error"]["code"] == code
        continued = frame.go_on()
        assert code in continued.text
        assert frame.fields["handover"] in continued.text

    def test_a_refused_token_is_reported_and_the_next_attempt_counts(self, open_frame, prove):
        frame = open_frame()
        assert prove(frame, aud="somebody-else").status_code == 400
        assert frame.ask().json["stage"] == "refused"
        assert prove(frame).status_code == 200
        assert frame.ask().json["stage"] == "ready"

    def test_a_wrong_clock_is_reported_without_its_offset(self, open_frame, prove):
        frame = open_frame()
        hour_ago = int(time.time()) - 3600
        assert prove(frame, iat=hour_ago - 60, exp=hour_ago).status_code == 400
        handover = frame.ask()
        assert handover.status_code == 200
        assert handover.json["error"]["code"] == "lti.token_expired"
        assert "lti.token_expired" in frame.go_on().text

    def test_a_failed_login_is_reported(self, open_frame, own, platform):
        frame = open_frame()
        platform.active = False
        db.session.commit()
        assert frame.open_window(own)[1].status_code == 403
        assert frame.ask().json["error"]["code"] == "lti.platform_inactive"

    def test_an_error_without_a_pending_login_reaches_no_frame(self, open_frame, own, client):
        frame = open_frame()
        frame.open_window(own)
        for state in ("", "x", "a" * 43, "\x00"):
            client.post("/lti/launch", data={"state": state, "error": "login_required"})
        assert frame.ask().json["stage"] == "in-window"

    def test_the_table_holds_no_code(self, open_frame, own):
        frame = open_frame()
        frame.open_window(own)
        row = db.session.query(Handover).one()
        assert row.id not in frame.fields["handover"]
        assert frame.fields["handover"] not in row.id

    def test_expired_handovers_are_deleted(self, open_frame, own, services):
        open_frame().open_window(own)
        db.session.query(Handover).update({"expires_at": now() - timedelta(seconds=1)})
        db.session.commit()
        services.sweeper.sweep()
        assert db.session.query(Handover).count() == 0

    def test_guessing_codes_is_limited_and_opening_windows_is_not(self, open_frame, own, client, monkeypatch):
        frame = open_frame()
        monkeypatch.setattr(limits, "FAILURES", 2)
        statuses = [client.post("/lti/handover", data={"handover": "x"}, headers=own).status_code for _ in range(3)]
        assert statuses == [404, 404, 429]
        forged = [client.post("/lti/login/window", data={"handover": "x"}, headers=own).status_code for _ in range(3)]
        assert forged == [404, 404, 429]
        assert frame.open_window(own)[1].status_code == 200


class TestAskingTheBrowser:
    """The launch came without the cookie: a script may still find the proof or send the cookie."""

    def test_a_cookie_that_comes_with_our_own_form_is_enough(self, lms, client, app, tree, settings):
        form = lms.form(lms.login())
        lookup = app.test_client().post("/lti/launch", data=form, headers=IN_FRAME)
        (again,) = tree(lookup).forms
        assert tree(lookup).get_element_by_id("lookup").get("data-target") == ""
        headers = {"Origin": settings.origin, "Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"}
        assert client.post("/lti/launch", data=dict(again.fields), headers=headers).status_code == 303

    def test_a_used_state_is_reported_at_once(self, lms, client, app):
        form = lms.form(lms.login())
        assert client.post("/lti/launch", data=form).status_code == 303
        again = app.test_client().post("/lti/launch", data=form, headers=IN_FRAME)
        assert again.status_code == 400
        assert "lti.launch_used" in again.text


class TestWindowOfTheLaunch:
    """A framed launch opened in its own tab cannot send a response, because the LMS would not receive it."""

    @pytest.fixture
    def in_a_tab(self, pages, signing):
        own = pages(family="moodle", deep_linking=MOODLE_SETTINGS, framed=True)
        return own, {"Sec-Fetch-Dest": "document"}

    def test_the_tab_sends_nothing_and_loses_nothing(self, in_a_tab, keep_exam):
        own, headers = in_a_tab
        exam = keep_exam()
        page = own.get(f"exams/{exam.id}", headers=headers)
        assert "is waiting for the exam in another window" in page.text
        assert "Add to course" not in page.text
        for path in (f"exams/{exam.id}/add", "cancel"):
            refused = own.post(path, headers=headers)
            assert refused.status_code == 409
            assert "answer.wrong_window" in refused.text
        assert not own.launch.answered_with
        assert own.post(f"exams/{exam.id}/add", headers={"Sec-Fetch-Dest": "iframe"}).status_code == 200

    def test_a_launch_that_the_lms_opened_in_a_window_is_answered_from_it(self, pages, keep_exam, signing):
        own = pages(family="moodle", deep_linking=MOODLE_SETTINGS)
        path = f"exams/{keep_exam().id}/add"
        assert own.post(path, headers={"Sec-Fetch-Dest": "document"}).status_code == 200

    def test_the_launch_records_whether_it_was_framed(self, lms, client):
        lms.launch()
        form = lms.form(lms.login())
        client.post("/lti/launch", data=form, headers=IN_FRAME)
        assert sorted(row.framed for row in db.session.query(Launch)) == [False, True]
