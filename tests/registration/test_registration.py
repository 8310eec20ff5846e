"""Dynamic registration: an administrator pastes a link into the LMS (1EdTech lti-dr)."""

import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import redirect, request

from lti_tool import create_app
from lti_tool.lti.protocol.tool_registration import TOOL
from lti_tool.models import Platform, RegistrationLink, db
from lti_tool.services.platform_http import HttpLimits, PlatformHttp
from sandbox.lms.registration import link_parameters
from tests.support.databases import DATABASES

BASE = "http://tool.localhost:5000"


def platforms():
    return list(db.session.query(Platform))


def test_moodle_is_registered_with_its_deployment(open_link, lms):
    response = open_link("moodle")
    assert response.status_code == 200
    assert "Activate" in response.text
    assert "js/registered.js" in response.text
    assert "<script>" not in response.text
    (row,) = platforms()
    assert (row.issuer, row.family, row.active) == (f"{lms.base_url}/moodle", "moodle", True)
    assert row.client_id == lms.registrations["moodle"].client_id
    assert row.authorization_url == f"{lms.base_url}/moodle/mod/lti/auth.php"
    assert [deployment.deployment_id for deployment in row.deployments] == ["2"]
    assert lms.registrations["moodle"].redirect_uris == (f"{BASE}/lti/launch",)


def test_canvas_shows_its_configuration_only_with_the_token(open_link, lms):
    assert open_link("canvas").status_code == 200
    (row,) = platforms()
    assert (row.family, row.name, row.deployments) == ("canvas", "Stand-in University", [])


def test_canvas_is_asked_for_the_import_placement(open_link, scripted_lms):
    registration = {}

    def on_register():
        registration.update(request.get_json())
        return {"client_id": "1"}

    scripted_lms.on_register = on_register
    family = {"https://purl.imsglobal.org/spec/lti-platform-configuration": {"product_family_code": "canvas"}}
    scripted_lms.on_configuration = lambda: scripted_lms.configuration(**family)
    assert open_link(openid_configuration=f"{scripted_lms.base_url}/configuration").status_code == 200
    first, second = registration[TOOL]["messages"]
    assert first["type"] == "LtiDeepLinkingRequest"
    assert first["placements"][0] == "https://canvas.instructure.com/lti/migration_selection"
    assert second["placements"] == ["https://canvas.instructure.com/lti/course_navigation"]
    assert registration[TOOL]["https://canvas.instructure.com/lti/privacy_level"] == "public"
    assert registration["token_endpoint_auth_method"] == "private_key_jwt"


def test_only_supported_messages_and_no_scopes_are_requested(open_link, scripted_lms):
    registration = {}
    scripted_lms.on_register = lambda: registration.update(request.get_json()) or {"client_id": 7}
    scripted_lms.on_configuration = lambda: scripted_lms.configuration(
        scopes_supported=["https://purl.imsglobal.org/spec/lti-ags/scope/score", "other"],
        **{
            "https://purl.imsglobal.org/spec/lti-platform-configuration": {
                "product_family_code": "sakai",
                "messages_supported": [{"type": "LtiDeepLinkingRequest"}],
            }
        },
    )
    assert open_link(openid_configuration=f"{scripted_lms.base_url}/configuration").status_code == 200
    assert [message["type"] for message in registration[TOOL]["messages"]] == ["LtiDeepLinkingRequest"]
    assert registration["scope"] == ""
    (row,) = platforms()
    assert row.client_id == "7"


def test_a_link_works_once(app, open_link, invite):
    path = invite()
    assert open_link(path=path).status_code == 200
    response = open_link(path=path)
    assert response.status_code == 410
    assert "registration.link_used" in response.text
    assert len(platforms()) == 1


class TestAtOnce:
    """On every database."""

    @pytest.fixture(params=DATABASES)
    def database_url(self, request, empty_database):
        return empty_database(request.param)

    @pytest.fixture(autouse=True)
    def _long_limits(self, monkeypatch):
        """On a busy machine, the second request may take longer than the first waits for the LMS."""
        limits = HttpLimits(seconds=60)
        monkeypatch.setattr("lti_tool.services.build.PlatformHttp", lambda rules, _=None: PlatformHttp(rules, limits))

    def test_two_at_once_register_once(self, app, scripted_lms, invite):
        reached, go_on = threading.Event(), threading.Event()
        ordinary = scripted_lms.on_register

        def slowly():
            reached.set()
            assert go_on.wait(60)
            return ordinary()

        scripted_lms.on_register = slowly
        path = invite()
        params = {"openid_configuration": f"{scripted_lms.base_url}/configuration"}

        def open_it():
            with app.app_context():
                return app.test_client().get(path, query_string=params).status_code

        with ThreadPoolExecutor() as pool:
            first = pool.submit(open_it)
            assert reached.wait(60)
            second = pool.submit(open_it).result()
            go_on.set()
            assert (first.result(), second) == (200, 409)
        assert scripted_lms.registered == 1

    def test_ten_at_once_register_once(self, app, scripted_lms, invite):
        path, barrier = invite(), threading.Barrier(10, timeout=60)
        params = {"openid_configuration": f"{scripted_lms.base_url}/configuration"}

        def open_it(_):
            with app.app_context():
                barrier.wait()
                return app.test_client().get(path, query_string=params).status_code

        with ThreadPoolExecutor(10) as pool:
            statuses = list(pool.map(open_it, range(10)))
        assert statuses.count(200) == 1
        # The others arrive while the link is in use, or afterwards.
        assert set(statuses) <= {200, 409, 410}
        assert scripted_lms.registered == len(platforms()) == 1


