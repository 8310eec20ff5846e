"""The language of a page: chosen by the person, else the LMS's, else the browser's; dates and numbers in it."""

from decimal import Decimal

import pytest
from flask import render_template_string
from flask_babel import force_locale
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import TooManyRequests

from lti_tool.exam.remark import Remark
from lti_tool.models import LmsUser, db, now
from lti_tool.services.launches.access import Access
from lti_tool.web import language, locale

CHOOSE = "language"


@pytest.fixture(autouse=True)
def both_languages(app):
    app.config["LANGUAGES"] = ("en", "nl")


def lang(response, tree):
    return tree(response).get("lang")


class TestPerson:
    def test_a_choice_wins_over_the_lms_and_is_kept_for_later_launches(self, pages, tree):
        own = pages(locale="en")
        response = own.post(CHOOSE, data={"language": "nl", "page": ""})
        assert (response.status_code, response.location) == (303, own.url())
        assert lang(own.get(), tree) == "nl"
        assert lang(pages(locale="en").get(), tree) == "nl"
        assert lang(pages(sub="2", locale="en").get(), tree) == "en"

    def test_automatic_is_the_lms_again(self, pages, tree):
        own = pages(locale="nl")
        own.post(CHOOSE, data={"language": "en"})
        own.post(CHOOSE, data={"language": ""})
        assert lang(own.get(), tree) == "nl"

    def test_the_switch_returns_to_the_page(self, pages, keep_exam, tree):
        own, exam = pages(), keep_exam()
        page = own.get(f"exams/{exam.id}?format=qti21")
        (form,) = tree(page).xpath("//form[@class='language-switch']")
        fields = {"page": form.xpath(".//input[@name='page']/@value")[0], "language": "nl"}
        assert form.xpath(".//option/@value") == ["", "en", "nl"]
        response = own.client.post(form.get("action"), data=fields)
        assert response.location == own.url(f"exams/{exam.id}?format=qti21")
        (selected,) = tree(own.client.get(response.location)).xpath("//option[@selected]")
        assert (selected.text, selected.get("lang")) == ("Nederlands", "nl")

    @pytest.mark.parametrize("page", ["//evil.example/", "https://evil.example/", "/\\evil.example", "\r\nX: y", "é🎓"])
    def test_the_switch_leads_to_no_other_site(self, pages, page):
        own = pages()
        response = own.post(CHOOSE, data={"language": "nl", "page": page})
        assert response.status_code == 303
        assert response.location.startswith(own.url())

    @pytest.mark.parametrize("value", ["xx", "nl-NL", "<b>", "", "n" * 5000])
    def test_only_offered_languages_are_kept(self, pages, value):
        own = pages()
        assert own.post(CHOOSE, data={"language": value}).status_code == 303
        assert db.session.get(LmsUser, own.launch.lms_user_id).page_language == ""

    def test_students_choose_too(self, student, tree):
        student.post(CHOOSE, data={"language": "nl"})
        assert lang(student.get(), tree) == "nl"

    def test_other_sites_cannot_choose(self, pages):
        headers = {"Sec-Fetch-Site": "cross-site"}
        assert pages().post(CHOOSE, data={"language": "nl"}, headers=headers).status_code == 403


class TestErrors:
    """An error below a launch's address is in the language that the person chose, else in the LMS's."""

    @pytest.fixture(params=["chosen", "locale"])
    def dutch(self, pages, request):
        own = pages(locale="nl_NL" if request.param == "locale" else "en")
        if request.param == "chosen":
            own.post(CHOOSE, data={"language": "nl"})
        return own

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [("GET", "nowhere", 404), ("GET", "exams/none/nowhere", 404), ("GET", CHOOSE, 405), ("GET", "exams/none", 404)],
    )
    def test_a_wrong_address(self, dutch, tree, method, path, status):
        response = dutch.client.open(dutch.url(path), method=method)
        assert (response.status_code, lang(response, tree)) == (status, "nl")

    def test_too_much(self, dutch, tree):
        response = dutch.post(CHOOSE, data={"language": "x" * 30_000_000})
        assert (response.status_code, lang(response, tree)) == (413, "nl")

    def test_too_often(self, dutch, tree, monkeypatch):
        def refuse(*_args):
            raise TooManyRequests

        monkeypatch.setattr(Access, "launch", refuse)
        response = dutch.get()
        assert (response.status_code, lang(response, tree)) == (429, "nl")

    @pytest.mark.parametrize("early", [True, False], ids=["before the launch is read", "after it"])
    def test_a_bug(self, app, dutch, tree, monkeypatch, early):
        def fail(*_args):
            raise ValueError("a bug")

        owner, name = (Access, "launch") if early else (Access, "require_teacher")
        app.config["PROPAGATE_EXCEPTIONS"] = False
        monkeypatch.setattr(owner, name, fail)
        response = dutch.get("exams")
        assert (response.status_code, lang(response, tree)) == (500, "nl")

    def test_a_launch_that_is_over_or_opened_elsewhere(self, app, dutch, tree):
        stranger = app.test_client().get(dutch.url(), headers={"Accept-Language": "en"})
        assert (stranger.status_code, lang(stranger, tree)) == (403, "nl")
        assert dutch.launch.context_title not in stranger.text
        dutch.launch.expires_at = now()
        db.session.commit()
        response = dutch.get()
        assert (response.status_code, lang(response, tree)) == (410, "nl")

    def test_scripts_read_it_in_that_language(self, dutch):
        response = dutch.client.get(dutch.url("nowhere"), headers={"Accept": "application/json"})
        assert "adres" in response.json["error"]["sentence"]

    @pytest.mark.parametrize("path", ["/l/", "/l", "/l/forged/", "/l/forged/exams"])
    def test_without_a_launch_it_is_the_browser_s(self, client, tree, path):
        response = client.get(path, headers={"Accept-Language": "nl"})
        assert (response.status_code, lang(response, tree)) == (404, "nl")

    def test_an_unreachable_database_is_not_asked_for_it(self, dutch, tree, monkeypatch):
        def away(*_args):
            raise OperationalError("select", {}, Exception("away"))

        monkeypatch.setattr(Access, "launch", away)
        monkeypatch.setattr(Access, "page_languages", lambda *_: pytest.fail("asked"))
        assert dutch.get().status_code in (500, 503)


