"""The app context and the shared options of commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from config.settings import Settings, read_settings
from lti_tool import create_app
from lti_tool.cli.output import failure
from lti_tool.errors import ToolError
from lti_tool.logs import configure_logging
from lti_tool.models import DatabaseFailure, classify_failure, is_migrated
from lti_tool.services import Services
from lti_tool.services.operations.health import FAILURE_NOTES

NOT_MIGRATED = "The database lacks the latest migration. Run: python -m lti_tool migrate"

TAKES_IDS = {"ignore_unknown_options": True}
"""Context settings of a command with an ID as argument: one ID in 64 begins with a dash, and isn't an option.

A mistyped option still fails, as an argument too many or an ID that does not exist.
"""

Command = TypeVar("Command", bound=Callable[..., object])

_REGISTRATION_OPTIONS = (
    ("--authorization-url", "Authentication request URL"),
    ("--jwks-url", "Public keyset URL"),
    ("--token-url", "Access token URL"),
    ("--token-audience", "Audience for access token requests, if the LMS specifies one"),
    ("--name", "Your name for this LMS"),
    ("--family", "LMS family, such as canvas or moodle; detected if omitted"),
    ("--theme-color", "Colour of Examplary's form and of our pages, such as #4f46e5"),
    ("--question-tag", "Tag for all questions, in addition to “AI-generated”"),
    ("--title-prefix", "Prefix for all titles"),
    ("--notes", "Your own remarks"),
)
_REVIEW = "Whether teachers must tick that they have reviewed the questions"
_FRAME_HOST = "Another origin on which this LMS shows frames; repeatable"
_PRESET = "Default for Examplary's form, as name=value; repeatable, and replaces all earlier ones"


@contextmanager
def services() -> Iterator[Services]:
    """Enter an app context with the settings of the environment; failures end the command in plain words.

    Logs go to standard error, so that other programs can read the command's output.
    """
    with plain_failures(), create_app(configured()).app_context():
        try:
            yield current_app.extensions["services"]
        except SQLAlchemyError as error:
            if classify_failure(error) is DatabaseFailure.BUG and not is_migrated():
                raise failure(NOT_MIGRATED) from error
            raise


def configured() -> Settings:
    """Return the settings of the environment, after the logs are configured by them."""
    settings = read_settings()
    configure_logging(settings.log_level, settings.log_format)
    return settings


@contextmanager
def plain_failures() -> Iterator[None]:
    """End the command in plain words for a :class:`ToolError`, and for a database that can't be used now."""
    try:
        yield
    except ToolError as error:
        raise failure(error.plain()) from error
    except SQLAlchemyError as error:
        kind = classify_failure(error)
        if kind is DatabaseFailure.BUG:
            raise
        # The error's own text names hosts and people.
        raise failure(f"The database (LTI_TOOL_DATABASE_URL) {FAILURE_NOTES[kind]}.") from error


def platform_options(command: Command) -> Command:
    """Add the options that identify an existing registration."""
    text = "Client ID that the LMS gave the tool; needed if the issuer has several"
    return _issuer_option(click.option("--client-id", default="", help=text)(command))


def new_platform_options(command: Command) -> Command:
    """Add the options that identify a new registration."""
    return _issuer_option(
        click.option("--client-id", required=True, help="Client ID that the LMS gave the tool")(command)
    )


def _issuer_option(command: Command) -> Command:
    text = "Platform ID (issuer), such as https://moodle.example.org"
    return click.option("--issuer", required=True, help=text)(command)


def registration_options(command: Command) -> Command:
    """Add the options for the other values of a registration."""
    for name, text in reversed(_REGISTRATION_OPTIONS):
        command = click.option(name, default=None, help=text)(command)
    command = click.option("--require-review/--no-require-review", "requires_review", default=None, help=_REVIEW)(
        command
    )
    command = click.option("--preset", "presets", multiple=True, help=_PRESET)(command)
    command = click.option("--frame-host", "frame_hosts", multiple=True, help=_FRAME_HOST)(command)
    return click.option("--insecure", is_flag=True, help="Allow addresses without TLS, for tests")(command)


def provided(values: dict[str, str | bool | tuple[str, ...] | None]) -> dict[str, object]:
    """Return the values that are set on the command line; an empty list item clears its list."""
    return {
        name: [part for part in value if part] if isinstance(value, tuple) else value
        for name, value in values.items()
        if value is not None and value != ()
    }
