"""``platforms check`` reports what works, and what doesn't with advice."""

import time
from datetime import timedelta
from email.utils import format_datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from flask import Flask, jsonify, request
from jwt.algorithms import RSAAlgorithm

from lti_tool.lms.canvas.scopes import READ_FEATURES
from lti_tool.lti.protocol.tool_registration import ToolAddresses
from lti_tool.models import Deployment, Launch, LmsApiKey, LmsUser, Platform, db, now
from lti_tool.services.platform_http import HttpLimits, PlatformHttp, open_rules
from lti_tool.services.platforms.check import PlatformCheck
from lti_tool.services.platforms.check_results import CheckStatus
from sandbox.serve import serve

PLUGIN_SCOPE = "https://purl.examplary.ai/lti/moodle/scope/quizzes"


pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def lms_key():
    return generate_private_key(public_exponent=65537, key_size=2048)


class CheckedLms:
    """An LMS with everything that is checked, working until a test breaks it."""

    def __init__(self, key, tool_jwks):
        self.app = Flask("checked_lms")
        self.base_url = ""
        self.tool_jwks = tool_jwks
        self.jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "1", "alg": "RS256", "use": "sig"}
        self.responses = {
            "keys": lambda: jsonify(keys=[self.jwk]),
            "auth": lambda: ("missing parameters", 400),
            "token": self.token,
            "configuration": lambda: jsonify(self.configuration()),
            "tool": lambda: jsonify(self.tool_jwks),
        }
        self.responses["readyz"] = lambda: jsonify(checks={"proxies": {"state": "ok"}})
        self.offset = None
        self.app.add_url_rule("/<name>", "any", lambda name: self.responses[name](), methods=["GET", "POST"])
        self.app.add_url_rule("/lti/jwks.json", "tool", lambda: self.responses["tool"]())  # noqa: PLW0108 -- tests replace it
        self.app.after_request(self._dated)

    def _dated(self, response):
        if self.offset is not None:
            response.headers["Date"] = format_datetime(now() + self.offset, usegmt=True)
        return response

    def token(self):
        """Grant a token as an LMS does: the assertion must be signed by a key of the tool."""
        keys = {key["kid"]: jwt.PyJWK(key) for key in self.tool_jwks["keys"]}
        assertion = request.form["client_assertion"]
        key = keys[jwt.get_unverified_header(assertion)["kid"]]
        claims = jwt.decode(assertion, key.key, algorithms=["RS256"], audience=f"{self.base_url}/token")
        if claims["iss"] != "client-1":
            return jsonify(error="invalid_client", error_description="who?"), 400
        return jsonify(access_token="t", expires_in=3600)

    def configuration(self, **changes):
        return {
            "issuer": self.base_url,
            "authorization_endpoint": f"{self.base_url}/auth",
            "jwks_uri": f"{self.base_url}/keys",
            "token_endpoint": f"{self.base_url}/token",
            "registration_endpoint": f"{self.base_url}/register",
        } | changes


@pytest.fixture
def lms(app, services, lms_key):
    lms = CheckedLms(lms_key, services.tool_keys.jwks())
    with serve(lms.app, "an-lms.localhost") as server:
        lms.base_url = server.base_url
        yield lms


@pytest.fixture
def row(lms):
    platform = Platform(
        issuer=lms.base_url,
        client_id="client-1",
        authorization_url=f"{lms.base_url}/auth",
        jwks_url=f"{lms.base_url}/keys",
        token_url=f"{lms.base_url}/token",
        configuration_url=f"{lms.base_url}/configuration",
        deployments=[Deployment(deployment_id="1")],
        launched_at=now(),
    )
    db.session.add(platform)
    db.session.commit()
    return platform


@pytest.fixture
def time_limit():
    """Time limit of a request; a busy machine is slow."""
    return 20.0


@pytest.fixture
def check(services, lms, time_limit):
    return PlatformCheck(
        PlatformHttp(open_rules, HttpLimits(seconds=time_limit)),
        tool=ToolAddresses(lms.base_url),
        keys=services.tool_keys,
        vault=services.vault,
        scopes=["https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"],
    )


