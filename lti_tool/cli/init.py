"""``python -m lti_tool init``: write a file of settings that works."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TextIO, TypeVar

import click
from cryptography.fernet import Fernet

from config.settings import PREFIX, problems_of
from lti_tool.cli.output import failure, say

_LINE = re.compile(rf"^#?({PREFIX}[A-Z_]+)=.*$")
_API_KEY = f"{PREFIX}EXAMPLARY_API_KEY"

_OPTIONS = (
    ("--base-url", "Public address of the tool, such as https://exams.example.org"),
    ("--database-url", "postgresql+psycopg://… or mariadb+pymysql://…; without it, SQLite"),
    ("--queue-url", "redis://… or postgresql://…; without it, SQLite"),
    ("--cache-url", "redis://…; without it, memory of each process"),
    ("--languages", "Languages of the pages, separated by commas; the first is the default"),
)


Command = TypeVar("Command", bound=Callable[..., object])


def _options(command: Command) -> Command:
    for name, text in reversed(_OPTIONS):
        command = click.option(name, default=None, help=text)(command)
    return command


@click.command()
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path), default=Path(".env"), show_default=True)
@click.option("--trusted-proxies", type=click.IntRange(0, 5), default=1, show_default=True, help="Proxies in front")
@click.option("--api-key-file", type=click.File(), help=f"File with Examplary's API key, instead of ${_API_KEY}")
@_options
def init(file: Path, trusted_proxies: int, api_key_file: TextIO | None, **options: str | None) -> None:
    """Write a file of settings with new keys; asks for what is missing if a person is at the terminal.

    The API key is never an argument, because lists of processes show those.
    """
    if file.exists():
        raise failure(f"{file} already exists and wasn't changed. Choose another with --file, or edit it.")
    api_key = api_key_file.read().strip() if api_key_file is not None else os.environ.get(_API_KEY, "")
    values = _asked(options | {"examplary_api_key": api_key})
    values |= {
        f"{PREFIX}TRUSTED_PROXIES": str(trusted_proxies),
        f"{PREFIX}SECRET_KEY": secrets.token_urlsafe(48),
        f"{PREFIX}ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        f"{PREFIX}METRICS_TOKEN": secrets.token_urlsafe(32),
    }
    problems = problems_of(values)
    for problem in problems:
        say(problem, err=True)
    if problems:
        raise failure("Nothing was written. Correct these settings.")
    _write(file, _filled_in(values))
    say(f"Wrote {file}; only you can read it. Keep a copy of {PREFIX}ENCRYPTION_KEYS apart from backups.")
    say("Next: make run, or python -m lti_tool migrate and start the tool your own way. Then add an account of the")
    say("console at /admin, where you register your LMS: python -m lti_tool admins add you@example.org")


def _asked(options: Mapping[str, str | None]) -> dict[str, str]:
    """Return the settings that have a value, after asking a person for the two that have no default."""
    values = {f"{PREFIX}{name.upper()}": value for name, value in options.items() if value}
    if sys.stdin.isatty():
        if f"{PREFIX}BASE_URL" not in values:
            values[f"{PREFIX}BASE_URL"] = click.prompt("Public address of the tool, such as https://exams.example.org")
        if _API_KEY not in values:
            values[_API_KEY] = click.prompt("Examplary's API key (app.examplary.ai/account/developer)", hide_input=True)
    return values


def _filled_in(values: Mapping[str, str]) -> str:
    """Return the example's text with these values, so that the file explains itself."""
    lines = files("config").joinpath("example.env").read_text(encoding="utf-8").splitlines()
    return "\n".join(_filled_in_line(line, values) for line in lines) + "\n"


def _filled_in_line(line: str, values: Mapping[str, str]) -> str:
    setting = _LINE.match(line)
    return f"{setting[1]}={values[setting[1]]}" if setting and setting[1] in values else line


def _write(file: Path, text: str) -> None:
    """Write a new file that only its owner can read."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
