"""A launch opens only in the browser that made it."""

from datetime import timedelta

import pytest

from lti_tool.lti import proof_name
from lti_tool.models import Generation, Launch, db, now
from lti_tool.security.tokens import Purpose
from lti_tool.services.launches.browser_binding import NO_COOKIE
from tests.web.conftest import COOKIE

IN_FRAME = {"Sec-Fetch-Dest": "iframe"}
IN_TAB = {"Sec-Fetch-Dest": "document"}
PERSONAL = "It is personal:"


def is_refused(response):
    assert "Biology 101" not in response.text
    return (response.status_code, "access.other_browser" in response.text) == (403, True)


def remaining():
    """Return how long the only launch is still valid."""
    return db.session.query(Launch).one().expires_at - now()


class TestLaunch:
    @pytest.mark.parametrize("headers", [{}, IN_FRAME, IN_TAB])
    def test_it_opens_in_its_own_browser_only(self, lms, client, app, headers):
        address = client.post("/lti/launch", data=lms.form(lms.login()), headers=headers).location
        assert client.get(address, headers=headers).status_code == 200
        assert PERSONAL not in client.get(address).text
        stranger = app.test_client()
        assert is_refused(stranger.get(address, headers=headers))
        stranger.set_cookie(COOKIE, "invented", path=address)
        assert is_refused(stranger.get(address))
        assert timedelta(hours=11) < remaining() <= timedelta(hours=12)

    def test_the_cookie_of_another_launch_opens_nothing(self, lms, client, app):
        first, second = lms.launch(), lms.launch()
        stranger = app.test_client()
        stranger.set_cookie(COOKIE, client.get_cookie(COOKIE, path=second.location).value, path=first.location)
        assert is_refused(stranger.get(first.location))

    def test_many_launches_do_not_make_requests_larger(self, lms, client):
        addresses = [lms.launch().location for _ in range(30)]
        for address in addresses:
            response = client.get(address)
            assert response.status_code == 200
            assert len(response.request.headers["Cookie"]) < 100

    def test_the_table_holds_no_secret(self, lms, client):
        address = lms.launch().location
        secret = client.get_cookie(COOKIE, path=address).value
        assert secret not in str(vars(db.session.query(Launch).one()))

    def test_a_refusal_is_json_for_scripts(self, pages, app):
        refused = app.test_client().get(pages().url("generations/x/state"), headers={"Accept": "application/json"})
        assert refused.status_code == 403
        assert refused.json["error"]["code"] == "access.other_browser"

    def test_a_launch_made_before_the_upgrade_opens_until_it_expires(self, pages, app):
        own = pages(browser_hash=None)
        for headers in ({}, IN_FRAME, IN_TAB):
            assert app.test_client().get(own.url(), headers=headers).status_code == 200
        own.launch.expires_at = now()
        db.session.commit()
        assert app.test_client().get(own.url()).status_code == 410


class TestWithoutCookies:
    @pytest.fixture
    def address(self, lms, client, app, settings):
        """A framed launch whose proof came from the platform's storage."""
        form = lms.form(lms.login())
        proof = client.get_cookie(proof_name(form["state"]), path="/lti/").value
        headers = IN_FRAME | {"Origin": settings.origin}
        response = app.test_client().post("/lti/launch", data=form | {"stored_proof": proof}, headers=headers)
        assert response.status_code == 303
        assert COOKIE not in str(response.headers.getlist("Set-Cookie"))
        return response.location

    def test_the_address_alone_works_for_a_shorter_time_which_the_page_states(self, address, app):
        assert db.session.query(Launch).one().browser_hash == NO_COOKIE
        assert timedelta(hours=1) < remaining() <= timedelta(hours=2)
        page = app.test_client().get(address, headers=IN_FRAME)
        assert page.status_code == 200
        assert PERSONAL in page.text

    def test_pasted_into_a_browser_it_opens_nothing(self, address, app):
        assert is_refused(app.test_client().get(address, headers=IN_TAB))

    def test_a_launch_that_the_lms_opened_in_a_window_opens_there(self, pages, app):
        own = pages(browser_hash=NO_COOKIE, framed=False)
        assert app.test_client().get(own.url(), headers=IN_TAB).status_code == 200

    def test_the_time_is_a_setting_and_never_longer_than_with_cookies(self, services):
        lifetimes = services.launch_intake._lifetimes
        assert (lifetimes.with_cookie, lifetimes.without_cookie) == (timedelta(hours=12), timedelta(hours=2))
        shorter = type(lifetimes)(timedelta(hours=1), timedelta(hours=2))
        moment = now()
        assert shorter.bind(moment, keeps_cookies=False).expires_at == moment + timedelta(hours=1)

    def test_students_are_not_bothered(self, pages):
        assert PERSONAL not in pages(role="student", browser_hash=NO_COOKIE).get().text


