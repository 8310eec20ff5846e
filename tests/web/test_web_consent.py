"""The consent in a window of its own, from the exam's page to Canvas and back, and every attack on it."""

import json
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from lti_tool.lms.canvas import scopes
from lti_tool.lms.canvas.oauth import CanvasAccounts
from lti_tool.models import ConsentRequest, Import, LmsAccount, LmsUser, db, now
from lti_tool.services.delivery.lms_accounts import ConsentTooSmall
from lti_tool.services.platforms.platform_states import PlatformNote
from sandbox.faults import Fault
from tests.support.addresses import query_of
from tests.support.canvas_consent import API_KEY_SECRET, REDIRECT_URI, TOKEN, consenting_canvas

CALLBACK = "/consent/callback"
JSON = {"Accept": "application/json"}


@pytest.fixture
def settings(settings):
    """The sandbox's Canvas takes uploads under another host name."""
    return settings.model_copy(update={"trusted_media_hosts": (*settings.trusted_media_hosts, "localhost")})


@pytest.fixture
def lms(services, platform, signing):
    with consenting_canvas() as canvas:
        canvas.set_key(services, platform)
        yield canvas


class Window:
    """The window of one teacher's consent, in a browser of its own."""

    def __init__(self, app, lms):
        self.client = app.test_client()
        self.lms = lms

    def open(self, url, **headers):
        return self.client.get(url, headers=headers)

    def come_back(self, location, client=None):
        """Follow Canvas's redirect to the tool."""
        assert location.startswith(f"{REDIRECT_URI}?")
        return (client or self.client).get(f"{CALLBACK}?{location.partition('?')[2]}")

    def consent(self, url, **answer):
        return self.come_back(self.lms.answer(self.open(url).location, **answer))


@pytest.fixture
def window(client, app, lms):
    return Window(app, lms)


@pytest.fixture
def page(lms, pages, services, keep_exam):
    """The pages of a teacher's launch from Canvas, and an exam."""
    grant = services.vault.encrypt(json.dumps(lms.grant))
    own = pages("1", family="canvas", import_grant_encrypted=grant)
    own.exam = keep_exam()
    return own


def ask(page):
    """Click the button on the exam's page; return the link to the window."""
    response = page.post(f"exams/{page.exam.id}/consent", headers=JSON)
    assert response.status_code == 200, response.text
    return response.json["url"]


def the_import():
    db.session.expire_all()
    return db.session.query(Import).one()


def accounts():
    return db.session.query(LmsAccount).count()


def code_of(response):
    return re.search(r"<code>([a-z]+\.[a-z_]+)</code>", response.text)[1]


def refused(response, code, status=403):
    """Whether the window shows this error and nothing was stored."""
    assert (response.status_code, code_of(response)) == (status, code)
    assert accounts() == 0
    return True


def test_from_the_exam_s_page_to_canvas_and_back(page, window, lms, tree):
    review = tree(page.get(f"exams/{page.exam.id}"))
    (form,) = review.xpath("//form[@data-new-tab][contains(@action, '/consent')]")
    assert form.get("data-then").endswith(f"exams/{page.exam.id}")
    url = ask(page)
    waiting = tree(page.get(f"exams/{page.exam.id}"))
    assert "waiting for your permission" in waiting.text_content()
    assert waiting.xpath("//noscript/meta[@http-equiv='refresh']")
    assert waiting.xpath("//script[contains(@src, 'progress.js')]")

    opened = window.open(url)
    query = query_of(opened.location)
    assert opened.location.startswith(f"{lms.base_url}/login/oauth2/auth?")
    assert query["redirect_uri"] == REDIRECT_URI
    assert query["scope"].split(" ") == list(scopes.REQUIRED)
    assert API_KEY_SECRET not in opened.location
    cookie = opened.headers["Set-Cookie"]
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/consent", "Max-Age=600"} <= set(cookie.split("; "))
    assert opened.headers["Referrer-Policy"] == "no-referrer"

    done = window.come_back(lms.answer(opened.location))
    assert done.status_code == 200
    assert "You can close this window" in done.text
    assert "window_done.js" in done.text
    assert "/language" not in done.text  # it would come back to an address that works once
    assert done.headers["Referrer-Policy"] == "no-referrer"
    assert "Cross-Origin-Opener-Policy" not in done.headers
    assert "frame-ancestors 'none'" in done.headers["Content-Security-Policy"]
    assert accounts() == 1
    assert the_import().state in ("queued", "importing")
    # The page's script sees another state than the one it was loaded with, and reloads.
    state = page.get(f"imports/{the_import().id}/state").json["state"]
    assert waiting.get_element_by_id("progress").get("data-state") != state


