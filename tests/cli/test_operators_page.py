"""The operators' page lists the real settings, metrics, checks and commands."""

import re
from pathlib import Path

import click
import pytest
from prometheus_client.parser import text_string_to_metric_families

from config.settings import Settings
from lti_tool.cli import main
from lti_tool.models import ChoreKind, db, now
from lti_tool.services.operations.heartbeats import EXAMPLARY
from lti_tool.services.operations.metrics import CallMetrics

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operators.md").read_text()
EXAMPLE = (ROOT / "config" / "example.env").read_text()
COMMANDS = sorted(set(re.findall(r"python -m lti_tool ([a-z][^`#\n]*)", PAGE)))


def defaults(text, form):
    return {name: value.strip() for name, value in re.findall(form, text, re.MULTILINE)}


def test_the_example_shows_the_real_defaults(monkeypatch):
    monkeypatch.setenv("LTI_TOOL_ENVIRONMENT", "test")
    plain = Settings(_env_file=None)
    for name, value in defaults(EXAMPLE, r"^#LTI_TOOL_([A-Z_]+)=(.*)$").items():
        if name != "ENVIRONMENT":
            monkeypatch.setenv(f"LTI_TOOL_{name}", value)
    assert Settings(_env_file=None) == plain


def test_the_table_of_settings_matches_the_example():
    documented = defaults(PAGE, r"^\| `LTI_TOOL_([A-Z_]+)` \|(?: `(.*?)`)? \|")
    assert documented == defaults(EXAMPLE, r"^#?LTI_TOOL_([A-Z_]+)=(.*)$")


def test_the_table_of_metrics_is_complete(services, platform):
    CallMetrics().observe("GET /me", "ok", 0.1)
    services.heartbeats.record("worker:a:1")
    services.heartbeats._write(EXAMPLARY, now())
    services.chores.add(ChoreKind.DELETE_SESSION, "embed_session_1", platform.id)
    db.session.commit()
    families = text_string_to_metric_families(services.metrics.text().decode())
    there = {family.name for family in families if family.name.startswith("lti_tool_")}
    assert {name.removesuffix("_total") for name in re.findall(r"`(lti_tool_[a-z_]+)`", PAGE)} == there
    alarms = set(re.findall(r"^[a-z(].*?\b(lti_tool_[a-z_]+)", PAGE, re.MULTILINE))
    assert alarms
    assert {name.removesuffix("_total") for name in alarms} <= there


def test_the_table_of_checks_matches_readiness(services):
    table = PAGE.split("## Monitoring")[1].split("`/metrics`")[0]
    documented = set(re.findall(r"^\| `([a-z]+)` \|", table, re.MULTILINE))
    assert documented == {check.name for check in services.health.readiness().checks}


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_documented_with_its_options(line):
    command, words = main, line.split()
    with click.Context(main) as context:
        while isinstance(command, click.Group) and words:
            command = command.get_command(context, words.pop(0))
        assert command is not None
        options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options
