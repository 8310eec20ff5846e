"""Key, choices and blanks of an item of QTI 1.2. Facts: qti-targets §3, and what Canvas made of bad ones."""

from __future__ import annotations

import re

from lxml import etree

from lti_tool.formats.check.report import CheckReport
from lti_tool.formats.check.xml import descendants, text

_BY_HAND = ("essay", "file_upload", "text_only")
_WITH_BLANKS = ("fill_in_multiple_blanks_question", "multiple_dropdowns_question")
_NAME = re.compile(r"[A-Za-z0-9_.\-]+")
_TESTS = ("varequal", "vargte", "varlte", "vargt", "varlt")


def check_key(item: etree._Element, kind: str, place: str, report: CheckReport) -> None:
    """Note a key that is missing, or that no importer could use."""
    _check_choices(item, place, report)
    if kind in _WITH_BLANKS:
        _check_blanks(item, place, report)
    if any(word in kind for word in _BY_HAND):
        return
    labels = {str(one.get("ident")) for one in descendants(item, "response_label")}
    values = list(descendants(item, *_TESTS))
    if not values:
        report.add(place, "It has no right answer.", "Importers refuse it, or mark every answer wrong.")
    is_chosen = next(descendants(item, "response_lid"), None) is not None
    for one in values if is_chosen else ():
        if labels and text(one) not in labels and "numerical" not in kind:
            report.add(place, f"“{text(one)[:40]}” is none of its choices.", "Every answer would be wrong.")


def _check_choices(item: etree._Element, place: str, report: CheckReport) -> None:
    for response in descendants(item, "response_lid"):
        idents = [str(one.get("ident")) for one in descendants(response, "response_label")]
        if len(set(idents)) < len(idents):
            report.add(place, "Two choices have the same identifier.", "Canvas may take a wrong one for right.")
        if any(":" in ident for ident in idents):
            report.add(place, "An identifier of a choice has a colon.", "Canvas loses the right answer.")


def _check_blanks(item: etree._Element, place: str, report: CheckReport) -> None:
    """Note blanks that stand in the text by no name, or by one that is none."""
    stem = text(next(descendants(item, "mattext"), None))
    for response in descendants(item, "response_lid"):
        name = str(response.get("ident") or "").removeprefix("response_")
        if not _NAME.fullmatch(name):
            report.add(place, f"“{name[:40]}” is no name of a blank.", "New Quizzes drops it: use letters and digits.")
        elif f"[{name}]" not in stem:
            report.add(place, f"Its text has no [{name[:40]}].", "Students find no place for that answer.")
