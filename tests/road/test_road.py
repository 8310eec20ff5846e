"""The whole road of an exam over real HTTP and real redirects, three hosts, no browser."""

import json

import pytest
from click.testing import CliRunner

from lti_tool.cli.demo import demo

pytestmark = pytest.mark.road


def walk(tmp_path, *arguments):
    result = CliRunner().invoke(demo, ["--once", "--out", str(tmp_path / "out"), *arguments])
    summary = tmp_path / "out" / "summary.json"
    return result, json.loads(summary.read_text()) if summary.exists() else None


@pytest.mark.parametrize("lms", ["canvas", "moodle"])
def test_a_generated_exam_arrives(tmp_path, lms):
    result, summary = walk(tmp_path, "--lms", lms)
    assert result.exit_code == 0, result.output
    assert summary["questions_imported"] > 3
    assert summary["points"] > 0
    assert not summary["student_sees_keys"]
    calls = [(call["method"], call["path"]) for call in summary["examplary_calls"]]
    assert calls.count(("POST", "/users")) == 1
    assert calls.count(("POST", "/embed-sessions")) == 1
    assert calls.count(("GET", "/exams/{id}")) == 1
    assert calls.count(("DELETE", "/embed-sessions/{id}")) == 1
    assert summary["launches"][0]["message_type"] == "LtiDeepLinkingRequest"
    kind = "file" if lms == "canvas" else "ltiResourceLink"
    assert [item["type"] for item in summary["content_items"]] == [kind]


@pytest.mark.parametrize(("lms", "package"), [("canvas", "exam.zip"), ("moodle", "exam.xml")])
@pytest.mark.parametrize(("exam", "points"), [("mixed-12", 26), ("pci-12", None), ("single-1", 1)])
def test_a_given_exam_arrives_with_all_its_questions_and_points(tmp_path, fixtures, lms, package, exam, points):
    source = fixtures / "exams" / f"{exam}.json"
    result, summary = walk(tmp_path, "--lms", lms, "--exam", str(source), "--assets", str(fixtures / "assets"))
    assert result.exit_code == 0, result.output
    asked = json.loads(source.read_text())
    assert summary["questions_imported"] >= len(asked["questions"])
    assert summary["exam"] == asked["name"]
    assert (tmp_path / "out" / package).stat().st_size == summary["packages"][package]
    if points is not None:
        assert summary["points"] == points


def test_an_empty_exam_ends_the_road_with_a_plain_sentence_and_status_one(tmp_path):
    empty = tmp_path / "empty.json"
    empty.write_text(json.dumps({"id": "exam_1", "name": "Empty", "questions": []}))
    result, summary = walk(tmp_path, "--exam", str(empty))
    assert result.exit_code == 1
    assert summary is None
    assert "Traceback" not in result.output
    assert "exam." in result.output
