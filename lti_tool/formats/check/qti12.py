"""Checks of QTI 1.2, in Canvas's dialect and in the profile of Common Cartridge.

See docs/reference/importers.md#dialects, and Canvas's imports of broken packages.
"""

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
from lti_tool.formats.check.report import CheckReport, Tally, number
from lti_tool.formats.check.xml import children, descendants, text

MAX_TEXT_LENGTH = 16 * 1024
"""Characters; Canvas replaces a longer one with an apology."""

_FILE = re.compile(r"""(?:src|href)\s*=\s*["'](?:\$|%24)IMS-CC-FILEBASE(?:\$|%24)/?([^"'?#]+)""", re.IGNORECASE)
_REMOTE = re.compile(r"""<img\b[^>]*\ssrc\s*=\s*["'](https?://[^"']+)""", re.IGNORECASE)
_DATA_IMAGE = re.compile(r"""<img\b[^>]*\ssrc\s*=\s*["']data:""", re.IGNORECASE)
_PREFIXED_MATH = re.compile(r"<[a-z]+:math\b", re.IGNORECASE)
_PACKAGE_SUFFIXES = (".xml", ".qti", ".txt")
_FOLDERS = ("", "web_resources/")
_BY_HAND = ("essay", "file_upload", "text_only")
_WITH_BLANKS = ("fill_in_multiple_blanks_question", "multiple_dropdowns_question")
_BLANK_NAME = re.compile(r"[A-Za-z0-9_.\-]+")
_BLANK = re.compile(r"\[([A-Za-z0-9_.\-]+)(?=\])")
_TESTS = ("varequal", "vargte", "varlte", "vargt", "varlt", "varsubstring")
_CANVAS_KINDS = frozenset(
    f"{kind}_question"
    for kind in (
        "multiple_choice",
        "true_false",
        "multiple_answers",
        "short_answer",
        "fill_in_multiple_blanks",
        "multiple_dropdowns",
        "matching",
        "numerical",
        "calculated",
        "essay",
        "file_upload",
        "text_only",
        "ordering",
        "categorization",
        "hot_spot",
    )
)
"""Question types of Classic Quizzes and New Quizzes."""


def check_qti12(manifest: Manifest, archive: Archive, report: CheckReport) -> None:
    """Read all assessments and report their problems. Canvas's copy of an assessment precedes the common one."""
    checked: set[str] = set()
    for resource in manifest.of_type("imsqti_xmlv1p2", "ims_qtiasiv1p2"):
        canvas_path = f"non_cc_assessments/{resource.ident}.xml.qti"
        paths = [path for path in (canvas_path, resource.href) if path in archive.names]
        if checked.issuperset(paths):
            continue
        checked.update(paths)
        for path, tally in zip(paths, (report.tally, report.elsewhere), strict=False):
            _check_document(
                path, _CheckContext(archive, report, tally, is_common="imscc" in resource.type and path != canvas_path)
            )
    pages = _pages(manifest)
    report.unused |= {path for path in archive.names - report.media - pages if not path.endswith(_PACKAGE_SUFFIXES)}


@dataclass(frozen=True, slots=True)
class _CheckContext:
    """``is_common``: a document in the profile of Common Cartridge, which Canvas does not read."""

    archive: Archive
    report: CheckReport
    tally: Tally
    is_common: bool


def _pages(manifest: Manifest) -> set[str]:
    """Return the files of the course's pages."""
    page_idents = {str(item.get("identifierref")) for item in descendants(manifest.root, "item")}
    return {path for resource in manifest.resources if resource.ident in page_idents for path in resource.files}


def _check_document(path: str, context: _CheckContext) -> None:
    report = context.report
    try:
        root = context.archive.document(path)
    except PackageMalformed as error:
        report.add(path, error.sentence % error.facts, error.advice)
        return
    for assessment in descendants(root, "assessment"):
        report.title = report.title or str(assessment.get("title") or "")
    items = list(descendants(root, "item"))
    if not items and next(descendants(root, "bankentry_item"), None) is not None:
        report.add(path, "Its questions are in item banks.", "We can't check those.", serious=False)
        return
    _check_items(items, path, context)


def _check_items(items: list[etree._Element], path: str, context: _CheckContext) -> None:
    report = context.report
    if not items:
        report.add(path, "There are no questions in it.", "Export the package again.")
    for ident, count in Counter(str(item.get("ident") or "") for item in items).items():
        if count > 1 or not ident:
            report.add(path, f"The identifier “{ident}” is used {count} times.", "Give each question a unique one.")
    for item in items:
        _check_item(item, context)


