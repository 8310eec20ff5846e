"""``python -m lti_tool convert``: convert an exam's JSON to a package, without a server."""

from __future__ import annotations

import json
import mimetypes
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from posixpath import basename
from urllib.parse import unquote, urlsplit

import click

from lti_tool import formats
from lti_tool.cli.output import failure, say, say_json
from lti_tool.errors import N_, ToolError
from lti_tool.exam import Asset, Assets, Exam, ExamUnreadable, parse_exam
from lti_tool.exam.remark import Catalogue
from lti_tool.formats import Format, Remark, Report, format_decimal
from lti_tool.formats.original import with_original_texts
from lti_tool.formats.report import Verdict
from lti_tool.formats.writing.report_summary import LEFT_OUT, POINTS, totals
from lti_tool.languages import catalogue

_VERDICTS = {Verdict.NATIVE: N_("unchanged"), Verdict.ADAPTED: N_("adapted"), Verdict.LEFT_OUT: N_("left out")}


@click.command()
@click.argument("exam", type=click.Path(path_type=Path), metavar="EXAM.json")
@click.option("--to", "format_name", required=True, help="Format: " + ", ".join(formats.names()))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write")
@click.option("--assets", "folder", type=click.Path(path_type=Path), help="Folder with the exam's images and files")
@click.option(
    "--original", type=click.Path(path_type=Path), help="Examplary's own QTI 3 zip, used for unknown question types"
)
@click.option("--report", "report_as", type=click.Choice(["text", "json"]), default="text", help="Format of the report")
@click.option("--language", default="en", help="Language of the report, such as nl")
def convert(
    *,
    exam: Path,
    format_name: str,
    out: Path,
    folder: Path | None,
    original: Path | None,
    report_as: str,
    language: str,
) -> None:
    """Convert EXAM.json, a response of Examplary's GET /exams/{id}, and report how each question was converted.

    Images and files are looked up in the --assets folder by the last part of their address. --original provides the
    text of questions whose type only Examplary knows.
    """
    try:
        format_ = formats.get(format_name)
        value = _exam(exam, original)
        report = _write(value, _assets(value, folder) if folder is not None else {}, format_, out)
    except ToolError as error:
        raise failure(error.plain()) from error
    except OSError as error:
        inputs = {str(path) for path in (exam, original, folder)}
        path = error.filename if error.filename in inputs else out
        raise failure(f"{path}: {error.strerror or error}.") from error
    texts = catalogue(language)
    if report_as == "json":
        say_json(report.to_json(texts))
    else:
        for line in _lines(report, texts):
            say(line)


def _exam(source: Path, original: Path | None) -> Exam:
    exam = parse_exam(_read(source))
    return exam if original is None else with_original_texts(exam, original.read_bytes())


def _write(exam: Exam, assets: Assets, format_: Format, out: Path) -> Report:
    with tempfile.NamedTemporaryFile(dir=out.parent, prefix=".", delete=False) as file:
        temporary = Path(file.name)
        try:
            report = format_.write(exam, assets, file)
            file.flush()
            temporary.chmod(0o644)
            temporary.replace(out)
        finally:
            temporary.unlink(missing_ok=True)
    return report


def _read(source: Path) -> dict[str, object]:
    try:
        data: dict[str, object] = json.loads(source.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ExamUnreadable(f"not JSON: {type(error).__name__}") from error
    return data


def _assets(exam: Exam, folder: Path) -> dict[str, Asset]:
    """Return the media found in ``folder`` itself; a URL can't reach files outside it."""
    files = {file.name: file for file in folder.iterdir() if file.is_file() and not file.is_symlink()}
    names = ((url, unquote(basename(urlsplit(url).path))) for url in exam.media)
    return {url: _asset(url, files[name]) for url, name in names if name in files}


def _asset(url: str, file: Path) -> Asset:
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Asset(url, file.name, media_type, partial(file.read_bytes))


def _lines(report: Report, texts: Catalogue) -> Iterator[str]:
    for line in report.lines:
        yield f"{line.number}. {line.title or '—'}"
        becomes = texts.gettext(line.becomes or LEFT_OUT)
        verdict = texts.gettext(_VERDICTS[line.verdict])
        points = POINTS.with_facts(
            **{"out": format_decimal(line.points_out), "in": format_decimal(line.points_in)}
        ).plain(texts)
        yield f"   {becomes} ({verdict}). {points}"
        yield from _sentences(line.remarks, "   - ", texts)
    yield ""
    yield from _sentences(report.remarks, "", texts)
    yield from _sentences(totals(report), "", texts)


def _sentences(remarks: Iterable[Remark], before: str, texts: Catalogue) -> Iterator[str]:
    for remark in remarks:
        yield before + remark.plain(texts)
