"""A whole workflow over HTTP and redirects, three hosts, the tool as a process, no browser."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.workflow
ROOT = Path(__file__).parents[2]


def run_once(tmp_path, *arguments):
    """Return the finished process of ``python -m sandbox --once`` and its summary, if it wrote one."""
    command = [sys.executable, "-m", "sandbox", "--once", "--out", str(tmp_path / "out"), *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    summary = tmp_path / "out" / "summary.json"
    return result, json.loads(summary.read_text()) if summary.exists() else None


@pytest.mark.parametrize(
    ("lms", "method"), [("canvas", "file"), ("canvas", "direct"), ("moodle", "link"), ("moodle", "direct")]
)
def test_a_generated_exam_arrives(tmp_path, lms, method):
    result, summary = run_once(tmp_path, "--lms", lms, "--method", method)
    assert result.returncode == 0, result.stderr
    assert summary["questions_imported"] > 3
    assert summary["points"] > 0
    assert not summary["student_sees_keys"]
    calls = [(call["method"], call["path"]) for call in summary["examplary_calls"]]
    assert calls.count(("POST", "/users")) == 1
    assert calls.count(("POST", "/embed-sessions")) == 1
    assert calls.count(("GET", "/exams/{id}")) == 1
    assert calls.count(("DELETE", "/embed-sessions/{id}")) == 1
    from_menu = (lms, method) == ("canvas", "direct")
    message_type = "LtiResourceLinkRequest" if from_menu else "LtiDeepLinkingRequest"
    assert summary["launches"][0]["message_type"] == message_type
    kinds = {"file": ["file"], "link": ["ltiResourceLink"], "direct": []}
    assert [item["type"] for item in summary["content_items"]] == kinds[method]


def test_an_exam_changed_in_examplary_updates_its_quiz(tmp_path):
    result, summary = run_once(tmp_path, "--lms", "moodle", "--method", "changed")
    assert result.returncode == 0, result.stderr
    assert summary["exam"] == "Changed in Examplary"
    calls = [(call["method"], call["path"]) for call in summary["examplary_calls"]]
    assert calls.count(("POST", "/embed-sessions")) == 2


@pytest.mark.parametrize(
    ("lms", "package", "exam", "points"),
    [("canvas", "exam.zip", "mixed-12", 26), ("moodle", "exam.xml", "pci-12", None)],
)
def test_a_given_exam_arrives_with_all_its_questions_and_points(tmp_path, fixtures, lms, package, exam, points):
    source = fixtures / "exams" / f"{exam}.json"
    method = {"canvas": "file", "moodle": "link"}[lms]
    given = ("--exam", str(source), "--assets", str(fixtures / "assets"))
    result, summary = run_once(tmp_path, "--lms", lms, "--method", method, *given)
    assert result.returncode == 0, result.stderr
    exam_file = json.loads(source.read_text())
    assert summary["questions_imported"] >= len(exam_file["questions"])
    assert summary["exam"] == exam_file["name"]
    assert (tmp_path / "out" / package).stat().st_size == summary["packages"][package]
    if points is not None:
        assert summary["points"] == points


@pytest.mark.parametrize(("lms", "exam", "points"), [("moodle", "mixed-12", 26), ("canvas", "pci-12", None)])
def test_a_given_exam_becomes_a_quiz_with_all_its_questions_and_points(tmp_path, fixtures, lms, exam, points):
    source = fixtures / "exams" / f"{exam}.json"
    given = ("--exam", str(source), "--assets", str(fixtures / "assets"))
    result, summary = run_once(tmp_path, "--lms", lms, *given)
    assert result.returncode == 0, result.stderr
    exam_file = json.loads(source.read_text())
    assert (summary["questions_imported"], summary["exam"]) == (len(exam_file["questions"]), exam_file["name"])
    if points is not None:
        assert summary["points"] == points


def test_an_unknown_method_is_named(tmp_path):
    result, _ = run_once(tmp_path, "--lms", "canvas", "--method", "link")
    assert result.returncode == 2
    assert "canvas has direct and file" in result.stderr


def test_an_empty_exam_ends_with_a_sentence_and_status_one(tmp_path):
    empty = tmp_path / "empty.json"
    empty.write_text(json.dumps({"id": "exam_1", "name": "Empty", "questions": []}))
    result, summary = run_once(tmp_path, "--exam", str(empty))
    assert result.returncode == 1
    assert summary is None
    assert "Traceback" not in result.stderr
    assert "exam." in result.stderr
