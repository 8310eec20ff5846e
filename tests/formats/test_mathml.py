"""Formulas become MathML that both schemas accept, or stay LaTeX."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lti_tool.exam.html.tree import parse_rich_text
from lti_tool.exam.richtext import Math
from lti_tool.formats.writing.mathml import NAMESPACE, mathml
from tests.formats.test_qti_xhtml import assert_valid, xhtml

GOOD = [
    *(r"\frac{1}{2}x^2 - 3 < 5", r"\sqrt[3]{x}", r"\sum_{i=1}^n i", r"\mathrm{O_2}", r"\text{als } x>0", r"50\%"),
    *(r"\begin{pmatrix}a&b\\c&d\end{pmatrix}", r"\left( \frac a b \right)", r"\begin{cases}1&x\\2&y\end{cases}"),
    *(r"\begin{aligned}a&=b\\c&=d\end{aligned}", r"\dfrac12", r"\displaystyle x", r"\sin x", r"\substack{a\\b}"),
    *(r"\vec{v}", r"\cancel{x}", r"\boxed{x}", r"\xrightarrow{a}", r"\binom{n}{k}", r"\lim_{x\to 0}", r"\hspace{1cm}"),
]


@pytest.mark.parametrize("latex", GOOD)
@pytest.mark.parametrize("name", ["qti21", "qti30"])
def test_latex_becomes_valid_mathml(latex, name):
    markup = mathml(Math(latex))
    assert markup is not None
    assert markup.startswith(f'<math xmlns="{NAMESPACE}">')
    assert_valid(markup, name)


@pytest.mark.parametrize(
    "latex",
    [
        *(r"\frac", "{", "a_", r"\ce{H2O}", r"\phase{x}", r"\eqref{a}"),
        *("%", "{\\color{red}}\\", "{" * 200 + "}" * 200, "x" * 6000, r"\begin{x}" * 100),
    ],
)
def test_unknown_latex_stays_latex(latex):
    assert mathml(Math(latex)) is None


@pytest.mark.parametrize(
    ("latex", "inner"),
    [
        ("7{,}7", "<mn>7,7</mn>"),
        ("(7,7)", '<mo stretchy="false">(</mo><mn>7</mn><mo>,</mo><mn>7</mn><mo stretchy="false">)</mo>'),
        (r"1,\ldots,n", "<mn>1</mn><mo>,</mo><mo>…</mo><mo>,</mo><mi>n</mi>"),
        (r"\mathrm{kg}", "<mrow><mi>kg</mi></mrow>"),
        (r"\sin x", "<mrow><mrow><mi>sin</mi></mrow><mo>\u2061</mo><mi>x</mi></mrow>"),
        (r"\overline{AB}", '<mover accent="true"><mrow><mi>A</mi><mi>B</mi></mrow><mo stretchy="true">―</mo></mover>'),
        (r"\dfrac12", '<mstyle displaystyle="true"><mfrac><mn>1</mn><mn>2</mn></mfrac></mstyle>'),
        (r"\textbf{a}", '<mtext mathvariant="bold">a</mtext>'),
        (r"\textrm{a}", "<mtext>a</mtext>"),
        (r"\hspace{1cm}", '<mspace width="2.8453em"/>'),
        (r"\begin{gather}a\end{gather}", '<mtable displaystyle="true"><mtr><mtd><mi>a</mi></mtd></mtr></mtable>'),
        (r"\xcancel{x}", '<menclose notation="updiagonalstrike downdiagonalstrike"><mi>x</mi></menclose>'),
        (r"\newcommand{\a}{b}\a", "<mrow><mi>b</mi></mrow>"),
        (r"\text{<script>x</script>}", "<mtext>&lt;script&gt;x&lt;/script&gt;</mtext>"),
    ],
)
def test_browser_styles_become_elements_and_characters(latex, inner):
    assert mathml(Math(latex)) == f'<math xmlns="{NAMESPACE}">{inner}</math>'


def test_recursive_commands_end():
    assert mathml(Math(r"\def\a{\b\b}\def\b{\a\a}\a")) is None


def test_remaining_latex_is_readable():
    assert xhtml("<inline-math>\\frac{a<b</inline-math>") == "<p>\\(\\frac{a&lt;b\\)</p>"


def test_a_formula_on_a_line_of_its_own_is_a_block():
    assert 'display="block"' in (mathml(Math("x", None, True)) or "")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<math><mfrac><mi>a</mi><mn>2</mn></mfrac></math>", "<mfrac>"),
        (
            "<math><semantics><mi>a</mi><annotation encoding='application/x-tex'>a</annotation></semantics></math>",
            "<mi>",
        ),
        ("<math><mfrac><mi>a</mi></mfrac></math>", None),
        ("<math><mtable><mi>a</mi></mtable></math>", None),
        ("<math>loose</math>", None),
        ("<math><menclose notation='madruwb'><mi>a</mi></menclose></math>", None),
    ],
)
def test_valid_mathml_is_kept(html, expected):
    (node,) = parse_rich_text(html).nodes
    markup = mathml(Math(None, node.mathml))
    assert (markup is None) is (expected is None)
    if expected:
        assert expected in markup
        assert "annotation" not in markup
        assert_valid(markup, "qti21")


def same(first, second):
    return etree.tostring(etree.fromstring(first)) == etree.tostring(etree.fromstring(second))


PIECES = st.sampled_from(
    [
        *"abx12+-=<>&_^{}()[]|'%$#~ \\é",
        *(r"\frac", r"\sqrt", r"\left(", r"\right)", r"\text{", r"\begin{matrix}", r"\end{matrix}", "\\\\", r"\sum"),
        *(r"\alpha", r"\over", r"\not", r"\limits", r"\color{red}", r"\mathbf{"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_mathml_of_any_latex_is_valid(latex):
    markup = mathml(Math(latex))
    if markup is not None:
        assert same(mathml(Math(None, markup)), markup)  # accepted without a check, and valid by it
        assert_valid(markup, "qti21")
        assert_valid(markup, "qti30")
