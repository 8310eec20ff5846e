"""Third-party initiated login."""

from __future__ import annotations

import base64
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.errors import LaunchError
from lti_tool.lti import begin_login
from lti_tool.lti.protocol.errors import ClientIdNeeded, LoginIncomplete, PlatformInactive, UnknownPlatform
from lti_tool.models import UsedState, db, now
from tests.lti.conftest import STATES
from tests.support.databases import executed_statements

REDIRECT_URI = "https://tool.example/lti/launch"
QUARTER = timedelta(minutes=15)
CANVAS = "https://canvas.instructure.com"


def begin(**params: str):
    return begin_login({"login_hint": "7"} | params, states=STATES, redirect_uri=REDIRECT_URI, lifetime=QUARTER)


def query_of(url: str) -> dict[str, str]:
    pairs = parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in pairs.values())
    return {name: values[0] for name, values in pairs.items()}


def test_the_browser_is_redirected_with_an_authentication_request(make_platform):
    make_platform("https://m.example", "c 1")
    redirect = begin(iss="https://m.example", client_id="c 1", login_hint="a&b=ü?", lti_message_hint='{"cmid": 3}')
    assert redirect.url.startswith("https://m.example/auth?")
    params = query_of(redirect.url)
    assert params.pop("state") != params.pop("nonce")
    assert params == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "c 1",
        "redirect_uri": REDIRECT_URI,
        "login_hint": "a&b=ü?",
        "lti_message_hint": '{"cmid": 3}',
    }


def test_a_missing_hint_is_not_sent(make_platform):
    make_platform("https://m.example", "c")
    assert "lti_message_hint" not in query_of(begin(iss="https://m.example").url)


@pytest.mark.parametrize(
    ("address", "beginning"),
    [
        ("https://m.example/auth?tenant=5", "https://m.example/auth?tenant=5&scope="),
        ("https://m.example/auth?", "https://m.example/auth?scope="),
        ("https://m.example/auth", "https://m.example/auth?scope="),
    ],
)
def test_an_authorization_url_keeps_its_query(make_platform, address, beginning):
    make_platform("https://m.example", "c", authorization_url=address)
    assert begin(iss="https://m.example").url.startswith(beginning)


def test_the_state_contains_the_login_but_not_the_proof(make_platform):
    platform = make_platform("https://m.example", "c")
    redirect = begin(iss="https://m.example")
    request = query_of(redirect.url)
    contents = STATES.read(request["state"])
    assert (contents.nonce, contents.platform_id) == (request["nonce"], platform.id)
    assert redirect.cookie.value not in f"{contents}{base64.b64decode(request['state'].split('.')[0] + '===')}"
    assert timedelta(minutes=14) < contents.expires_at - now() <= QUARTER
    assert redirect.cookie.max_age == 900


def test_a_login_writes_nothing(app, make_platform):
    make_platform("https://m.example", "c")
    with executed_statements(db.engine) as statements:
        begin(iss="https://m.example")
    assert [statement.split()[0] for statement in statements] == ["SELECT"]
    assert db.session.query(UsedState).count() == 0


def test_the_longest_state_fits_into_any_address(make_platform):
    make_platform("https://m.example", "c", id="p" * 40)
    redirect = begin_login(
        {"iss": "https://m.example", "login_hint": "7", "lti_storage_target": "x" * 100},
        states=STATES,
        redirect_uri=REDIRECT_URI,
        lifetime=QUARTER,
        handover_id="f" * 64,
    )
    assert STATES.read(redirect.state).storage_target == "x" * 100
    assert len(redirect.state) < 600
    assert redirect.state == quote(redirect.state, safe="")


def test_each_login_has_its_own_state_nonce_and_cookie(make_platform):
    make_platform("https://m.example", "c")
    logins = [begin(iss="https://m.example") for _ in range(3)]
    for part in (
        {query_of(login.url)["state"] for login in logins},
        {query_of(login.url)["nonce"] for login in logins},
        {login.cookie.name for login in logins},
        {login.cookie.value for login in logins},
    ):
        assert len(part) == 3


