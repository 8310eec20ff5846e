"""Rich texts as lines of plain text with chips, and back: what people leave alone keeps its form."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.exam.changes import DoesNotFit, editable, edited, same_text, with_labels
from lti_tool.exam.html.sanitise import remove_forbidden_characters
from lti_tool.exam.html.tree import parse_rich_text
from lti_tool.exam.richtext import Element, RichText
from tests.support.change_strategies import new_words
from tests.support.exam_strategies import HOSTILE

PICTURE = '<img src="https://x.example/a.png" alt="A leaf">'
TABLE = "<table><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"


def html(text):
    """A tree as HTML, enough for these tests."""
    return "".join(map(_html, text.nodes))


def _html(node):
    if isinstance(node, str):
        return node
    if not isinstance(node, Element):
        return f"[{type(node).__name__}]"
    return "<br>" if node.tag == "br" else f"<{node.tag}>{''.join(map(_html, node.children))}</{node.tag}>"


class TestReading:
    @pytest.mark.parametrize(
        ("source", "text", "kinds"),
        [
            ("plain", "plain", []),
            ("<p>one</p><p>two</p>", "one\ntwo", []),
            ("<p>one<br>two</p>", "one\ntwo", []),
            ("<ul>\n <li>one</li>\n <li><p>two</p></li>\n</ul>", "one\ntwo", []),
            ("<p>The <strong>bold</strong> H<sub>2</sub>O</p>", "The bold H2O", []),
            ("<p>Solve <inline-math>x^2</inline-math>.</p>", "Solve ⟦1⟧.", ["formula"]),
            (f"<p>See {PICTURE}</p>{TABLE}<p>here</p>", "See ⟦1⟧\n⟦2⟧\nhere", ["picture", "table"]),
            ("<p>a</p><hr><p>b</p>", "a\n⟦1⟧\nb", ["line"]),
            ("<pre>if x:\n    y</pre>", "if x:\n    y", []),
            ("the ⟦ sign", "the ⟦1⟧ sign", ["sign"]),
            ("", "", []),
        ],
    )
    def test_texts_for_an_editor(self, source, text, kinds):
        editable_text = editable(parse_rich_text(source))
        assert (editable_text.text, [chip.kind for chip in editable_text.chips]) == (text, kinds)

    def test_labels_are_for_people_only(self):
        original = parse_rich_text(f"<p>Solve <inline-math>x</inline-math> {PICTURE}</p>")
        editable_form = editable(original)
        labels = {chip.number: f"{chip.kind} {chip.hint}" for chip in editable_form.chips}
        text = with_labels(editable_form.text, labels.__getitem__)
        assert text == "Solve ⟦1: formula x⟧ ⟦2: picture A leaf⟧"
        assert edited(original, text) == original
        assert same_text(text + "\r\n", editable_form.text)


class TestEditing:
    @pytest.mark.parametrize(
        ("source", "old", "new", "result"),
        [
            ("<p>The capitol of <b>Frence</b></p>", "Frence", "France", "<p>The capitol of <b>France</b></p>"),
            ("<p>a <b>bold</b> end</p>", "bold end", "bold new end", "<p>a <b>bold</b> new end</p>"),
            ("<p>a <b>two words</b></p>", "two words", "two more words", "<p>a <b>two more words</b></p>"),
            ("<p>one</p><p>two</p>", "one\n", "one\nhalf\n", "<p>one</p><p>half</p><p>two</p>"),
            ("<p>one</p><p>two</p>", "one\ntwo", "one two", "<p>one two</p>"),
            ("<ul><li>a</li><li>b</li></ul>", "a\n", "a\nc\n", "<ul><li>a</li><li>c</li><li>b</li></ul>"),
            ("<ul><li>a</li><li>b</li></ul><p>c</p>", "b\n", "", "<ul><li>a</li></ul><p>c</p>"),
            ("one<br>two", "two", "two\nthree", "one<br>two<br>three"),
            ("<p>x <inline-math>y</inline-math> z</p>", "x ⟦1⟧ z", "⟦1⟧ x z", "<p>[Math] x z</p>"),
            ("<p>a</p>" + TABLE + "<p>b</p>", "a", "A", "<p>A</p>" + TABLE + "<p>b</p>"),
            ("<pre>if x:\n  y</pre>", "x", "z", "<pre>if z:\n  y</pre>"),
            ("<ul><li>a<ul><li>b</li></ul>c</li></ul>", "b", "B", "<ul><li>a<ul><li>B</li></ul>c</li></ul>"),
            ("", "", "new\nlines", "new<br>lines"),
            ("a", "a", "<b>x</b> & y", "<b>x</b> & y"),
        ],
    )
    def test_unchanged_text_keeps_its_elements(self, source, old, new, result):
        original = parse_rich_text(source)
        editable_text = editable(original).text
        assert html(edited(original, editable_text.replace(old, new, 1) if old else new)) == result

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("Solve.", "change.chip-lost"),
            ("Solve ⟦1⟧ ⟦1⟧", "change.chip-twice"),
            ("Solve ⟦1⟧ ⟦2⟧", "change.chip-unknown"),
            ("Solve ⟦0⟧ ⟦1⟧", "change.chip-unknown"),
        ],
    )
    def test_chips_are_neither_lost_nor_doubled(self, text, code):
        with pytest.raises(DoesNotFit) as error:
            edited(parse_rich_text("<p>Solve <inline-math>x</inline-math></p>"), text)
        assert error.value.remark.code == code

    def test_typed_brackets_that_are_no_chip_are_text(self):
        assert edited(RichText.plain("a"), "a ⟦x⟧ ⟧").plain_text() == "a ⟦x⟧ ⟧"

    def test_a_long_text_that_is_all_new(self):
        original = parse_rich_text("<p>" + "word " * 20_000 + "</p>")
        assert edited(original, "other " * 20_000).plain_text() == ("other " * 20_000).strip()


def special(text):
    return [node for node in text.walk() if not isinstance(node, str | Element)]


def shown_words(text):
    """The characters of an editable text without its chips; brackets become chips when a text is read again."""
    return "".join(re.sub("[⟦⟧]", "", re.sub(r"⟦\s*\d+\s*(:[^⟦⟧]*)?⟧", "", remove_forbidden_characters(text))).split())


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12)), max_size=4).map("".join), st.data())
def test_any_words_in_any_text_arrive(source, data):
    original = parse_rich_text(source)
    assert edited(original, editable(original).text) == original
    text = data.draw(new_words(original))
    try:
        result = edited(original, text)
    except DoesNotFit:
        return
    assert shown_words(editable(result).text) == shown_words(text)
    assert sorted(map(repr, special(result))) == sorted(map(repr, special(original)))
