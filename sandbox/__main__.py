"""``python -m sandbox``: the demo, in a browser or as one run of the whole workflow."""

from __future__ import annotations

import json
import signal
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import requests

from sandbox.base_urls import BaseUrls
from sandbox.demo import API_KEY, DemoPorts, run_demo
from sandbox.examplary import ExamplaryConfig
from sandbox.plain_browser import WorkflowError
from sandbox.tool_process import ToolProcessError
from sandbox.workflow import (
    ExamRequest,
    WorkflowSummary,
    run_canvas,
    run_canvas_direct,
    run_moodle,
    run_moodle_changed,
    run_moodle_direct,
)

Workflow = Callable[[BaseUrls, ExamRequest], WorkflowSummary]

PORTS = DemoPorts(lms=8100, tool=8101, examplary=8102)
SUMMARY = "summary.json"
WORKFLOWS: dict[str, dict[str, Workflow]] = {
    "canvas": {"direct": run_canvas_direct, "file": run_canvas},
    "moodle": {"direct": run_moodle_direct, "link": run_moodle, "changed": run_moodle_changed},
}
"""By LMS and method; the first method is the usual one."""
METHODS = tuple(dict.fromkeys(method for methods in WORKFLOWS.values() for method in methods))


@click.command()
@click.option("--once", is_flag=True, help="Run the whole workflow without a browser, report the result, and exit.")
@click.option("--lms", type=click.Choice(list(WORKFLOWS)), default="canvas", show_default=True, help="LMS of --once")
@click.option(
    "--method", "--road", "method", type=click.Choice(METHODS), help="How the exam gets into the course, with --once"
)
@click.option(
    "--exam",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Serve this exam instead of a generated one",
)
@click.option(
    "--assets", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Images and files of that exam"
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the packages and summary.json of --once"
)
def demo(*, once: bool, lms: str, method: str | None, exam: Path | None, assets: Path | None, out: Path | None) -> None:
    """Run the tool with a simulated LMS and a simulated Examplary, reachable from this machine only."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    examplary = ExamplaryConfig(
        api_key=API_KEY, control=True, exam_files=(exam,) if exam else (), assets_dir=assets, generation_seconds=4.0
    )
    with tempfile.TemporaryDirectory(prefix="examplary-demo-") as folder:
        try:
            if once:
                workflow = _workflow(lms, method)
                _run_once(Path(folder), replace(examplary, generation_seconds=0.2), workflow, out)
            else:
                _run_until_interrupted(Path(folder), examplary)
        except ToolProcessError as error:
            raise click.ClickException(str(error)) from error


def _workflow(lms: str, method: str | None) -> Workflow:
    methods = WORKFLOWS[lms]
    if method is not None and method not in methods:
        raise click.BadParameter(f"{lms} has {' and '.join(methods)}", param_hint="--method")
    return methods[method or next(iter(methods))]


def _run_once(folder: Path, examplary: ExamplaryConfig, workflow: Workflow, out: Path | None) -> None:
    try:
        with run_demo(folder, examplary, DemoPorts()) as urls:
            summary = workflow(urls, ExamRequest())
    except (WorkflowError, requests.RequestException) as error:
        raise click.ClickException(f"The workflow ended early. {error}") from error
    if out is not None:
        _write(summary, out)
    _report(summary, out)
    if summary.student_sees_keys:
        raise click.ClickException("A student can open a page that is for teachers only.")


def _write(summary: WorkflowSummary, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, content in summary.packages.items():
        (out / name).write_bytes(content)
    (out / SUMMARY).write_text(json.dumps(summary.to_json(), indent=2, ensure_ascii=False) + "\n")


def _report(summary: WorkflowSummary, out: Path | None) -> None:
    click.echo(f"“{summary.exam}” has arrived in the {summary.lms.capitalize()}-like course:")
    click.echo(f"  {summary.questions_imported} questions, {summary.points:g} points")
    click.echo(f"  launches: {len(summary.launches)}, calls to Examplary: {len(summary.examplary_calls)}")
    for message in summary.import_messages:
        click.echo(f"  the LMS says: {message}")
    if out is not None:
        click.echo(f"  written to {out}: {', '.join((*summary.packages, SUMMARY))}")


def _run_until_interrupted(folder: Path, examplary: ExamplaryConfig) -> None:
    with run_demo(folder, examplary, PORTS) as urls:
        _print_instructions(urls)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("\nStopping …")


def _print_instructions(urls: BaseUrls) -> None:
    click.echo("Everything is running. Open this in a browser on this machine:\n")
    click.echo(f"    {urls.lms}\n")
    click.echo("Log in as the teacher and open a course:")
    click.echo("  as in Canvas:  Examplary in the course menu, or Settings → Import Course Content → Find a Course")
    click.echo("  as in Moodle:  More → Examplary, or Add an activity → Examplary → Select content")
    click.echo(f"\nThe tool's own page: {urls.tool}    Stop with Ctrl+C.")


if __name__ == "__main__":
    demo(prog_name="python -m sandbox")
