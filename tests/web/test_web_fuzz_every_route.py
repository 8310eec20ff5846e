"""Arbitrary requests to every route and method never give a 500."""

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ODD = ["", "\x00", "é" * 200, "../..", "%00", "a" * 3000, "'\"><script>", "🎓", "null", "-1", "\ud800", " ", "[]", "{}"]
texts = st.text(max_size=20) | st.sampled_from(ODD)
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH")
FIELDS = (
    *("iss", "client_id", "login_hint", "target_link_uri", "lti_storage_target", "state", "id_token", "error"),
    *("stored_proof", "handover", "openid_configuration", "registration_token", "status", "format", "exam", "v"),
)
bodies = st.one_of(
    st.dictionaries(st.sampled_from(FIELDS), texts, max_size=4).map(
        lambda form: (
            "application/x-www-form-urlencoded",
            "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in form.items()).encode(),
        )
    ),
    st.tuples(
        st.sampled_from(["application/json", "multipart/form-data; boundary=x", "multipart/form-data", "x/y", ""]),
        st.binary(max_size=100),
    ),
)
headers = st.dictionaries(
    st.sampled_from(
        [
            *("Accept", "Accept-Language", "Origin", "Sec-Fetch-Dest", "Sec-Fetch-Site", "Cookie", "If-None-Match"),
            *("Range", "Authorization", "X-Forwarded-For", "X-Forwarded-Proto", "If-Modified-Since", "Host"),
        ]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30) | st.just("iframe"),
    max_size=3,
)
requests = st.tuples(st.integers(0, 10_000), st.sampled_from(METHODS), st.lists(texts, min_size=4, max_size=4))
many = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def address(rule, values, token=""):
    """Return a URL of ``rule`` with odd values as arguments, and ``token`` for a launch's pages."""
    path = rule.rule
    for name, value in zip(sorted(rule.arguments), values, strict=False):
        argument = token if name == "token" and token else quote(value, safe="", errors="surrogatepass")
        for place in (f"<{name}>", f"<path:{name}>", f"<int:{name}>"):
            path = path.replace(place, argument)
    return path


@pytest.fixture
def rules(app):
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def send(client, path, method, body, headers):
    """Send a request, with a form's fields also in the query string."""
    kind, data = body
    query = data.decode() if kind.endswith("urlencoded") else ""
    return client.open(path, method=method, query_string=query, data=data, content_type=kind, headers=headers)


def assert_no_crash(response):
    assert response.status_code < 500, (response.request.path, response.status_code, response.text[:300])
    assert "Content-Security-Policy" in response.headers
    assert "Traceback" not in response.get_data().decode(errors="replace")
    response.close()


@given(request=requests, body=bodies, headers=headers)
@many
def test_every_route_answers_strangers(client, platform, rules, request, body, headers):
    number, method, values = request
    path = address(rules[number % len(rules)], values)
    assert_no_crash(send(client, path, method, body, headers))


@pytest.mark.parametrize("role", ["instructor", "student"])
def test_every_page_of_a_launch_answers(client, pages, keep_exam, rules, role):
    """With a valid token and otherwise arbitrary input."""
    own = pages(role=role)
    exam = keep_exam()
    mine = [rule for rule in rules if "<token>" in rule.rule]
    assert mine

    @given(request=requests, body=bodies, headers=headers, real=st.booleans())
    @settings(many, max_examples=120)
    def try_them(request, body, headers, real):
        number, method, values = request
        arguments = [exam.id, *values] if real else values
        path = address(mine[number % len(mine)], arguments, own.token)
        assert_no_crash(send(client, path, method, body, headers))

    try_them()


def test_the_routes_include_all_top_level_paths(rules):
    """All top-level paths are fuzzed; add new ones here."""
    prefixes = {rule.rule.split("/")[1] for rule in rules}
    assert {"", "lti", "l", "register", "packages", "embed", "healthz", "readyz", "metrics", "static"} <= prefixes
