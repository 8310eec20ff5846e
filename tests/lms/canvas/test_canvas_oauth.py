"""Canvas's OAuth against the sandbox: consent, tokens, revocation, and the meaning of each refusal."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lms import account_errors
from lti_tool.lms.account_access import ApiKey, OAuthTokens
from lti_tool.lms.canvas import scopes
from lti_tool.lms.canvas.oauth import CanvasAccounts, _user_ids
from lti_tool.lms.direct_import import AccountRefused
from lti_tool.net.reader import HttpReader
from sandbox.faults import Fault
from sandbox.lms.config import API_KEY_ID, API_KEY_SECRET
from tests.support.addresses import query_of
from tests.support.canvas_consent import REDIRECT_URI, TOKEN, consenting_canvas

HTTP, ACCOUNTS = HttpReader(user_agent="examplary-lms/test"), CanvasAccounts()


@pytest.fixture
def canvas():
    with consenting_canvas() as canvas:
        yield canvas


@pytest.fixture
def key(canvas):
    return ApiKey(base_url=canvas.base_url, client_id=API_KEY_ID, secret=API_KEY_SECRET)


def consent(canvas, key, asked=scopes.REQUIRED, **changes):
    """Return the parameters with which Canvas sends the browser back."""
    url = ACCOUNTS.authorization_url(key, redirect_uri=REDIRECT_URI, state="a state", scopes=asked)
    return query_of(canvas.answer(url, **changes))


def exchange(canvas, key):
    code = consent(canvas, key)["code"]
    return ACCOUNTS.exchange(HTTP, key, redirect_uri=REDIRECT_URI, code=code)


def test_a_consent_gives_tokens_and_says_whose_they_are(canvas, key):
    answer = consent(canvas, key)
    assert answer["state"] == "a state"
    result = ACCOUNTS.exchange(HTTP, key, redirect_uri=REDIRECT_URI, code=answer["code"])
    assert result.user_ids == {"104", "10000000000104"}
    assert (result.user_name, result.is_masquerade) == ("Tess Teacher", False)
    assert timedelta(minutes=59) < result.tokens.expires_at - datetime.now(UTC) <= timedelta(hours=1)
    assert canvas.authorizations[0].scopes == scopes.REQUIRED
    assert result.tokens.access_token not in repr(result)
    assert result.tokens.refresh_token not in repr(result)
    assert key.secret not in repr(key)


def test_a_refresh_keeps_the_refresh_token_and_ends_the_old_access_token(canvas, key):
    first = exchange(canvas, key).tokens
    second = ACCOUNTS.refresh(HTTP, key, first)
    assert second.refresh_token == first.refresh_token
    assert second.access_token != first.access_token
    assert canvas.lms.canvas_tokens.by_access_token(first.access_token) is None


@pytest.mark.parametrize("is_expired", [False, True])
def test_a_revocation_ends_the_consent_also_with_an_old_access_token(canvas, key, is_expired):
    tokens = exchange(canvas, key).tokens
    if is_expired:
        ACCOUNTS.refresh(HTTP, key, tokens)
    canvas.calm()
    ACCOUNTS.revoke(HTTP, key, tokens)
    assert canvas.authorizations == []
    ACCOUNTS.revoke(HTTP, key, tokens)


def test_a_withdrawn_consent_has_its_own_error(canvas, key):
    tokens = exchange(canvas, key).tokens
    canvas.authorizations.clear()
    with pytest.raises(AccountRefused):
        ACCOUNTS.refresh(HTTP, key, tokens)


def test_a_code_works_once(canvas, key):
    code = consent(canvas, key)["code"]
    ACCOUNTS.exchange(HTTP, key, redirect_uri=REDIRECT_URI, code=code)
    with pytest.raises(account_errors.CodeRefused):
        ACCOUNTS.exchange(HTTP, key, redirect_uri=REDIRECT_URI, code=code)


def test_a_wrong_secret_and_a_key_that_is_off_are_the_administrators(canvas, key):
    wrong = ApiKey(base_url=key.base_url, client_id=key.client_id, secret="another")
    with pytest.raises(account_errors.LmsKeyRejected):
        ACCOUNTS.exchange(HTTP, wrong, redirect_uri=REDIRECT_URI, code="any")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(html=True),
        Fault(status=429, body="429 Too Many Requests (Rate Limit Exceeded)\n"),
        Fault(status=403, body="403 Forbidden (Rate Limit Exceeded)\n"),
        Fault(status=503, body="maintenance"),
        Fault(lost=True),
    ],
)
def test_a_busy_or_absent_canvas_is_worth_another_attempt(canvas, key, fault):
    tokens = exchange(canvas, key).tokens
    canvas.lms.faults.script(TOKEN, fault)
    with pytest.raises(account_errors.AccountsUnreachable) as caught:
        ACCOUNTS.refresh(HTTP, key, tokens)
    assert caught.value.retry_after > 0
    assert tokens.refresh_token not in str(caught.value) + str(caught.value.__cause__) + str(caught.value.__context__)


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"access_token": 7}', '{"access_token": "a\\nb"}', "{}"])
def test_an_answer_without_a_token_is_no_token(canvas, key, text):
    canvas.lms.faults.script(TOKEN, Fault(text=text))
    with pytest.raises(account_errors.ResponseNotUnderstood):
        ACCOUNTS.refresh(HTTP, key, OAuthTokens(access_token="a", refresh_token="r"))


def test_the_check_names_the_problem_of_a_key(canvas, key):
    def problem(**changes):
        values = {"base_url": key.base_url, "client_id": key.client_id, "secret": key.secret}
        redirect_uri = changes.pop("redirect_uri", REDIRECT_URI)
        canvas.calm()
        ACCOUNTS.check(HTTP, ApiKey(**values | changes), redirect_uri=redirect_uri)

    problem()
    with pytest.raises(account_errors.LmsKeyRejected):
        problem(client_id="1")
    with pytest.raises(account_errors.LmsKeyRejected):
        problem(secret="another")
    with pytest.raises(account_errors.RedirectUriRefused):
        problem(redirect_uri="https://elsewhere.example/consent/callback")
    canvas.key.scopes = scopes.REQUIRED[:-2]
    with pytest.raises(account_errors.ScopesMissing) as caught:
        problem()
    assert caught.value.facts["scopes"] == ", ".join(scopes.REQUIRED[-2:])
    canvas.key.scopes = None
    canvas.key.is_on = False
    with pytest.raises(account_errors.KeyOff):
        problem()
    with pytest.raises(account_errors.AccountsUnreachable):
        problem(base_url="http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("user", "ids"),
    [
        ({"id": 42, "global_id": "10000000000042"}, {"42", "10000000000042"}),
        ({"id": "42"}, {"42"}),
        ({"id": 20000000000042, "global_id": "20000000000042"}, {"20000000000042"}),
        # A consortium: the ids name two people.
        ({"id": 42, "global_id": "20000000000043"}, set()),
        ({"id": True}, set()),
        ({"id": 0}, set()),
        ({"global_id": "10000000000042"}, set()),
        ({}, set()),
    ],
)
def test_the_identity_of_a_consent(user, ids):
    assert _user_ids(user) == ids


@given(st.dictionaries(st.sampled_from(["id", "global_id"]), st.none() | st.integers() | st.text() | st.floats()))
def test_no_user_object_breaks_it(user):
    assert all(user_id.isdigit() and len(user_id) <= 20 for user_id in _user_ids(user))