def test_without_javascript_the_link_is_on_a_page(page, tree):
    response = page.post(f"exams/{page.exam.id}/consent", data={"form_id": "f"})
    (link,) = tree(response).xpath("//a[@target='_blank']")
    assert link.get("href").startswith("/consent/open/")
    # The same form again starts no second import.
    page.post(f"exams/{page.exam.id}/consent", data={"form_id": "f"})
    assert the_import().state == "waiting_for_consent"


def test_the_second_time_one_click_is_enough_until_the_teacher_disconnects(page, window, lms, tree):
    window.consent(ask(page))
    row = the_import()
    row.state = "done"
    row.open_key = None
    row.outcome = "created"
    row.quiz_name = "Cells"
    db.session.commit()
    review = tree(page.get(f"exams/{page.exam.id}"))
    assert not review.xpath("//form[contains(@action, '/consent')]")
    (form,) = review.xpath("//form[contains(@action, '/disconnect')]")
    lms.calm()
    assert page.client.post(form.get("action")).status_code == 303
    assert (accounts(), lms.authorizations) == (0, [])
    assert tree(page.get(f"exams/{page.exam.id}")).xpath("//form[contains(@action, '/consent')]")


def test_a_consent_that_is_not_needed_any_more_leads_back_to_the_exam(page, window):
    window.consent(ask(page))
    assert page.post(f"exams/{page.exam.id}/consent", headers=JSON).status_code == 409
    assert page.post(f"exams/{page.exam.id}/consent").status_code == 303


def test_cancelling_stores_nothing_and_is_confirmed_on_the_page(page, window, tree):
    response = window.consent(ask(page), answer="cancel")
    assert refused(response, "consent.declined")
    review = tree(page.get(f"exams/{page.exam.id}"))
    assert "You didn't give Examplary permission" in review.text_content()
    assert page.get(f"imports/{the_import().id}/state").json["error"] is None
    assert review.xpath("//form[contains(@action, '/consent')]")
    assert review.xpath("//a[contains(@href, '/download/')]")
    # And again, from the same page.
    assert window.consent(ask(page)).status_code == 200
    assert accounts() == 1
    assert the_import().error_code == ""


def test_not_now_ends_the_import(page):
    ask(page)
    page.post(f"imports/{the_import().id}/decide")
    assert (the_import().state, the_import().error_code) == ("failed", "import.cancelled")


def test_another_person_who_is_signed_in_is_named_and_their_token_ended(page, window, lms):
    response = window.consent(ask(page), account="teacher2")
    assert refused(response, "consent.other_user")
    assert "Theo Tutor" in response.text
    assert lms.authorizations == []
    assert the_import().error_facts == {"user": "Theo Tutor"}


def test_a_masquerade_is_not_stored(page, window, lms):
    lms.behaviour.masquerade = True
    assert refused(window.consent(ask(page)), "consent.masquerade")
    assert lms.authorizations == []


def test_an_unclear_person_is_refused(page, window, lms):
    """As in a consortium, whose ids contradict each other."""
    user = {"id": 104, "name": "Tess", "global_id": "20000000000999"}
    answer = {"access_token": "t", "refresh_token": "r", "user": user}
    location = lms.answer(window.open(ask(page)).location)
    lms.lms.faults.script(TOKEN, Fault(text=json.dumps(answer)))
    assert refused(window.come_back(location), "consent.user_unclear")


def test_a_key_without_the_optional_scopes_is_asked_again_for_less(page, window, lms, services, platform):
    lms.set_key(services, platform, optional_scopes=scopes.OPTIONAL)
    lms.key.scopes = scopes.REQUIRED
    location = lms.answer(window.open(ask(page)).location)
    assert query_of(location)["error"] == "invalid_scope"
    again = window.come_back(location)
    assert query_of(again.location)["scope"].split(" ") == list(scopes.REQUIRED)
    assert window.come_back(lms.answer(again.location)).status_code == 200
    assert db.session.query(LmsAccount).one().scopes == list(scopes.REQUIRED)
    # The first state is over.
    assert window.come_back(location).status_code == 404


