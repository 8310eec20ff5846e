"""The time of a check is bounded: linear in the package, and packages of absurdly many references are refused."""

import re

import pytest

from lti_tool.formats.check import archive, check_package
from lti_tool.formats.check.archive import PackageTooLarge
from lti_tool.formats.check.manifest import MAX_REFERENCES
from tests.formats.test_check_package import files, written, zipped
from tests.support.growth import growth

MANIFEST = "imsmanifest.xml"


def insert(contents, name, before, repeated, count):
    """The contents with a text repeated before another, numbered by ``{n}``."""
    text = contents[name].decode()
    assert before in text
    many = "".join(repeated.replace("{n}", str(number)) for number in range(count))
    return contents | {name: text.replace(before, many + before, 1).encode()}


def resource_of(contents, kind):
    """The manifest's resource of this type, with a numbered identifier."""
    resource = re.search(rf"<resource [^>]*{kind}.*?</resource>", contents[MANIFEST].decode(), re.DOTALL)[0]
    return re.sub(r'identifier="[^"]*"', 'identifier="r{n}"', resource, count=1)


QTI = files(written("qti21", "single-1"))
CANVAS = files(written("canvas-qti", "single-1"))
TEST = next(name for name in QTI if b"assessmentItemRef" in QTI[name] and name != MANIFEST)
ITEM = next(name for name in QTI if b"<assessmentItem " in QTI[name])
OLD_ITEM = next(name for name in CANVAS if b"questestinterop" in CANVAS[name])

SHAPES = {
    "one question, many resources": lambda n: insert(QTI, MANIFEST, "</resources>", resource_of(QTI, "imsqti_item"), n),
    "one assessment, many resources": lambda n: insert(
        CANVAS, MANIFEST, "</resources>", resource_of(CANVAS, "imsqti_xmlv1p2"), n
    ),
    "references of a test": lambda n: insert(
        QTI, TEST, "<assessmentItemRef", '<assessmentItemRef identifier="x{n}" href="a{n}.xml"/>', n
    ),
    "files of a resource": lambda n: insert(QTI, MANIFEST, "<file", '<file href="i{n}.png"/>', n),
    "dependencies": lambda n: insert(QTI, MANIFEST, "</resource>", '<dependency identifierref="i{n}"/>', n),
}

WITHIN_A_DOCUMENT = {
    "images": lambda n: insert(QTI, ITEM, "</itemBody>", '<p><img src="i{n}.png" alt=""/></p>', n),
    "declarations and interactions": lambda n: insert(
        insert(
            QTI,
            ITEM,
            "</itemBody>",
            '<textEntryInteraction responseIdentifier="R{n}"/>',
            n,
        ),
        ITEM,
        "<outcomeDeclaration",
        '<responseDeclaration identifier="R{n}" cardinality="single" baseType="string"/>',
        n,
    ),
    "images that are listed": lambda n: insert(
        insert(QTI, ITEM, "</itemBody>", '<p><img src="i{n}.png" alt=""/></p>', n),
        MANIFEST,
        "<file",
        '<file href="i{n}.png"/>',
        n,
    ),
    "texts in an alternative": lambda n: insert(
        CANVAS,
        OLD_ITEM,
        "</presentation>",
        "<material><altmaterial><mattext>a{n}</mattext></altmaterial></material>",
        n,
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_absurdly_many_references_are_refused(shape):
    with pytest.raises(PackageTooLarge) as refused:
        check_package(zipped(SHAPES[shape](MAX_REFERENCES + 1)))
    assert refused.value.facts["limit"] == f"{MAX_REFERENCES} references"


@pytest.mark.parametrize("shape", [*SHAPES, *WITHIN_A_DOCUMENT])
def test_the_time_is_linear(shape):
    """Compares CPU time, as lxml does most of the work; only quadratic time reaches the bound."""
    make = (SHAPES | WITHIN_A_DOCUMENT)[shape]
    assert growth(check_package, 300, lambda size: zipped(make(size)), enough=3) < 3


def test_a_document_listed_twice_is_read_and_counted_once(monkeypatch):
    report = check_package(zipped(SHAPES["one question, many resources"](1000)))
    assert sum(report.questions.values()) == 1
    assert "Two resources are this question." in {problem.sentence for problem in report.problems}
    report = check_package(zipped(SHAPES["one assessment, many resources"](1000)))
    assert sum(report.questions.values()) == 1


def test_all_documents_together_are_limited(monkeypatch):
    monkeypatch.setattr(archive, "MAX_TOTAL_XML_BYTES", 2_000)
    with pytest.raises(PackageTooLarge, match="xml"):
        check_package(zipped(QTI))
