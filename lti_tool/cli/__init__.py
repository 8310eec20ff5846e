"""The command line. The module of a command is imported when it is called, so that each starts fast."""

from __future__ import annotations

from importlib import import_module

import click

from lti_tool._version import __version__

_COMMANDS = {
    "admins": "lti_tool.cli.admins:admins",
    "audit": "lti_tool.cli.audit:audit",
    "backup": "lti_tool.cli.backup:backup",
    "check": "lti_tool.cli.check:check",
    "chores": "lti_tool.cli.chores:chores",
    "convert": "lti_tool.cli.convert:convert",
    "deliveries": "lti_tool.cli.deliveries:deliveries",
    "demo": "lti_tool.cli.demo:demo",
    "deployments": "lti_tool.cli.deployments:deployments",
    "exams": "lti_tool.cli.exams:exams",
    "init": "lti_tool.cli.init:init",
    "keys": "lti_tool.cli.keys:keys",
    "migrate": "lti_tool.cli.database:migrate",
    "new-migration": "lti_tool.cli.new_migration:new_migration",
    "people": "lti_tool.cli.people:people",
    "platforms": "lti_tool.cli.platforms:platforms",
    "refusals": "lti_tool.cli.refusals:refusals",
    "restore": "lti_tool.cli.backup:restore",
    "worker": "lti_tool.cli.worker:worker",
}
"""Name to ``module:attribute``."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=_LazyGroup)
@click.version_option(__version__, prog_name="Examplary for LMS", message="%(prog)s %(version)s")
def main() -> None:
    """Examplary for LMS."""
