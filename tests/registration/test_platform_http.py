"""Strangers' addresses: where the tool goes for them, and where not."""

import pytest

from lti_tool.examplary import AddressRules
from lti_tool.lti.registration_errors import LmsAddressRefused, LmsUnreachable
from lti_tool.services.platform_http import PlatformHttp, strict_rules


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
