"""Strangers' addresses: where the tool goes for them, and where not."""

import pytest
from flask import Flask

from lti_tool.examplary import AddressRules
from lti_tool.lti.protocol.registration_errors import LmsAddressRefused, LmsUnreachable
from lti_tool.services.platforms.platform_http import PlatformHttp, strict_rules
from sandbox.serve import serve


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/configuration",
        "https://localhost/configuration",
        "https://[::1]/configuration",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.8/configuration",
        "https://lms.localhost/configuration",
        "http://1.1.1.1/configuration",
        "ftp://1.1.1.1/configuration",
        "https://user:secret@1.1.1.1/configuration",
        "https:///configuration",
        "nonsense",
        "",
        "https://exa mple.org/\x00",
    ],
)
def test_only_the_open_internet_over_tls(url):
    with pytest.raises(LmsAddressRefused):
        PlatformHttp(strict_rules).get(url, "openid_configuration")


def test_a_name_that_leads_inside_is_refused():
    rules = AddressRules(resolver=lambda host, port: ["1.1.1.1", "10.0.0.1"])
    with pytest.raises(LmsAddressRefused):
        PlatformHttp(lambda url: rules).get("https://rebinding.example/", "openid_configuration")


def test_a_name_without_an_address_is_away():
    rules = AddressRules(resolver=lambda host, port: [])
    with pytest.raises(LmsUnreachable) as refused:
        PlatformHttp(lambda url: rules).get("https://gone.example/", "openid_configuration")
    assert refused.value.facts["host"] == "gone.example"


def test_a_name_that_changes_its_answer_gains_nothing():
    """DNS rebinding: asked once, checked, and gone to as it was checked."""
    app, asked = Flask("lms"), []
    app.add_url_rule("/configuration", view_func=lambda: {"issuer": "x"})

    def resolver(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with serve(app, "127.0.0.1") as server:
        rules = AddressRules(trusted_hosts=frozenset({"rebinding.example"}), allow_insecure=True, resolver=resolver)
        answer = PlatformHttp(lambda url: rules).get(f"http://rebinding.example:{server.port}/configuration", "x")
    assert answer.json() == {"issuer": "x"}
    assert asked == ["rebinding.example"]


def test_a_name_is_checked_anew_for_every_request():
    """What was public when it was registered may lead inside a minute later."""
    answers = iter([["1.1.1.1"], ["10.0.0.1"]])
    rules = AddressRules(resolver=lambda host, port: next(answers))
    http = PlatformHttp(lambda url: rules)
    assert http.check("https://rebinding.example/keys", "jwks_uri").addresses == ("1.1.1.1",)
    with pytest.raises(LmsAddressRefused):
        http.get("https://rebinding.example/configuration", "openid_configuration")
