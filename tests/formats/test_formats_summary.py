"""The report in short, in the files' own descriptions."""

import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from lti_tool import formats
from lti_tool.exam import Remark, parse_exam
from lti_tool.formats import Line, Report, Verdict
from lti_tool.formats.summary import MOST_QUESTIONS, summary

FIXTURES = Path(__file__).parents[1] / "fixtures"
PLACES = {
    "moodle-xml": "//question[@type='category']/info/text",
    "qti21": "//*[local-name()='general']/*[local-name()='description']/*",
    "qti30": "//*[local-name()='general']/*[local-name()='description']/*",
}


def written(name, fixture):
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
    return Line(f"q{number}", number, "", "essay", "Essay", verdict, remarks, Decimal(1), Decimal(points_out))


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("fixture", ["mixed-12.json", "pci-12.json"])
def test_the_file_says_what_became_of_the_exam(name, fixture):
    data, report = written(name, fixture)
    (said,) = document(name, data).xpath(PLACES[name])
    assert said.text == summary(report)
    counts = report.counts
    assert f"{counts[Verdict.NATIVE]} of {len(report.lines)} questions arrive as they are" in said.text
    assert all(f"Question {one.number}:" in said.text for one in report.lines if one.verdict is not Verdict.NATIVE)


@pytest.mark.parametrize("name", ["canvas-qti", "common-cartridge"])
def test_students_are_told_nothing_of_it(name):
    data, report = written(name, "pci-12.json")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        whole = b"".join(package.read(entry) for entry in package.namelist())
    assert summary(report).splitlines()[0].encode() not in whole
    assert b"<description></description>" in whole


def test_a_summary_names_numbers_changes_and_points():
    found = summary(Report("x", (line(1, Verdict.NATIVE), line(2, Verdict.ADAPTED), line(3, Verdict.LEFT_OUT, "0"))))
    assert found.splitlines() == [
        "1 of 3 questions arrive as they are, 1 are adapted, 1 are left out.",
        "Points: 2 of 3.",
        "Question 2: Essay. Something changes.",
        "Question 3: Essay. Something changes.",
    ]


def test_a_summary_of_thousands_stays_short():
    found = summary(Report("x", tuple(line(number, Verdict.ADAPTED) for number in range(1, 5001))))
    assert len(found.splitlines()) == MOST_QUESTIONS + 3
    assert str(5000 - MOST_QUESTIONS) in found.splitlines()[-1]