def result_of(results, name):
    """Return status, sentence and advice of one result."""
    (result,) = [result for result in results if result.name == name]
    return result.status, result.plain(), result.advice % result.facts


def test_no_token_is_requested_without_a_scope(services, row, lms):
    lms.responses["token"] = lambda: ("", 500)
    assert "Not needed" in result_of(services.platform_check.check_all(row), "Access token")[1]


def test_a_working_registration_passes_all_checks(check, row):
    results = check.check_all(row)
    assert [result.name for result in results] == [
        "LMS keys",
        "Login address",
        "Clock",
        "Configuration",
        "Access token",
    ]
    results += [check.check_tool_address(), check.check_proxies()]
    assert {result.status for result in results} == {CheckStatus.FINE}
    assert not any(result.advice for result in results)


@pytest.mark.parametrize(
    ("answer", "sentence", "advice"),
    [
        (lambda: ("<html>Log in</html>", 200), "doesn't return a key set", "public keyset URL"),
        (lambda: ("", 404), "can't be reached. It didn't respond as expected.", "firewall"),
        (lambda: jsonify(keys=[]), "(0 in total)", "2048 bits"),
        (lambda: jsonify(keys=[{"kty": "EC", "kid": "1"}, {"kty": "RSA"}]), "(2 in total)", "key ID (kid)"),
    ],
)
def test_unusable_keys_are_reported(check, row, lms, answer, sentence, advice):
    lms.responses["keys"] = answer
    verdict, sentence_shown, advice_shown = result_of(check.check_all(row), "LMS keys")
    assert verdict is CheckStatus.WRONG
    assert sentence in sentence_shown
    assert advice in advice_shown


def test_an_unreachable_lms_is_reported(check, row):
    row.jwks_url = row.authorization_url = row.token_url = "http://127.0.0.1:9/x"
    results = check.check_all(row)
    for name in ("LMS keys", "Login address", "Access token"):
        assert result_of(results, name)[:2] == (
            CheckStatus.WRONG,
            "http://127.0.0.1:9/x can't be reached. There is no connection.",
        )


@pytest.mark.parametrize("time_limit", [1.0])
def test_an_lms_that_does_not_respond_is_reported(check, row, lms):
    lms.responses["auth"] = lambda: time.sleep(3) or ""
    assert "It didn't respond in time." in result_of(check.check_all(row), "Login address")[1]


@pytest.mark.parametrize(
    ("status", "verdict"), [(404, CheckStatus.WRONG), (500, CheckStatus.WRONG), (403, CheckStatus.FINE)]
)
def test_a_missing_login_address_is_reported(check, row, lms, status, verdict):
    lms.responses["auth"] = lambda: ("", status)
    assert result_of(check.check_all(row), "Login address")[0] is verdict


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(3, CheckStatus.FINE), (-30, CheckStatus.NOTE), (90, CheckStatus.WRONG), (-3600, CheckStatus.WRONG)],
)
def test_differing_clocks_are_reported(check, row, lms, seconds, verdict):

    lms.offset = timedelta(seconds=seconds)
    status, sentence, advice = result_of(check.check_all(row), "Clock")
    assert status is verdict
    assert ("agree" if verdict is CheckStatus.FINE else "differ by") in sentence
    assert ("NTP" in advice) == (verdict is not CheckStatus.FINE)


def test_the_lmss_configuration_is_compared(check, row, lms):
    changes = {"jwks_uri": f"{lms.base_url}/other", "token_endpoint": f"{lms.base_url}/tokens"}
    lms.responses["configuration"] = lambda: jsonify(lms.configuration(**changes))
    results = [result for result in check.check_all(row) if result.name == "Configuration"]
    assert [result.status for result in results] == [CheckStatus.WRONG] * 2
    assert f"--jwks-url {lms.base_url}/other" in results[0].advice % results[0].facts


def test_another_issuer_is_reported(check, row, lms):
    lms.responses["configuration"] = lambda: jsonify(lms.configuration(issuer=f"{lms.base_url}/moodle"))
    verdict, sentence, advice = result_of(check.check_all(row), "Configuration")
    assert verdict is CheckStatus.WRONG
    assert f"identifies itself as {lms.base_url}/moodle" in sentence
    assert "match exactly" in advice


