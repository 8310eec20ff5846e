"""``python -m lti_tool check FILE``: report the contents and problems of a package in plain words."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lti_tool.cli.output import say
from lti_tool.errors import PackageError
from lti_tool.formats import format_decimal
from lti_tool.formats.check import check_package
from lti_tool.formats.check.report import CheckReport, Tally

_MAX_SHOWN = 30
_NO_SCHEMA = ("QTI 1.2", "Moodle XML")
"""Kinds for which there is no schema."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--schemas",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the official QTI schemas.",
)
def check(file: Path, schemas: Path | None) -> None:
    """Show the contents and problems of FILE (QTI 1.2, 2, 3; Common Cartridge; Moodle XML)."""
    try:
        report = check_package(file.read_bytes(), schemas)
    except PackageError as error:
        say(error.plain(), err=True)
        sys.exit(1)
    for line in _lines(report, has_schemas=schemas is not None):
        say(line)
    sys.exit(0 if report.is_good else 1)


def _lines(report: CheckReport, *, has_schemas: bool) -> list[str]:
    lines = [f"{report.kind}: {report.title or 'untitled'}"]
    if report.elsewhere.questions:
        lines += [f"In Canvas: {_counts(report.tally)}", f"In other systems: {_counts(report.elsewhere)}"]
    else:
        lines.append(_counts(report.tally))
    lines.append(f"Files: {len(report.media)} used, {len(report.missing)} missing, {len(report.unused)} unused")
    lines += [f"  missing: {name}" for name in sorted(report.missing)[:_MAX_SHOWN]]
    lines += [f"  unused: {name}" for name in sorted(report.unused)[:_MAX_SHOWN]]
    if report.remote:
        lines.append(f"On the web: {len(report.remote)} images, which may disappear")
    without = "" if has_schemas or report.kind in _NO_SCHEMA else "not checked without schemas (--schemas FOLDER)"
    lines.append(f"Schema: {report.schema or without or 'none for this format'}")
    return [*lines, *_problems(report)]


def _counts(tally: Tally) -> str:
    kinds = ", ".join(f"{count} {kind}" for kind, count in tally.questions.most_common())
    total = sum(tally.questions.values())
    questions = "question" if total == 1 else "questions"
    return f"{total} {questions} ({kinds or 'none'}), {format_decimal(tally.points)} points"


def _problems(report: CheckReport) -> list[str]:
    if not report.problems:
        return ["No problems found."]
    lines = [f"Problems: {len(report.problems)}"]
    for problem in sorted(report.problems, key=lambda problem: not problem.serious)[:_MAX_SHOWN]:
        sign = "!" if problem.serious else "-"
        lines.append(f"  {sign} {problem.place}: {problem.sentence} {problem.advice}")
    if len(report.problems) > _MAX_SHOWN:
        lines.append(f"  … and {len(report.problems) - _MAX_SHOWN} more")
    return lines
