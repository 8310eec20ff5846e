"""A proxy that the settings do not count is reported loudly: all schools share its address."""

import pytest

from lti_tool import create_app
from tests.support.databases import create_tables

FORWARDED = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "tool.example.org"}


@pytest.fixture
def tool(settings):
    """Make a tool with other settings, and return its client: ``tool(trusted_proxies=1)``."""

    def make(**changes):
        app = create_app(settings.model_copy(update={"base_url": "https://tool.example.org"} | changes))
        with app.app_context():
            create_tables()
        return app.test_client()

    return make


def proxies(client):
    return client.get("/readyz").get_json()["checks"]["proxies"]


def test_an_untrusted_proxy_is_reported_once_in_the_log_and_by_readyz(tool, capsys):
    client = tool()
    assert proxies(client)["state"] == "ok"
    for _ in range(3):
        client.get("/healthz", headers=FORWARDED)
    assert proxies(client)["state"] == "degraded"
    assert "LTI_TOOL_TRUSTED_PROXIES is 0" in proxies(client)["note"]
    assert capsys.readouterr().out.count("proxy.not_trusted") == 1


@pytest.mark.parametrize("header", FORWARDED)
def test_each_header_of_a_proxy_is_recognised(tool, header):
    client = tool()
    client.get("/healthz", headers={header: FORWARDED[header]})
    assert proxies(client)["state"] == "degraded"


@pytest.mark.parametrize(
    ("changes", "headers", "scheme"),
    [
        ({"trusted_proxies": 1}, FORWARDED, "http"),
        ({}, {}, "http"),
        ({"base_url": "http://tool.example.org"}, FORWARDED | {"X-Forwarded-Proto": "http"}, "http"),
        ({}, FORWARDED, "https"),
    ],
    ids=["trusted", "health check of the machine itself", "no tls at all", "tls ends in the tool"],
)
def test_requests_without_an_untrusted_proxy_are_not_reported(tool, changes, headers, scheme):
    client = tool(**changes)
    client.get("/healthz", headers=headers, base_url=f"{scheme}://tool.example.org")
    assert proxies(client)["state"] == "ok"


def test_an_address_without_tls_is_reported_where_browsers_use_it(tool):
    client = tool(base_url="http://tool.example.org")
    client.get("/healthz", headers=FORWARDED, base_url="http://tool.example.org")
    assert proxies(client) == {
        "state": "degraded",
        "note": "browsers use https, but LTI_TOOL_BASE_URL begins with http",
    }
