"""``platforms account``: the key is tried, kept, taken back, and never shown."""

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


def test_a_key_from_a_file_is_kept_until_it_is_taken_back(registered, tmp_path):
    (tmp_path / "key").write_text(f"{OWN}\n")
    assert api_key_shown() == "api key: of the operator"
    told = run("platforms", "account", *WHICH, "--key-file", str(tmp_path / "key"))
    assert (told.exit_code, told.output) == (0, "This LMS now has its own API key.\n")
    assert api_key_shown() == "api key: its own"
    told = run("platforms", "account", *WHICH, "--remove")
    assert (told.exit_code, told.output) == (0, "This LMS now uses the operator's API key.\n")
    assert api_key_shown() == "api key: of the operator"


def test_a_key_that_is_asked_for_is_not_shown(registered):
    told = run("platforms", "account", *WHICH, input=f"{OWN}\n")
    assert told.exit_code == 0
    assert OWN not in told.output


@pytest.mark.parametrize(
    ("options", "typed", "problem"),
    [
        ((), "examp_wrong\n", "rejected this tool's API key"),
        (("--key-file", "-"), "  \n", "The API key is empty"),
        (("--key-file", "-", "--remove"), OWN, "not both"),
        (("--key-file", "no-such-file"), "", "No such file"),
    ],
)
def test_what_is_no_key_changes_nothing_and_is_told(registered, options, typed, problem):
    told = run("platforms", "account", *WHICH, *options, input=typed)
    assert told.exit_code != 0
    assert problem in told.output
    assert api_key_shown() == "api key: of the operator"


def test_the_check_says_that_examplary_takes_the_key(registered):
    assert "✓ Examplary: It accepts this tool's API key." in run("platforms", "check").output
    run("platforms", "account", *WHICH, input=f"{OWN}\n")
    assert "✓ Examplary: It accepts this LMS's API key." in run("platforms", "check").output


def test_presets_and_colour_are_given_and_shown(registered):
    told = run("platforms", "edit", *WHICH, "--preset", "subject=Biology", "--theme-color", "#123abc")
    assert told.exit_code == 0
    shown = run("platforms", "show", *WHICH).output
    assert "presets: subject=Biology\n" in shown
    assert "theme color: #123abc\n" in shown
