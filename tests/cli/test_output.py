"""What LMSs supply does not control the operator's terminal."""

import json
from pathlib import Path

import pytest

from lti_tool import create_app
from lti_tool.cli import output
from lti_tool.models import Deployment, Platform, db
from tests.support.cli import run

ESCAPE = "\x1b]0;owned\x07\x9b2J\nactive\u202e"


@pytest.mark.parametrize(
    "control", ["\x00", "\x07", "\n", "\r", "\x1b[2J", "\x7f", "\x9b", "\u2028", "\u202e", "\u2066"]
)
def test_control_characters_are_escaped(control):
    line = output.printable(f"a{control}b")
    assert not any(character in line for character in control if not character.isprintable())
    assert line.startswith("a\\")


@pytest.mark.parametrize("text", ["Universität Zürich", "مدرسة", "a\u200cb", "École no\u00a01", "学校", "👩\u200d🏫"])
def test_other_text_is_unchanged(text):
    assert output.printable(text) == text


def test_json_means_the_same(capsys):
    output.say_json({"name": ESCAPE})
    printed = capsys.readouterr().out
    assert json.loads(printed) == {"name": ESCAPE}
    assert all(character.isprintable() or character == "\n" for character in printed)


def test_platforms_list_and_show_escape_values_of_launches(environment):
    with create_app().app_context():
        row = Platform(issuer="https://a.example", client_id="1", authorization_url="a", jwks_url="b", name=ESCAPE)
        row.deployments = [Deployment(deployment_id=ESCAPE)]
        db.session.add(row)
        db.session.commit()
    chosen = ("--issuer", "https://a.example", "--client-id", "1")
    for printed in (run("platforms", "list").output, run("platforms", "show", *chosen).output):
        assert "owned" in printed
        assert all(character.isprintable() or character == "\n" for character in printed)
        assert "\nactive" not in printed


def test_no_command_prints_past_it():
    folder = Path(output.__file__).parent
    modules = [path for path in folder.glob("*.py") if path.name != "output.py"]
    assert [path.name for path in modules if "click.echo(" in path.read_text()] == []
    assert [path.name for path in modules if "click.ClickException(" in path.read_text()] == []
