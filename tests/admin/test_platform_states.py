"""The state of a platform follows its launches."""

import time
from datetime import timedelta

import pytest

from lti_tool.models import Launch, LmsUser, Platform, db, now
from lti_tool.services.platforms.platform_states import PlatformNote, PlatformState
from tests.support.launch_settings import CANVAS_SETTINGS
from tests.support.signing_lms import Browser, signing_lms


@pytest.fixture
def lms(app, platform, lms_key, services):
    app.test_client_class = Browser
    with signing_lms(app.test_client(), platform, lms_key) as running:
        yield running


@pytest.fixture
def status(services, platform):
    def read():
        db.session.expire_all()
        return services.platform_states.of(platform)

    return read


def test_it_waits_until_the_tool_is_opened(lms, status):
    assert status().state is PlatformState.WAITING
    assert lms.launch().status_code == 303
    assert status().state is PlatformState.WORKING
    assert status().launched_at is not None


def test_launches_that_were_deleted_are_not_forgotten(lms, status):
    lms.launch()
    db.session.query(Launch).delete()
    db.session.query(LmsUser).delete()
    db.session.commit()
    assert status().state is PlatformState.WORKING


def test_the_platform_is_written_once_an_hour(lms, status, platform):
    lms.launch()
    first = status().launched_at
    lms.launch()
    assert status().launched_at == first
    platform.launched_at = now() - timedelta(minutes=61)
    db.session.commit()
    lms.launch()
    assert status().launched_at > first


@pytest.mark.parametrize(
    ("claims", "state", "code"),
    [
        ({"aud": "another"}, PlatformState.FAILING, "lti.audience"),
        ({"iss": "https://beta.example.org"}, PlatformState.FAILING, "lti.issuer"),
        ({"exp": int(time.time()) - 600}, PlatformState.CLOCK_OFF, "lti.token_expired"),
    ],
)
def test_a_refused_launch_is_shown_until_one_is_accepted(lms, status, claims, state, code):
    lms.launch()
    assert lms.launch(**claims).status_code >= 400
    assert (status().state, status().code) == (state, code)
    since = status().since
    lms.launch(**claims)
    assert status().since == since
    assert status().needs_attention
    lms.launch()
    assert status().state is PlatformState.WORKING
    assert not status().needs_attention


def test_a_browser_without_cookies_does_not_change_the_state_of_the_lms(lms, status):
    form = lms.form(lms.login())
    lms.client._cookies.clear()
    assert "lti.cookie_missing" in lms.client.post("/lti/launch", data=form).text
    lms.client.post("/lti/launch", data=form | {"state": "made up"})
    lms.client.post("/lti/launch", data={"error": "login_required", "state": form["state"]})
    assert status().state is PlatformState.WAITING


def test_a_platform_that_is_off_shows_no_other_state(lms, status, platform, services):
    lms.launch(aud="another")
    services.platforms.change(platform, {"active": False})
    assert status().state is PlatformState.OFF


def test_keys_that_were_not_fetched_for_long_are_a_state(services, lms, status, platform):
    lms.launch()
    moment = time.time() + 7200
    services.platform_keys._clock = lambda: moment
    platform.launched_at = now() + timedelta(hours=2)
    db.session.commit()
    assert status().state is PlatformState.KEYS_STALE


class TestNotes:
    @pytest.fixture
    def launches(self, make_launch, platform):
        def make(**values):
            for number in range(3):
                make_launch(str(number), family="canvas", **values)
            platform.launched_at = now()
            db.session.commit()

        return make

    def test_names_that_the_lms_withholds(self, launches, status):
        launches(name="", deep_linking=CANVAS_SETTINGS)
        assert status().notes == (PlatformNote.NAMES_WITHHELD,)

    def test_a_placement_from_which_nothing_can_be_added(self, launches, status):
        launches()
        assert status().notes == (PlatformNote.WRONG_PLACEMENT,)
        launches(deep_linking=CANVAS_SETTINGS)
        assert status().notes == ()

    def test_formats_of_which_the_lms_imports_none(self, launches, status, services, platform):
        services.platforms.change(platform, {"formats": ["moodle-xml"]})
        launches(deep_linking=CANVAS_SETTINGS)
        assert status().notes == (PlatformNote.FORMATS_WITHHELD,)
        services.platforms.change(platform, {"formats": ["moodle-xml", "qti21"]})
        assert status().notes == ()

    def test_a_check_that_failed(self, launches, status, platform):
        launches(deep_linking=CANVAS_SETTINGS)
        platform.check_results = [{"status": "wrong"}]
        db.session.commit()
        assert status().notes == (PlatformNote.CHECK_FAILED,)
        assert status().needs_attention


def test_a_registration_stays_in_its_state_where_the_login_is_unknown(lms, status):
    assert lms.login(client_id="nobody").status_code >= 400
    assert db.session.query(Platform).one().failed_at is None
    assert status().state is PlatformState.WAITING
