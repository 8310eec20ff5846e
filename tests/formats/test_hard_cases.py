"""Small exams that once lost something: each arrives in every format, or the report says what changes."""

import json
from io import BytesIO
from pathlib import Path

import pytest

from lti_tool import formats
from lti_tool.exam import Asset, parse_exam
from lti_tool.formats import Verdict
from tests.formats.arrivals import ARRIVE
from tests.formats.test_oracle_equality import TEXTS

CASES = Path(__file__).parents[1] / "fixtures" / "cases"
STORED = [f"https://cdn.examplary.ai/uploads/{path}" for path in ("triangle-red.png",)]

readers = pytest.mark.parametrize(
    ("name", "reader"), [(name, reader) for name, readers in ARRIVE.items() for reader in readers]
)


def imported(case, name, reader):
    """The questions of a case as a reader imports them, and the lines of the report."""
    exam = parse_exam(json.loads((CASES / f"{case}.json").read_bytes()))
    assets = {url: Asset.held(url, url.rpartition("/")[2], "image/png", b"file " + url.encode()) for url in exam.media}
    out = BytesIO()
    report = formats.get(name).write(exam, assets, out)
    return [item for item in reader(out.getvalue()) if item.form not in TEXTS], report.lines


def codes(line):
    return [remark.code for remark in line.remarks]


@readers
def test_a_broken_picture_hides_its_address_and_leaves_the_key(name, reader):
    (item,), (line,) = imported("broken-picture", name, reader)
    assert item.chosen == (0,)
    shown = item.text + "".join(item.options)
    assert "lost.png" not in shown
    assert "picturemissing" in shown
    assert {"exam.picture-broken", "format.media-missing"} <= set(codes(line))
    assert [dict(remark.facts) for remark in line.remarks if remark.code == "format.media-missing"] == [{"count": 1}]


@readers
def test_pictures_in_data_addresses_arrive(name, reader):
    items, lines = imported("data-pictures", name, reader)
    assert [item.chosen for item in items] == [(1,), (1,)]
    letters = name == "common-cartridge"  # Moodle's restore finds files in a question's text only
    assert {line.verdict for line in lines} == {Verdict.ADAPTED if letters else Verdict.NATIVE}
    assert "format.media-missing" not in [code for line in lines for code in codes(line)]