class TestVisitor:
    def test_a_choice_is_kept_in_a_first_party_cookie(self, client, tree):
        response = client.post("/language", data={"language": "nl", "page": "nowhere?x=1"})
        assert (response.status_code, response.location) == (303, "/nowhere?x=1")
        cookie = response.headers["Set-Cookie"]
        assert "SameSite=Lax" in cookie
        assert "HttpOnly" in cookie
        assert lang(client.get("/", headers={"Accept-Language": "en"}), tree) == "nl"

    def test_a_language_that_is_switched_off_is_not_used(self, app, client, tree):
        client.post("/language", data={"language": "nl"})
        app.config["LANGUAGES"] = ("en",)
        page = client.get("/", headers={"Accept-Language": "nl"})
        assert lang(page, tree) == "en"
        assert "language-switch" not in page.text

    def test_pages_of_a_login_have_no_switch(self, client):
        assert "language-switch" not in client.get("/lti/launch").text
        assert "language-switch" not in client.get("/register/x?openid_configuration=x").text
        assert "language-switch" in client.get("/").text


@pytest.mark.parametrize(
    ("lms", "browser", "expected"),
    [
        ("nl_NL", "en", "nl"),
        ("nl-x-k12", "en", "nl"),
        ("sv", "nl-BE,en;q=0.5", "nl"),
        ("sv", "fi", "en"),
        ("", "nl", "nl"),
        ("not a locale!", "nl", "nl"),
    ],
)
def test_a_page_says_the_language_that_it_is_in(pages, tree, lms, browser, expected):
    page = pages(locale=lms).get(headers={"Accept-Language": browser})
    assert lang(page, tree) == expected
    assert ("Nieuwe toets" in page.text) is (expected == "nl")


def test_languages_have_their_own_names():
    assert [language.own_name(tag) for tag in ("nl", "fr", "ar")] == ["Nederlands", "Français", "العربية"]


@pytest.mark.parametrize(
    ("tag", "number", "expected"),
    [("en", 1.5, 0), ("fr", Decimal("1.5"), 0), ("ar", 1.5, 100), ("ar", 3, 3), ("en", Decimal("1.00"), 1)],
)
def test_fractions_have_the_plural_form_of_their_language(app, tag, number, expected):
    with app.test_request_context(), force_locale(tag):
        assert locale.plural_number(number) == expected


def test_numbers_in_sentences_are_written_as_the_language_does(app):
    remark = Remark(
        "x", "%(count)s of %(points)s, “%(answer)s”", facts=(("count", 1234), ("points", "0.5"), ("answer", "0.5"))
    )
    template = "{{ remark|remark }} {{ '%(seconds)d s'|localize({'seconds': 4321}) }}"
    with app.test_request_context(), force_locale("nl"):
        text = render_template_string(template, remark=remark)
    assert text == "1.234 of 0,5, “0.5” 4.321 s"


@pytest.mark.parametrize("title", ["\u202eturned round", "القوى والماء", "מים"])
def test_a_title_does_not_turn_its_sentence_round(app, title):
    template = "{{ 'The quiz “%(quiz)s” was changed.'|localize({'quiz': quiz}) }}"
    with app.test_request_context():
        assert render_template_string(template, quiz=title) == f"The quiz “\u2068{title}\u2069” was changed."
        assert render_template_string(template, quiz="Forces") == "The quiz “Forces” was changed."


@pytest.mark.parametrize(("tag", "expected"), [("en", "Q &amp; A: 1"), ("fr", "Q &amp; A\u00a0: 1")])
def test_colons_follow_the_rules_of_the_language(app, tag, expected):
    app.config["LANGUAGES"] = ("en", "fr")
    with app.test_request_context(), force_locale(tag):
        assert render_template_string("{{ label|colon }} 1", label="Q & A") == expected
