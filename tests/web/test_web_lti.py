"""Login, launch and public keys over HTTP."""

import pytest

from lti_tool.models import Launch, db

STORAGE = {"lti_storage_target": "_parent"}
IN_FRAME = {"Sec-Fetch-Dest": "iframe"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_login_redirects_to_the_lms_and_sets_a_partitioned_cookie(client, platform, method):
    parameters = {"iss": platform.issuer, "client_id": platform.client_id, "login_hint": "7"}
    place = {"query_string": parameters} if method == "GET" else {"data": parameters}
    response = client.open("/lti/login", method=method, **place)
    assert response.status_code == 302
    assert response.location.startswith("https://lms.example.org/auth?")
    assert "redirect_uri=http%3A%2F%2Ftool.localhost%3A5000%2Flti%2Flaunch" in response.location
    cookie = response.headers["Set-Cookie"]
    for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/lti/", "Max-Age=900"):
        assert part in cookie


def test_a_launch_redirects_to_its_page_and_exchanges_the_cookies(lms, client):
    response = lms.launch()
    assert response.status_code == 303
    assert response.location.startswith("/l/")
    own, login = response.headers.getlist("Set-Cookie")
    for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", f"Path={response.location}", "Max-Age=43200"):
        assert part in own
    assert "Max-Age=0" in login
    assert "Partitioned" in login
    start = client.get(response.location)
    assert start.status_code == 200
    assert "New exam" in start.text
    assert "Biology 101" in start.text


def test_a_launch_works_once(lms, client):
    form = lms.form(lms.login())
    assert client.post("/lti/launch", data=form).status_code == 303
    again = client.post("/lti/launch", data=form)
    assert again.status_code == 400
    assert "lti.launch_used" in again.text
    assert db.session.query(Launch).count() == 1


def test_a_launch_without_the_cookie_is_refused_with_a_message(lms, app):
    form = lms.form(lms.login())
    response = app.test_client().post("/lti/launch", data=form)
    assert response.status_code == 403
    assert "lti.cookie_missing" in response.text


def test_an_unknown_lms_gives_details_for_the_administrator(client):
    response = client.get("/lti/login?iss=https://other.example.edu/x&login_hint=1")
    assert response.status_code == 403
    assert "Details for your administrator" in response.text
    assert "other.example.edu" in response.text
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in response.headers


@pytest.mark.parametrize("issuer", ["", "https://[::1", "javascript:alert(1)", "<script>", "\x00", "é" * 3000])
def test_any_invalid_issuer_gives_an_error_page(client, issuer):
    response = client.post("/lti/login", data={"iss": issuer, "login_hint": "1"})
    assert response.status_code in (400, 403)
    assert "<script>" not in response.text


@pytest.mark.parametrize("form", [{}, {"state": "x"}, {"id_token": "x"}, {"error": "login_required"}])
def test_an_incomplete_launch_gives_an_error_page(client, form):
    response = client.post("/lti/launch", data=form)
    assert 400 <= response.status_code < 500
    assert "lti." in response.text


def test_opening_the_launch_url_directly_shows_instructions(client):
    response = client.get("/lti/launch")
    assert response.status_code == 200
    assert "Open Examplary from your course" in response.text


@pytest.mark.parametrize(
    ("error", "code"),
    [("login_required", "lti.not_signed_in"), ("server_error", "lti.platform_refused"), ("", "lti.platform_refused")],
)
def test_an_error_response_by_redirect_is_handled(client, error, code):
    query = {"error": error, "error_description": "<b>no</b>", "state": "a" * 43}
    response = client.get("/lti/launch", query_string=query)
    assert 400 <= response.status_code < 500
    assert code in response.text
    assert "<b>no</b>" not in response.text


def test_a_launch_in_the_query_string_is_ignored(lms, client):
    form = lms.form(lms.login())
    for query in (form, form | {"error": "login_required"}):
        assert client.get("/lti/launch", query_string=query).status_code in (200, 401)
    assert db.session.query(Launch).count() == 0
    assert client.post("/lti/launch", data=form).status_code == 303


def test_the_advice_to_sign_in_fits_a_dialog_of_the_lms(client):
    """A teacher selecting content is in the LMS's dialog, which can't be moved to another tab."""
    advice = client.post("/lti/launch", data={"error": "login_required"}).text.replace("&#39;", "'")
    assert "Reload your course page" in advice
    assert "allow cookies for your LMS's address" in advice
    assert "open Examplary in a new tab" not in advice


def test_the_public_keys_are_open_to_other_sites(client, signing):
    response = client.get("/lti/jwks.json")
    assert response.json["keys"]
    for key in response.json["keys"]:
        assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
        assert "d" not in key
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=300" in response.headers["Cache-Control"]


class TestPlatformStorage:
    """Platform storage, for frames without cookies."""

    def begin(self, client, platform):
        data = {"iss": platform.issuer, "client_id": platform.client_id, "login_hint": "7"} | STORAGE
        return client.post("/lti/login", data=data, headers=IN_FRAME)

    def test_in_a_frame_the_proof_is_stored_in_the_lms_too(self, client, platform, tree):
        response = self.begin(client, platform)
        assert response.status_code == 200
        form = tree(response).get_element_by_id("save")
        assert form.get("data-target") == "_parent"
        assert form.get("data-origin") == "https://lms.example.org"
        assert f"{form.get('data-key')}={form.get('data-value')};" in response.headers["Set-Cookie"]
        assert form.get("data-next").startswith("https://lms.example.org/auth?")

    def test_outside_a_frame_platform_storage_is_not_used(self, client, platform):
        data = {"iss": platform.issuer, "client_id": platform.client_id, "login_hint": "7"} | STORAGE
        assert client.post("/lti/login", data=data).status_code == 302

    def launch_without_cookie(self, lms, app):
        """Return a browser without the cookie, the launch form, and the proof."""
        form = lms.form(lms.login(**STORAGE))
        state = app.extensions["services"].login_states.read(form["state"])
        cookie = next(iter(lms.client._cookies.values()))
        assert state.storage_target == "_parent"
        return app.test_client(), form, cookie.value

    def test_the_proof_is_read_from_the_lms_and_the_launch_continues(self, lms, app, tree, settings):
        browser, form, proof = self.launch_without_cookie(lms, app)
        lookup = browser.post("/lti/launch", data=form, headers=IN_FRAME)
        assert lookup.status_code == 200
        (again,) = tree(lookup).forms
        fields = dict(again.fields)
        assert {name: fields[name] for name in form} == form
        response = browser.post(
            again.action, data=fields | {"stored_proof": proof}, headers=IN_FRAME | {"Origin": settings.origin}
        )
        assert response.status_code == 303

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
    def test_a_proof_from_another_page_is_ignored(self, lms, app, origin):
        browser, form, proof = self.launch_without_cookie(lms, app)
        headers = {"Origin": origin} if origin else {}
        response = browser.post("/lti/launch", data=form | {"stored_proof": proof}, headers=headers)
        assert response.status_code == 403

    def test_a_missing_proof_is_refused_without_a_loop(self, lms, app, settings):
        browser, form, _ = self.launch_without_cookie(lms, app)
        headers = IN_FRAME | {"Origin": settings.origin}
        response = browser.post("/lti/launch", data=form | {"stored_proof": ""}, headers=headers)
        assert response.status_code == 403
        assert "lti.cookie_missing" in response.text
