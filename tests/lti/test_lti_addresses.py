"""Addresses in headers are reduced to origins."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti.protocol.addresses import frame_origin, is_web_address, origin_of
from lti_tool.lti.protocol.frames import frame_origins


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://lms.example/a?b#c", "https://lms.example"),
        ("https://LMS.example:8443/", "https://lms.example:8443"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("https://[::1]:8/", "https://[::1]:8"),
        ("https://schüle.example/", "https://xn--schle-mva.example"),
        ("https://my_lms.example", "https://my_lms.example"),
        ("https://a.example; script-src *", ""),
        ("https://a.example;script-src/", ""),
        ("https://a.example'unsafe-inline'/", ""),
        ("https://*.example/", ""),
        ("https://user@a.example/", ""),
        ("https://a.example:99999/", ""),
        ("https://a.example\\@b.example/", ""),
        ("https://[::1/", ""),
        ("javascript:alert(1)", ""),
        ("//a.example/", ""),
        ("", ""),
    ],
)
def test_an_origin_is_that_of_a_web_address_or_empty(url, origin):
    assert origin_of(url) == origin
    assert is_web_address(url) == bool(origin)


@pytest.mark.parametrize(
    ("entry", "source"),
    [
        ("lms.school.edu", "https://lms.school.edu"),
        (" https://LMS.school.edu/ ", "https://lms.school.edu"),
        ("https://*.school.edu", "https://*.school.edu"),
        ("*.school.edu:8443", "https://*.school.edu:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("*", ""),
        ("'self'", ""),
        ("a.b; c", ""),
    ],
)
def test_frame_hosts_from_administrators(entry, source):
    assert frame_origin(entry) == source


SOURCE = re.compile(r"https?://(\*\.)?[a-z0-9_.\[\]:-]+")


@given(st.text() | st.text(alphabet="htps:/.*;' ,ab@[]\\#?").map("https://{}".format))
def test_no_text_can_inject_a_header(text):
    for source in (origin_of(text), frame_origin(text)):
        assert source == "" or SOURCE.fullmatch(source)


def test_a_shared_issuer_is_framed_by_its_cloud_hosts():
    assert frame_origins(
        issuer="https://canvas.instructure.com",
        authorization_url="https://sso.canvaslms.com/api/lti/authorize_redirect",
        launch_addresses=["https://canvas.school.edu/courses/1", ""],
        frame_hosts=["learn.school.edu", "nonsense;"],
    ) == (
        "https://canvas.school.edu",
        "https://*.instructure.com",
        "https://*.canvaslms.com",
        "https://sso.canvaslms.com",
        "https://learn.school.edu",
    )


@pytest.mark.parametrize("issuer", ["urn:lms", "http://moodle.localhost", "https://blackboard.com"])
def test_an_issuer_without_its_own_site_is_no_frame_host(issuer):
    sources = frame_origins(issuer=issuer, authorization_url="", launch_addresses=[], frame_hosts=[])
    assert issuer not in sources
