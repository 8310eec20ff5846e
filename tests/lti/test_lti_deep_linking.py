"""The signed response, checked like Canvas and Moodle do.

See docs/reference/lms-behaviour.md#canvas-deep-linking-response and docs/reference/moodle.md#response-checks.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import jwt
import pytest

from lti_tool.lti import DeepLinkingSettings, FileItem, ResourceLinkItem, ToolKeys, sign_deep_linking_response
from tests.support.calls import count_calls

CORE = "https://purl.imsglobal.org/spec/lti/claim/"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
ISSUER, CLIENT = "https://canvas.instructure.com", "10000000000001"
RETURN_URL = "https://school.instructure.com/courses/1/deep_linking_response?data=a.b.c&x=%26"
FILE = FileItem(url="https://tool.example/packages/t/exam.zip", title="Exam", text="Exam")
LINK = ResourceLinkItem(url="https://tool.example/lti/launch", title="Exam")


def answer(keys: ToolKeys, *, items=(FILE,), data=None, **more) -> str:
    settings = DeepLinkingSettings(return_url=RETURN_URL, accept_types=frozenset({"file"}), data=data)
    facts = {"issuer": ISSUER, "client_id": CLIENT, "deployment_id": "5:abc", "settings": settings}
    return sign_deep_linking_response(**facts, items=items, keys=keys, **more)


def read(token: str, keys: ToolKeys) -> dict[str, object]:
    """Verify with the published keys, like a platform."""
    public_keys = {key["kid"]: jwt.PyJWK(key) for key in keys.jwks()["keys"]}
    key = public_keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key.key, algorithms=["RS256"], audience=ISSUER, issuer=CLIENT)


def test_the_response_follows_the_specification(tool_keys):
    claims = read(answer(tool_keys), tool_keys)
    moment = time.time()
    assert claims.pop("nonce")
    assert moment - 15 < claims["iat"] <= moment - 5
    assert claims.pop("exp") - claims.pop("iat") > 300
    assert claims == {
        "iss": CLIENT,
        "aud": ISSUER,
        "azp": CLIENT,
        f"{CORE}deployment_id": "5:abc",
        f"{CORE}message_type": "LtiDeepLinkingResponse",
        f"{CORE}version": "1.3.0",
        f"{DL}content_items": [FILE.to_claim()],
    }


def test_canvas_and_moodle_accept_its_times(tool_keys):
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    claims = jwt.decode(answer(tool_keys, now=moment), options={"verify_signature": False})
    now = moment.timestamp()
    assert now - 300 < claims["iat"] < now, "Canvas: at most 300 s old; Moodle: not one second ahead"
    assert claims["exp"] > now


@pytest.mark.parametrize("data", ["opaque", "", {"a": [1]}, 0, False])
def test_data_is_returned_unchanged(tool_keys, data):
    assert read(answer(tool_keys, data=data), tool_keys)[f"{DL}data"] == data


def test_a_cancellation_sends_no_items_and_can_have_a_message(tool_keys):
    claims = read(answer(tool_keys, items=[], message="Nothing\nwas chosen", error="x" * 900), tool_keys)
    assert claims[f"{DL}content_items"] == []
    assert claims[f"{DL}msg"] == "Nothing was chosen"
    assert len(claims[f"{DL}errormsg"]) == 500


def test_every_response_has_its_own_nonce(tool_keys):
    assert len({read(answer(tool_keys), tool_keys)["nonce"] for _ in range(3)}) == 3


def test_several_items_keep_their_order(tool_keys):
    claims = read(answer(tool_keys, items=[LINK, FILE]), tool_keys)
    assert [item["type"] for item in claims[f"{DL}content_items"]] == ["ltiResourceLink", "file"]


def test_settings_survive_a_round_trip_to_the_database(lms, deep_linking):
    deep_linking["deep_linking_settings"] |= {
        "deep_link_return_url": RETURN_URL,
        "accept_media_types": "application/zip, IMAGE/*",
        "accept_lineitem": "false",
        "data": {"k": "v"},
        "title": "T",
        "text": "X",
    }
    settings = lms.launch(**deep_linking).deep_linking
    assert settings.accept_media_types == ("application/zip", "image/*")
    assert settings.return_url == RETURN_URL
    assert DeepLinkingSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


def test_minimal_settings_survive_a_round_trip():
    settings = DeepLinkingSettings.from_claim({"deep_link_return_url": RETURN_URL, "accept_types": None})
    assert settings.data is None
    assert DeepLinkingSettings.from_json(settings.to_json()) == settings
    assert "data" not in settings.to_json()


def test_signing_with_a_cached_key_does_not_parse_it_again(tool_keys):
    """Parsing PEM takes 50 ms (see docs/reference/pylti1p3.md#d25)."""
    answer(tool_keys)
    assert count_calls(answer, tool_keys)["load_pem_private_key"] == 0
