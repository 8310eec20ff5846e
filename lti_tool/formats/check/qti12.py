"""QTI 1.2, in Canvas's dialect and in the profile of Common Cartridge. Facts: qti-targets §2, §3 (dialect recipes)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import unquote

from lxml import etree

from lti_tool.formats.check.archive import Archive, PackageMalformed
from lti_tool.formats.check.cartridge import PROFILES, check_profile
from lti_tool.formats.check.manifest import Manifest
from lti_tool.formats.check.qti12_answers import check_key
from lti_tool.formats.check.report import CheckReport, Tally, number
from lti_tool.formats.check.xml import children, descendants, text

LONGEST_TEXT = 16 * 1024
"""Bytes; Canvas puts an apology in place of a longer one."""

_FILE = re.compile(r"""(?:src|href)\s*=\s*["'](?:\$|%24)IMS-CC-FILEBASE(?:\$|%24)/?([^"'?#]+)""", re.IGNORECASE)
_REMOTE = re.compile(r"""<img\b[^>]*\ssrc\s*=\s*["'](https?://[^"']+)""", re.IGNORECASE)
_INSIDE = re.compile(r"""<img\b[^>]*\ssrc\s*=\s*["']data:""", re.IGNORECASE)
_PREFIXED = re.compile(r"<[a-z]+:math\b", re.IGNORECASE)
_OF_THE_PACKAGE = (".xml", ".qti", ".txt")
_FOLDERS = ("", "web_resources/")


def check_qti12(manifest: Manifest, archive: Archive, report: CheckReport) -> None:
    """Read all assessments and note what is wrong with them. Canvas's own copy of one goes before the common one."""
    for resource in manifest.of_type("imsqti_xmlv1p2", "ims_qtiasiv1p2"):
        own = f"non_cc_assessments/{resource.ident}.xml.qti"
        paths = [path for path in (own, resource.href) if path in archive.names]
        for path, tally in zip(paths, (report.tally, report.elsewhere), strict=False):
            _check_document(path, _Reading(archive, report, tally, common="imscc" in resource.type and path != own))
    pages = _pages(manifest)
    report.unused |= {one for one in archive.names - report.media - pages if not one.endswith(_OF_THE_PACKAGE)}


@dataclass(frozen=True, slots=True)
class _Reading:
    """``common``: held to the profile of Common Cartridge, and not read by Canvas."""

    archive: Archive
    report: CheckReport
    tally: Tally
    common: bool


def _pages(manifest: Manifest) -> set[str]:
    """Return files that stand in the course by themselves."""
    shown = {str(one.get("identifierref")) for one in descendants(manifest.root, "item")}
    return {path for one in manifest.resources if one.ident in shown for path in one.files}


def _check_document(path: str, reading: _Reading) -> None:
    report = reading.report
    try:
        root = reading.archive.document(path)
    except PackageMalformed as error:
        report.add(path, error.sentence % error.facts, error.advice)
        return
    for assessment in descendants(root, "assessment"):
        report.title = report.title or str(assessment.get("title") or "")
    _check_items(list(descendants(root, "item")), path, reading)


def _check_items(items: list[etree._Element], path: str, reading: _Reading) -> None:
    report = reading.report
    if not items:
        report.add(path, "There is no question in it.", "Export the package again.")
    for ident, count in Counter(str(item.get("ident") or "") for item in items).items():
        if count > 1 or not ident:
            report.add(path, f"The identifier “{ident}” stands there {count} times.", "Give each question its own.")
    for item in items:
        _check_item(item, reading)


def _check_item(item: etree._Element, reading: _Reading) -> None:
    report = reading.report
    told = {text(_child(one, "fieldlabel")): text(_child(one, "fieldentry")) for one in _fields(item)}
    kind = told.get("question_type") or told.get("cc_profile") or "unknown"
    place = str(item.get("title") or item.get("ident") or "?")[:60]
    points = number(told.get("points_possible") or told.get("cc_weighting") or "1")
    if points is None or points < 0:
        report.add(place, "Its points are no number from 0.", "Importers take 0 or 1.")
    reading.tally.add(_label(kind), points if points is not None else Decimal(0))
    if reading.common:
        check_profile(item, told, place, report)
    if kind == "unknown":
        report.add(place, "It does not say of which type it is.", "Importers guess.", serious=False)
    check_key(item, kind, place, report)
    _check_texts(item, place, reading)


def _label(kind: str) -> str:
    return PROFILES.get(kind.partition(".v")[0]) or kind.removesuffix("_question").replace("_", " ")


def _fields(item: etree._Element) -> list[etree._Element]:
    return list(descendants(item, "qtimetadatafield", "qti_metadatafield"))


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(children(element, name), None)


def _check_texts(item: etree._Element, place: str, reading: _Reading) -> None:
    report, names = reading.report, reading.archive.names
    for one in descendants(item, "mattext"):
        html = "".join(map(str, one.itertext()))
        if not reading.common:
            _check_canvas(html, place, report)
        report.remote |= set(_REMOTE.findall(html))
        for found in _FILE.findall(html):
            name = unquote(found).replace("&amp;", "&").removeprefix("../")
            path = next((folder + name for folder in _FOLDERS if folder + name in names), None)
            if path is None:
                report.missing.add(name)
                report.add(place, f"It shows “{name}”, which is not there.", "Put the file into the package.")
            else:
                report.media.add(path)


def _check_canvas(html: str, place: str, report: CheckReport) -> None:
    """Note what Canvas does not show of a text."""
    if len(html.encode()) > LONGEST_TEXT:
        report.add(place, "A text is longer than 16 KB.", "Canvas puts an apology in its place: divide it.")
    if _INSIDE.search(html):
        report.add(place, "A picture stands in the text itself.", "Canvas leaves it out: put it in a file.")
    if _PREFIXED.search(html):
        report.add(place, "A formula has a prefix (m:math).", "Canvas breaks it: write MathML without prefix.")
