"""Rich text in pages: colours without style attributes, which the Content-Security-Policy forbids, and pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from lti_tool.exam.html.tree import parse_rich_text
from lti_tool.web.rich_text import rich

PIECES = [
    '<span style="color: red">',
    "</span>",
    '<p style="background: #ff0">',
    "</p>",
    '<table bgcolor="red"><tr><td>',
]
PIECES += [
    "</td></tr></table>",
    '<ol style="color: blue"><li style="color: #00f">',
    "</li></ol>",
    "a",
    "<mark>",
    "</mark>",
]


@pytest.mark.parametrize(
    ("html", "shown_html"),
    [
        ('<span style="color: #c00">a</span>', '<span><font color="#cc0000">a</font></span>'),
        ('<td style="background: yellow">a</td>', "a"),
        ('<p style="background: yellow">a</p>', "<p><mark>a</mark></p>"),
        ('<ul style="color: red"><li>a</li></ul>', "<ul><li>a</li></ul>"),
    ],
)
def test_colours_are_elements(html, shown_html):
    assert rich(parse_rich_text(html), {}) == shown_html


@given(st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
def test_no_page_has_a_style_attribute(html):
    root = lxml_html.fragment_fromstring(str(rich(parse_rich_text(html), {})), create_parent="div")
    assert not root.xpath("//@style | //@bgcolor")


def test_pictures_in_data_addresses_are_shown_as_pictures():
    source = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"
    page = rich(parse_rich_text(f'<img src="{source}" alt="A">'), {})
    assert page.startswith('<img src="data:image/svg+xml;base64,')


@pytest.mark.parametrize("html", ["<table><tr><td>a</td></tr></table>", "<pre>a</pre>", "<p>$$x^2$$</p>"])
def test_wide_content_scrolls_by_keyboard(app, html):
    with app.test_request_context():
        root = lxml_html.fragment_fromstring(str(rich(parse_rich_text(html), {})), create_parent="div")
    (box,) = root.xpath(".//*[@tabindex='0']")
    assert (box.get("role"), bool(box.get("aria-label"))) == ("group", True)


def test_the_arrow_of_a_vector_is_above_its_letter(app):
    with app.test_request_context():
        page = str(rich(parse_rich_text("<inline-math>\\vec{F}</inline-math>"), {}))
    assert "\u20d7" not in page
    assert "\u2192" in page