@pytest.mark.parametrize("answer", [lambda: ("", 401), lambda: ("<html>", 200), lambda: jsonify([1])])
def test_a_private_configuration_is_fine(check, row, lms, answer):
    lms.responses["configuration"] = answer
    assert all(result.status is CheckStatus.FINE for result in check.check_all(row))


@pytest.mark.parametrize(
    ("code", "verdict", "part"),
    [
        ("invalid_client", CheckStatus.WRONG, "Compare the client ID."),
        ("invalid_scope", CheckStatus.NOTE, "grant the services"),
        ("<script>", CheckStatus.WRONG, "Compare the client ID."),
    ],
)
def test_a_denied_token_is_reported_with_its_reason(check, row, lms, code, verdict, part):
    lms.responses["token"] = lambda: (jsonify(error=code, error_description="secret things"), 400)
    status, sentence, advice = result_of(check.check_all(row), "Access token")
    assert status is verdict
    assert part in advice
    assert "secret" not in sentence
    assert "script" not in sentence


def test_another_client_gets_no_token(check, row):
    row.client_id = "client-2"
    assert "(invalid_client)" in result_of(check.check_all(row), "Access token")[1]


def test_a_missing_token_url_is_a_note(check, row):
    row.token_url = ""
    assert result_of(check.check_all(row), "Access token")[0] is CheckStatus.NOTE


def test_an_inactive_or_unused_registration_is_reported(check, row):
    row.active = False
    row.launched_at = None
    verdicts = [(result.status, result.sentence) for result in check.check_all(row) if result.name == "Usage"]
    assert [verdict for verdict, _ in verdicts] == [CheckStatus.WRONG, CheckStatus.NOTE]


@pytest.mark.parametrize(
    ("answer", "status", "part"),
    [
        (lambda: jsonify(checks={"proxies": {"state": "degraded"}}), CheckStatus.WRONG, "doesn't trust it"),
        (lambda: (jsonify(checks={"proxies": {"state": "degraded"}}), 503), CheckStatus.WRONG, "doesn't trust it"),
        (lambda: jsonify(checks={"proxies": {"state": "ok"}}), CheckStatus.FINE, "sees the addresses"),
        (lambda: jsonify(checks=[]), CheckStatus.FINE, "Unknown"),
        (lambda: "<html>", CheckStatus.FINE, "Unknown"),
        (lambda: ("", 404), CheckStatus.FINE, "Unknown"),
    ],
)
def test_an_untrusted_proxy_is_reported(check, lms, answer, status, part):
    lms.responses["readyz"] = answer
    result = check.check_proxies()
    assert (result.status, part in result.plain()) == (status, True)


def test_another_service_at_our_own_address_is_reported(check, lms):
    lms.responses["tool"] = lambda: jsonify(keys=[{"kid": "of somebody else"}])
    result = check.check_tool_address()
    assert result.status is CheckStatus.WRONG
    assert "LTI_TOOL_BASE_URL" in result.advice


class TestCommand:
    @pytest.fixture
    def run(self, settings, monkeypatch, services):
        from click.testing import CliRunner

        from lti_tool.cli import app_context, main

        monkeypatch.setattr(app_context, "read_settings", lambda: settings)
        return lambda *arguments: CliRunner().invoke(main, ["platforms", *arguments])

    def test_the_exit_status_is_one_when_something_is_wrong(self, run, row):
        done = run("check", "--issuer", row.issuer)
        # The tool does not run at its own address here.
        assert done.exit_code == 1
        assert "✗ This tool's address" in done.output
        assert "✓ LMS keys" in done.output
        assert "→" in done.output

    def test_an_unknown_registration_is_reported(self, run):
        assert run("check", "--issuer", "https://nobody.example").exit_code == 1

    def test_a_registration_is_edited_shown_and_removed(self, run, row):
        chosen = ["--issuer", row.issuer, "--client-id", "client-1"]
        changed = run(
            "edit", *chosen, "--name", "LabU", "--token-url", "", "--deployment-id", "2", "--forget-deployment", "1"
        )
        assert changed.exit_code == 0, changed.output
        output = run("show", *chosen).output
        assert "name: LabU" in output
        assert "token url: -" in output
        assert "deployments: 2" in output
        assert run("edit", *chosen).exit_code == 2
        assert "registration.value_wrong" in run("edit", *chosen, "--jwks-url", "http://x.example").output
        assert run("remove", *chosen, "--yes").exit_code == 0
        assert "registration.not_found" in run("show", *chosen).output


