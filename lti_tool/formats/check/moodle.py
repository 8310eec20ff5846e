"""Checks of Moodle XML. See docs/reference/importers.md#moodle-xml and docs/reference/moodle.md#moodle-xml-import."""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import unquote

from lxml import etree

from lti_tool.formats.check.report import CheckReport, number
from lti_tool.formats.check.xml import child, children, descendants, text

LABELS = {
    "multichoice": "multiple choice",
    "truefalse": "true or false",
    "shortanswer": "short answer",
    "numerical": "number",
    "essay": "essay",
    "matching": "matching",
    "match": "matching",
    "ordering": "ordering",
    "gapselect": "menus in a text",
    "ddwtos": "words to drag",
    "ddmarker": "markers to drag",
    "ddimageortext": "drag onto a picture",
    "cloze": "gaps in a text",
    "multianswer": "gaps in a text",
    "description": "text",
    "calculated": "calculated",
    "calculatedsimple": "calculated",
    "calculatedmulti": "calculated",
    "randomsamatch": "matching",
    "random": "random",
}
"""The question types of Moodle 4.5 without plugins, in words."""

_FRACTIONS = (
    "100",
    "90",
    "83.33333",
    "80",
    "75",
    "70",
    "66.66667",
    "60",
    "50",
    "40",
    "33.33333",
    "30",
    "25",
    "20",
    "16.66667",
    "14.28571",
    "12.5",
    "11.11111",
    "10",
    "5",
    "0",
)
_ALLOWED_FRACTIONS = frozenset(Decimal(fraction) for fraction in _FRACTIONS)
_FILE = re.compile(r"""@@PLUGINFILE@@/([^"'?#\s<>]+)""")
_REMOTE = re.compile(r"""<img\b[^>]*\ssrc\s*=\s*["'](https?://[^"']+)""", re.IGNORECASE)
_NEEDS_FULL_MARK = frozenset({"multichoice", "truefalse", "shortanswer", "numerical"})
_TOLERANCE = Decimal("0.01")


def check_moodle(root: etree._Element, report: CheckReport) -> None:
    """Count all questions and report their problems."""
    for question in children(root, "question"):
        kind = str(question.get("type") or "")
        if kind == "category":
            path = text(child(question, "category", "text"))
            report.title = report.title or path.removeprefix("$course$/").removeprefix("top/")
            continue
        _check_question(question, kind, report)
    if not report.questions:
        report.add("quiz", "There are no questions in it.", "Export the file again.")


def _check_question(question: etree._Element, kind: str, report: CheckReport) -> None:
    name = text(child(question, "name", "text"))
    place = name[:60] or f"question {sum(report.questions.values()) + 1}"
    grade = child(question, "defaultgrade")
    points = number(text(grade)) if grade is not None else Decimal(1)
    if points is None or points < 0:
        report.add(place, "Its points aren't a number of 0 or more.", "Moodle rejects the file.")
    counted_points = Decimal(0) if points is None or kind == "description" else points
    report.tally.add(LABELS.get(kind, kind or "unknown"), counted_points)
    if not name:
        report.add(place, "It has no name.", "Moodle rejects the file.")
    if kind not in LABELS:
        report.add(
            place, f"The type “{kind[:40]}” needs a plugin.", "Without that plugin Moodle leaves the question out."
        )
    _check_fractions(question, kind, place, report)
    _check_files(question, place, report)


def _check_fractions(question: etree._Element, kind: str, place: str, report: CheckReport) -> None:
    if kind not in _NEEDS_FULL_MARK:
        return
    fractions = [number(answer.get("fraction")) or Decimal(0) for answer in children(question, "answer")]
    for fraction in fractions:
        if not any(abs(abs(fraction) - allowed) < _TOLERANCE for allowed in _ALLOWED_FRACTIONS):
            report.add(place, f"{fraction} % isn't a fraction that Moodle allows.", "Moodle rejects the whole file.")
    several = kind == "multichoice" and text(child(question, "single")) in ("false", "0")
    best = (
        sum((fraction for fraction in fractions if fraction > 0), Decimal(0))
        if several
        else max(fractions, default=Decimal(0))
    )
    if abs(best - 100) > Decimal("0.1"):
        report.add(place, f"The best answer earns {best} %.", "Students can't get all points: make it 100 %.")


def _check_files(question: etree._Element, place: str, report: CheckReport) -> None:
    files = {str(file.get("name") or "") for file in descendants(question, "file")}
    report.media |= files
    for element in descendants(question, "text"):
        html = text(element)
        report.remote |= set(_REMOTE.findall(html))
        for path in map(unquote, _FILE.findall(html)):
            if path not in files:
                report.missing.add(path)
                report.add(place, f"It shows “{path}”, which is missing.", "Put the file into the question.")
