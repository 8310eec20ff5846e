"""New Quizzes' reading of a package: ``read(bytes) -> tuple[NewQuiz, ...]`` (instructure/qti; facts: qti-targets §2).

The gem reads a package by itself, not what Classic left of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.importers import new_quizzes_qti12, new_quizzes_qti21, qti12
from sandbox.importers import safe_xml as safexml
from sandbox.importers.archive import ImportRefused, read_archive
from sandbox.importers.new_quizzes_values import NewQuiz, NewQuizItem
from sandbox.importers.package import Package, read_package

TESTS_2 = ("imsqti_test_xmlv2p1", "imsqti_test_xmlv2p2")
ITEMS_2 = ("imsqti_item_xmlv2p1", "imsqti_item_xmlv2p2")
BROKEN = "Qti::UnsupportedSchema: Multiple Types ([])"


def read(data: bytes) -> tuple[NewQuiz, ...]:
    """The assessments that the gem finds. Raises ImportRefused if it knows none of the resources' types."""
    package = read_package(read_archive(data))
    quizzes = (*_read_qti12(package), *_read_qti2(package))
    if not quizzes:
        raise ImportRefused("Unsupported QTI version: no assessment resource of a known type")
    return quizzes


def _read_qti12(package: Package) -> Iterator[NewQuiz]:
    for resource in package.of_type("imsqti_xmlv1p2"):
        own = f"non_cc_assessments/{resource.ident}.xml.qti"
        data = package.archive.get(own) or package.archive.get(resource.href)
        if data is not None:
            yield from _read_document(package, data)


def _read_document(package: Package, data: bytes) -> Iterator[NewQuiz]:
    damage = safexml.find_damage(data)
    for assessment in qti12.read_assessments(safexml.parse_recovering(data)):
        items = [new_quizzes_qti12.read_item(item) for item in assessment.items]
        if damage is not None and damage.in_item_tag and damage.items_before < len(items):
            items[damage.items_before] = NewQuizItem(kind=None, error=BROKEN)
        meta = package.archive.get(f"{assessment.ident}/assessment_meta.xml")
        title = safexml.text_of(safexml.child(safexml.parse_recovering(meta), "title")) if meta else ""
        yield NewQuiz(assessment.ident, title or assessment.title, tuple(items))


def _read_qti2(package: Package) -> Iterator[NewQuiz]:
    for resource in package.of_type(*TESTS_2):
        data = package.archive.get(resource.href)
        if data is not None:
            test = safexml.parse_recovering(data)
            hrefs = [safexml.attribute(e, "href") for e in safexml.descendants(test, "assessmentItemRef")]
            title = safexml.attribute(test, "title")
            yield NewQuiz(safexml.attribute(test, "identifier"), title, _read_items(package, hrefs))
    loose = [resource.href for resource in package.of_type(*ITEMS_2)]
    if loose:
        # the gem reads every item a second time, as a bank of its own
        yield NewQuiz("@embedded_non_assessment", "imsmanifest", _read_items(package, loose))


def _read_items(package: Package, hrefs: list[str]) -> tuple[NewQuizItem, ...]:
    found = (package.archive.get(href) for href in hrefs)
    return tuple(new_quizzes_qti21.read_item(safexml.parse_recovering(data)) for data in found if data is not None)
