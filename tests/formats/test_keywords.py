"""Keywords of an exam, such as its origin, in every format, and the importers' reading of them."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from lxml import etree

from lti_tool import formats
from lti_tool.exam import parse_exam
from lti_tool.formats.check import check_package
from sandbox.importers import canvas_classic, moodle_cartridge, moodle_xml, new_quizzes
from tests.support.standard_schemas import SCHEMAS

KEYWORDS = ("AI-generated", "Faculty <of> Science & Arts")
IN_MANIFESTS = sorted(set(formats.names()) - {"moodle-xml"})


@pytest.fixture
def exam(fixtures):
    return parse_exam(json.loads((fixtures / "exams" / "mixed-12.json").read_text()))


def package(exam, format_name):
    out = io.BytesIO()
    formats.get(format_name).write(exam, {}, out)
    return out.getvalue()


@pytest.mark.parametrize("format_name", IN_MANIFESTS)
def test_the_manifest_holds_them_and_stays_valid(exam, format_name):
    data = package(replace(exam, keywords=KEYWORDS), format_name)
    manifest = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("imsmanifest.xml"))
    assert manifest.xpath("//*[local-name()='keyword']/*[local-name()='string']/text()") == list(KEYWORDS)
    assert check_package(data, SCHEMAS).problems == check_package(package(exam, format_name), SCHEMAS).problems


def test_moodle_makes_tags_of_them(exam):
    imported = moodle_xml.read(package(replace(exam, keywords=KEYWORDS), "moodle-xml"))
    assert imported.imported
    for question in imported.questions:
        assert question.tags[-2:] == ("AI-generated", "Faculty ＜of＞ Science & Arts")


@pytest.mark.parametrize(
    ("format_name", "reader"),
    [
        ("canvas-qti", canvas_classic.read),
        ("canvas-qti", new_quizzes.read),
        ("qti21", canvas_classic.read),
        ("common-cartridge", canvas_classic.read),
        ("common-cartridge", moodle_cartridge.read),
    ],
)
def test_importers_read_the_same_questions(exam, format_name, reader):
    labelled = replace(exam, keywords=KEYWORDS)
    assert reader(package(labelled, format_name)) == reader(package(exam, format_name))
