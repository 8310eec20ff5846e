"""New Quizzes' reading of a package: ``read(bytes) -> tuple[NewQuizzesQuiz, ...]``.

The ``qti`` gem (instructure/qti; see docs/reference/importers.md#new-quizzes) reads the package itself, not what
Classic made of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.importers import new_quizzes_qti12, new_quizzes_qti21, qti12, safe_xml
from sandbox.importers.archive import ImportRefused, read_archive
from sandbox.importers.content_package import ContentPackage, read_package
from sandbox.importers.new_quizzes_model import NewQuizzesItem, NewQuizzesQuiz

TESTS_2 = ("imsqti_test_xmlv2p1", "imsqti_test_xmlv2p2")
ITEMS_2 = ("imsqti_item_xmlv2p1", "imsqti_item_xmlv2p2")
LOM = "http://ltsc.ieee.org/xsd/LOM"
BROKEN = "Qti::UnsupportedSchema: Multiple Types ([])"


def read(data: bytes) -> tuple[NewQuizzesQuiz, ...]:
    """The assessments that the gem finds. Raises ImportRefused if it knows none of the resources' types."""
    package = read_package(read_archive(data))
    quizzes = (*_read_qti12(package), *_read_qti2(package))
    if not quizzes:
        raise ImportRefused("Unsupported QTI version: no assessment resource of a known type")
    return quizzes


def _read_qti12(package: ContentPackage) -> Iterator[NewQuizzesQuiz]:
    for resource in package.of_type("imsqti_xmlv1p2"):
        own = f"non_cc_assessments/{resource.ident}.xml.qti"
        data = package.archive.get(own) or package.archive.get(resource.href)
        if data is not None:
            yield from _read_document(package, data)


def _read_document(package: ContentPackage, data: bytes) -> Iterator[NewQuizzesQuiz]:
    damage = safe_xml.find_damage(data)
    for assessment in qti12.read_assessments(safe_xml.parse_recovering(data)):
        # the gem's paths name the document's own namespace, so items of another one don't exist for it
        own_items = (item for item in assessment.items if item.namespace == assessment.namespace)
        items = [new_quizzes_qti12.read_item(item) for item in own_items]
        if damage is not None and damage.in_item_tag and damage.items_before < len(items):
            items[damage.items_before] = NewQuizzesItem(kind=None, error=BROKEN)
        meta = package.archive.get(f"{assessment.ident}/assessment_meta.xml")
        title = safe_xml.text_of(safe_xml.child(safe_xml.parse_recovering(meta), "title")) if meta else ""
        yield NewQuizzesQuiz(assessment.ident, title or assessment.title, tuple(items))


def _read_qti2(package: ContentPackage) -> Iterator[NewQuizzesQuiz]:
    for resource in package.of_type(*TESTS_2):
        data = package.archive.get(resource.href)
        if data is not None:
            test = safe_xml.parse_recovering(data)
            references = safe_xml.descendants(test, "assessmentItemRef")
            hrefs = [safe_xml.attribute(reference, "href") for reference in references]
            title = safe_xml.attribute(test, "title")
            yield NewQuizzesQuiz(safe_xml.attribute(test, "identifier"), title, _read_items(package, hrefs))
    item_hrefs = [resource.href for resource in package.of_type(*ITEMS_2)]
    if item_hrefs:
        # the gem reads every item a second time, as a bank of its own
        title = _lom_title(package) or "imsmanifest"
        yield NewQuizzesQuiz("@embedded_non_assessment", title, _read_items(package, item_hrefs))


def _lom_title(package: ContentPackage) -> str:
    """The title in the manifest's metadata, which names the bank."""
    manifest = safe_xml.parse_recovering(package.archive.files["imsmanifest.xml"])
    titles = (title for title in safe_xml.descendants(manifest, "title") if safe_xml.namespace(title) == LOM)
    return safe_xml.text_of(safe_xml.child(next(titles, None), "string"))


def _read_items(package: ContentPackage, hrefs: list[str]) -> tuple[NewQuizzesItem, ...]:
    documents = (package.archive.get(href) for href in hrefs)
    return tuple(new_quizzes_qti21.read_item(safe_xml.parse_recovering(data)) for data in documents if data is not None)
