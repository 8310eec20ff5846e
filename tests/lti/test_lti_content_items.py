"""Content items for a course (Deep Linking 2.0 §3; see docs/reference/moodle.md)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lti_tool.lti import FileItem, ResourceLinkItem


def test_a_file_has_the_properties_that_canvas_reads():
    item = FileItem(url="https://tool.example/packages/t/exam.zip", title="Cells & DNA", text="Cells & DNA")
    assert item.to_claim() == {
        "type": "file",
        "url": "https://tool.example/packages/t/exam.zip",
        "title": "Cells & DNA",
        "text": "Cells & DNA",
        "mediaType": "application/zip",
    }


def test_a_file_can_have_an_expiry():
    moment = datetime(2026, 12, 1, 13, 0, 5, 999, tzinfo=UTC)
    item = FileItem(url="https://x.example/a.zip", title="A", expires_at=moment)
    assert item.to_claim()["expiresAt"] == "2026-12-01T13:00:05+00:00"


def test_a_link_has_the_properties_that_moodle_reads():
    item = ResourceLinkItem(
        url="https://tool.example/lti/launch",
        title="Exam",
        text="By <script>alert(1)</script> & co",
        custom={"examplary_exam": "e1"},
        icon="https://tool.example/static/icon.svg",
    )
    assert item.to_claim() == {
        "type": "ltiResourceLink",
        "url": "https://tool.example/lti/launch",
        "title": "Exam",
        "text": "By &lt;script&gt;alert(1)&lt;/script&gt; &amp; co",
        "custom": {"examplary_exam": "e1"},
        "icon": {"url": "https://tool.example/static/icon.svg"},
    }


def test_empty_values_are_left_out():
    assert ResourceLinkItem(url="https://x.example/", title="").to_claim() == {
        "type": "ltiResourceLink",
        "url": "https://x.example/",
    }


@pytest.mark.parametrize("item", [FileItem, ResourceLinkItem])
def test_titles_fit_moodles_form(item):
    assert len(item(url="https://x.example/", title="ü" * 300).to_claim()["title"]) == 255


def test_a_newline_cannot_smuggle_a_parameter():
    item = ResourceLinkItem(url="https://x.example/", title="a\nb", custom={"a\nb": "1\r\nadmin=1"})
    assert item.to_claim()["custom"] == {"a b": "1 admin=1"}
    assert item.to_claim()["title"] == "a b"
