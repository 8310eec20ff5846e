"""Formulas arrive character by character: arrows of chemistry, words in formulas, commutative diagrams, comparisons."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from sandbox.importers import new_quizzes
from tests.formats.imported_questions import ARRIVE, bare, qti
from tests.formats.test_oracle_equality import package
from tests.support.exam_builders import question

FORMULAS = [
    r"\ce{2H2 + O2 ->[Pt] 2H2O}",
    r"\ce{A <=> B}",
    r"\ce{A <- B <-> C <--> D <=>> E <<=> F}",
    r"\ce{A ->[{heat}][H2O] B}",
    r"\pu{1.2e3 kJ <= x}",
    r"f(x) = 1 \mbox{ if } x<0, \mbox{ and a<b > c}",
    r"\begin{CD} A @>a>> B \\ @VVV @AAA \\ C @<b<< D \end{CD}",
    r"a<b \text{ or } b>a",
    r"\left<u, v\right> < \sqrt[3]{8}",
    r"x<!y</z<?w",
]
IMAGE = re.compile(r'<img\b[^>]*\bdata-equation-content="([^"]*)"[^>]*>')

readers = pytest.mark.parametrize(
    ("name", "reader"),
    [(name, reader) for name, readers in ARRIVE.items() for reader in readers if reader is not qti],
)
pieces = st.sampled_from(
    [*"<>=-+&abAB12 /!?[]()^", "_1", "->", "<=>", r"\ce{", "}", r"\mbox{", r"\le ", "[Pt]", "\\\\"]
)
latex = st.lists(pieces, min_size=1, max_size=12).map("".join).filter(str.strip)


def without_groups(text):
    """A text without the empty groups that keep New Quizzes from taking ``[name]`` for a blank."""
    return text.replace("[{}", "[")


def formula_question(formula):
    escaped = formula.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    markup = f"<inline-math>{escaped}</inline-math>"
    options = [markup, "no formula"]
    settings = {"options": options, "correctAnswer": markup}
    return question("multiple-choice-single-answer", settings, description=f"<p>Look: {markup}.</p>")


@pytest.mark.parametrize("formula", FORMULAS)
@readers
def test_a_formula_arrives_in_the_question_and_in_an_answer(name, reader, formula):
    data, report = package(name, formula_question(formula))
    (item,) = reader(data)
    assert bare(formula) in without_groups(item.text)
    assert without_groups(item.options[0]) == bare(formula)
    assert report.counts["native"] == 1


@readers
@given(latex)
def test_any_latex_arrives(name, reader, formula):
    data, _ = package(name, formula_question(formula))
    (item,) = reader(data)
    assert bare(f"Look:{formula}.") in without_groups(item.text)


@given(latex | st.sampled_from(FORMULAS))
def test_new_quizzes_can_put_the_formula_into_the_text(formula):
    r"""Its reader replaces the image by ``\(…\)`` and reads that as HTML again."""
    data, _ = package("canvas-qti", formula_question(formula))
    (item,) = new_quizzes.read(data)[0].items
    for text in (item.body, item.answers[0].body):
        replaced = IMAGE.sub(lambda image: rf"\({unescape(image[1])}\)", text)
        visible_text = lxml_html.fragment_fromstring(replaced, create_parent="div").text_content()
        assert bare(formula) in without_groups(bare(visible_text))


@pytest.mark.parametrize("name", ["qti21", "qti30"])
@pytest.mark.parametrize("formula", [formula for formula in FORMULAS if r"\ce" in formula or r"\pu" in formula])
def test_chemistry_stays_latex_in_qti_and_is_reported(name, formula):
    data, report = package(name, formula_question(formula))
    (item,) = qti(data)
    assert bare(formula) in item.text
    assert report.lines[0].remarks[0].code == "format.latex"


def test_brackets_in_a_formula_are_no_blank_in_new_quizzes():
    settings = {"text": r"<p><inline-math>\sqrt[3]{8}</inline-math> is ___ and ___.</p>", "correctAnswer": ["2", "two"]}
    data, report = package("canvas-qti", question("fill-in-blank", settings))
    (item,) = new_quizzes.read(data)[0].items
    assert report.counts["native"] == 1
    assert [piece.kind for piece in item.stem].count("blank") == 2
    assert r"\sqrt[ 3]{8}" in item.stem[0].text


@pytest.mark.parametrize("formula", [r"\sqrt[3]{8}", r"\ce{K4[Fe(CN)6] ->[Pt] [Cu]^2+}", r"a \\[2em] b"])
def test_no_attribute_holds_a_name_in_brackets(formula):
    (item,) = new_quizzes.read(package("canvas-qti", formula_question(formula))[0])[0].items
    assert "#91;" not in item.body
