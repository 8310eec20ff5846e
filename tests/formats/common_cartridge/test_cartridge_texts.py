"""Texts in a cartridge, after Moodle's restore has done to them what it does."""

import lxml.html
import pytest

from lti_tool.formats import Verdict
from tests.formats.common_cartridge.test_common_cartridge import IMAGE, PICTURES, Cartridge, moodle
from tests.support.exam_builders import ANALYSIS, SENTENCE, exam, points, question
from tests.support.exam_packages import PICTURE, build, codes

TEXTS = [
    ("Crème brûlée: œuf, €2, “ja”", "Crème brûlée: œuf, €2, “ja”"),
    ("مرحبا 日本語 हिन्दी 😀", "مرحبا 日本語 हिन्दी 😀"),
    ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
    ("&lt;script&gt;alert(1)&lt;/script&gt;", "<\u2060script>alert(1)<\u2060/script>"),
    ("&amp;eacute; &amp;amp; &amp;#233;", "&\u2060eacute; &\u2060amp; &\u2060#233;"),
    ("AT&amp;T ]]&gt;", "AT&T ]]>"),
]


def only(raw, assets=None):
    """Return what Moodle makes of the one question, and its line."""
    data, report = build("common-cartridge", exam(raw), assets)
    Cartridge(data).assert_sound()
    (found,), (line,) = moodle(data).questions, report.lines
    return found, line


@pytest.mark.parametrize(("html", "seen"), TEXTS)
def test_stems_options_and_titles_say_the_same(html, seen):
    options = [html, "other"]
    raw = question("multiple-choice-single-answer", {"options": options, "correctAnswer": html}, title=f"<p>{html}</p>")
    found, line = only(raw)
    assert seen in found.text
    assert found.correct == (seen,)
    assert line.verdict is Verdict.NATIVE
    assert found.name.replace("\u2060", "") == f"1. {seen}".replace("\u2060", "")


def test_an_address_or_a_text_with_quotation_marks_stays_one_attribute():
    html = f'<p><img src="{PICTURE}" alt="He said &quot;a&quot; &amp;amp; b"></p>'
    found, _ = only(question("essay", description=html), PICTURES)
    assert 'alt="He said ”a” &\u2060amp; b"' in found.text


def test_pictures_are_not_called_by_the_names_of_their_files():
    html = f'<img src="{PICTURE}"> <img src="{PICTURE}" alt="Map">'
    found, _ = only(question("essay", description=html), PICTURES)
    images = lxml.html.fragment_fromstring(found.text, create_parent="div").findall(".//img")
    assert [(one.get("alt").strip(), one.get("title").strip()) for one in images] == [("", ""), ("Map", "")]


def test_pictures_as_options_stand_in_the_text_where_moodle_finds_them():
    raw = question("multiple-choice-single-answer", {"options": [IMAGE, "<b>b</b>"], "correctAnswer": IMAGE})
    found, line = only(raw, PICTURES)
    assert [answer.text for answer in found.answers] == ["A", "B"]
    assert found.correct == ("A",)
    assert "$@FILEPHP@$/web_resources/media/" in found.text
    assert not found.missing_files
    assert "format.letters" in codes(line)


@pytest.mark.parametrize("answer", ["&amp;eacute;", "a &amp;amp;lt; b", "0", "&amp;#233;"])
def test_answers_that_moodle_would_change_are_marked_by_the_teacher(answer):
    found, line = only(question("single-line-text", {"correctAnswer": answer}))
    assert found.qtype == "essay"
    assert {"cartridge.reference", "cartridge.zero"} & codes(line)


LEFT = ["France", IMAGE, "Spain"]
RIGHT = ["Paris", "Rome", "<i>M</i>", "Oslo"]
MATCHING = {"left": LEFT, "right": RIGHT, "correctAnswer": [{"left": LEFT[n], "right": RIGHT[n]} for n in range(3)]}


class TestPairs:
    def test_each_is_a_question_with_all_answers(self):
        raw = question("matching", MATCHING, scoring=points([6]))
        data, report = build("common-cartridge", exam(raw, language="nl"), PICTURES)
        Cartridge(data).assert_sound()
        found = moodle(data).questions
        assert [one.correct for one in found] == [("Paris",), ("Rome",), ("M",)]
        assert [one.default_mark for one in found] == [2, 2, 2]
        assert {len(one.answers) for one in found} == {4}
        assert ["France" in one.text for one in found] == [True, False, False]
        assert "$@FILEPHP@$" in found[1].text
        assert {"cartridge.part-each", "format.partial-credit"} <= codes(report.lines[0])
        assert report.points_out == 6

    def test_with_fewer_points_than_pairs_the_question_stays_one(self):
        found, line = only(question("matching", MATCHING, scoring=points([2])), PICTURES)
        assert (found.qtype, found.default_mark, line.points_out) == ("essay", 2, 2)
        assert "cartridge.too-few-points" in codes(line)

    def test_pictures_on_the_right_get_letters(self):
        raw = question("matching", {"pairs": [f"a = {IMAGE}", "b = two"]}, scoring=points([2]))
        data, report = build("common-cartridge", exam(raw), PICTURES)
        found = moodle(data).questions
        assert sorted(one.correct[0] for one in found) == ["A", "B"]
        assert all("$@FILEPHP@$" in one.text for one in found)
        assert "format.letters" in codes(report.lines[0])


def test_parts_of_a_sentence_are_questions():
    raw = question("sentence-analysis", {"sentence": SENTENCE, "correctAnswer": ANALYSIS}, scoring=points([10]))
    data, report = build("common-cartridge", exam(raw, language="nl"))
    Cartridge(data).assert_sound()
    found = moodle(data).questions
    assert len(found) == len(ANALYSIS["segments"]) + 1
    assert all(SENTENCE in one.text for one in found)
    assert found[-1].correct == ("maken",)
    assert report.points_out == 10
