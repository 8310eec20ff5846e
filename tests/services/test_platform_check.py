"""``platforms check``: what works is green, and what does not is told with the way to mend it."""

from email.utils import format_datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from flask import Flask, jsonify, request
from jwt.algorithms import RSAAlgorithm

from lti_tool.lti.protocol.tool_registration import ToolAddresses
from lti_tool.models import Deployment, Platform, db, now
from lti_tool.services.platforms.check import PlatformCheck
from lti_tool.services.platforms.check_results import CheckStatus
from lti_tool.services.platforms.platform_http import HttpLimits, PlatformHttp, open_rules
from sandbox.serve import serve


@pytest.fixture
def database_url(tmp_path):
    """What is asked here is an LMS; one database is enough."""
    return f"sqlite:///{tmp_path / 'tool.sqlite3'}"


@pytest.fixture(scope="module")
def lms_key():
    return generate_private_key(public_exponent=65537, key_size=2048)


class AnLms:
    """Everything that a check asks, in good order until a test spoils it."""

    def __init__(self, key, tool_jwks):
        self.app, self.base_url, self.tool_jwks = Flask("an_lms"), "", tool_jwks
        self.jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "1", "alg": "RS256", "use": "sig"}
        self.answers = {
            "keys": lambda: jsonify(keys=[self.jwk]),
            "auth": lambda: ("missing parameters", 400),
            "token": self.token,
            "configuration": lambda: jsonify(self.configuration()),
            "tool": lambda: jsonify(self.tool_jwks),
        }
        self.offset = None
        self.app.add_url_rule("/<name>", "any", lambda name: self.answers[name](), methods=["GET", "POST"])
        self.app.add_url_rule("/lti/jwks.json", "tool", lambda: self.answers["tool"]())  # noqa: PLW0108 -- tests replace it
        self.app.after_request(self._dated)

    def _dated(self, response):
        if self.offset is not None:
            response.headers["Date"] = format_datetime(now() + self.offset, usegmt=True)
        return response

    def token(self):
        """As an LMS does it: the assertion must be signed by a key of the tool."""
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
    found = AnLms(lms_key, services.tool_keys.jwks())
    with serve(found.app, "an-lms.localhost") as server:
        found.base_url = server.base_url
        yield found


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
    )
    db.session.add(platform)
    db.session.commit()
    return platform


@pytest.fixture
def advance(services, lms):
    return PlatformCheck(
        PlatformHttp(open_rules, HttpLimits(seconds=1.0)),
        tool=ToolAddresses(lms.base_url),
        keys=services.tool_keys,
        vault=services.vault,
    )


def told(findings, what):
    """Return verdict, sentence and advice of one finding."""
    (found,) = [each for each in findings if each.what == what]
    return found.verdict, found.plain(), found.advice % found.facts


def test_a_registration_in_good_order_is_green(look, row):
    findings = look.all(row)
    assert [each.what for each in findings] == [
        "LMS keys",
        "Login address",
        "Clock",
        "Configuration",
        "Access token",
    ]
    assert {each.verdict for each in [*findings, look.check_tool_address()]} == {CheckStatus.FINE}
    assert not any(each.advice for each in findings)


@pytest.mark.parametrize(
    ("answer", "sentence", "advice"),
    [
        (lambda: ("<html>Log in</html>", 200), "doesn't return a key set", "public keyset URL"),
        (lambda: ("", 404), "can't be reached. It didn't respond as expected.", "firewall"),
        (lambda: jsonify(keys=[]), "none that can be used: 0", "2048 bits"),
        (lambda: jsonify(keys=[{"kty": "EC", "kid": "1"}, {"kty": "RSA", "n": "x"}]), "be used: 2", "key ID (kid)"),
    ],
)
def test_keys_that_no_launch_could_use_are_told(look, row, lms, answer, sentence, advice):
    lms.answers["keys"] = answer
    verdict, said, mend = told(look.all(row), "LMS keys")
    assert verdict is CheckStatus.WRONG
    assert sentence in said
    assert advice in mend


def test_an_lms_that_is_away_is_told(look, row):
    row.jwks_url = row.authorization_url = row.token_url = "http://127.0.0.1:9/x"
    findings = look.all(row)
    for what in ("LMS keys", "Login address", "Access token"):
        assert told(findings, what)[:2] == (
            CheckStatus.WRONG,
            "http://127.0.0.1:9/x can't be reached. There is no connection.",
        )


def test_an_lms_that_is_silent_is_told(look, row, lms):
    lms.answers["auth"] = lambda: __import__("time").sleep(3) or ""
    assert "It didn't respond in time." in told(look.all(row), "Login address")[1]


