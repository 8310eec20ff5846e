"""Every error code is explained in the administrators' guide."""

import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import lti_tool
from lti_tool.errors import ToolError, error_by_code
from lti_tool.web.errors import as_json

PAGE = Path(__file__).parents[2] / "docs" / "administrators.md"
OUTCOMES = {"generation.cancelled", "generation.expired"}
"""Codes that ``generation/over.html`` shows although they are not errors."""
CODE = re.compile(r"`([a-z]+\.[a-z_0-9]+)`")


def all_errors():
    """Return every error class of the tool."""
    for module in pkgutil.walk_packages(lti_tool.__path__, "lti_tool."):
        if not module.name.startswith(("sandbox", "lti_tool.models.migrations")):
            import_module(module.name)
    errors, pending = set(), [ToolError]
    while pending:
        error = pending.pop()
        if error.__module__.startswith("lti_tool."):
            errors.add(error)
        pending += error.__subclasses__()
    return errors


@pytest.fixture(scope="module")
def table_rows():
    """Return the rows of the tables of codes: the codes and the other cells."""
    text = PAGE.read_text()
    lines = text[text.index("## When something is wrong") :].splitlines()
    rows = [line.strip("|").split(" | ") for line in lines if line.startswith("| `")]
    return [(CODE.findall(row[0]), [part.strip() for part in row[1:]]) for row in rows]


def test_every_code_is_explained_once(table_rows):
    explained = [code for codes, _ in table_rows for code in codes]
    assert sorted(explained) == sorted({error.code for error in all_errors()} | OUTCOMES)


def test_every_row_has_a_meaning_and_an_action(table_rows):
    assert all(len(rest) == 2 and all(rest) for _, rest in table_rows)


def test_no_two_errors_share_a_code():
    """Subclasses may inherit a code: an open circuit is the same to people as an unreachable Examplary."""
    codes = [error.code for error in all_errors() if "code" in vars(error)]
    assert len(codes) == len(set(codes))


def test_every_error_can_be_shown_by_its_code_alone(app):
    """For a frame that reports its window's error, and a start page with a failed exam."""
    with app.test_request_context("/"):
        for code in {error.code for error in all_errors()}:
            message = as_json(error_by_code(code))
            assert message["code"] == code
            assert message["sentence"]
            assert "%(" not in message["sentence"] + message["advice"]


def test_every_error_has_a_next_step():
    assert [error.code for error in all_errors() if not (error.sentence.strip() and error.advice.strip())] == []