def test_the_link_outlives_a_failing_lms(open_link, scripted_lms, invite):
    path, ordinary = invite(), scripted_lms.on_register
    scripted_lms.on_register = lambda: ({"error": "token_already_used"}, 400)
    failed = open_link(path=path, openid_configuration=f"{scripted_lms.base_url}/configuration")
    assert failed.status_code == 422
    assert "token_already_used" in failed.text
    assert "registration.refused" in failed.text
    assert "frame-ancestors *" in failed.headers["Content-Security-Policy"]
    scripted_lms.on_register = ordinary
    assert open_link(path=path, openid_configuration=f"{scripted_lms.base_url}/configuration").status_code == 200


def test_a_lease_of_a_dead_process_ends(open_link, invite, services):
    path = invite()
    row = db.session.query(RegistrationLink).one()
    row.taken_at = row.created_at - timedelta(minutes=3)
    db.session.commit()
    assert open_link(path=path).status_code == 200


def test_a_link_expires(open_link, invite):
    response = open_link(path=invite(lifetime=timedelta(seconds=-1)))
    assert response.status_code == 410
    assert "registration.link_expired" in response.text


@pytest.mark.parametrize("token", ["x", "x" * 43, "ü" * 43, "%00" * 43, "a" * 5000])
def test_an_unknown_link(app, token):
    response = app.test_client().get(f"/register/{token}", query_string={"openid_configuration": "https://a.example"})
    assert response.status_code == 404


def test_opening_the_link_by_hand_explains_it_without_using_it(app, invite, open_link):
    path = invite()
    assert "Add LTI Advantage" in app.test_client().get(path).text
    assert app.test_client().head(path, query_string={"openid_configuration": "https://lms.example"}).status_code == 200
    assert open_link(path=path).status_code == 200


def test_an_inactive_registration_refuses_launches(app, open_link, invite):
    assert "activate the registration" in open_link(path=invite(waits=True)).text
    (row,) = platforms()
    login = {"iss": row.issuer, "client_id": row.client_id, "login_hint": "1"}
    assert app.test_client().get("/lti/login", query_string=login).status_code == 403


def test_the_secret_is_not_stored(services):
    link = services.registration.invite()
    row = db.session.query(RegistrationLink).one()
    assert link.rsplit("/", 1)[-1] not in str(vars(row))


