"""The report's summary in the description of each file."""

import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from lti_tool import formats
from lti_tool.exam import Remark, parse_exam
from lti_tool.formats import Report, ReportLine, Verdict
from lti_tool.formats.writing.report_summary import MAX_QUESTIONS, summary

FIXTURES = Path(__file__).parents[1] / "fixtures"
PLACES = {
    "moodle-xml": "//question[@type='category']/info/text",
    "qti21": "//*[local-name()='general']/*[local-name()='description']/*",
    "qti30": "//*[local-name()='general']/*[local-name()='description']/*",
}


def write(name, fixture):
    out = io.BytesIO()
    report = formats.get(name).write(parse_exam(json.loads((FIXTURES / "exams" / fixture).read_bytes())), {}, out)
    return out.getvalue(), report


def document(name, data):
    if name == "moodle-xml":
        return etree.fromstring(data)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read("imsmanifest.xml"))


def line(number, verdict, points_out="1"):
    remarks = (Remark("x", "Something changes."),)
    return ReportLine(f"q{number}", number, "", "essay", "Essay", verdict, remarks, Decimal(1), Decimal(points_out))


@pytest.mark.parametrize("name", PLACES)
def test_the_description_is_the_summary(name):
    data, report = write(name, "pci-12.json")
    (description,) = document(name, data).xpath(PLACES[name])
    assert description.text == summary(report, "en")


@pytest.mark.parametrize("name", PLACES)
def test_the_description_is_in_the_language_of_the_exam(name):
    data, report = write(name, "mixed-12.json")
    (description,) = document(name, data).xpath(PLACES[name])
    assert description.text == summary(report, "nl")
    counts = report.counts
    assert f"Vragen die ongewijzigd aankomen: {counts[Verdict.NATIVE]} van {len(report.lines)}." in description.text
    assert all(
        f"Vraag {line.number}:" in description.text for line in report.lines if line.verdict is not Verdict.NATIVE
    )


def entries(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_cartridge_has_the_summary_on_an_instructors_page():
    data, report = write("common-cartridge", "mixed-12.json")
    files = entries(data)
    (path,) = (name for name in files if "for-teachers" in name)
    page = etree.fromstring(files.pop(path), etree.HTMLParser())
    paragraphs = page.xpath("//p//text()")
    assert all(sentence in paragraphs for sentence in summary(report, "nl").splitlines())
    (resource,) = etree.fromstring(files["imsmanifest.xml"]).xpath(f"//*[@href='{path}' and @type='webcontent']")
    roles = resource.xpath(".//*[local-name()='intendedEndUserRole']/*/text()")
    assert roles == ["IMSGLC_CC_Rolesv1p1", "Instructor"]
    assert not any(summary(report, "nl").splitlines()[0].encode() in content for content in files.values())


def test_canvas_packages_have_no_summary_students_could_see():
    data, report = write("canvas-qti", "pci-12.json")
    whole = b"".join(entries(data).values())
    assert not any(summary(report, language).splitlines()[0].encode() in whole for language in ("en", "nl"))
    assert b"<description></description>" in whole


def test_a_summary_names_numbers_changes_and_points():
    lines = (line(1, Verdict.NATIVE), line(2, Verdict.ADAPTED), line(3, Verdict.LEFT_OUT, "0"))
    text = summary(Report("x", lines), "en-GB")
    assert text.splitlines() == [
        "Questions that arrive unchanged: 1 of 3. Adapted: 1. Left out: 1.",
        "Points: 2 of 3.",
        "Question 2: Essay. Something changes.",
        "Question 3: Essay. Something changes.",
    ]


def test_a_summary_of_thousands_stays_short():
    text = summary(Report("x", tuple(line(number, Verdict.ADAPTED) for number in range(1, 5001))), None)
    assert len(text.splitlines()) == MAX_QUESTIONS + 3
    assert str(5000 - MAX_QUESTIONS) in text.splitlines()[-1]
