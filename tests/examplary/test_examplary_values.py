"""Values read from Examplary's responses, retry times, redaction and e-mail addresses."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lti_tool.examplary as package
from lti_tool.examplary import EmbedSession, InvalidResponse, SessionState, synthetic_email, usable_email
from lti_tool.examplary.redact import redacted
from lti_tool.examplary.responses import ApiResponse, error_from, read_message, read_session, read_user
from lti_tool.examplary.retry import parse_retry_after
from sandbox.examplary.validation import user_problem

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class TestSessionState:
    @pytest.mark.parametrize(
        ("status", "hours", "state"),
        [
            ("pending", 1, SessionState.OPEN),
            ("pending", 0, SessionState.EXPIRED),
            ("in_progress", 1, SessionState.OPEN),
            ("whatever", -1, SessionState.EXPIRED),
            ("completed", -1, SessionState.COMPLETED),
            ("cancelled", 1, SessionState.CANCELLED),
            ("pending", None, SessionState.OPEN),
        ],
    )
    def test_an_unknown_status_is_open_until_it_expires(self, status, hours, state):
        ends = None if hours is None else NOW + timedelta(hours=hours)
        assert EmbedSession(id="e", status=status, embed_url="u", expires_at=ends).state(NOW) is state


class TestAnswers:
    @pytest.mark.parametrize(
        "body",
        [b"", b"{}", b"[]", b"null", b"\xff", b'{"id": 3}', b'{"id": "e", "status": "pending"}',
         b'{"id": "e", "status": "pending", "embedUrl": "javascript:alert(1)"}', b"[" * 100_000],
    )  # fmt: skip
    def test_an_invalid_session_is_an_invalid_response(self, body):
        with pytest.raises(InvalidResponse):
            read_session(ApiResponse(200, body))

    def test_wrong_types_in_optional_fields_are_ignored(self):
        body = b'{"id":"e","status":"x","embedUrl":"https://a.example/e","outputs":[],"expiresAt":7,"metadata":null}'
        session = read_session(ApiResponse(200, body))
        assert (session.exam_id, session.expires_at, session.metadata) == (None, None, {})

    def test_an_existing_user_is_not_marked_as_created(self):
        assert read_user(ApiResponse(201, b'{"id": "user_1"}')).created
        assert not read_user(ApiResponse(200, b'{"id": "user_1"}')).created

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            (b'{"message": "a"}', "a"),
            (b'{"error": "a"}', "a"),
            (b'{"error": {"message": "a", "code": 3}}', "a"),
            (b'{"errors": [{"message": "a"}, "b"]}', "a; b"),
            (b"plain", "plain"),
            (b'{"other": 1}', '{"other": 1}'),
        ],
    )
    def test_the_message_of_an_error(self, body, message):
        assert read_message(body) == message

    @given(st.integers(100, 599), st.binary(max_size=200), st.none() | st.text(max_size=40))
    def test_any_response_is_valid_or_a_typed_error(self, status, body, wait):
        error = error_from(ApiResponse(status, body, wait), "GET /me")
        assert (error is None) == (200 <= status < 300)
        assert error is None or len(error.detail) < 300


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("value", "seconds"),
        [
            ("7", 7.0),
            (" 0 ", 0.0),
            ("999999", 3600.0),
            ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
            ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
            ("Mon, 23 Nov 2026 12:00:30 -0000", 30.0),
            ("-5", None),
            ("soon", None),
            ("²", None),
            ("", None),
            (None, None),
        ],
    )
    def test_seconds_and_dates_are_read(self, value, seconds):
        assert parse_retry_after(value, NOW) == seconds


class TestRedacted:
    @pytest.mark.parametrize(
        ("text", "plain"),
        [
            ("actor user_AbCdEf12 unknown", "actor user_… unknown"),
            ("<h1>502</h1>\r\n<p>x", "502 x"),
            ("to ann.b@school.example now", "to (e-mail) now"),
            ("see https://h.example/a?X-Amz-Signature=1", "see https://h.example/…"),
            ("GET /embed-sessions/Abc HTTP", "GET /embed-sessions/… HTTP"),
            ("key examp_12345 bearer abc", "key examp_… bearer …"),
        ],
    )
    def test_secrets_are_redacted_from_a_text(self, text, plain):
        assert redacted(text) == plain

    @given(st.text(max_size=3000))
    def test_is_always_one_short_line(self, text):
        assert len(redacted(text)) <= 201
        assert "\n" not in redacted(text)


class TestEmail:
    @pytest.mark.parametrize("good", ["ann@school.example", "a.b+c'd@x-y.invalid", "x@y.invalid", " ann@s.nl "])
    def test_a_usable_address_is_stripped(self, good):
        assert usable_email(good) == good.strip()

    @pytest.mark.parametrize(
        "bad",
        ["", None, "ann", "ann@localhost", "é@school.example", "a@schöl.example", "a.@b.nl", ".a@b.nl", "a..b@c.nl",
         "a@b.n", "a@-b.nl", "a b@c.nl", "ann@school.example\nx", "x" * 65 + "@b.nl", "a@" + "b" * 260 + ".nl"],
    )  # fmt: skip
    def test_an_unusable_address_is_dropped(self, bad):
        assert usable_email(bad) is None

    @given(st.text(), st.text())
    def test_synthetic_addresses_are_valid_and_unique(self, seed, other_seed):
        domain = "users.example.invalid"
        address = synthetic_email(seed, domain)
        assert usable_email(address) == address
        assert user_problem({"email": address}) is None
        assert (address == synthetic_email(other_seed, domain)) == (seed == other_seed)
        assert re.fullmatch(r"lms-[0-9a-f]{32}@users\.example\.invalid", address)

    @pytest.mark.parametrize("domain", ["", "localhost", "a b.nl", "x@y.nl"])
    def test_no_address_is_made_in_an_invalid_domain(self, domain):
        with pytest.raises(ValueError, match="domain"):
            synthetic_email("seed", domain)


def test_all_public_names_exist():
    assert all(hasattr(package, name) for name in package.__all__)


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 01 Jan 2024 00:00:00 +99999999999999999999",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 99999999999 Jan 2024 0:0:0 GMT",
    ],
)
def test_a_retry_after_out_of_range_is_malformed(value):
    assert parse_retry_after(value, datetime.now(UTC)) is None
