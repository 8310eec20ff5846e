"""Run a command of the tool in this process."""

from click.testing import CliRunner

from lti_tool.cli import main


def run(*arguments, **options):
    return CliRunner().invoke(main, arguments, catch_exceptions=False, **options)
