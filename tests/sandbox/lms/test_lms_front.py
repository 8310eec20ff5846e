"""Login, front page and control API of the LMS."""

from __future__ import annotations

import pytest

from sandbox.lms import ACCOUNTS, LmsConfig, ToolRegistration, create_lms, describe_platforms, lms_of
from sandbox.lms.fetch import FetchFailed, fetch

PAGES = [
    "/",
    "/login",
    "/canvas/courses/1",
    "/canvas/courses/1/settings",
    "/canvas/courses/1/content_migrations",
    "/canvas/courses/1/quizzes",
    "/canvas/courses/1/assignments",
    "/canvas/courses/1/assignments/new",
    "/canvas/courses/1/external_tools/1",
    "/canvas/courses/1/external_content/success/external_tool_redirect",
    "/moodle/course/view.php?id=2",
    "/moodle/course/modedit.php?add=lti",
    "/moodle/backup/restorefile.php?contextid=2",
    "/moodle/question/edit.php?courseid=2",
    "/moodle/question/bank/importquestions/import.php?courseid=2",
]


def logged_in(key: str, config: LmsConfig | None = None):
    client = create_lms(config).test_client()
    client.post("/login", data={"account": key})
    return client


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_a_teacher_without_inline_script(path: str) -> None:
    page = logged_in("teacher").get(path)
    assert page.status_code == 200
    assert "<h1>" in page.text
    assert "<script>" not in page.text
    assert "onclick" not in page.text
    assert "Tess Teacher" in page.text


@pytest.mark.parametrize("path", PAGES[2:9])
def test_requires_a_login_and_returns_to_the_page(path: str) -> None:
    client = create_lms().test_client()
    response = client.get(path)
    assert response.status_code == 401
    assert f'value="{path}' in response.text
    assert client.post("/login", data={"account": "teacher", "next": path}).headers["Location"] == path


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_redirects_only_to_its_own_pages_after_login(target: str) -> None:
    answer = create_lms().test_client().post("/login", data={"account": "teacher", "next": target})
    assert answer.headers["Location"] == "/"


def test_rejects_unknown_accounts() -> None:
    assert create_lms().test_client().post("/login", data={"account": "root"}).status_code == 400
    assert [account.teacher for account in ACCOUNTS] == [True, True, False]


def test_logs_out() -> None:
    client = logged_in("teacher")
    client.post("/logout")
    assert client.get("/canvas/courses/1").status_code == 401


def test_has_no_control_api_by_default() -> None:
    client = logged_in("teacher")
    assert client.get("/_state").status_code == 404
    assert client.post("/_control", json={"share_personal_data": False}).status_code == 404


def test_registers_a_tool_with_the_control_api() -> None:
    app = create_lms(LmsConfig(control=True))
    tool = {
        "client_id": "c",
        "deployment_id": "d",
        "initiate_login_uri": "https://tool.example/login",
        "redirect_uris": ["https://tool.example/launch"],
        "target_link_uri": "https://tool.example/launch",
        "jwks_uri": "https://tool.example/jwks",
    }
    assert app.test_client().post("/_control", json={"moodle": tool}).json == {"ok": True}
    registered = lms_of(app).registrations["moodle"]
    assert registered == ToolRegistration(**{**tool, "redirect_uris": ("https://tool.example/launch",)})


def test_draws_a_formula_without_running_it() -> None:
    image = create_lms().test_client().get("/equation_images/%255Cfrac%257B1%257D%253Cscript%253E")
    assert image.headers["Content-Type"] == "image/svg+xml"
    assert r"\frac{1}&lt;script&gt;" in image.text


def test_shows_that_no_tool_is_registered() -> None:
    client = logged_in("teacher")
    for path in ("/canvas/courses/1/external_tools/1/launch", "/moodle/mod/lti/contentitem.php?id=2"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "No tool is registered yet." in answer.text


def test_describes_its_platforms_the_same_in_python_and_over_http() -> None:
    app = create_lms(LmsConfig(base_url="https://lms.example", canvas_issuer="https://canvas.instructure.com"))
    described = describe_platforms("https://lms.example", "https://canvas.instructure.com")
    platforms = app.test_client().get("/platforms.json").json
    assert platforms["canvas"]["issuer"] == described["canvas"].issuer == "https://canvas.instructure.com"
    assert platforms["moodle"]["issuer"] == "https://lms.example/moodle"
    assert platforms["moodle"]["auth_url"] == described["moodle"].auth_url


def test_sends_cookies_into_frames_over_https_only() -> None:
    secure = create_lms(LmsConfig(base_url="https://lms.example"))
    cookie = secure.test_client().post("/login", data={"account": "teacher"}).headers["Set-Cookie"]
    assert "SameSite=None" in cookie
    assert "Secure" in cookie
    plain = create_lms().test_client().post("/login", data={"account": "teacher"}).headers["Set-Cookie"]
    assert "SameSite" not in plain


@pytest.mark.parametrize("url", ["ftp://host/a.zip", "http:///a.zip", "http://[bad/a.zip", "a.zip"])
def test_fetches_only_web_addresses(url: str) -> None:
    with pytest.raises(FetchFailed):
        fetch(url, verify=True, max_bytes=10)