def test_a_release_that_needs_more_scopes_asks_again_and_warns_the_administrator(
    page, window, lms, services, platform, tree, monkeypatch
):
    """An API key and a consent of an earlier release."""
    now_required = CanvasAccounts.required_scopes
    new = "url:GET|/api/v1/courses/:course_id/files"
    assert window.consent(ask(page)).status_code == 200
    page.post(f"exams/{page.exam.id}/import")
    db.session.query(Import).delete()
    db.session.commit()
    assert "Give permission" not in page.get(f"exams/{page.exam.id}").text
    assert services.platform_states.of(platform).notes == ()

    monkeypatch.setattr(CanvasAccounts, "required_scopes", (*now_required, new))
    with pytest.raises(ConsentTooSmall):  # an import under way waits for the teacher, too
        services.lms_accounts.session(page.launch, lms.grant)
    text = tree(page.get(f"exams/{page.exam.id}")).text_content()
    assert "Examplary now needs more access to Canvas than you gave it, so you are asked once more." in text
    assert PlatformNote.NEW_SCOPES in services.platform_states.of(platform).notes
    (result,) = services.api_keys.check(platform)
    assert new in result.plain()

    lms.key.scopes = now_required
    refused_scope = window.consent(ask(page))
    assert (refused_scope.status_code, new in refused_scope.text) == (502, True)
    lms.key.scopes = CanvasAccounts.required_scopes
    lms.set_key(services, platform)
    assert PlatformNote.NEW_SCOPES not in services.platform_states.of(platform).notes
    assert window.consent(ask(page)).status_code == 200
    assert new in db.session.query(LmsAccount).one().scopes
    assert "Give permission" not in page.get(f"exams/{page.exam.id}").text


def test_scopes_that_a_key_got_since_are_asked_for_once(page, window, lms, services, platform):
    assert window.consent(ask(page)).status_code == 200
    services.api_keys.set(
        platform,
        family="canvas",
        base_url=lms.base_url,
        client_id=services.api_keys.of(platform).client_id,
        secret="",
        optional_scopes=scopes.OPTIONAL,
        insecure=True,
    )
    db.session.query(Import).delete()
    db.session.commit()
    lms.key.scopes = scopes.REQUIRED
    assert "asked once more" in page.get(f"exams/{page.exam.id}").text
    again = window.come_back(lms.answer(window.open(ask(page)).location))
    assert window.come_back(lms.answer(again.location)).status_code == 200
    assert "asked once more" not in page.get(f"exams/{page.exam.id}").text


def test_missing_scopes_are_named_for_the_administrator(page, window, lms):
    lms.key.scopes = scopes.REQUIRED[1:]
    response = window.consent(ask(page))
    assert refused(response, "account.scopes_missing", 502)
    assert scopes.REQUIRED[0] in response.text


def test_a_key_that_is_off_is_the_administrators(page, window, lms):
    lms.key.is_on = False
    assert refused(window.consent(ask(page)), "account.key_off", 502)
    assert page.get(f"exams/{page.exam.id}").text.count("is switched off in your LMS") == 1


@pytest.mark.parametrize("error", ["server_error", "temporarily_unavailable", "login_required", "<b>", ""])
def test_other_errors_of_the_lms_are_shown_by_their_name(page, window, error):
    state = query_of(window.open(ask(page)).location)["state"]
    response = window.client.get(f"{CALLBACK}?{urlencode({'error': error, 'state': state})}")
    assert refused(response, "consent.refused", 502)
    assert "<b>" not in response.text


def test_an_unreachable_canvas_is_reported_and_can_be_tried_again(page, window, lms):
    lms.lms.faults.script(TOKEN, Fault(html=True))
    assert refused(window.consent(ask(page)), "account.unreachable", 502)
    assert window.consent(ask(page)).status_code == 200


def test_many_consents_at_once_wait_for_the_rate_limit_of_canvas(page, window, lms):
    location = lms.answer(window.open(ask(page)).location)
    lms.lms.faults.script(TOKEN, Fault(status=403, body="403 Forbidden (Rate Limit Exceeded)\n"))
    response = window.come_back(location)
    assert refused(response, "account.throttled", 503)
    assert 10 <= int(response.headers["Refresh"]) <= 25
    # The browser loads the same address again.
    assert window.come_back(location).status_code == 200
    assert accounts() == 1


def test_a_link_opens_one_window_once(page, window, app):
    url = ask(page)
    assert window.open(url).status_code == 303
    assert refused(window.open(url), "consent.used", 410)
    assert refused(Window(app, window.lms).open(url), "consent.used", 410)


