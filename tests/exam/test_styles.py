"""Styles: their meaning is kept, as a colour or as an element; nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.exam import parse_exam
from lti_tool.exam.html.tree import parse_rich_text
from lti_tool.exam.richtext import Element, RichText
from tests.support.exam_builders import exam, question

COLOURS = {
    "red": "red",
    "#C00": "#cc0000",
    "#ff000080": "#ff0000",
    "rgb(0, 128, 255)": "#0080ff",
    "rgba(0 0 255 / 50%)": "#0000ff",
    "rgb(100%, 0%, 300%)": "#ff00ff",
    "hsl(120, 100%, 25%)": "#008000",
}
SILENT = [
    "black",
    "#000",
    "rgb(0,0,0)",
    "inherit",
    "transparent",
    "#12345600",
    "rgba(1,2,3,0)",
    "var(--x)",
    "url(x)",
    "x y",
]
ELEMENTS = {
    "font-weight: 700": "strong",
    "font-weight: bolder": "strong",
    "font-style: italic": "em",
    "text-decoration: underline dotted": "u",
    "text-decoration-line: line-through": "s",
    "vertical-align: super": "sup",
    "vertical-align: sub": "sub",
}


def span(style):
    (paragraph,) = parse_rich_text(f'<p>a <span style="{style}">b</span></p>').nodes
    return paragraph.children[1]


@pytest.mark.parametrize("colour", COLOURS)
def test_colours_stay(colour):
    assert span(f"color: {colour}").attributes == (("style", f"color: {COLOURS[colour]}"),)
    assert span(f"background: {colour}; top: 0").attributes == (("style", f"background-color: {COLOURS[colour]}"),)


@pytest.mark.parametrize("colour", SILENT)
def test_colours_without_meaning_are_removed(colour):
    assert span(f"color: {colour}") == Element("span", (), ("b",))


@pytest.mark.parametrize("style", ELEMENTS)
def test_other_styles_become_elements(style):
    assert span(style) == Element("span", (), (Element(ELEMENTS[style], (), ("b",)),))


@pytest.mark.parametrize(
    "style", ["font-weight: normal", "text-align: center", "position: fixed; top: 0", "x", ":;", ""]
)
def test_styles_that_only_place_a_text_go(style):
    assert span(style) == Element("span", (), ("b",))


def test_older_markup_is_read():
    assert parse_rich_text('<p>a <font color="red" size="2">b</font></p>') == parse_rich_text(
        '<p>a <span style="color: red">b</span></p>'
    )
    (table,) = parse_rich_text('<table><tr><td bgcolor="#eee">a</td></tr></table>').nodes
    assert table.children[0].children[0].children[0].attributes == (("style", "background-color: #eeeeee"),)
    assert parse_rich_text("<p><strike>a</strike></p>") == parse_rich_text("<p><s>a</s></p>")
    (listed,) = parse_rich_text('<ol style="list-style: upper-roman inside"><li>a</li></ol>').nodes
    assert listed.attributes == (("type", "I"),)


@given(st.text("colr-background:#0f;()!url\\'\"x ", max_size=40))
def test_any_style_is_read(style):
    escaped = style.replace("&", "&amp;").replace('"', "&quot;")
    (paragraph,) = parse_rich_text(f'<p style="{escaped}">a</p>').nodes
    assert RichText((paragraph,)).plain_text() == "a"
    assert set(dict(paragraph.attributes)) <= {"style"}


def test_options_that_differ_by_colour_are_not_merged():
    options = [f'<span style="color:{colour}">■</span>' for colour in ("red", "blue", "green")]
    settings = {"options": options, "correctAnswer": options[1]}
    (choice,) = parse_exam(exam(question("multiple-choice-single-answer", settings))).questions
    assert (len(choice.options), choice.correct) == (3, (1,))
    (ordering,) = parse_exam(exam(question("sequence", {"options": options}))).questions
    assert ordering.keyed


def test_the_report_says_which_answers_became_equal():
    options = [f'<span style="font-size:{size}px">A</span>' for size in (8, 80)]
    settings = {"options": [*options, "B"], "correctAnswer": "B"}
    (choice,) = parse_exam(exam(question("multiple-choice-single-answer", settings))).questions
    (flaw,) = (flaw for flaw in choice.flaws if flaw.code == "exam.options-alike")
    assert dict(flaw.facts) == {"answer": "A"}
    settings = {"left": options, "right": ["x", "y"], "correctAnswer": [f"{options[0]} = x", f"{options[1]} = y"]}
    (matching,) = parse_exam(exam(question("matching", settings))).questions
    assert "exam.options-alike" in [flaw.code for flaw in matching.flaws]


def test_readings_above_words_are_announced():
    (essay,) = parse_exam(
        exam(question("essay", description="<p><ruby>漢<rp>(</rp><rt>かん</rt></ruby></p>"))
    ).questions
    assert essay.description.plain_text() == "漢(かん)"
    assert "exam.ruby" in [flaw.code for flaw in essay.flaws]
