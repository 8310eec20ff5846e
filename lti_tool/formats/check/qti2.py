"""QTI 2.x and 3.0: test, references, items. Facts: qti-targets §2, §5; lms-behaviour §1.4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from lxml import etree

from lti_tool.formats.check.archive import Archive, PackageMalformed
from lti_tool.formats.check.item import check_item
from lti_tool.formats.check.manifest import Manifest, ManifestResource, path_from
from lti_tool.formats.check.report import CheckReport, number
from lti_tool.formats.check.xml import child, descendants, get, is_remote

_BESIDE = ("imsqti_item_", "imsqti_stimulus_", "imsqti_test_")


def check_qti2(manifest: Manifest, archive: Archive, report: CheckReport) -> None:
    """Read all documents and note what is wrong with them."""
    roots = _documents(manifest, archive, report)
    tests = [one for one in manifest.of_type("imsqti_test_xml", "imsqti_assessment_xml") if one.href in roots]
    items = [one for one in manifest.of_type("imsqti_item_xml") if one.href in roots]
    if not tests:
        report.add(
            "imsmanifest.xml", "There is no test, only questions.", "Importers make a question bank.", serious=False
        )
    for test in tests:
        report.title = report.title or get(roots[test.href], "title")
        _check_test(test, roots, report)
    is_version_2 = not any("v3p0" in one.type for one in items)
    for item in items:
        check_item(roots[item.href], item, report, is_version_2=is_version_2)
    used: set[str] = set()
    for resource in manifest.resources:
        if resource.href in roots:
            used |= _check_media(roots[resource.href], resource, archive, report, is_version_2=is_version_2)
    _note_unused(manifest, archive, used, report)


def _documents(manifest: Manifest, archive: Archive, report: CheckReport) -> dict[str, etree._Element]:
    roots: dict[str, etree._Element] = {}
    for one in manifest.of_type(*_BESIDE, "imsqti_assessment_xml"):
        if one.href not in archive.names:
            continue
        try:
            roots[one.href] = archive.document(one.href)
        except PackageMalformed as error:
            report.add(one.href, error.sentence % error.facts, error.advice)
    return roots


def _check_test(test: ManifestResource, roots: Mapping[str, etree._Element], report: CheckReport) -> None:
    root = roots[test.href]
    references = list(descendants(root, "assessmentItemRef"))
    if not references:
        report.add(test.href, "The test refers to no question.", "Export the package again.")
    for ident, count in Counter(get(one, "identifier") for one in references).items():
        if count > 1:
            report.add(test.href, f"“{ident}” stands in the test {count} times.", "Refer to each question once.")
    for one in references:
        _check_reference(one, test.href, roots, report)
    _check_weights([get(one, "identifier") for one in references if _weighs_nothing(one)], test.href, report)
    if any(get(one, "visible") == "true" for one in descendants(root, "assessmentSection")) and _is_21(root):
        report.add(test.href, "A section is visible.", "Canvas makes a text of its title.", serious=False)


def _check_reference(
    reference: etree._Element, place: str, roots: Mapping[str, etree._Element], report: CheckReport
) -> None:
    ident = get(reference, "identifier")
    path = path_from(place, get(reference, "href"))
    item = roots.get(path)
    if item is None:
        report.add(place, f"“{ident}” refers to “{path}”, which is no question here.", "Export the package again.")
    elif get(item, "identifier") != ident:
        report.add(path, "The test calls this question by another identifier.", "Canvas takes it for missing.")
    weight = child(reference, "weight")
    worth = number(get(weight, "value")) if weight is not None else None
    if weight is not None and (worth is None or worth < 0):
        report.add(place, f"“{ident}” has a weight that is no number of points.", "Give it a number from 0.")


def _weighs_nothing(reference: etree._Element) -> bool:
    return child(reference, "weight") is None and _is_21(reference)


def _check_weights(without: list[str], place: str, report: CheckReport) -> None:
    if len(without) == 1:
        report.add(place, f"“{without[0]}” has no weight.", "In Canvas it counts for 1 point.", serious=False)
    elif without:
        said = f"{len(without)} questions have no weight, such as “{without[0]}”."
        report.add(place, said, "In Canvas each counts for 1 point.", serious=False)


def _is_21(element: etree._Element) -> bool:
    return "v2p" in str(element.tag)


def _check_media(
    root: etree._Element, resource: ManifestResource, archive: Archive, report: CheckReport, *, is_version_2: bool
) -> set[str]:
    """Note files that a document shows and that are not there; return those that are."""
    used: set[str] = set()
    for one in descendants(root, "img", "object", "a", "audio", "video", "source", "stylesheet"):
        address = get(one, "src") or get(one, "data") or get(one, "href")
        if is_remote(address):
            if address.lower().startswith("http") and one.tag != "a" and not str(one.tag).endswith("}a"):
                report.remote.add(address)
            continue
        path = path_from(resource.href, address)
        if path not in archive.names:
            report.missing.add(path)
            report.add(resource.href, f"It shows “{path}”, which is not there.", "Put the file into the package.")
            continue
        used.add(path)
        report.media.add(path)
        if is_version_2 and path not in resource.files:
            report.add(
                resource.href, f"“{path}” is not listed in its resource.", "Canvas will not show it.", serious=False
            )
    return used


def _note_unused(manifest: Manifest, archive: Archive, used: set[str], report: CheckReport) -> None:
    listed = {path for one in manifest.resources if one.type.startswith("imsqti") for path in (one.href,)}
    report.unused |= {one for one in archive.names - used - listed if not one.endswith((".xml", ".xsd", ".css", ".js"))}
