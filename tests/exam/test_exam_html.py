"""Any HTML becomes a harmless tree with the same text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.exam.html.tree import parse_rich_text
from lti_tool.exam.richtext import Attachment, Element, Image, Math, PageClipping
from tests.support.exam_strategies import HOSTILE


def nodes(html):
    return parse_rich_text(html).nodes


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        ("a < b and c > d", "a < b and c > d"),
        ("a<b and c>d", "a<b and c>d"),
        ("vector<int> v;", "vector<int> v;"),
        ("x<y", "x<y"),
        ("<p>open <b>never closed", "open never closed"),
        ("What does the <strong> element do?", "What does the <strong> element do?"),
        ("Wat doet de <p> tag, en <table>?", "Wat doet de <p> tag, en <table>?"),
        ("one <br> two <ul><li>three", "one two three"),
        ("a<b && c>d", "a<b && c>d"),
        ("for (i=0; i<n; i++) if (a<b || b>c)", "for (i=0; i<n; i++) if (a<b || b>c)"),
        ("<p>x<o:p>y</o:p></p>", "xy"),
        ("a<script>alert('<b>')</script>b", "ab"),
        ("<style>p{}</style>c", "c"),
        ("&nbsp;&eacute;&amp;&lt;", "é&<"),
        ("a\x00\x08\ud800\u202eb", "ab"),
        ("H<sub>2</sub>O", "H2O"),
        ("<ul><li>a<li>b</ul>", "a b"),
        ("costs $5 and $10", "costs $5 and $10"),
        ("5$–10$ ou 10$/h et 12$/h", "5$–10$ ou 10$/h et 12$/h"),
        ("2$x$ en 3$x^2$ en 4$a=5$", "2x en 3x^2 en 4a=5"),
        ("one\ntwo", "one two"),
        ("<!-- c --><?pi?><!DOCTYPE x>d", "d"),
    ],
)
def test_plain_text_is_the_visible_text(html, text):
    assert parse_rich_text(html).plain_text() == text


@pytest.mark.parametrize(
    ("html", "latex"),
    [
        ("<inline-math>x &lt; 4</inline-math>", "x < 4"),
        ("<inline-math>a<b</inline-math>", "a<b"),
        ("$x^2$", "x^2"),
        ("\\(x\\)", "x"),
        ("$$\\frac{1}{2}$$", "\\frac{1}{2}"),
        ("<p>is $a<b$ so</p>", "a<b"),
        (
            '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">\\x</annotation></semantics></math>',
            "\\x",
        ),
    ],
)
def test_mathematics_in_every_spelling(html, latex):
    formulas = [node.latex for node in parse_rich_text(html).walk() if isinstance(node, Math)]
    assert formulas == [latex]


def test_no_mathematics_in_code():
    assert not any(isinstance(node, Math) for node in parse_rich_text("<code>$a_1$</code>").walk())


def test_mathml_stays_well_formed_with_its_namespace():
    (node,) = nodes("<math><mfrac><mi>a</mi><mn>2</mn></mfrac><mtext>q<br>&nbsp;</mtext></math>")
    assert node.mathml == (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mi>a</mi><mn>2</mn></mfrac>'
        "<mtext>q&#160;</mtext></math>"
    )


def test_examplarys_own_elements():
    html = (
        '<img src="https://x.example/a.png" title="t" width="320" alt="A">'
        '<file-attachment title="b.pdf" type="application/pdf" href="https://x.example/b.pdf">b</file-attachment>'
        '<page-clipping url="https://x.example/d.pdf" page="2" x="1" y="2" width="3" height="4"></page-clipping>'
    )
    assert nodes(html) == (
        Image("https://x.example/a.png", "A", 320, None),
        Attachment("https://x.example/b.pdf", "b.pdf", "application/pdf"),
        PageClipping("https://x.example/d.pdf", "2", "1", "2", "3", "4"),
    )
    assert list(parse_rich_text(html).media())[2].startswith("https://api.examplary.ai/public/page-clippings?url=")


@pytest.mark.parametrize(
    "html",
    [
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,x">x</a>',
        '<a href=" java\nscript:alert(1)">x</a>',
        '<img src="javascript:alert(1)">',
        '<img src="data:text/html,<script>alert(1)</script>">',
        '<p onclick="x()" style="x" class="y" id="z">x</p>',
        '<file-attachment href="javascript:alert(1)">x</file-attachment>',
        "<iframe src=//x></iframe><object></object><svg onload=x><p>y</p></svg>",
        "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    ],
)
def test_harmful_html_is_removed(html):
    assert _harms(parse_rich_text(html)) == []


@pytest.mark.parametrize("alt", ["x < 3", "f(x) > 0", "a <b> c", "$x<y$", "it's <"])
def test_alternative_texts_may_contain_angle_brackets(alt):
    html = f'<p>Zie <img src="https://x.example/a.png" alt="{alt}"> <b>hier</b></p>'
    (paragraph,) = nodes(html)
    assert paragraph.children[1] == Image("https://x.example/a.png", alt)
    assert paragraph.children[3] == Element("b", (), ("hier",))


def test_direction_and_spans_stay():
    (table,) = nodes('<table dir="rtl"><tr><td colspan="2" onclick="x">a</td></tr></table>')
    assert table.attributes == (("dir", "rtl"),)
    cell = table.children[0].children[0].children[0]
    assert cell == Element("td", (("colspan", "2"),), ("a",))


@pytest.mark.parametrize(
    "unit", ["<p><b>", "<inline-math>", "<a ", "<", "$a ", "<math>", '<p a="', "[\\(", "&", '<a b="<"', "<i '<' "]
)
def test_hostile_repetition_is_fast(unit):
    assert parse_rich_text(unit * (50_000 // len(unit))) is not None


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12)), max_size=5).map("".join))
def test_any_html_becomes_a_harmless_tree(html):
    tree = parse_rich_text(html)
    assert _harms(tree) == []
    assert tree == parse_rich_text(html)
    tree.plain_text().encode()


COLOURS = re.compile(r"(?:(?:background-)?color: (?:#[0-9a-f]{6}|[a-z]+)(?:; |\Z))+")


def _harms(tree):
    harmful = []
    for node in tree.walk():
        if isinstance(node, Element):
            harmful += [node.tag] if node.tag in {"script", "style", "iframe", "svg", "object", "math"} else []
            harmful += [
                name for name, _ in node.attributes if name.startswith("on") or name in {"class", "src", "bgcolor"}
            ]
            style = dict(node.attributes).get("style")
            harmful += [style] if style is not None and not COLOURS.fullmatch(style) else []
            harmful += [value for name, value in node.attributes if name == "href" and "script" in value]
        elif isinstance(node, Image | Attachment):
            harmful += [node.url] if node.url and not node.url.startswith(("http", "data:image/")) else []
            harmful += [node.url] if node.url.startswith("data:") and ";base64," not in node.url else []
        elif isinstance(node, Math) and node.mathml:
            harmful += [node.mathml] if "<img" in node.mathml or " on" in node.mathml.lower().split(">")[0] else []
    return harmful
