"""Output of commands. LMSs and exams supply some of it, so characters that control a terminal are escaped."""

from __future__ import annotations

import json
import re

import click

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""C0 and C1 controls (ECMA-48), line separators, controls of text direction, lone surrogates."""


def say(line: str, *, err: bool = False) -> None:
    """Print one line."""
    click.echo(printable(line), err=err)


def say_json(value: object) -> None:
    """Print a value as indented JSON, in which escapes mean the same characters."""
    for line in json.dumps(value, ensure_ascii=False, indent=2).split("\n"):
        click.echo(_CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", line))


def failure(message: str) -> click.ClickException:
    """Return the exception that ends a command with a message."""
    return click.ClickException(printable(message))


def printable(text: str) -> str:
    """Return ``text`` with escapes instead of control characters."""
    return _CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