class TestTab:
    @pytest.fixture
    def exam(self, keep_exam):
        return keep_exam(title="Cells and leaves")

    @pytest.fixture
    def link(self, canvas, exam):
        """Ask for a link to the exam's tab, as the page's script does."""

        def ask():
            response = canvas.post(f"exams/{exam.id}/tab", headers={"Accept": "application/json"})
            assert response.status_code == 200
            return response.json["url"]

        return ask

    @pytest.fixture
    def tab(self, app):
        """Open a link in a browser with other cookies, or with none: ``tab(url)`` is the client and the page."""

        def open_link(url, *, keeps_cookies=True, **headers):
            client = app.test_client(use_cookies=keeps_cookies)
            return client, client.get(url, headers=IN_TAB | headers, follow_redirects=True)

        return open_link

    def test_it_opens_the_exam_and_stays_open(self, link, tab, exam, app):
        client, page = tab(link())
        assert page.status_code == 200
        assert "Cells and leaves" in page.text
        assert page.request.path.endswith(f"/exams/{exam.id}")
        assert client.get(page.request.path, headers=IN_TAB).status_code == 200
        assert is_refused(app.test_client().get(page.request.path, headers=IN_TAB))

    def test_it_works_once(self, link, tab):
        url = link()
        tab(url)
        _, again = tab(url)
        assert (again.status_code, "access.tab_link_over" in again.text) == (410, True)
        assert db.session.query(Launch).filter(Launch.tab_of != "").count() == 1

    def test_it_works_for_a_minute(self, link, tab, monkeypatch):
        monkeypatch.setattr("lti_tool.services.launches.tab_links.SECONDS", -1)
        _, late = tab(link())
        assert (late.status_code, "access.tab_link_over" in late.text) == (410, True)

    def test_it_shows_nothing_but_the_exam(self, canvas, link, tab, exam, keep_exam, make_generation):
        other, generation = keep_exam(), make_generation(canvas.launch)
        client, page = tab(link())
        home = page.request.path.partition("exams/")[0]
        assert client.get(home).location == page.request.path
        for path in (f"exams/{other.id}", f"exams/{other.id}/download/qti21", f"generations/{generation.id}"):
            refused = client.get(home + path)
            assert (refused.status_code, "access.one_exam_only" in refused.text) == (403, True)
        for path in ("generations", "cancel", f"generations/{generation.id}/cancel", f"exams/{other.id}/tab"):
            assert client.post(home + path).status_code == 403
        assert client.get(f"{page.request.path}/download/qti21").status_code == 200
        assert db.session.query(Generation).count() == 1

    def test_it_answers_no_deep_link(self, link, tab, canvas):
        client, page = tab(link())
        assert "Your course is waiting for the exam in another window." in page.text
        refused = client.post(f"{page.request.path}/add")
        assert (refused.status_code, "answer.wrong_window" in refused.text) == (409, True)
        assert not canvas.launch.answered_with

    def test_without_cookies_its_address_works_alone_for_a_shorter_time(self, link, tab, canvas, app):
        canvas.launch.expires_at = now() + timedelta(hours=12)
        db.session.commit()
        _, page = tab(link(), keeps_cookies=False)
        assert page.status_code == 200
        assert PERSONAL in page.text
        assert app.test_client().get(page.request.path, headers=IN_TAB).status_code == 200
        row = db.session.query(Launch).filter(Launch.tab_of == canvas.launch.id).one()
        assert row.expires_at - now() <= timedelta(hours=2)

    def test_it_never_outlives_its_launch(self, link, tab, canvas):
        tab(link())
        row = db.session.query(Launch).filter(Launch.tab_of == canvas.launch.id).one()
        assert row.expires_at == canvas.launch.expires_at

    def test_a_link_on_another_site_opens_nothing(self, link, tab):
        """Its owner would put a visitor into a launch of their own."""
        url = link()
        for site in ("cross-site", "same-site"):
            _, refused = tab(url, **{"Sec-Fetch-Site": site})
            assert (refused.status_code, "access.foreign_post" in refused.text) == (403, True)
        assert tab(url)[1].status_code == 200

    @pytest.mark.parametrize("code", ["x", "a.b.c", "%00"])
    def test_a_forged_link_opens_nothing(self, client, code):
        assert client.get(f"/tab/{code}").status_code == 404

    def test_a_link_to_a_launch_opens_no_tab(self, canvas, client):
        assert client.get(f"/tab/{canvas.token}").status_code == 404

    def test_without_javascript_a_page_has_the_link(self, canvas, exam, tree, tab):
        page = canvas.post(f"exams/{exam.id}/tab")
        (url,) = tree(page).xpath("//a[@target='_blank']/@href")
        (back,) = tree(page).xpath("//main//a[not(@target)]/@href")
        assert back == canvas.url(f"exams/{exam.id}")
        assert "Cells and leaves" in tab(url)[1].text

    def test_after_an_upgrade_or_switching_off_a_link_opens_nothing(self, link, tab, platform):
        url = link()
        platform.active = False
        db.session.commit()
        assert "access.switched_off" in tab(url)[1].text

    def test_a_window_of_a_generation_has_the_whole_launch(self, canvas, begin, tab):
        generation = begin(canvas)
        response = canvas.post(f"generations/{generation.id}/tab", headers={"Accept": "application/json"})
        client, page = tab(response.json["url"])
        assert "<iframe" in page.text
        assert page.request.path.endswith(f"/generations/{generation.id}")
        assert "New exam" in client.get(page.request.path.partition("generations/")[0]).text

    def test_no_site_frames_a_tab_but_its_exams_may_be_continued_in_the_frame(self, canvas, begin, tab, services):
        response = canvas.post(f"generations/{begin(canvas).id}/tab", headers={"Accept": "application/json"})
        client, page = tab(response.json["url"])
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        created = client.post(f"{page.request.path.partition('generations/')[0]}generations")
        token = services.tokens.sign(Purpose.EMBED_RETURN, created.location.rpartition("/")[2])
        returned = client.get(f"/embed/return/{token}")
        assert "frame-ancestors 'self' https://lms.example.org" in returned.headers["Content-Security-Policy"]

    def test_others_get_no_link(self, pages, exam, make_generation, canvas):
        generation = make_generation(canvas.launch)
        student, stranger = pages("9", role="student"), pages("3", context_id="course-2")
        for path in (f"exams/{exam.id}/tab", f"generations/{generation.id}/tab"):
            assert student.post(path).status_code == 403
            assert stranger.post(path).status_code == 404
        assert pages("2").post(f"exams/{exam.id}/tab").status_code == 200
