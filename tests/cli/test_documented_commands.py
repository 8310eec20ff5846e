"""Run the commands of the documentation, in their order."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.support.cli import run
from tests.support.examplary import API_KEY

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [DOCS / f"{name}.md" for name in ("canvas", "moodle", "administrators")]
FIXTURES = ROOT / "tests" / "fixtures"
PROGRAM = ".venv/bin/python -m lti_tool "
REGISTRATION = (
    *("--issuer", "https://moodle.example.org", "--client-id", "10000000000001", "--deployment-id", "7"),
    *("--authorization-url", "https://moodle.example.org/auth", "--jwks-url", "https://moodle.example.org/jwks"),
)
NEED_ROWS = {
    *("chores retry", "chores settle", "exams show", "exams retry", "exams hand-over", "refusals show"),
    *("refusals add-host", "people export", "people erase", "deliveries revoke"),
}
"""Commands about an exam, person or refusal that a new installation doesn't have."""
NOT_RUN = NEED_ROWS | {"worker", "restore"}
"""The worker runs until it is stopped, and ``restore`` replaces the database (see tests/services/test_backup.py)."""


def lines(*pages):
    """Return every line of the code blocks; a backslash continues one."""
    blocks = re.findall(r"```sh\n(.*?)```", "".join(page.read_text() for page in pages), re.DOTALL)
    return "".join(blocks).replace("\\\n", " ").splitlines()


def arguments_of(line):
    """Return the arguments of a command of the tool, without a comment and without the file for its output."""
    return shlex.split(line.removeprefix(PROGRAM).partition(" > ")[0], comments=True)


def commands_among_others(page):
    """Return the arguments of the tool's commands on a page that shows other programs as well."""
    return [arguments_of(line) for line in lines(page) if line.startswith(PROGRAM)]


@pytest.fixture
def with_examplary(environment, examplary, monkeypatch):
    monkeypatch.setenv("LTI_TOOL_EXAMPLARY_API_URL", examplary.base_url)


@pytest.fixture
def folder(environment, tmp_path, monkeypatch):
    """A temporary working directory with the files that the pages name."""
    folder = tmp_path / "work"
    shutil.copytree(FIXTURES / "assets", folder / "IMAGES")
    shutil.copy(FIXTURES / "exams" / "mixed-12.json", folder / "EXAM.json")
    shutil.copytree(FIXTURES / "exams", folder / "tests" / "fixtures" / "exams")
    monkeypatch.chdir(folder)
    return folder


def test_every_documented_command_works(with_examplary):
    verbs = []
    for line in lines(*PAGES):
        arguments = arguments_of(line)
        verbs.append(arguments[:2])
        # The LMSs of the page do not exist, so every check of them must report problems.
        expected = 1 if arguments[:2] == ["platforms", "check"] else 0
        # Only one command prompts, for an API key.
        done = run(*arguments, input=f"{API_KEY}\n")
        assert done.exit_code == expected, (arguments, done.output)
    assert verbs.count(["platforms", "add"]) >= 2
    assert ["platforms", "edit"] in verbs
    assert ["platforms", "account"] in verbs


@pytest.mark.parametrize("page", [DOCS / "formats.md", ROOT / "README.md"], ids=lambda page: page.stem)
def test_documented_conversions_work(folder, page):
    for arguments in commands_among_others(page):
        done = run(*arguments)
        assert done.exit_code == 0, (arguments, done.output)
    assert (folder / "exam.zip").stat().st_size > 0


def test_documented_commands_for_operators_work(folder):
    assert run("platforms", "add", *REGISTRATION).exit_code == 0
    verbs = set()
    for documented in commands_among_others(DOCS / "operators.md"):
        verb = " ".join(documented[:2])
        if documented[0] in NOT_RUN or verb in NOT_RUN:
            continue
        verbs.add(verb)
        arguments = [argument.replace("/backups", str(folder)) for argument in documented]
        done = run(*arguments, input="y\n")
        assert done.exit_code == 0, (arguments, done.output)
    assert verbs >= {"admins add", "admins recover", "chores list", "exams find", "platforms off", "deployments off"}
    assert list(folder.glob("*.backup"))