@pytest.mark.parametrize(
    ("family", "scopes", "status", "sentence"),
    [
        ("moodle", ["openid", PLUGIN_SCOPE], CheckStatus.FINE, "has the plugin that makes quizzes"),
        ("moodle", ["openid"], CheckStatus.NOTE, "doesn't have the plugin"),
        ("moodle", None, None, ""),
        ("sakai", ["openid"], None, ""),
    ],
)
def test_whether_moodles_plugin_is_there_is_read_from_the_configuration(
    check, row, lms, family, scopes, status, sentence
):
    row.family = family
    known = {} if scopes is None else {"scopes_supported": scopes}
    lms.responses["configuration"] = lambda: jsonify(lms.configuration(**known))
    results = [result for result in check.check_all(row) if result.name == "Plugin in the LMS"]
    if status is None:
        assert results == []
        return
    (result,) = results
    assert result.status is status
    assert sentence in result.plain()
    assert bool(result.advice) is (status is CheckStatus.NOTE)


@pytest.fixture
def canvas_launch(row):
    """Store a launch as an instructor, with or without what the direct import needs."""

    def store(grant, minutes_ago, **changes):
        row.family = "canvas"
        person = LmsUser(platform_id=row.id, sub=f"{minutes_ago}")
        db.session.add(person)
        db.session.flush()
        values = {"role": "instructor", "context_id": "course", "message_type": "LtiResourceLinkRequest"} | changes
        moment = now() - timedelta(minutes=minutes_ago)
        db.session.add(
            Launch(
                platform_id=row.id,
                lms_user_id=person.id,
                deployment_id="1",
                family="canvas",
                import_grant_encrypted=grant,
                created_at=moment,
                expires_at=moment,
                **values,
            )
        )
        db.session.commit()

    return store


def test_missing_custom_fields_of_an_earlier_registration_are_listed(check, row, canvas_launch):
    canvas_launch("secret", 20)
    canvas_launch(None, 10)
    status, sentence, advice = result_of(check.check_all(row), "Custom fields")
    assert status is CheckStatus.NOTE
    assert "doesn't name course and teacher" in sentence
    assert "canvas_course_id=$Canvas.course.id" in advice
    assert "canvas_api_base_url=$Canvas.api.baseUrl" in advice


def test_launches_that_name_the_course_are_fine(check, row, canvas_launch):
    canvas_launch(None, 20)
    canvas_launch("secret", 10)
    canvas_launch(None, 5, role="learner")
    canvas_launch(None, 4, context_id="")
    canvas_launch(None, 3, tab_of="another")
    assert result_of(check.check_all(row), "Custom fields")[0] is CheckStatus.FINE


def test_before_the_first_launch_the_direct_import_is_not_checked(check, row, canvas_launch):
    canvas_launch(None, 5, role="learner")
    assert not [result for result in check.check_all(row) if result.name == "Custom fields"]


def test_a_key_without_the_scope_to_read_features_is_reported(check, row, canvas_launch):
    row.family = "canvas"
    row.quiz_kind = "new"
    key = LmsApiKey(platform_id=row.id, family="canvas", base_url="https://school.example.org", client_id="1")
    key.secret_encrypted = "secret"
    key.transfer = "upload"
    db.session.add(key)
    db.session.commit()
    status, _, advice = result_of(check.check_all(row), "Kind of quiz for direct import")
    assert (status, READ_FEATURES in advice) == (CheckStatus.WRONG, True)
    key.optional_scopes = [READ_FEATURES]
    db.session.commit()
    assert not [result for result in check.check_all(row) if result.name == "Kind of quiz for direct import"]
