r"""Commands of LaTeX that are not mathematics leave every formula, and the report says so."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool import formats
from lti_tool.exam import parse_exam
from lti_tool.exam.html.formulas import split_mathematics
from lti_tool.exam.html.latex_commands import count_unsafe_commands, without_unsafe_commands
from tests.support.exam_builders import exam, question

CHANGED = {
    r"\href{javascript:alert(1)}{x^2} + 1": r"{x^2} + 1",
    r"\href xy": "{y}",
    "\\href%\n{javascript:1} {t}": "{t}",
    r"\style{position: fixed}{\frac{1}{2}}": r"{\frac{1}{2}}",
    r"\class{a}{\cssId{b}{\htmlData{c=d}{e}}}": "{{{e}}}",
    r"\mmlToken{mi}[href='javascript:1']{y} z": "{y} z",
    r"\bbox[red,5px,position:fixed]{x}": r"\bbox[red,5px]{x}",
    r"\includegraphics[width=3]{https://evil.example/x.png} z": "z",
    r"\url{https://evil.example} z": "z",
    r"\require{action} \toggle{a}{b}": r"\toggle{a}{b}",
    r"\newcommand{\R}{\mathbb{R}} x \in \R": r"x \in {\mathbb{R}}",
    r"\renewcommand{\vec}[1]{\mathbf{#1}} \vec{a}\cdot\vec b": r"{\mathbf{a}}\cdot{\mathbf{b}}",
    r"\def\v#1#2{\vec{#1}_{#2}} \v{a}b": r"{\vec{a}_{b}}",
    r"\DeclareMathOperator*{\argmax}{arg\,max} \argmax_x": r"\operatorname*{arg\,max}_x",
    r"\gdef\sqrt#1{} \sqrt{2}": "{}",
    r"\newenvironment{a}{b}{c} x": "x",
    r"\DeclarePairedDelimiter{\abs}{|}{|} x": "x",
    r"\newcommand\two[2][x]{#1#2} y": "y",
    r"\let\x=\href \x{javascript:1}{z}": "{ }{javascript:1}{z}",
    r"\def\x#1{\href{javascript:1}{#1}} \x y": "{{y}}",
    r"\hr\require{x}ef{javascript:1}{y}": r"\hr ef{javascript:1}{y}",
    r"\href{javascript:{x}": "{javascript:{x}",
    r"\href": "",
}
MATHEMATICS = [
    r"\frac{1}{2}",
    r"\hrefs \defx \classy \letter \includes",
    r"\bbox[red]{x} \text{a: b} \urls",
    r"\color{red}{x} \unicode{x263a} \mathrm{require}",
    r"\begin{align} a &= b \\ \label{x} c \end{align}",
]
COMMANDS = [r"\href", r"\def", r"\let", r"\newcommand", r"\require", r"\style", r"\bbox", r"\x", r"\hr"]
tokens = st.sampled_from([*COMMANDS, "ef", "=", "#1", "[1]", *"{}[] a", "javascript:", "%\n", r"\{", "\\"])


@pytest.mark.parametrize("latex", CHANGED)
def test_commands_that_are_rendered_are_kept(latex):
    assert without_unsafe_commands(latex).strip() == CHANGED[latex]
    assert count_unsafe_commands(latex) > 0


@pytest.mark.parametrize("latex", MATHEMATICS)
def test_mathematics_stays_as_it_is(latex):
    assert without_unsafe_commands(latex) == latex


@given(st.lists(tokens, max_size=20).map("".join))
def test_no_command_is_left_or_put_together(latex):
    assert count_unsafe_commands(without_unsafe_commands(latex)) == 0


@pytest.mark.parametrize("part", [r"\href{", r"\def\a{\a\a}\a", r"\style{a}{", r"\newcommand{\b}[9]{#1#1}\b", r"\let"])
def test_hostile_formulas_are_fast(part):
    assert count_unsafe_commands(without_unsafe_commands(part * 10_000)) == 0


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("formula", [r"$\href{javascript:alert(1)}{x^2}$", r"\(\style{color: red}{x^2}\)"])
def test_no_format_holds_the_command(name, formula):
    markup = formula.strip(r"$\()")
    texts = [formula, f"<inline-math>\\{markup}</inline-math>"]
    raws = [question("essay", description=text) for text in texts]
    raws.append(question("matching", {"left": texts, "right": ["a", "b"], "correctAnswer": [f"{texts[0]} = a"]}))
    out = io.BytesIO()
    report = formats.get(name).write(parse_exam(exam(*raws)), {}, out)
    assert not re.search(rb"\\(?:href|style)|javascript", out.getvalue())
    for line in report.lines:
        assert "exam.latex-removed" in [remark.code for remark in line.remarks]


@pytest.mark.parametrize("opening", [r"\(", r"\[", "$$", r"\begin{align}"])
def test_a_text_that_an_lms_may_take_for_a_formula_has_no_command(opening):
    (node,) = split_mathematics(rf"Look {opening} \href{{javascript:1}}{{here}}")
    assert count_unsafe_commands(node) == 0
    assert node.replace("\u2060", "") == rf"Look {opening} \href{{javascript:1}}{{here}}"


def test_a_text_about_commands_keeps_them():
    text = r"What does <code>\href{a}{b}</code> do, and what \newcommand?"
    (essay,) = parse_exam(exam(question("essay", description=text))).questions
    assert essay.description.plain_text() == r"What does \href{a}{b} do, and what \newcommand?"
    assert [flaw.code for flaw in essay.flaws] == ["exam.points-missing"]