REFUSED = {
    "html": (lambda lms: "<html>Log in</html>", "configuration_unreadable"),
    "list": (lambda lms: "[1]", "configuration_unreadable"),
    "deep": (lambda lms: "[" * 100_000, "configuration_unreadable"),
    "ten megabytes": (lambda lms: "x" * 10_000_000, "lms_answer_too_large"),
    "away": (lambda lms: ("no", 500), "lms_unreachable"),
    "redirect inside": (lambda lms: redirect("http://127.0.0.1:9/secret"), "redirected"),
    "redirect to metadata": (lambda lms: redirect("http://169.254.169.254/latest"), "redirected"),
    "redirect to a file": (lambda lms: redirect("file:///etc/passwd"), "address_refused"),
    "redirect in circles": (lambda lms: redirect("/configuration"), "redirected"),
    "other issuer": (
        lambda lms: lms.configuration(issuer="https://canvas.instructure.com"),
        "issuer_foreign",
    ),
    "no issuer": (lambda lms: lms.configuration(issuer=None), "configuration_unreadable"),
    "issuer of a wrong type": (lambda lms: lms.configuration(issuer=[1]), "configuration_unreadable"),
    "foreign keys": (lambda lms: lms.configuration(jwks_uri="https://evil.example/jwks"), "foreign_host"),
    "foreign registration": (
        lambda lms: lms.configuration(registration_endpoint="https://evil.example/"),
        "foreign_host",
    ),
    "lookalike": (
        lambda lms: lms.configuration(jwks_uri="http://evilscripted.localhost/jwks"),
        "foreign_host",
    ),
    "keys on another port": (
        lambda lms: lms.configuration(jwks_uri="http://scripted.localhost:1/jwks"),
        "foreign_host",
    ),
    "keys below the host": (
        lambda lms: lms.configuration(jwks_uri=f"{lms.base_url.replace('scripted', 'keys.scripted')}/jwks"),
        "foreign_host",
    ),
    "issuer on another port": (lambda lms: lms.configuration(issuer="http://scripted.localhost:1"), "issuer_foreign"),
    "issuer above the host": (
        lambda lms: lms.configuration(issuer=lms.base_url.replace("scripted.localhost", "localhost")),
        "issuer_foreign",
    ),
    "script": (
        lambda lms: lms.configuration(authorization_endpoint="javascript:alert(1)"),
        "address_refused",
    ),
    "password": (
        lambda lms: lms.configuration(jwks_uri="http://a:b@scripted.localhost/jwks"),
        "address_refused",
    ),
    "endless": (
        lambda lms: lms.configuration(jwks_uri=f"{lms.base_url}/{'x' * 1100}"),
        "address_refused",
    ),
    "no keys": (lambda lms: lms.configuration(jwks_uri=None), "configuration_unreadable"),
    "lti of a wrong type": (
        lambda lms: lms.configuration(**{"https://purl.imsglobal.org/spec/lti-platform-configuration": "x"}),
        "configuration_unreadable",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_configurations_that_are_refused(open_link, scripted_lms, case, invite):
    make, code = REFUSED[case]
    scripted_lms.on_configuration = lambda: make(scripted_lms)
    path = invite()
    response = open_link(path=path, openid_configuration=f"{scripted_lms.base_url}/configuration")
    assert response.status_code == 422
    assert f"registration.{code}" in response.text
    assert not platforms()
    assert open_link(path=path).status_code == 200


ANSWERS = {
    "html": ("<html>", "answer_unreadable"),
    "no client": ({}, "answer_unreadable"),
    "a client of a wrong type": ({"client_id": {"a": 1}}, "answer_unreadable"),
    "a client without end": ({"client_id": "x" * 300}, "answer_unreadable"),
    "a redirect": (None, "redirected"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_answers_that_are_refused(open_link, scripted_lms, case):
    body, code = ANSWERS[case]
    scripted_lms.on_register = lambda: redirect("http://127.0.0.1:9/") if body is None else body
    response = open_link(openid_configuration=f"{scripted_lms.base_url}/configuration")
    assert response.status_code == 422
    assert f"registration.{code}" in response.text
    assert not platforms()


def test_the_reason_of_a_refusal_is_shown_as_text(open_link, scripted_lms):
    scripted_lms.on_register = lambda: (json.dumps({"error": "<script>alert(1)</script>"}), 400)
    page = open_link(openid_configuration=f"{scripted_lms.base_url}/configuration").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


REASONS = {
    "list of objects": {"errors": [{"field": "scopes", "message": "The scope X is not allowed"}]},
    "list of texts": {"errors": ["The scope X is not allowed"]},
    "by field": {"errors": {"scopes": [{"message": "The scope X is not allowed."}]}},
    "by field, as texts": {"errors": {"scopes": ["The scope X is not allowed"]}},
    "oauth": {"error": "invalid_client_metadata", "error_description": "The scope X is not allowed"},
    "a text": "The scope X is not allowed",
}


@pytest.mark.parametrize("case", REASONS)
def test_the_lmss_own_words_are_shown(open_link, scripted_lms, case):
    scripted_lms.on_register = lambda: (json.dumps(REASONS[case]), 422)
    page = open_link(openid_configuration=f"{scripted_lms.base_url}/configuration").text
    assert "Your LMS refused the registration: The scope X is not allowed." in page


def test_several_errors_are_shown_together(open_link, scripted_lms):
    scripted_lms.on_register = lambda: ({"errors": [{"message": "First"}, {"message": "Second"}]}, 422)
    assert "First; Second" in open_link(openid_configuration=f"{scripted_lms.base_url}/configuration").text


@pytest.mark.parametrize(
    "body", ["{}", "[]", "5", '{"errors": []}', '{"errors": [[[[[[["x"]]]]]]]}', "[" * 900 + "]" * 900]
)
def test_an_error_without_words_is_shown_by_its_status(open_link, scripted_lms, body):
    scripted_lms.on_register = lambda: (body, 422)
    page = open_link(openid_configuration=f"{scripted_lms.base_url}/configuration").text
    assert "Your LMS refused the registration: HTTP 422." in page


def test_a_slow_lms_times_out(open_link, scripted_lms, services, monkeypatch):
    from lti_tool.services.platform_http import HttpLimits

    assert HttpLimits().seconds <= 15, "an answer after a minute finds nobody waiting"
    monkeypatch.setattr(services.registration._http, "_limits", HttpLimits(seconds=0.5))
    scripted_lms.on_configuration = lambda: time.sleep(60) or "late"
    began = time.monotonic()
    response = open_link(openid_configuration=f"{scripted_lms.base_url}/configuration")
    assert time.monotonic() - began < 30
    assert "registration.lms_slow" in response.text


def test_a_host_allowed_by_the_link_may_serve_the_configuration(open_link, scripted_lms, invite):
    scripted_lms.on_configuration = lambda: scripted_lms.configuration(issuer="http://sakai.localhost")
    path = invite(hosts=[scripted_lms.base_url])
    assert open_link(path=path, openid_configuration=f"{scripted_lms.base_url}/configuration").status_code == 200
    (row,) = platforms()
    assert row.frame_hosts == [scripted_lms.base_url]


def test_the_registration_token_is_in_no_log(open_link, lms, capsys):
    params = link_parameters(lms, "moodle")
    open_link(**params)
    output = capsys.readouterr()
    assert params["registration_token"] not in output.out + output.err


def test_canvas_can_fetch_the_configuration(app):
    response = app.test_client().get("/lti/canvas.json")
    described = response.get_json()
    placements = described["extensions"][0]["settings"]["placements"]
    assert [(placement["placement"], placement["message_type"]) for placement in placements] == [
        ("migration_selection", "LtiDeepLinkingRequest"),
        ("assignment_selection", "LtiDeepLinkingRequest"),
        ("module_menu_modal", "LtiDeepLinkingRequest"),
        ("module_index_menu_modal", "LtiDeepLinkingRequest"),
        ("course_navigation", "LtiResourceLinkRequest"),
    ]
    assert described["oidc_initiation_url"] == f"{BASE}/lti/login"
    assert described["public_jwk_url"] == f"{BASE}/lti/jwks.json"
    assert described["extensions"][0]["privacy_level"] == "public"
    assert described["custom_fields"] == {
        "examplary_course_history": "$Context.id.history",
        "canvas_api_base_url": "$Canvas.api.baseUrl",
        "canvas_api_domain": "$Canvas.api.domain",
        "canvas_course_id": "$Canvas.course.id",
        "canvas_user_id": "$Canvas.user.id",
        "canvas_resource_type": "$com.instructure.Course.canvas_resource_type",
        "canvas_resource_id": "$com.instructure.Course.canvas_resource_id",
    }
    assert "/lti/canvas.json" in app.test_client().get("/").text


def test_the_tool_registers_below_its_path(settings, app, lms):
    below = create_app(settings.model_copy(update={"base_url": "http://tool.localhost:5000/examplary"}))
    with below.app_context():
        link = below.extensions["services"].registration.invite()
    assert link.startswith("http://tool.localhost:5000/examplary/register/")
    opened = below.test_client().get(urlsplit(link).path, query_string=link_parameters(lms, "moodle"))
    assert opened.status_code == 200
    registered = lms.registrations["moodle"]
    assert registered.redirect_uris == ("http://tool.localhost:5000/examplary/lti/launch",)
    assert registered.initiate_login_uri == "http://tool.localhost:5000/examplary/lti/login"
    assert registered.jwks_uri == "http://tool.localhost:5000/examplary/lti/jwks.json"


def test_other_sites_can_embed_the_icon(app):
    response = app.test_client().get("/lti/icon.svg")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert b"<svg" in response.data
    response.close()


def test_the_operator_creates_a_link_and_activates_the_platform(app, settings, monkeypatch):
    from click.testing import CliRunner

    from lti_tool.cli import app_context as registrations
    from lti_tool.cli import platforms as command

    monkeypatch.setattr(registrations, "read_settings", lambda: settings)
    run = CliRunner().invoke(command.platforms, ["invite", "--name", "LabU", "--wait"])
    assert run.stdout.startswith(f"{BASE}/register/")
    row = db.session.query(RegistrationLink).one()
    assert (row.name, row.waits) == ("LabU", True)
    db.session.add(
        Platform(issuer="https://a.example", client_id="1", authorization_url="a", jwks_url="b", active=False)
    )
    db.session.commit()
    chosen = ["--issuer", "https://a.example", "--client-id", "1"]
    assert CliRunner().invoke(command.platforms, ["on", *chosen, "--deployment-id", "9"]).exit_code == 0
    assert "waiting for the first launch" in CliRunner().invoke(command.platforms, ["list"]).stdout
    assert CliRunner().invoke(command.platforms, ["on", "--issuer", "x", "--client-id", "1"]).exit_code == 1


def test_the_documentation_lists_the_custom_fields_for_canvas(app):
    fields = app.test_client().get("/lti/canvas.json").get_json()["custom_fields"]
    page = (Path(__file__).parents[2] / "docs" / "canvas.md").read_text()
    listed = re.search(r"```\n((?:\w+=\$[\w.]+\n)+)```", page)[1]
    assert dict(line.split("=") for line in listed.split()) == fields