def _check_item(item: etree._Element, context: _CheckContext) -> None:
    report = context.report
    metadata = {text(_child(field, "fieldlabel")): text(_child(field, "fieldentry")) for field in _fields(item)}
    kind = metadata.get("question_type") or metadata.get("cc_profile") or "unknown"
    place = str(item.get("title") or item.get("ident") or "?")[:60]
    points = number(metadata.get("points_possible") or metadata.get("cc_weighting") or "1")
    if points is None or points < 0:
        report.add(place, "Its points aren't a number of 0 or more.", "Importers use 0 or 1.")
    context.tally.add(_label(kind), points if points is not None else Decimal(0))
    if context.is_common:
        check_profile(item, metadata, place, report)
    if kind == "unknown":
        report.add(place, "It doesn't say which type it is.", "Importers guess.", serious=False)
    _check_key(item, kind, place, report)
    _check_texts(item, place, context)


def _label(kind: str) -> str:
    if kind in _CANVAS_KINDS:
        return kind.removesuffix("_question").replace("_", " ")
    return PROFILES.get(kind.partition(".v")[0]) or (kind if kind == "unknown" else f"unknown ({kind[:40]})")


def _fields(item: etree._Element) -> list[etree._Element]:
    return list(descendants(item, "qtimetadatafield", "qti_metadatafield"))


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(children(element, name), None)


def _check_texts(item: etree._Element, place: str, context: _CheckContext) -> None:
    report, names = context.report, context.archive.names
    alternatives = {material for alternative in descendants(item, "altmaterial") for material in alternative}
    for element in descendants(item, "mattext"):
        html = "".join(map(str, element.itertext()))
        if not context.is_common:
            _check_canvas(html, place, report, is_alternative=element in alternatives)
        report.remote |= set(_REMOTE.findall(html))
        for address in _FILE.findall(html):
            file = unquote(address).replace("&amp;", "&").removeprefix("../")
            path = next((folder + file for folder in _FOLDERS if folder + file in names), None)
            if path is None:
                report.missing.add(file)
                report.add(place, f"It shows “{file}”, which is missing.", "Put the file into the package.")
            else:
                report.media.add(path)


def _check_canvas(html: str, place: str, report: CheckReport, *, is_alternative: bool) -> None:
    """Report what Canvas does not show of a text; only New Quizzes reads an alternative, at any length."""
    if len(html) > MAX_TEXT_LENGTH and not is_alternative:
        problem = f"A text is longer than {MAX_TEXT_LENGTH} characters."
        report.add(place, problem, "Canvas shows an apology instead: split it.")
    if _DATA_IMAGE.search(html):
        report.add(place, "A picture is embedded in the text.", "Canvas leaves it out: put it in a file.")
    if _PREFIXED_MATH.search(html):
        report.add(place, "A formula has a prefix (m:math).", "Canvas breaks it: write MathML without a prefix.")


def _check_key(item: etree._Element, kind: str, place: str, report: CheckReport) -> None:
    """Report a key that is missing or unusable."""
    _check_choices(item, place, report)
    if kind in _WITH_BLANKS:
        _check_blanks(item, place, report)
    if any(word in kind for word in _BY_HAND):
        return
    labels = {str(label.get("ident")) for label in descendants(item, "response_label")}
    values = list(descendants(item, *_TESTS))
    if not values and next(descendants(item, "calculated", "render_hotspot"), None) is not None:
        return  # the key is a formula with its variables, or an area
    if not values and kind not in _CANVAS_KINDS and kind.partition(".v")[0] not in PROFILES:
        problem = "We don't know its type, so its key isn't checked."
        report.add(place, problem, "Look at it after the import.", serious=False)
    elif not values:
        report.add(place, "It has no correct answer.", "Importers reject it, or mark every answer wrong.")
    is_chosen = next(descendants(item, "response_lid"), None) is not None
    for value in values if is_chosen else ():
        if labels and text(value) not in labels and "numerical" not in kind:
            report.add(place, f"“{text(value)[:40]}” isn't one of its choices.", "Every answer would be wrong.")


def _check_choices(item: etree._Element, place: str, report: CheckReport) -> None:
    for response in descendants(item, "response_lid"):
        idents = [str(label.get("ident")) for label in descendants(response, "response_label")]
        if len(set(idents)) < len(idents):
            report.add(place, "Two choices have the same identifier.", "Canvas may mark a wrong one as correct.")
        if any(":" in ident for ident in idents):
            report.add(place, "An identifier of a choice has a colon.", "Canvas loses the correct answer.")


def _check_blanks(item: etree._Element, place: str, report: CheckReport) -> None:
    """Report blanks that aren't in the text, or have an invalid name."""
    blanks = frozenset(_BLANK.findall(text(next(descendants(item, "mattext"), None))))
    for response in descendants(item, "response_lid"):
        name = str(response.get("ident") or "").removeprefix("response_")
        if not _BLANK_NAME.fullmatch(name):
            report.add(
                place, f"“{name[:40]}” isn't a valid name for a blank.", "New Quizzes drops it: use letters and digits."
            )
        elif name not in blanks:
            report.add(place, f"Its text has no [{name[:40]}].", "Students have no place for that answer.")