@pytest.mark.parametrize(
    ("status", "verdict"), [(404, CheckStatus.WRONG), (500, CheckStatus.WRONG), (403, CheckStatus.FINE)]
)
def test_a_login_address_that_is_not_there_is_told(look, row, lms, status, verdict):
    lms.answers["auth"] = lambda: ("", status)
    assert told(look.all(row), "Login address")[0] is verdict


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(3, CheckStatus.FINE), (-30, CheckStatus.NOTE), (90, CheckStatus.WRONG), (-3600, CheckStatus.WRONG)],
)
def test_clocks_that_differ_are_told(look, row, lms, seconds, verdict):
    from datetime import timedelta

    lms.offset = timedelta(seconds=seconds)
    found, sentence, advice = told(look.all(row), "Clock")
    assert found is verdict
    assert ("agree" if verdict is CheckStatus.FINE else "differ by") in sentence
    assert ("NTP" in advice) == (verdict is not CheckStatus.FINE)


def test_what_the_lms_says_of_itself_is_compared(look, row, lms):
    changes = {"jwks_uri": f"{lms.base_url}/other", "token_endpoint": f"{lms.base_url}/tokens"}
    lms.answers["configuration"] = lambda: jsonify(lms.configuration(**changes))
    findings = [each for each in look.all(row) if each.what == "Configuration"]
    assert [each.verdict for each in findings] == [CheckStatus.WRONG] * 2
    assert f"--jwks-url {lms.base_url}/other" in findings[0].advice % findings[0].facts


def test_an_lms_with_another_name_is_told(look, row, lms):
    lms.answers["configuration"] = lambda: jsonify(lms.configuration(issuer=f"{lms.base_url}/moodle"))
    verdict, sentence, advice = told(look.all(row), "Configuration")
    assert verdict is CheckStatus.WRONG
    assert f"identifies itself as {lms.base_url}/moodle" in sentence
    assert "match exactly" in advice


@pytest.mark.parametrize("answer", [lambda: ("", 401), lambda: ("<html>", 200), lambda: jsonify([1])])
def test_an_lms_that_does_not_describe_itself_to_everybody_is_no_fault(look, row, lms, answer):
    lms.answers["configuration"] = answer
    assert all(each.verdict is CheckStatus.FINE for each in look.all(row))


@pytest.mark.parametrize(
    ("code", "verdict", "part"),
    [
        ("invalid_client", CheckStatus.WRONG, "Compare the client ID."),
        ("invalid_scope", CheckStatus.NOTE, "grant assignments and grades"),
        ("<script>", CheckStatus.WRONG, "Compare the client ID."),
    ],
)
def test_a_refused_token_is_told_by_its_reason(look, row, lms, code, verdict, part):
    lms.answers["token"] = lambda: (jsonify(error=code, error_description="secret things"), 400)
    found, sentence, advice = told(look.all(row), "Access token")
    assert found is verdict
    assert part in advice
    assert "secret" not in sentence
    assert "script" not in sentence


def test_another_client_gets_no_token(look, row):
    row.client_id = "client-2"
    assert "(invalid_client)" in told(look.all(row), "Access token")[1]


def test_no_token_address_is_a_note(look, row):
    row.token_url = ""
    assert told(look.all(row), "Access token")[0] is CheckStatus.NOTE


def test_a_registration_that_is_off_or_was_never_used_is_told(look, row):
    row.active, row.deployments = False, []
    verdicts = [(each.verdict, each.sentence) for each in look.all(row) if each.what == "Use"]
    assert [verdict for verdict, _ in verdicts] == [CheckStatus.WRONG, CheckStatus.NOTE]


def test_an_address_of_ours_where_somebody_else_answers_is_told(look, lms):
    lms.answers["tool"] = lambda: jsonify(keys=[{"kid": "of somebody else"}])
    found = look.check_tool_address()
    assert found.verdict is CheckStatus.WRONG
    assert "LTI_TOOL_BASE_URL" in found.advice


class TestCommand:
    @pytest.fixture
    def run(self, settings, monkeypatch, services):
        from click.testing import CliRunner

        from lti_tool.cli import app_context, main

        monkeypatch.setattr(app_context, "read_settings", lambda: settings)
        return lambda *arguments: CliRunner().invoke(main, ["platforms", *arguments])

    def test_it_ends_with_one_when_something_is_wrong(self, run, row):
        told = run("check", "--issuer", row.issuer)
        # The tool itself does not run at its own address here.
        assert told.exit_code == 1
        assert "✗ Own address" in told.output
        assert "✓ LMS keys" in told.output
        assert "→" in told.output

    def test_nobody_to_check_is_told(self, run):
        assert run("check", "--issuer", "https://nobody.example").exit_code == 1

    def test_a_registration_is_edited_shown_and_removed(self, run, row):
        chosen = ["--issuer", row.issuer, "--client-id", "client-1"]
        changed = run(
            "edit", *chosen, "--name", "LabU", "--token-url", "", "--deployment-id", "2", "--forget-deployment", "1"
        )
        assert changed.exit_code == 0, changed.output
        shown = run("show", *chosen).output
        assert "name: LabU" in shown
        assert "token url: -" in shown
        assert "deployments: 2" in shown
        assert run("edit", *chosen).exit_code == 2
        assert "registration.value_wrong" in run("edit", *chosen, "--jwks-url", "http://x.example").output
        assert run("remove", *chosen, "--yes").exit_code == 0
        assert "registration.not_found" in run("show", *chosen).output
