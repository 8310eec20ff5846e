"""The commands that the page for administrators shows, run as they stand there, one after the other."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet

from lti_tool.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "administrators.md"


def commands():
    """Return the arguments of every command that stands in a block of its own."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line.removeprefix("python -m lti_tool ")) for line in lines]


@pytest.fixture
def environment(tmp_path, monkeypatch):
    values = {
        "ENVIRONMENT": "test",
        "SECRET_KEY": "s" * 40,
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'tool.sqlite3'}",
        "QUEUE_URL": f"sqlite:///{tmp_path / 'queue.sqlite3'}",
        "PACKAGE_CACHE_DIR": str(tmp_path / "packages"),
        "ENV_FILE": str(tmp_path / "none"),
    }
    for name, value in values.items():
        monkeypatch.setenv(f"LTI_TOOL_{name}", value)


def test_every_command_does_what_the_page_says(environment):
    run = CliRunner().invoke
    assert run(main, ["migrate"]).exit_code == 0
    verbs = []
    for arguments in commands():
        verbs.append(arguments[:2])
        # The LMSs of the page are not there to be checked: every look at them ends in a finding, and in no other way.
        expected = 1 if arguments[:2] == ["platforms", "check"] else 0
        done = run(main, arguments, catch_exceptions=False)
        assert done.exit_code == expected, (arguments, done.output)
    assert verbs.count(["platforms", "add"]) >= 2
    assert ["platforms", "edit"] in verbs
