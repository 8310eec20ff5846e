"""Marks in Moodle: fractions, gaps, short answers. A correct answer earns all points, whatever it contains."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.exam import parse_exam
from lti_tool.formats.moodle_xml.cloze import can_be_gap, escape_wildcards, gap
from lti_tool.formats.moodle_xml.fractions import WRONG, shares, weights
from sandbox.importers import moodle_xml
from sandbox.importers.moodle_xml import GRADE_OPTIONS, GRADE_TOLERANCE
from tests.formats.moodle_xml.moodle_marking import mark_of_ticks, matches, read_gaps
from tests.support.exam_builders import exam, points, question
from tests.support.exam_packages import build, codes

RIGHT = 0.999999
"""From this fraction on Moodle considers a response correct."""

ANSWERS = st.text("abC <>&[]{}~=#:;%*?/\"'\\$@é世0", min_size=1, max_size=12).map(lambda text: " ".join(text.split()))


@pytest.mark.parametrize("count", range(1, 41))
def test_fractions_are_listed_and_add_up(count):
    fractions = [round(float(fraction) / 100, 7) for fraction in shares(count)]
    assert len(fractions) == count
    assert all(any(abs(fraction - listed) < GRADE_TOLERANCE for listed in GRADE_OPTIONS) for fraction in fractions)
    assert min(sum(fractions), 1.0) >= RIGHT
    assert sum(fractions) < 1.001
    assert all(fraction >= 0 for fraction in fractions)
    assert sum(fractions) + float(WRONG) / 100 < 0.001
    assert count > 20 or min(fractions) > 0


@given(st.decimals(0, 500, places=2), st.integers(1, 30))
def test_weights_are_whole_and_as_close_as_possible(mark, count):
    whole_weights = weights(mark, count)
    assert len(whole_weights) == count
    assert min(whole_weights) >= 1
    assert max(whole_weights) - min(whole_weights) <= 1
    assert abs(sum(whole_weights) - mark) <= Decimal("0.5") or sum(whole_weights) == count


@pytest.mark.parametrize("count", [1, 2, 3, 7, 10, 11, 13, 20, 25])
def test_ticking_all_right_answers_earns_all_points_and_a_wrong_tick_costs_them(count):
    options = [f"right {n}" for n in range(count)] + ["wrong 1", "wrong 2"]
    raw = question("multiple-choice-multiple-answers", {"options": options, "correctAnswer": options[:count]})
    data, report = build("moodle-xml", exam({**raw, "scoring": points([3])}))
    (moodle_question,) = moodle_xml.read(data).questions
    assert mark_of_ticks(moodle_question, range(count)) >= RIGHT
    assert moodle_question.mark_for_correct == pytest.approx(3, abs=0.00001)
    assert mark_of_ticks(moodle_question, range(count + 2)) == 0
    assert mark_of_ticks(moodle_question, [*range(count), count]) == pytest.approx(0, abs=0.00001)
    assert mark_of_ticks(moodle_question, [count]) == 0
    assert (count > 1) == ("moodle.partial-ticks" in codes(report.lines[0]))
    assert (count > 10) == ("moodle.uneven-ticks" in codes(report.lines[0]))


@given(st.lists(ANSWERS.filter(bool), min_size=1, max_size=5), st.booleans())
@settings(deadline=None)
def test_a_gap_accepts_only_its_answers(accepted, ignored):
    if not can_be_gap(accepted):
        assert any("\\}" in text or "\\#" in text for text in accepted)
        return
    ((weight, case, alternatives),) = read_gaps(f"<p>before {gap(3, accepted, ignore_case=ignored)} after</p>")
    assert (weight, case, len(alternatives)) == (3, not ignored, len(accepted))
    for text, (fraction, pattern) in zip(accepted, alternatives, strict=True):
        assert fraction == 1
        assert matches(text, pattern, case=case)
        assert not matches(text + "x", pattern, case=case)
        assert matches(text.swapcase(), pattern, case=case) == (ignored or text.swapcase() == text)


@given(ANSWERS.filter(bool))
def test_an_asterisk_is_no_wildcard(text):
    assert matches(text, escape_wildcards(text), case=True)
    assert not matches(text.replace("*", "other"), escape_wildcards(text), case=True) or "*" not in text


@given(st.lists(st.tuples(ANSWERS, ANSWERS), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_blanks_of_any_exam_have_a_correct_answer(pairs):
    text = " ".join(f"{n}. {_escaped(before)} ___" for n, (before, _) in enumerate(pairs))
    raw = exam(question("fill-in-blank", {"text": text, "correctAnswer": [answer for _, answer in pairs]}))
    (exam_question,) = parse_exam(raw).questions
    data, report = build("moodle-xml", raw)
    (moodle_question,) = moodle_xml.read(data).questions
    if moodle_question.qtype == "essay":
        assert report.lines[0].remarks
        return
    if moodle_question.qtype == "shortanswer":
        gaps = [
            (
                1,
                moodle_question.options["usecase"] == "1",
                [(answer.fraction, answer.text) for answer in moodle_question.answers],
            )
        ]
    else:
        gaps = read_gaps(data.decode())
        assert len(moodle_question.cloze) == len(gaps)
    assert len(gaps) == len(exam_question.answers) == len(pairs)
    for (_, case, patterns), accepted in zip(gaps, exam_question.answers, strict=True):
        assert all(matches(text, pattern, case=case) for text, (_, pattern) in zip(accepted, patterns, strict=True))
    assert moodle_question.mark_for_correct == moodle_question.default_mark == float(report.lines[0].points_out)


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("$", "")


@pytest.mark.parametrize(
    ("points_in", "blanks", "points_out"),
    [
        *(("1", 1, 1), ("0.5", 1, 0.5), ("2.75", 1, 2.75), ("0", 1, 0), ("3", 3, 3), ("4", 3, 4), ("1", 2, 2)),
        *(("2.5", 2, 2), ("2.6", 2, 3), ("0", 2, 2)),
    ],
)
def test_several_gaps_have_whole_points_which_is_reported(points_in, blanks, points_out):
    settings_ = {"text": "___ " * blanks, "correctAnswer": ["a"] * blanks}
    data, report = build("moodle-xml", exam(question("fill-in-blank", settings_, scoring=points([float(points_in)]))))
    (moodle_question,) = moodle_xml.read(data).questions
    (line,) = report.lines
    assert (moodle_question.default_mark, moodle_question.mark_for_correct, line.points_out) == (
        points_out,
        points_out,
        points_out,
    )
    assert ("moodle.gap-points" in codes(line)) == (Decimal(points_in) != points_out)
    assert line.points_in == Decimal(points_in)


@pytest.mark.parametrize(
    "answers", [["\\}", "a"], ["\\#", "a"], [[sign * 900 for sign in "wxyz"], "a"], ["ok", ["a" * 900] * 4]]
)
def test_answers_that_moodle_would_misread_become_an_essay(answers):
    settings_ = {"text": "___ " * len(answers), "correctAnswer": answers}
    data, report = build("moodle-xml", exam(question("fill-in-blank", settings_)))
    kinds = [moodle_question.qtype for moodle_question in moodle_xml.read(data).questions]
    assert kinds == (["multianswer"] if answers[0] == "ok" else ["essay"])
    assert ("moodle.gap-signs" in codes(report.lines[0])) == (kinds == ["essay"])


@pytest.mark.parametrize("answer", ["\\}", "{1:SHORTANSWER:=x}", "5 * 3", "~#=%50%", "a < b & c"])
@pytest.mark.parametrize("ignored", [True, False])
def test_one_blank_is_a_short_answer_in_the_text(answer, ignored):
    settings_ = {"text": "<p>_____ Is: ___ ?</p>", "correctAnswer": [answer], "exactValuesCaseInsensitive": ignored}
    raw = question("fill-in-blank", settings_, title="Which _______?", scoring=points([1.5]))
    settings_["text"] = settings_["text"].replace("_____ ", "")
    (moodle_question,) = moodle_xml.read(build("moodle-xml", exam(raw))[0]).questions
    assert (moodle_question.qtype, moodle_question.default_mark, moodle_question.options["usecase"]) == (
        "shortanswer",
        1.5,
        "0" if ignored else "1",
    )
    assert re.search("_____+", moodle_question.text).start() == moodle_question.text.index("Is: ") + 4
    assert matches(answer, moodle_question.answers[0].text, case=not ignored)


@pytest.mark.parametrize(
    ("settings_", "right", "wrong"),
    [
        ({"dateType": "year", "correctAnswer": "1648"}, "1648", "1649"),
        ({"dateType": "year", "correctAnswer": "0988"}, "988", "9880"),
        ({"dateType": "year", "correctAnswer": "-44"}, "-44", "44"),
    ],
)
def test_years_are_numbers_without_tolerance(settings_, right, wrong):
    (moodle_question,) = moodle_xml.read(build("moodle-xml", exam(question("date-year", settings_)))[0]).questions
    (answer,) = moodle_question.answers
    assert (moodle_question.qtype, float(answer.text), answer.tolerance, answer.fraction) == (
        "numerical",
        float(right),
        "0",
        1,
    )
    assert float(answer.text) != float(wrong)


def test_dates_and_short_texts_are_accepted_in_every_usual_spelling():
    data, report = build(
        "moodle-xml",
        exam(
            question("date-year", {"dateType": "full-date", "correctAnswer": "1925-12-31"}),
            question("single-line-text", {"correctAnswer": ["5 * 3", "15"]}),
            language="nl",
        ),
    )
    day, text = moodle_xml.read(data).questions
    assert all(answer.fraction == 1 for answer in (*day.answers, *text.answers))
    assert {"1925-12-31", "31-12-1925", "31/12/1925"} <= {answer.text for answer in day.answers}
    assert "JJJJ-MM-DD" in day.text
    assert [answer.text for answer in text.answers] == ["5 \\* 3", "15"]
    assert [line.points_out for line in report.lines] == [1, 1]
