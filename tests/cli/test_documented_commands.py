"""Run the commands of the administrators' guides, in their order."""

import re
import shlex
from pathlib import Path

import pytest

from tests.support.cli import run
from tests.support.examplary import API_KEY

PAGES = [Path(__file__).parents[2] / "docs" / f"{name}.md" for name in ("canvas", "moodle", "administrators")]


def commands():
    """Return the arguments of every command in a code block."""
    blocks = re.findall(r"```sh\n(.*?)```", "".join(page.read_text() for page in PAGES), re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line.removeprefix(".venv/bin/python -m lti_tool ")) for line in lines]


@pytest.fixture
def with_examplary(environment, examplary, monkeypatch):
    monkeypatch.setenv("LTI_TOOL_EXAMPLARY_API_URL", examplary.base_url)


def test_every_documented_command_works(with_examplary):
    verbs = []
    for arguments in commands():
        verbs.append(arguments[:2])
        # The LMSs of the page do not exist, so every check of them must report problems.
        expected = 1 if arguments[:2] == ["platforms", "check"] else 0
        # Only one command prompts, for an API key.
        done = run(*arguments, input=f"{API_KEY}\n")
        assert done.exit_code == expected, (arguments, done.output)
    assert verbs.count(["platforms", "add"]) >= 2
    assert ["platforms", "edit"] in verbs
    assert ["platforms", "account"] in verbs
