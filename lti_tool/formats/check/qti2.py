"""Checks of QTI 2.x and 3.0: test, references, media.

See docs/reference/importers.md#pitfalls and docs/reference/importers.md#canvas-classic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from lxml import etree

from lti_tool.formats.check.archive import Archive, PackageMalformed
from lti_tool.formats.check.manifest import Manifest, ManifestResource, check_count, path_from
from lti_tool.formats.check.qti2_item import check_item
from lti_tool.formats.check.report import CheckReport, number
from lti_tool.formats.check.xml import child, descendants, get, is_remote, name

_DOCUMENT_TYPES = ("imsqti_item_", "imsqti_stimulus_", "imsqti_test_")


def check_qti2(manifest: Manifest, archive: Archive, report: CheckReport) -> None:
    """Read all documents and report their problems."""
    roots = _documents(manifest, archive, report)
    tests = [
        resource for resource in manifest.of_type("imsqti_test_xml", "imsqti_assessment_xml") if resource.href in roots
    ]
    listed = _listed_items(tests, roots, archive, report)
    items = [*_items(manifest, roots, report), *listed]
    if not tests:
        report.add(
            "imsmanifest.xml", "There are questions but no test.", "Importers create a question bank.", serious=False
        )
    if any("v2p2" in resource.type for resource in manifest.resources):
        problem = "It is QTI 2.2."
        report.add("imsmanifest.xml", problem, "Classic Quizzes in Canvas makes no quiz of it.", serious=False)
    for test in tests:
        report.title = report.title or get(roots[test.href], "title")
        _check_test(test, roots, report)
    is_version_2 = not any("v3p0" in item.type for item in items)
    for item in items:
        check_item(roots[item.href], item, report, is_version_2=is_version_2)
    used: set[str] = set()
    for resource in {resource.href: resource for resource in (*manifest.resources, *listed)}.values():
        if resource.href in roots:
            used |= _check_media(roots[resource.href], resource, archive, report, is_version_2=is_version_2)
    _report_unused(manifest, archive, used, report)


def _items(manifest: Manifest, roots: Mapping[str, etree._Element], report: CheckReport) -> list[ManifestResource]:
    """Return the resources of the questions, one for each document."""
    items: dict[str, ManifestResource] = {}
    for resource in manifest.of_type("imsqti_item_xml"):
        if resource.href in items:
            report.add(resource.href, "Two resources are this question.", "Importers may make it twice.", serious=False)
        elif resource.href in roots:
            items[resource.href] = resource
    return list(items.values())


def _listed_items(
    tests: list[ManifestResource], roots: dict[str, etree._Element], archive: Archive, report: CheckReport
) -> list[ManifestResource]:
    """Return the items that are only files of a test's resource, and add their documents to ``roots``."""
    listed = []
    for test in tests:
        for path in test.files:
            root = _document(path, archive, report) if path.endswith(".xml") and path not in roots else None
            if root is not None and name(root) == "assessmentItem":
                roots[path] = root
                listed.append(ManifestResource(test.ident, test.type, path, test.files, test.dependencies, ""))
    return listed


def _document(path: str, archive: Archive, report: CheckReport) -> etree._Element | None:
    if path not in archive.names:
        return None
    try:
        return archive.document(path)
    except PackageMalformed as error:
        report.add(path, error.sentence % error.facts, error.advice)
        return None


def _documents(manifest: Manifest, archive: Archive, report: CheckReport) -> dict[str, etree._Element]:
    roots: dict[str, etree._Element] = {}
    for resource in manifest.of_type(*_DOCUMENT_TYPES, "imsqti_assessment_xml"):
        root = None if resource.href in roots else _document(resource.href, archive, report)
        if root is not None:
            roots[resource.href] = root
    return roots


def _check_test(test: ManifestResource, roots: Mapping[str, etree._Element], report: CheckReport) -> None:
    root = roots[test.href]
    references = list(descendants(root, "assessmentItemRef"))
    check_count(len(references), test.href)
    if not references:
        report.add(test.href, "The test has no questions.", "Export the package again.")
    for ident, count in Counter(get(reference, "identifier") for reference in references).items():
        if count > 1:
            report.add(test.href, f"“{ident}” is in the test {count} times.", "Refer to each question once.")
    for reference in references:
        _check_reference(reference, test.href, roots, report)
    _check_weights(
        [get(reference, "identifier") for reference in references if _has_no_weight(reference)], test.href, report
    )
    if any(get(section, "visible") == "true" for section in descendants(root, "assessmentSection")) and _is_21(root):
        report.add(test.href, "A section is visible.", "Canvas turns its title into a text.", serious=False)


def _check_reference(
    reference: etree._Element, place: str, roots: Mapping[str, etree._Element], report: CheckReport
) -> None:
    ident = get(reference, "identifier")
    path = path_from(place, get(reference, "href"))
    item = roots.get(path)
    if item is None:
        report.add(
            place, f"“{ident}” refers to “{path}”, which isn't a question in the package.", "Export the package again."
        )
    elif get(item, "identifier") != ident:
        problem = "The test has another identifier for this question."
        report.add(path, problem, "Canvas treats it as missing.", serious=_is_21(item))
    weight = child(reference, "weight")
    points = number(get(weight, "value")) if weight is not None else None
    if weight is not None and (points is None or points < 0):
        report.add(place, f"The weight of “{ident}” isn't a number of 0 or more.", "Set it to the question's points.")


def _has_no_weight(reference: etree._Element) -> bool:
    return child(reference, "weight") is None and _is_21(reference)


def _check_weights(idents: list[str], place: str, report: CheckReport) -> None:
    if len(idents) == 1:
        report.add(place, f"“{idents[0]}” has no weight.", "Canvas counts it as 1 point.", serious=False)
    elif idents:
        problem = f"{len(idents)} questions have no weight, such as “{idents[0]}”."
        report.add(place, problem, "Canvas counts each as 1 point.", serious=False)


def _is_21(element: etree._Element) -> bool:
    return "v2p1" in str(element.tag)


def _check_media(
    root: etree._Element, resource: ManifestResource, archive: Archive, report: CheckReport, *, is_version_2: bool
) -> set[str]:
    """Report missing files of a document, and return the others."""
    used: set[str] = set()
    listed = frozenset(resource.files)
    for element in descendants(root, "img", "object", "a", "audio", "video", "source", "stylesheet"):
        address = get(element, "src") or get(element, "data") or get(element, "href")
        if is_remote(address):
            if address.lower().startswith("http") and element.tag != "a" and not str(element.tag).endswith("}a"):
                report.remote.add(address)
            continue
        path = path_from(resource.href, address)
        if path not in archive.names:
            report.missing.add(path)
            report.add(resource.href, f"It shows “{path}”, which is missing.", "Put the file into the package.")
            continue
        used.add(path)
        report.media.add(path)
        if is_version_2 and _is_21(root) and path not in listed:
            report.add(resource.href, f"“{path}” isn't listed in its resource.", "Canvas won't show it.", serious=False)
    return used


def _report_unused(manifest: Manifest, archive: Archive, used: set[str], report: CheckReport) -> None:
    documents = {resource.href for resource in manifest.resources if resource.type.startswith("imsqti")}
    report.unused |= {
        path for path in archive.names - used - documents if not path.endswith((".xml", ".xsd", ".css", ".js"))
    }
