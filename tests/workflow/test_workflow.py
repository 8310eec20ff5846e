"""A whole workflow over HTTP and redirects, three hosts, no browser."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.__main__ import WORKFLOWS
from sandbox.workflow import ExamRequest
from tests.support.demo_tool import build_tool, free_urls, serve_stand_ins, serve_tool, set_canvas_key

pytestmark = pytest.mark.workflow
ROOT = Path(__file__).parents[2]
METHODS = [("canvas", "file"), ("canvas", "direct"), ("moodle", "link"), ("moodle", "direct")]
CONTENT_ITEMS = {"file": ["file"], "link": ["ltiResourceLink"], "direct": []}
"""Types of the content items that are returned, by method."""


def run_once(tmp_path, *arguments):
    """Return the finished process of ``python -m sandbox --once`` and its summary, if it wrote one."""
    command = [sys.executable, "-m", "sandbox", "--once", "--out", str(tmp_path / "out"), *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    summary = tmp_path / "out" / "summary.json"
    return result, json.loads(summary.read_text()) if summary.exists() else None


def run_here(folder, lms, method, **examplary):
    """Run a workflow with the tool in this process; return its summary."""
    urls = free_urls()
    tool = build_tool(folder, urls)
    with serve_stand_ins(urls, generation_seconds=0.2, **examplary), serve_tool(tool, urls):
        set_canvas_key(tool, urls)
        return WORKFLOWS[lms][method](urls, ExamRequest())


@pytest.mark.parametrize("lms", WORKFLOWS)
def test_the_command_brings_a_generated_exam_into_the_course(tmp_path, lms):
    result, summary = run_once(tmp_path, "--lms", lms)
    assert result.returncode == 0, result.stderr
    assert summary["questions_imported"] > 3
    assert summary["points"] > 0
    assert not summary["student_sees_keys"]
    assert f"{summary['questions_imported']} questions, {summary['points']:g} points" in result.stdout


def test_the_command_brings_a_given_exam_into_the_course(tmp_path, fixtures):
    source = fixtures / "exams" / "mixed-12.json"
    given = ("--exam", str(source), "--assets", str(fixtures / "assets"))
    result, summary = run_once(tmp_path, "--lms", "canvas", "--method", "file", *given)
    assert result.returncode == 0, result.stderr
    assert (summary["exam"], summary["points"]) == (json.loads(source.read_text())["name"], 26)
    assert (tmp_path / "out" / "exam.zip").stat().st_size == summary["packages"]["exam.zip"]


@pytest.mark.parametrize(("lms", "method"), METHODS)
def test_a_generated_exam_arrives(tmp_path, lms, method):
    summary = run_here(tmp_path, lms, method)
    assert summary.questions_imported > 3
    assert summary.points > 0
    assert not summary.student_sees_keys
    calls = [(call["method"], call["path"]) for call in summary.examplary_calls]
    assert calls.count(("POST", "/users")) == 1
    assert calls.count(("POST", "/embed-sessions")) == 1
    assert calls.count(("GET", "/exams/{id}")) == 1
    assert calls.count(("DELETE", "/embed-sessions/{id}")) == 1
    from_menu = (lms, method) == ("canvas", "direct")
    message_type = "LtiResourceLinkRequest" if from_menu else "LtiDeepLinkingRequest"
    assert summary.launches[0]["message_type"] == message_type
    assert [item["type"] for item in summary.content_items] == CONTENT_ITEMS[method]


def test_an_exam_changed_in_examplary_updates_its_quiz(tmp_path):
    summary = run_here(tmp_path, "moodle", "changed")
    assert summary.exam == "Changed in Examplary"
    calls = [(call["method"], call["path"]) for call in summary.examplary_calls]
    assert calls.count(("POST", "/embed-sessions")) == 2


@pytest.mark.parametrize(
    ("lms", "method", "exam", "points"),
    [
        ("canvas", "file", "mixed-12", 26),
        ("canvas", "direct", "pci-12", None),
        ("moodle", "link", "pci-12", None),
        ("moodle", "direct", "mixed-12", 26),
    ],
)
def test_a_given_exam_arrives_with_all_its_questions_and_points(tmp_path, fixtures, lms, method, exam, points):
    source = fixtures / "exams" / f"{exam}.json"
    summary = run_here(tmp_path, lms, method, exam_files=(source,), assets_dir=fixtures / "assets")
    exam_file = json.loads(source.read_text())
    assert summary.exam == exam_file["name"]
    # Moodle's import counts the texts between questions, too.
    if method == "link":
        assert summary.questions_imported >= len(exam_file["questions"])
    else:
        assert summary.questions_imported == len(exam_file["questions"])
    if points is not None:
        assert summary.points == points


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
