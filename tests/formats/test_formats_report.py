"""The report: counts, points and translated remarks."""

import io
from decimal import Decimal

import pytest

from lti_tool import formats
from lti_tool.errors import N_
from lti_tool.exam import parse_exam
from lti_tool.formats.planning.date_variants import accepted_dates, accepted_years
from lti_tool.formats.report import Remark, Report, ReportLine, Verdict
from lti_tool.languages import catalogue
from tests.support.exam_builders import exam, points, question


def test_report_counts_and_adds_up():
    remark = Remark("x.y", N_("True or false"), facts=(("count", 3),))
    lines = (
        ReportLine("q1", 1, "A", "choice", "Multiple choice", Verdict.NATIVE, (), Decimal("0.1"), Decimal("0.1")),
        ReportLine("q2", 2, "B", "unknown", "", Verdict.LEFT_OUT, (remark,), Decimal("0.2"), Decimal(0)),
    )
    report = Report("f", lines)
    assert report.counts == {Verdict.NATIVE: 1, Verdict.ADAPTED: 0, Verdict.LEFT_OUT: 1}
    assert (report.points_in, report.points_out) == (Decimal("0.3"), Decimal("0.1"))
    document = report.to_json(catalogue("nl"))
    assert document["questions"][1]["remarks"] == [{"code": "x.y", "message": "Waar of onwaar"}]
    assert (document["points_in"], document["questions"][1]["points_out"]) == (0.3, 0)


def test_every_remark_is_a_full_sentence():
    raw = exam(
        question("multiple-choice-single-answer", {"options": ["a", "a", ""], "correctAnswer": "x"}),
        question("fill-in-blank", {"text": "___ ___", "correctAnswer": ["a"]}, scoring=points([1e9])),
        question("matching", {"pairs": ["a"]}, description='<img src="https://x.example/i.png">'),
        question("acme.own", title=""),
        question("essay", {"minWords": 3}, description="<p>word word</p>" * 3000),
        question("sequence", {"options": ["a", "b"]}),
        language="Klingon",
        name="",
        intendedDuration=30,
    )
    for name in formats.names():
        report = formats.get(name).write(parse_exam(raw), {}, io.BytesIO())
        remarks = [*report.remarks, *(remark for line in report.lines for remark in line.remarks)]
        assert remarks
        for remark in remarks:
            assert "%" not in remark.plain()
            assert remark.plain().endswith(".")


def remark_codes(name, *raws):
    report = formats.get(name).write(parse_exam(exam(*raws)), {}, io.BytesIO())
    return {remark.code for remark in (*report.remarks, *(remark for line in report.lines for remark in line.remarks))}


@pytest.mark.parametrize("name", formats.names())
def test_lost_tags_and_lengths_are_reported_once(name):
    plain = remark_codes(name, question("single-line-text", {}))
    assert not plain & {"format.tags", "format.lengths"}
    lost = remark_codes(name, question("single-line-text", {"maxLength": 40}, tags=["energy"])) - plain
    lengths_kept, tags_kept = name.startswith("qti"), name == "moodle-xml"
    expected = {code for code, is_kept in (("format.tags", tags_kept), ("format.lengths", lengths_kept)) if not is_kept}
    assert lost == expected


CHOICE = {"options": ["a", "b", "c"], "correctAnswer": ["a"]}


@pytest.mark.parametrize("name", ["canvas-qti", "moodle-xml", "common-cartridge"])
def test_grading_notes_are_reported_only_for_questions_marked_by_hand(name):
    """Criteria of a choice are not grading notes: the LMS marks it."""
    code = f"{name.split('-')[-1 if name.startswith('common') else 0]}.notes"
    marked = question("multiple-choice-single-answer", CHOICE, scoring=points([1, 0]))
    assert code not in remark_codes(name, marked)
    assert code in remark_codes(name, marked, question("essay", scoring=points([1, 0])))
    assert code not in remark_codes(name, marked, question("essay"))


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (question("multiple-choice-multiple-answers", CHOICE), False),
        (question("multiple-choice-multiple-answers", {**CHOICE, "correctAnswer": ["a", "b"]}), True),
        (question("matching", {"pairs": ["a = 1"]}), False),
        (question("matching", {"pairs": ["a = 1", "b = 2"]}), True),
        (question("sequence", {"options": ["a", "b"]}), True),
    ],
)
def test_partial_credit_is_reported_only_for_questions_with_parts(raw, parts):
    assert ("canvas.partial-credit" in remark_codes("canvas-qti", raw)) is parts


def test_dates_and_years_are_accepted_as_the_language_writes_them():
    assert accepted_years("0476", "en") == ("0476", "476")
    assert accepted_years("1648", None) == ("1648",)
    assert "12/31/1925" in accepted_dates("1925-12-31", "en-US")
    assert "12/31/1925" not in accepted_dates("1925-12-31", "nl")
