"""``platforms account``: the key is checked, stored, removed, and never shown."""

import pytest

from sandbox.examplary import ExamplaryConfig
from tests.support.cli import run
from tests.support.examplary import API_KEY

OWN = "examp_ownkeyofthelms"
WHICH = ("--issuer", "https://lms.example.org", "--client-id", "client-1")
ADDRESSES = ("--authorization-url", "https://lms.example.org/auth", "--jwks-url", "https://lms.example.org/jwks")


@pytest.fixture
def examplary_config():
    return ExamplaryConfig(api_key=API_KEY, further_keys={OWN: "org_Theirs"})


@pytest.fixture
def registered(environment, examplary, monkeypatch):
    monkeypatch.setenv("LTI_TOOL_EXAMPLARY_API_URL", examplary.base_url)
    assert run("platforms", "add", *WHICH, *ADDRESSES).exit_code == 0


def api_key_shown():
    (line,) = [line for line in run("platforms", "show", *WHICH).output.splitlines() if line.startswith("api key")]
    return line


def test_a_key_from_a_file_is_used_until_it_is_removed(registered, tmp_path):
    (tmp_path / "key").write_text(f"{OWN}\n")
    assert api_key_shown() == "api key: of the operator"
    done = run("platforms", "account", *WHICH, "--key-file", str(tmp_path / "key"))
    assert (done.exit_code, done.output) == (0, "This LMS now has its own API key.\n")
    assert api_key_shown() == "api key: its own"
    done = run("platforms", "account", *WHICH, "--remove")
    assert (done.exit_code, done.output) == (0, "This LMS now uses the operator's API key.\n")
    assert api_key_shown() == "api key: of the operator"


def test_a_prompted_key_is_not_shown(registered):
    done = run("platforms", "account", *WHICH, input=f"{OWN}\n")
    assert done.exit_code == 0
    assert OWN not in done.output


@pytest.mark.parametrize(
    ("options", "typed", "problem"),
    [
        ((), "examp_wrong\n", "rejected this tool's API key"),
        (("--key-file", "-"), "  \n", "The API key is empty"),
        (("--key-file", "-", "--remove"), OWN, "not both"),
        (("--key-file", "no-such-file"), "", "No such file"),
    ],
)
def test_an_invalid_key_changes_nothing(registered, options, typed, problem):
    done = run("platforms", "account", *WHICH, *options, input=typed)
    assert done.exit_code != 0
    assert problem in done.output
    assert api_key_shown() == "api key: of the operator"


def test_the_check_shows_that_examplary_accepts_the_key(registered):
    assert "✓ Examplary: It accepts this tool's API key." in run("platforms", "check").output
    run("platforms", "account", *WHICH, input=f"{OWN}\n")
    assert "✓ Examplary: It accepts this LMS's API key." in run("platforms", "check").output


def test_presets_and_colour_are_set_and_shown(registered):
    done = run("platforms", "edit", *WHICH, "--preset", "subject=Biology", "--theme-color", "#123abc")
    assert done.exit_code == 0
    output = run("platforms", "show", *WHICH).output
    assert "presets: subject=Biology\n" in output
    assert "theme color: #123abc\n" in output
