"""``python -m lti_tool demo``: the whole road on this machine, with stand-ins for the LMS and for Examplary."""

from __future__ import annotations

import json
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import click
import requests

from lti_tool.cli.demo_house import API_KEY, DemoPorts, demo_house
from lti_tool.errors import ToolError
from lti_tool.logs import configure_logging
from sandbox.examplary import ExamplaryConfig
from sandbox.plain_browser import RoadBlockedError
from sandbox.walkthrough import Road, RoadSummary, Wish, walk_canvas, walk_moodle

PORTS = DemoPorts(lms=8100, tool=8101, examplary=8102)
WALKS = {"canvas": walk_canvas, "moodle": walk_moodle}


@click.command()
@click.option("--once", is_flag=True, help="Walk the whole road without a browser, write what came of it, and end.")
@click.option("--lms", type=click.Choice(list(WALKS)), default="canvas", show_default=True)
@click.option(
    "--exam", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Serve this exam instead of making one"
)
@click.option(
    "--assets", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Images and files of that exam"
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where packages and summary.json go")
def demo(*, once: bool, lms: str, exam: Path | None, assets: Path | None, out: Path | None) -> None:
    """Start the tool beside a stand-in LMS and a stand-in Examplary, all on this machine only."""
    configure_logging("WARNING", "console")
    examplary = ExamplaryConfig(
        api_key=API_KEY, control=True, exam_files=(exam,) if exam else (), assets_dir=assets, generation_seconds=4.0
    )
    with tempfile.TemporaryDirectory(prefix="examplary-demo-") as folder:
        if once:
            _walk_once(Path(folder), replace(examplary, generation_seconds=0.2), lms, out)
        else:
            _stay_open(Path(folder), examplary)


def _walk_once(folder: Path, examplary: ExamplaryConfig, lms: str, out: Path | None) -> None:
    try:
        with demo_house(folder, examplary, DemoPorts()) as road:
            summary = WALKS[lms](road, Wish())
    except (RoadBlockedError, ToolError, requests.RequestException) as error:
        raise click.ClickException(_plain(error)) from error
    if out is not None:
        _write(summary, out)
    _tell(summary, out)
    if summary.student_sees_keys:
        raise click.ClickException("A student can see a page that only teachers may see.")


def _plain(error: Exception) -> str:
    return error.plain() if isinstance(error, ToolError) else f"The road ended early. {error}"


def _write(summary: RoadSummary, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, data in summary.packages.items():
        (out / name).write_bytes(data)
    (out / "summary.json").write_text(json.dumps(summary.to_json(), indent=2, ensure_ascii=False) + "\n")


def _tell(summary: RoadSummary, out: Path | None) -> None:
    click.echo(f"“{summary.exam}” has arrived in the {summary.lms.capitalize()}-like course:")
    click.echo(f"  {summary.questions_imported} questions, {summary.points:g} points")
    click.echo(f"  {len(summary.launches)} launches, {len(summary.examplary_calls)} calls at Examplary")
    for message in summary.import_messages:
        click.echo(f"  the LMS says: {message}")
    if out is not None:
        click.echo(f"  packages and summary.json are in {out}")


def _stay_open(folder: Path, examplary: ExamplaryConfig) -> None:
    with demo_house(folder, examplary, PORTS) as road:
        _invite(road)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("\nStopping …")


def _invite(road: Road) -> None:
    click.echo("Everything runs. Open this in a browser on this machine:\n")
    click.echo(f"    {road.lms}\n")
    click.echo("Log in as the teacher and open a course:")
    click.echo("  as in Canvas:  Settings → Import Course Content → Examplary → Find a Course")
    click.echo("  as in Moodle:  Add an activity → Examplary → Select content")
    click.echo(f"\nThe tool's own page: {road.tool}    Stop with Ctrl+C.")
