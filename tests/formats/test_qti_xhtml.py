"""Rich text becomes XHTML that QTI allows, with nothing lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lti_tool.exam import RichText, parse_exam
from lti_tool.exam.html.sanitise import TEXT_TAGS
from lti_tool.exam.html.tree import parse_rich_text
from lti_tool.exam.richtext import Element
from lti_tool.formats.check.schema import invalid_by_schema
from lti_tool.formats.qti.dialect import QTI_21, QTI_30
from lti_tool.formats.qti.style_sheet import classes_of, style_of, style_sheet
from lti_tool.formats.qti.xhtml import XhtmlRenderer, web_reference
from lti_tool.formats.writing.media import MediaFiles
from tests.support.standard_schemas import SCHEMAS

DIALECTS = {"qti21": QTI_21, "qti30": QTI_30}
both = pytest.mark.parametrize("name", DIALECTS)
BLOCKS = {"p", "div", "ul", "ol", "table", "blockquote", "pre", "hr", "h1", "h2", "h3", "h4", "h5", "h6"}
RUNNING = {"p", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "strong", "em", "span", "a", "sub"}


def writer(name, language="en"):
    exam = parse_exam({"id": "e", "name": "E", "language": language, "questions": [{"type": "essay"}]})
    return XhtmlRenderer(DIALECTS[name].markup, MediaFiles({}), exam)


def xhtml(html, name="qti21", language="en"):
    return writer(name, language).blocks(parse_rich_text(html).nodes)


def assert_valid(body, name):
    dialect = DIALECTS[name]
    item = dialect.spell('<assessmentItem %s identifier="i" title="t" adaptive="false" timeDependent="false">')
    end = dialect.spell("<itemBody><div>%s</div></itemBody></assessmentItem>")
    root = etree.fromstring(item % dialect.namespaces + end % body)
    if SCHEMAS is not None:
        assert invalid_by_schema(root, SCHEMAS) == []
    return root


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("plain & <b>bold</b>", "<p>plain &amp; <b>bold</b></p>"),
        ("<p>one</p>two<br>", "<p>one</p><p>two</p>"),
        ("<u>u</u><s>s</s>", '<p><em class="qti-underline">u</em><span class="qti-line-through">s</span></p>'),
        ("<b>x<p>y</p></b>", "<p><b>x</b></p><p><b>y</b></p>"),
        ("<b><ul><li>y</li></ul></b>", "<ul><li><b>y</b></li></ul>"),
        ("<blockquote>said</blockquote>", "<blockquote><p>said</p></blockquote>"),
        ("<ul>loose<li>item</li></ul>", "<ul><li>loose</li><li>item</li></ul>"),
        ("<h1>a<div>b</div></h1>", "<h1>a<br/>b</h1>"),
        (
            "<table><tr><td colspan=2>c</td></tr></table>",
            '<table><tbody><tr><td colspan="2">c</td></tr></tbody></table>',
        ),
        (
            "<table><caption>C</caption><thead><tr><th scope=col>h</th></tr></thead></table>",
            '<table><caption>C</caption><tbody><tr><th scope="col">h</th></tr></tbody></table>',
        ),
        ('<a href="https://x.example/?a=1&b=[">x</a>', "<p>x</p>"),
        ('<a href="https://x.example/?a=1&amp;b=2">x</a>', '<p><a href="https://x.example/?a=1&amp;b=2">x</a></p>'),
        ('<p lang="fr">oui</p>', '<p xml:lang="fr">oui</p>'),
        ('<p dir="rtl">a<br>b</p>', "<p>\u2067a\u2069<br/>\u2067b\u2069</p>"),
        ('<p>x <span dir="rtl">y</span></p>', "<p>x \u2067y\u2069</p>"),
    ],
)
def test_html_becomes_valid_xhtml_of_qti_2_1(html, expected):
    assert xhtml(html) == expected
    assert_valid(expected, "qti21")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<u>u</u>", '<p><span class="qti-underline">u</span></p>'),
        ('<p dir="rtl" lang="ar">x</p>', '<p dir="rtl" lang="ar" xml:lang="ar">x</p>'),
    ],
)
def test_html_becomes_valid_xhtml_of_qti_3(html, expected):
    assert xhtml(html, "qti30") == expected
    assert_valid(expected, "qti30")


def test_a_text_in_an_exam_from_right_to_left_keeps_its_direction():
    assert xhtml("مرحبا", language="ar") == "<p>\u2067مرحبا\u2069</p>"
    assert xhtml("مرحبا", "qti30", language="ar") == "<p>مرحبا</p>"


def test_option_loses_its_only_paragraph():
    assert writer("qti21").option(parse_rich_text("<p>a <i>b</i></p>")) == "a <i>b</i>"
    assert writer("qti21").option(parse_rich_text("<p>a</p><p>b</p>")) == "<p>a</p><p>b</p>"


@pytest.mark.parametrize("url", ["http://x.example:port/", "http://[::1", "", "http://[bad]/"])
def test_an_unusable_address_is_dropped(url):
    assert web_reference(url) is None


def test_addresses_are_percent_encoded():
    assert web_reference("https://x.example/é %zz?a=b#c") == "https://x.example/%C3%A9%20%25zz?a=b#c"


TREES = st.recursive(
    st.text("ab <&é", min_size=1, max_size=4),
    lambda inner: st.builds(
        Element,
        st.sampled_from(sorted(TEXT_TAGS - {"img"})),
        st.sampled_from(
            [(), (("dir", "rtl"),), (("lang", "fr"),), (("colspan", "0"),), (("href", "https://a.example"),)]
        ),
        st.lists(inner, max_size=4).map(tuple),
    ).map(
        lambda element: Element(
            element.tag, element.attributes, () if element.tag in ("br", "hr") else element.children
        )
    ),
    max_leaves=12,
)


@both
@settings(max_examples=150, deadline=None)
@given(st.lists(TREES, max_size=5))
def test_any_tree_is_valid_and_complete(name, nodes):
    body = writer(name).blocks(nodes)
    root = assert_valid(body, name)
    for element in root.iter():
        inside = {etree.QName(child).localname for child in element}
        tag = etree.QName(element).localname
        assert not (tag in RUNNING and inside & BLOCKS)
        assert not (tag in ("ul", "ol") and inside - {"li"})
        assert not (tag == "tr" and (inside - {"td", "th"} or not inside))
        assert not (tag == "blockquote" and inside - BLOCKS)
    text = "".join(map(str, root.itertext())).translate(str.maketrans("", "", "\u2066\u2067\u2068\u2069"))
    # a table has only one caption, and its tfoot may precede its tbody
    if "caption" not in repr(nodes) and "tfoot" not in repr(nodes):
        assert sorted("".join(text.split())) == sorted("".join(RichText(tuple(nodes)).plain_text().split()))


@pytest.mark.parametrize(
    ("html", "classes"),
    [
        ('<ol type="a"><li>x</li></ol>', "list-style-type-lower-alpha"),
        ('<ol start="5"><li>x</li></ol>', "counter-reset-list-item-4"),
        ('<ol start="3" type="I"><li>x</li></ol>', "list-style-type-upper-roman counter-reset-list-item-2"),
        (
            '<ol style="color: red; list-style: lower-roman"><li>x</li></ol>',
            "color-red list-style-type-lower-roman",
        ),
    ],
)
def test_list_numbers_and_colours_are_classes(html, classes):
    (list_element,) = parse_rich_text(html).nodes
    style = style_of(list_element)
    assert classes_of(style) == classes
    assert all(f".{name} {{ " in style_sheet([style]) for name in classes.split())


def test_ordinary_lists_need_no_class():
    assert style_of(parse_rich_text('<ol start="1"><li>x</li></ol>').nodes[0]) == ""
