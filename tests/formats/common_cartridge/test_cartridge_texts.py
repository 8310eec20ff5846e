"""Texts in a cartridge, after Moodle's restore has changed them."""

import re

import lxml.html
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

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
    """The question as Moodle restores it, and its report line."""
    data, report = build("common-cartridge", exam(raw), assets)
    Cartridge(data).assert_sound()
    (item,), (line,) = moodle(data).questions, report.lines
    return item, line


@pytest.mark.parametrize(("html", "visible"), TEXTS)
def test_stems_options_and_titles_keep_their_text(html, visible):
    options = [html, "other"]
    raw = question("multiple-choice-single-answer", {"options": options, "correctAnswer": html}, title=f"<p>{html}</p>")
    item, line = only(raw)
    assert visible in item.text
    assert item.correct == (visible,)
    assert line.verdict is Verdict.NATIVE
    assert item.name.replace("\u2060", "") == f"1. {visible}".replace("\u2060", "")


def test_words_between_tags_stay_apart():
    html = "<p>one\ntwo <b>bold</b> <i>italic</i>\n<code>c</code></p>\n<ul>\n<li>x</li>\n</ul>"
    item, _ = only(question("essay", description=html))
    assert "one two <b>bold</b>\u2060 <i>italic</i>\u2060 <code>c</code>" in item.text.replace("<b ", "<b>")
    assert "<ul" in item.text
    assert "<br" not in item.text


def test_a_formula_over_lines_gets_no_line_break():
    item, _ = only(question("essay", description="<p>\\[a\n+ b\\]</p>"))
    assert "\\[a + b\\]" in item.text


def test_lines_of_code_keep_their_breaks_and_their_indentation():
    code = "for (;;) {\n    <b>\n\n  x > <y\n}"
    escaped = code.replace("<", "&lt;").replace(">", "&gt;")
    item, _ = only(question("essay", description=f"<pre><code>{escaped}</code></pre>"))
    (pre,) = lxml.html.fragment_fromstring(item.text.replace("<\u2060", "&lt;"), create_parent="div").findall(".//pre")
    lines = [line.text_content().replace("\u2060", "") for line in pre.iter("span")]
    assert lines == code.split("\n")
    assert "<br" not in item.text


PIECES = st.lists(st.sampled_from(["a", "b", " ", "&lt;", "&gt;", "<b>c</b>", "<i>d</i>", "\n"]), max_size=12)


@settings(max_examples=200, deadline=None)
@given(PIECES)
@example(["&gt;", " ", "&lt;", "<b>c</b>", " ", "<i>d</i>"])
def test_any_text_keeps_its_words_in_moodle(pieces):
    html = f"x{''.join(pieces)}x"
    item, _ = only(question("essay", title="T", description=f"<p>{html}</p>"))
    plain_text = re.sub("</?(?:p|b|i|em|strong)(?: [^>]*)?>", "", item.text).replace("\u2060", "")
    written = re.sub("</?[bi]>", "", html).replace("&lt;", "<").replace("&gt;", ">")
    assert " ".join(plain_text.removeprefix("T").split()) == " ".join(written.split())


def test_quotation_marks_do_not_end_an_attribute():
    html = f'<p><img src="{PICTURE}" alt="He said &quot;a&quot; &amp;amp; b"></p>'
    item, _ = only(question("essay", description=html), PICTURES)
    assert 'alt="He said ”a” &\u2060amp; b"' in item.text


def test_file_names_do_not_become_alternative_texts():
    html = f'<img src="{PICTURE}"> <img src="{PICTURE}" alt="Map">'
    item, _ = only(question("essay", description=html), PICTURES)
    images = lxml.html.fragment_fromstring(item.text, create_parent="div").findall(".//img")
    assert [(image.get("alt").strip(), image.get("title").strip()) for image in images] == [("", ""), ("Map", "")]


def test_pictures_as_options_move_into_the_text():
    raw = question("multiple-choice-single-answer", {"options": [IMAGE, "<b>b</b>"], "correctAnswer": IMAGE})
    item, line = only(raw, PICTURES)
    assert [answer.text for answer in item.answers] == ["A", "B"]
    assert item.correct == ("A",)
    assert "$@FILEPHP@$/web_resources/media/" in item.text
    assert not item.missing_files
    assert "format.letters" in codes(line)


@pytest.mark.parametrize("answer", ["&amp;eacute;", "a &amp;amp;lt; b", "0", "&amp;#233;"])
def test_answers_that_moodle_would_change_are_marked_by_the_teacher(answer):
    item, line = only(question("single-line-text", {"correctAnswer": answer}))
    assert item.qtype == "essay"
    assert {"cartridge.reference", "cartridge.zero"} & codes(line)


LEFT = ["France", IMAGE, "Spain"]
RIGHT = ["Paris", "Rome", "<i>M</i>", "Oslo"]
MATCHING = {"left": LEFT, "right": RIGHT, "correctAnswer": [{"left": LEFT[n], "right": RIGHT[n]} for n in range(3)]}


class TestPairs:
    def test_each_is_a_question_with_all_answers(self):
        raw = question("matching", MATCHING, scoring=points([6]))
        data, report = build("common-cartridge", exam(raw, language="nl"), PICTURES)
        Cartridge(data).assert_sound()
        items = moodle(data).questions
        assert [item.correct for item in items] == [("Paris",), ("Rome",), ("M",)]
        assert [item.default_mark for item in items] == [2, 2, 2]
        assert {len(item.answers) for item in items} == {4}
        assert ["France" in item.text for item in items] == [True, False, False]
        assert "$@FILEPHP@$" in items[1].text
        assert {"cartridge.part-each", "format.partial-credit"} <= codes(report.lines[0])
        assert report.points_out == 6

    def test_fewer_points_than_pairs_keep_the_question_whole(self):
        item, line = only(question("matching", MATCHING, scoring=points([2])), PICTURES)
        assert (item.qtype, item.default_mark, line.points_out) == ("essay", 2, 2)
        assert "cartridge.too-few-points" in codes(line)

    def test_pictures_on_the_right_get_letters(self):
        raw = question("matching", {"pairs": [f"a = {IMAGE}", "b = two"]}, scoring=points([2]))
        data, report = build("common-cartridge", exam(raw), PICTURES)
        items = moodle(data).questions
        assert sorted(item.correct[0] for item in items) == ["A", "B"]
        assert all("$@FILEPHP@$" in item.text for item in items)
        assert "format.letters" in codes(report.lines[0])


def test_parts_of_a_sentence_are_questions():
    raw = question("sentence-analysis", {"sentence": SENTENCE, "correctAnswer": ANALYSIS}, scoring=points([10]))
    data, report = build("common-cartridge", exam(raw, language="nl"))
    Cartridge(data).assert_sound()
    items = moodle(data).questions
    assert len(items) == len(ANALYSIS["segments"]) + 1
    assert all(SENTENCE in item.text for item in items)
    assert items[-1].correct == ("maken",)
    assert report.points_out == 10