def test_an_answer_is_taken_once(page, window, lms):
    location = lms.answer(window.open(ask(page)).location)
    assert window.come_back(location).status_code == 200
    replayed = window.come_back(location)
    assert (replayed.status_code, code_of(replayed)) == (410, "consent.used")
    assert (accounts(), lms.token_requests) == (1, 1)


def test_a_stolen_answer_works_in_no_other_browser_and_stays_the_teachers(page, window, app, lms):
    location = lms.answer(window.open(ask(page)).location)
    thief = app.test_client()
    assert refused(window.come_back(location, thief), "consent.other_browser")
    assert lms.token_requests == 0
    thief.set_cookie("examplary_consent", "a guess", path="/consent")
    assert refused(window.come_back(location, thief), "consent.other_browser")
    assert window.come_back(location).status_code == 200


def test_a_link_that_another_site_opens_is_refused(page, window):
    response = window.open(ask(page), **{"Sec-Fetch-Site": "cross-site"})
    assert refused(response, "access.foreign_post")


def test_a_victim_cannot_be_made_to_finish_a_strangers_consent(page, window, app, lms):
    """Login CSRF: the attacker's answer in the victim's browser, which has a window of its own open."""
    location = lms.answer(window.open(ask(page)).location)
    victim = Window(app, lms)
    victim.open(ask(page))
    assert refused(window.come_back(location, victim.client), "consent.other_browser")


@pytest.mark.parametrize("step", ["open", "callback"])
def test_ten_minutes_are_enough(page, window, lms, step):
    url = ask(page)
    location = lms.answer(window.open(url).location) if step == "callback" else ""
    db.session.query(ConsentRequest).one().expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    response = window.come_back(location) if location else window.open(url)
    assert refused(response, "consent.expired", 410)
    assert lms.token_requests == 0


@pytest.mark.parametrize("change", ["off", "key", "host", "erased", "launch"])
def test_an_ended_launch_ends_the_consent(page, window, lms, services, platform, change):
    location = lms.answer(window.open(ask(page)).location)
    match change:
        case "off":
            services.platforms.change(platform, {"active": False})
        case "key":
            services.api_keys.remove(platform)
        case "host":
            lms.set_key(services, platform, base_url="https://elsewhere.example")
        case "erased":
            services.privacy.erase(db.session.query(LmsUser).filter_by(sub="1").one())
        case "launch":
            page.launch.expires_at = now() - timedelta(seconds=1)
            db.session.commit()
    response = window.come_back(location)
    assert response.status_code in (403, 404, 409, 410)
    assert (accounts(), lms.token_requests) == (0, 0)


def test_only_a_teacher_with_the_exam_gets_a_link(page, pages, lms, services):
    grant = services.vault.encrypt(json.dumps(lms.grant))
    for sub, values in (("2", {"context_id": "course-2"}), ("9", {"role": "student"})):
        own = pages(sub, family="canvas", import_grant_encrypted=grant, **values)
        for path in ("consent", "disconnect"):
            assert own.post(f"exams/{page.exam.id}/{path}").status_code in (403, 404)
    assert db.session.query(ConsentRequest).count() == 0


def test_a_launch_at_another_host_gets_no_link(pages, lms, services, keep_exam):
    grant = services.vault.encrypt(json.dumps(lms.grant | {"base_url": "https://evil.example"}))
    own, exam = pages("1", family="canvas", import_grant_encrypted=grant), keep_exam()
    assert own.post(f"exams/{exam.id}/consent").status_code == 409
    assert "is for another of its addresses" in own.get(f"exams/{exam.id}").text


def test_a_missing_key_is_reported_in_one_sentence(page, services, platform, tree):
    services.api_keys.remove(platform)
    review = tree(page.get(f"exams/{page.exam.id}"))
    assert review.text_content().count("hasn't given Examplary an API key") == 1
    assert not review.xpath("//form[contains(@action, '/consent')]")


def test_nothing_secret_is_logged(page, window, lms, capfd):
    url = ask(page)
    opened = window.open(url)
    location = lms.answer(opened.location)
    window.come_back(location)
    window.come_back(location)
    logged = "".join(capfd.readouterr())
    (authorization,) = lms.authorizations
    secrets = [authorization.access_token, authorization.refresh_token, API_KEY_SECRET, url.rsplit("/", 1)[-1]]
    secrets += [query_of(location)[name] for name in ("code", "state")]
    secrets += [re.search(r"consent=([^;]+)", opened.headers["Set-Cookie"])[1]]
    assert "consent.given" in logged
    assert not [secret for secret in secrets if secret in logged]