def test_one_issuer_serves_many_clients(make_platform):
    for client in ("1", "2"):
        make_platform(CANVAS, client, authorization_url=f"https://sso.example/{client}")
    assert begin(iss=CANVAS, client_id="2").url.startswith("https://sso.example/2?")
    with pytest.raises(ClientIdNeeded):
        begin(iss=CANVAS)


@pytest.mark.parametrize("parameter", ["lti_deployment_id", "deployment_id"])
def test_the_deployment_selects_the_client(make_platform, parameter):
    make_platform(CANVAS, "1", "a", "both")
    make_platform(CANVAS, "2", "b", "both")
    assert query_of(begin(iss=CANVAS, **{parameter: "b"}).url)["client_id"] == "2"
    for unclear in ("both", "none of them"):
        with pytest.raises(ClientIdNeeded):
            begin(iss=CANVAS, **{parameter: unclear})


@pytest.mark.parametrize(
    "params",
    [
        {"iss": "https://other.example"},
        {"iss": "https://m.example/"},
        {"iss": "https://m.example "},
        {"iss": "HTTPS://M.EXAMPLE"},
        {"iss": "https://m.example", "client_id": "d"},
        {"iss": "https://m.example", "client_id": "C"},
        {"iss": "https://m.example", "client_id": "c\x00"},
        {"iss": "https://m.example" + "x" * 300},
    ],
)
def test_an_unknown_platform_is_named_in_the_log_only(make_platform, params):
    make_platform("https://m.example", "c")
    with pytest.raises(UnknownPlatform) as refusal:
        begin(**params)
    assert repr(params["iss"][:200])[:-1] in refusal.value.detail
    assert params["iss"] not in refusal.value.plain()


def test_an_inactive_platform_is_refused(make_platform):
    make_platform("https://m.example", "c", active=False)
    with pytest.raises(PlatformInactive):
        begin(iss="https://m.example")


@pytest.mark.parametrize("params", [{}, {"iss": ""}, {"iss": "https://m.example", "login_hint": ""}])
def test_missing_parameters_are_refused(make_platform, params):
    make_platform("https://m.example", "c")
    with pytest.raises(LoginIncomplete) as refusal:
        begin(**params)
    assert "is missing" in refusal.value.plain()


def test_platform_storage_is_used_if_the_platform_has_it(make_platform):
    make_platform(CANVAS, "c", authorization_url="https://sso.canvaslms.com/api/lti/authorize_redirect")
    redirect = begin(iss=CANVAS, lti_storage_target="post_message_forwarding")
    assert (redirect.storage_target, redirect.storage_origin) == (
        "post_message_forwarding",
        "https://sso.canvaslms.com",
    )
    assert begin(iss=CANVAS, lti_storage_target="_parent").storage_target == "_parent"
    for bad in ("", '"><script>', "x" * 101):
        assert begin(iss=CANVAS, lti_storage_target=bad).storage_target == ""


@given(
    params=st.dictionaries(
        st.sampled_from(
            (
                *("iss", "client_id", "login_hint", "lti_message_hint", "target_link_uri", "lti_deployment_id"),
                *("deployment_id", "lti_storage_target", "x"),
            )
        ),
        st.text() | st.sampled_from(["https://m.example", "c", "\x00", "\ud800"]) | st.text(min_size=300, max_size=400),
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_parameters_give_a_redirect_or_a_typed_refusal(platform_of_fuzz, params):
    outcome = begun_or_refused(params)
    if isinstance(outcome, LaunchError):
        assert 400 <= outcome.status < 500
        assert outcome.plain()
    else:
        assert outcome.url.startswith("https://m.example/auth?")


def begun_or_refused(params):
    try:
        return begin_login(params, states=STATES, redirect_uri=REDIRECT_URI, lifetime=QUARTER)
    except LaunchError as refusal:
        return refusal


@pytest.fixture
def platform_of_fuzz(make_platform):
    return make_platform("https://m.example", "c")
