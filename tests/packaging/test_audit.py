"""``make audit`` says when it could not look, instead of finding nothing."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("ci_audit", ROOT / ".ci" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["ci_audit"] = module
    spec.loader.exec_module(module)
    return module


FINE = {"name": "flask", "version": "3", "vulns": []}
SKIPPED = {"name": "lxml", "skip_reason": "Dependency not found on PyPI and could not be audited: lxml (6)"}
OURS = {"name": "examplary-lms", "skip_reason": "not on PyPI"}
BAD = {"name": "huey", "version": "1", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}


@pytest.mark.parametrize(
    ("packages", "required", "status", "part"),
    [
        ([FINE, OURS], False, 0, "No known vulnerabilities in 1 packages."),
        ([FINE, BAD], False, 1, "huey 1: PYSEC-1, PYSEC-2"),
        ([SKIPPED, BAD], False, 1, "huey 1: PYSEC-1, PYSEC-2"),
        ([SKIPPED, OURS], False, 0, "NOT AUDITED"),
        ([SKIPPED], True, 1, "NOT AUDITED"),
        ([], False, 0, "NOT AUDITED"),
        ([FINE, SKIPPED], False, 1, "NOT AUDITED, because the feed doesn't know them: lxml"),
    ],
)
def test_the_verdict(audit, packages, required, status, part):
    result = audit.read_report(json.dumps({"dependencies": packages, "fixes": []}))
    actual, sentence = audit.verdict(result, required=required)
    assert (actual, part in sentence) == (status, True)


def test_an_empty_report_is_no_good_news(audit):
    assert audit.verdict(audit.read_report(""), required=True)[0] == 1


def test_ci_runs_the_audit():
    assert "make audit" in (ROOT / ".ci" / "run").read_text()
