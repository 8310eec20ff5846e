"""Signed links."""

import time

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from lti_tool.security.tokens import LinkExpired, LinkInvalid, LinkSigner, Purpose

SECRET = "a secret of the test, long enough for it"
TOKENS = LinkSigner(SECRET)


def test_a_token_round_trip():
    assert TOKENS.read(Purpose.LAUNCH, TOKENS.sign(Purpose.LAUNCH, "launch-1"), 60) == "launch-1"


def test_a_token_for_one_purpose_opens_no_other_door():
    token = TOKENS.sign(Purpose.EMBED_RETURN, "generation-1")
    with pytest.raises(LinkInvalid):
        TOKENS.read(Purpose.LAUNCH, token, 60)


def test_a_changed_or_foreign_token_is_refused():
    token = TOKENS.sign(Purpose.LAUNCH, "launch-1")
    for bad in (
        token[:-1],
        token + "x",
        "x" + token,
        "",
        "a.b.c",
        LinkSigner("another").sign(Purpose.LAUNCH, "launch-1"),
    ):
        with pytest.raises(LinkInvalid):
            TOKENS.read(Purpose.LAUNCH, bad, 60)


def test_a_token_runs_out():
    with pytest.raises(LinkExpired) as expired:
        TOKENS.read(Purpose.LAUNCH, TOKENS.sign(Purpose.LAUNCH, "launch-1"), -1)
    assert expired.value.status == 410


def test_a_clock_that_was_set_back_makes_no_link_invalid(monkeypatch):
    ahead = int(time.time()) + 3600
    with monkeypatch.context() as patched:
        patched.setattr(TimestampSigner, "get_timestamp", lambda _: ahead)
        token = TOKENS.sign(Purpose.LAUNCH, "launch-1")
    assert TOKENS.read(Purpose.LAUNCH, token, 60) == "launch-1"


def test_a_compressed_token_of_an_earlier_version_is_still_read():
    subject = "launch-1" * 20
    compressed = URLSafeTimedSerializer(SECRET, salt="lti_tool.launch").dumps(subject)
    assert compressed.startswith(".")
    assert TOKENS.read(Purpose.LAUNCH, compressed, 60) == subject
    assert not TOKENS.sign(Purpose.LAUNCH, subject).startswith(".")
