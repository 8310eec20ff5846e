"""What an administrator reads when a page shows a code."""

import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import lti_tool
from lti_tool.errors import ToolError
from lti_tool.web.errors import as_json, error_by_code

PAGE = Path(__file__).parents[2] / "docs" / "administrators.md"
OUTCOMES = {"generation.cancelled", "generation.expired"}
"""Shown like codes of errors, and are none (``generation/over.html``)."""
CODE = re.compile(r"`([a-z]+\.[a-z_0-9]+)`")


def all_errors():
    """Return every error of the tree, from every module of the tool."""
    for module in pkgutil.walk_packages(lti_tool.__path__, "lti_tool."):
        if not module.name.startswith(("sandbox", "lti_tool.models.migrations")):
            import_module(module.name)
    found, kinds = set(), [ToolError]
    while kinds:
        kind = kinds.pop()
        if kind.__module__.startswith("lti_tool."):
            found.add(kind)
        kinds += kind.__subclasses__()
    return found


@pytest.fixture(scope="module")
def told():
    """Return the rows of the tables of codes: the codes of each, and the rest of it."""
    text = PAGE.read_text()
    lines = text[text.index("## When something is wrong") :].splitlines()
    rows = [line.strip("|").split(" | ") for line in lines if line.startswith("| `")]
    return [(CODE.findall(row[0]), [part.strip() for part in row[1:]]) for row in rows]


def test_every_code_that_can_be_shown_is_explained_once(told):
    explained = [code for codes, _ in told for code in codes]
    assert sorted(explained) == sorted({error.code for error in all_errors()} | OUTCOMES)


def test_every_row_says_what_it_means_and_what_to_do(told):
    assert all(len(rest) == 2 and all(rest) for _, rest in told)


def test_no_two_errors_share_a_code():
    """But those that are the same to people, and differ only for the tool: a circuit that is open is Examplary away."""
    codes = [error.code for error in all_errors() if "code" in vars(error)]
    assert len(codes) == len(set(codes))


def test_every_error_can_be_told_by_its_code_alone(app):
    """As a frame hears of what went wrong in its window, and a start page of an exam that failed yesterday."""
    with app.test_request_context("/"):
        for code in {error.code for error in all_errors()}:
            told = as_json(error_by_code(code))
            assert told["code"] == code
            assert told["sentence"]
            assert "%(" not in told["sentence"] + told["advice"]


def test_every_error_says_what_to_do_next():
    assert [error.code for error in all_errors() if not (error.sentence.strip() and error.advice.strip())] == []
