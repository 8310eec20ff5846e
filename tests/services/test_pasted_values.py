"""Everything that an administrator pastes wrong: tidied where the meaning is clear, and left alone elsewhere."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.services.platforms.pasted_values import tidy_values

MOODLE = {
    "issuer": "https://moodle.example.org",
    "client_id": "xXED5u1txxut8QS",
    "authorization_url": "https://moodle.example.org/mod/lti/auth.php",
    "jwks_url": "https://moodle.example.org/mod/lti/certs.php",
}


@pytest.mark.parametrize(
    "pasted",
    [
        "https://moodle.example.org/",
        "  https://moodle.example.org \n",
        "http://moodle.example.org",
        "HTTPS://Moodle.Example.org",
        "moodle.example.org",
        "<https://moodle.example.org>",
        "“https://moodle.example.org”",
        "Platform ID: https://moodle.example.org",
        "\ufeffhttps://moodle.example.org\u200b,",
        "https://moodle.example.org/login/index.php",
    ],
)
def test_an_issuer_is_tidied(pasted):
    assert tidy_values(MOODLE | {"issuer": pasted}) == MOODLE


@pytest.mark.parametrize("pasted", ["https://idp.example.org/", "https://idp.example.org/tenant/", "urn:lms"])
def test_an_issuer_of_an_unknown_lms_keeps_its_slash(pasted):
    values = {"issuer": pasted, "authorization_url": "https://idp.example.org/auth"}
    assert tidy_values(values)["issuer"] == pasted


def test_http_stays_where_the_login_address_has_it_too():
    values = {"issuer": "http://lms.example.org", "authorization_url": "http://lms.example.org/auth"}
    assert tidy_values(values) == values


@pytest.mark.parametrize("field", ["issuer", "client_id", "jwks_url"])
def test_a_whole_configuration_fills_the_empty_fields(field):
    document = {
        "issuer": "https://moodle.example.org",
        "authorization_endpoint": MOODLE["authorization_url"],
        "jwks_uri": MOODLE["jwks_url"],
        "client_id": MOODLE["client_id"],
        "deployment_id": 3,
        "scopes_supported": ["a"],
    }
    tidied = tidy_values(dict.fromkeys(MOODLE, "") | {field: json.dumps(document, indent=1)})
    assert tidied == MOODLE | {"deployment_id": "3"}


def test_a_file_of_pylti1p3_is_read():
    document = {
        "https://lms.example.org": [
            {"client_id": "c", "auth_login_url": "https://lms.example.org/a", "key_set_url": None}
        ]
    }
    tidied = tidy_values({"issuer": json.dumps(document), "client_id": "", "authorization_url": ""})
    assert tidied == {
        "issuer": "https://lms.example.org",
        "client_id": "c",
        "authorization_url": "https://lms.example.org/a",
    }


def test_typed_values_take_precedence_over_a_pasted_configuration():
    tidied = tidy_values(
        {"issuer": "", "client_id": "typed", "jwks_url": '{"client_id": "pasted", "iss": "https://a.org"}'}
    )
    assert tidied == {"issuer": "https://a.org", "client_id": "typed", "jwks_url": ""}


texts = st.text(max_size=40) | st.sampled_from(
    ["{", "{}", "[1]", '{"issuer": []}', '{"a": {"b": 1}}', "http://[", "{" * 5000]
)


@given(st.dictionaries(st.sampled_from([*MOODLE, "token_url", "family"]), texts, max_size=6))
def test_tidying_never_fails_and_is_idempotent(values):
    tidied = tidy_values(values)
    again = tidy_values(tidied)
    assert tidy_values(again) == again
    assert all(isinstance(text, str) for text in tidied.values())
