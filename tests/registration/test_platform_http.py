"""Which addresses given by others the tool connects to."""

import pytest
from flask import Flask

from lti_tool.examplary import AddressRules
from lti_tool.lti.protocol.registration_errors import LmsAddressRefused, LmsUnreachable
from lti_tool.services.platform_http import PlatformHttp, strict_rules
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
def test_only_public_https_addresses_are_allowed(url):
    with pytest.raises(LmsAddressRefused):
        PlatformHttp(strict_rules).get(url, "openid_configuration")


def test_a_host_with_an_internal_address_is_refused():
    rules = AddressRules(resolver=lambda host, port: ["1.1.1.1", "10.0.0.1"])
    with pytest.raises(LmsAddressRefused):
        PlatformHttp(lambda url: rules).get("https://rebinding.example/", "openid_configuration")


def test_a_host_without_an_address_is_unreachable():
    rules = AddressRules(resolver=lambda host, port: [])
    with pytest.raises(LmsUnreachable) as refused:
        PlatformHttp(lambda url: rules).get("https://gone.example/", "openid_configuration")
    assert refused.value.facts["host"] == "gone.example"


def test_dns_rebinding_is_prevented():
    """The host is resolved once, and the connection uses the checked address."""
    app, lookups = Flask("lms"), []
    app.add_url_rule("/configuration", view_func=lambda: {"issuer": "x"})

    def resolver(host, port):
        lookups.append(host)
        return ["127.0.0.1"] if len(lookups) == 1 else ["169.254.169.254"]

    with serve(app, "127.0.0.1") as server:
        rules = AddressRules(trusted_hosts=frozenset({"rebinding.example"}), allow_insecure=True, resolver=resolver)
        answer = PlatformHttp(lambda url: rules).get(f"http://rebinding.example:{server.port}/configuration", "x")
    assert answer.json() == {"issuer": "x"}
    assert lookups == ["rebinding.example"]


def test_a_host_is_checked_for_every_request():
    """A host that was public at registration can point to an internal address later."""
    answers = iter([["1.1.1.1"], ["10.0.0.1"]])
    rules = AddressRules(resolver=lambda host, port: next(answers))
    http = PlatformHttp(lambda url: rules)
    assert http.check("https://rebinding.example/keys", "jwks_uri").addresses == ("1.1.1.1",)
    with pytest.raises(LmsAddressRefused):
        http.get("https://rebinding.example/configuration", "openid_configuration")
