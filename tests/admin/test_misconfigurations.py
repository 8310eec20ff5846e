"""The table of mistakes: messages to the teacher, in the console and of the check, and the console's offers."""

from __future__ import annotations

import copy
import itertools
import json
import re
from pathlib import Path

import pytest

from lti_tool.cli import app_context
from sandbox.examplary.openapi import description
from sandbox.faults import Fault
from sandbox.plain_browser import Form
from tests.support.cli import run
from tests.support.misconfigurations import MISTAKES

GUIDE = Path(__file__).parents[2] / "docs" / "administrators.md"


@pytest.fixture
def command(tool, monkeypatch):
    """Run a command of the tool."""
    monkeypatch.setattr(app_context, "read_settings", lambda: tool.services.settings)
    return run


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_each_mistake_is_reported_to_teacher_and_administrator(tool, command, mistake):
    platform = mistake.make(tool)
    issuer = platform.issuer
    client_id = platform.client_id
    own_path = f"/platforms/{platform.id}"
    page = mistake.open(tool)
    if page is not None:
        assert mistake.teacher in page.text
    else:
        assert mistake.teacher == ""

    output = command("platforms", "check", "--issuer", issuer, "--client-id", client_id).output
    assert mistake.check in output
    assert findings_without_advice(output) == []
    state = tool.console_page(own_path)
    assert mistake.check in state.text

    path = mistake.console_path.format(platform=platform.id) or f"/diagnosis/{number_on(page)}"
    page_in_console = tool.console_page(path)
    assert mistake.console in page_in_console.text
    offers = " ".join((page_in_console.text, state.text))
    assert mistake.correction in offers


def findings_without_advice(output):
    """Return remarks and failures that don't say what to do next."""
    lines = [*output.splitlines(), ""]
    return [
        line
        for line, following in itertools.pairwise(lines)
        if line.startswith(("  ✗", "  !")) and not following.startswith("      →")
    ]


def number_on(page):
    """Return the reference on an error page."""
    return re.search(r"Reference: (\w+)", page.text)[1]


def test_the_guide_has_this_table():
    lines = GUIDE.read_text(encoding="utf-8").partition("### Common mistakes")[2].partition("\n#")[0].splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]
    assert rows[2:] == [mistake.cells for mistake in MISTAKES]


def test_an_added_deployment_opens_the_tool(tool):
    mistake = next(mistake for mistake in MISTAKES if mistake.correction == "Add this deployment")
    mistake.make(tool)
    page = mistake.open(tool)
    diagnosis = tool.console_page(f"/diagnosis/{number_on(page)}")
    tool.console.submit(diagnosis.form("Add this deployment"))
    assert "Create an exam" in mistake.open(tool).text


def test_wrong_addresses_are_corrected_from_the_lmss_own_configuration(tool):
    mistake = next(mistake for mistake in MISTAKES if mistake.correction == "Use the LMS's own addresses")
    platform = mistake.make(tool)
    mistake.open(tool)
    page = tool.console_page(f"/platforms/{platform.id}")
    assert not page.has_form_to("addresses")
    page = tool.console.submit(page.form("Check now"))
    assert mistake.check in page.text
    page = tool.console.submit(page.form_to("addresses"))
    assert "The LMS's configuration matches its registration." in page.text
    assert platform.jwks_url == tool.lms.describe()["moodle"].jwks_url
    assert "Create an exam" in mistake.open(tool).text
    assert tool.console.submit(Form("post", f"{page.url.split('#')[0]}/addresses", (), ())).status == 403


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda document: document["paths"].pop("/users"), "POST /users no longer exists."),
        (
            lambda document: document["components"]["schemas"]["NewUser"]["required"].append("country"),
            "POST /users now needs country, which this version of the tool doesn't send.",
        ),
        (lambda document: document.pop("paths"), "has no description that can be read"),
    ],
    ids=["path", "field", "no description"],
)
def test_calls_to_examplary_are_compared_with_its_description(tool, command, change, sentence):
    document = copy.deepcopy(description())
    change(document)
    faults = tool.examplary_app.extensions["faults"]
    faults.script("GET /openapi", *[Fault(status=200, body=json.dumps(document))] * 2)
    platform = tool.platform()
    result = command("platforms", "check", "--issuer", platform.issuer)
    assert sentence in result.output
    assert result.exit_code == ("no description" not in sentence)
    page = tool.console.submit(tool.console_page(f"/platforms/{platform.id}").form("Check now"))
    assert sentence in page.text


def test_commands_want_a_client_id_only_where_it_is_needed(tool, command):
    issuer = tool.platform().issuer
    settings_command = command("platforms", "show", "--issuer", issuer)
    assert (settings_command.exit_code, "waiting for the first launch" in settings_command.output) == (0, True)
    assert "waiting for the first launch" in command("platforms", "list").output
    tool.platform(client_id="second")
    refused = command("platforms", "show", "--issuer", issuer)
    assert "registration.client_id_needed" in refused.output
    assert "second" in refused.output
