"""Moodle XML. Facts: qti-targets §3 (fractions, categories), moodle-live."""

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
"""Types that Moodle 4.5 has without plugins, in words."""

_FRACTIONS = (
    *("100", "90", "83.33333", "80", "75", "70", "66.66667", "60", "50", "40", "33.33333", "30", "25", "20"),
    *("16.66667", "14.28571", "12.5", "11.11111", "10", "5", "0"),
)
_KNOWN = frozenset(Decimal(one) for one in _FRACTIONS)
_FILE = re.compile(r"""@@PLUGINFILE@@/([^"'?#\s<>]+)""")
_REMOTE = re.compile(r"""<img\b[^>]*\ssrc\s*=\s*["'](https?://[^"']+)""", re.IGNORECASE)
_SUMMED = frozenset({"multichoice"})
_FULL = frozenset({"multichoice", "truefalse", "shortanswer", "numerical"})
_NEARLY = Decimal("0.01")


def check_moodle(root: etree._Element, report: CheckReport) -> None:
    """Read all questions and note what is wrong with them."""
    for question in children(root, "question"):
        kind = str(question.get("type") or "")
        if kind == "category":
            path = text(child(question, "category", "text"))
            report.title = report.title or path.removeprefix("$course$/").removeprefix("top/")
            continue
        _check_question(question, kind, report)
    if not report.questions:
        report.add("quiz", "There is no question in it.", "Export the file again.")


def _check_question(question: etree._Element, kind: str, report: CheckReport) -> None:
    name = text(child(question, "name", "text"))
    place = name[:60] or f"question {sum(report.questions.values()) + 1}"
    told = child(question, "defaultgrade")
    points = number(text(told)) if told is not None else Decimal(1)
    if points is None or points < 0:
        report.add(place, "Its points are no number from 0.", "Moodle refuses the file.")
    report.tally.add(LABELS.get(kind, kind or "unknown"), (points or Decimal(0)) * (kind != "description"))
    if not name:
        report.add(place, "It has no name.", "Moodle refuses the file.")
    if kind not in LABELS:
        report.add(place, f"Moodle has no type “{kind[:40]}” of its own.", "Without its plugin Moodle leaves it out.")
    _check_fractions(question, kind, place, report)
    _check_files(question, place, report)


def _check_fractions(question: etree._Element, kind: str, place: str, report: CheckReport) -> None:
    if kind not in _FULL:
        return
    fractions = [number(one.get("fraction")) or Decimal(0) for one in children(question, "answer")]
    for one in fractions:
        if not any(abs(abs(one) - known) < _NEARLY for known in _KNOWN):
            report.add(place, f"{one} % is no part that Moodle knows.", "Moodle refuses the whole file.")
    several = kind in _SUMMED and text(child(question, "single")) in ("false", "0")
    best = sum((one for one in fractions if one > 0), Decimal(0)) if several else max(fractions, default=Decimal(0))
    if abs(best - 100) > Decimal("0.1"):
        report.add(place, f"The best answer earns {best} %.", "Nobody can earn all points: make it 100 %.")


def _check_files(question: etree._Element, place: str, report: CheckReport) -> None:
    held = {str(one.get("name") or "") for one in descendants(question, "file")}
    report.media |= held
    for one in descendants(question, "text"):
        html = text(one)
        report.remote |= set(_REMOTE.findall(html))
        for found in _FILE.findall(html):
            if unquote(found) not in held:
                report.missing.add(unquote(found))
                report.add(
                    place, f"It shows “{unquote(found)}”, which is not there.", "Put the file into the question."
                )
