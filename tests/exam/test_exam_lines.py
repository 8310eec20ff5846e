"""Lines and indentation of plain text stay visible, with whatever characters are in them."""

import pytest

from lti_tool.exam import parse_exam
from lti_tool.exam.richtext import Element, Math
from tests.support.exam_builders import exam, question


def lines(text):
    """The lines of a rich text as they are texts."""
    texts = [""]
    for node in text.walk():
        if isinstance(node, Element) and node.tag == "br":
            texts.append("")
        elif isinstance(node, str):
            texts[-1] += node
        elif isinstance(node, Math):
            texts[-1] += f"⟪{node.latex}⟫"
    return texts


def title(text):
    return parse_exam(exam(question("essay", title=text))).questions[0].title


@pytest.mark.parametrize(
    "code",
    [
        "for i in range(3):\n    if i < 2:\n        print(i)",
        "def f(x):\n    return x\nprint(f(2))",
        "if (a && b) {\n  c = a & b;\n}",
        "<ul>\n  <li>one</li>\n</ul>\nand <br>?",
        "SELECT *\nFROM t\nWHERE a <> b",
        "a:\n  - $HOME\n  - $A$1\n\nb: \\(x",
    ],
)
def test_lines_and_indentation(code):
    assert lines(title(code)) == _with_no_break_spaces(code)
    options = [f"{code}\n", f"  {code}", "x"]
    settings = {"options": options, "correctAnswer": options[1]}
    parsed = parse_exam(exam(question("multiple-choice-single-answer", settings))).questions[0]
    assert [lines(option) for option in parsed.options[:2]] == [
        _with_no_break_spaces(code),
        _with_no_break_spaces(f"  {code}"),
    ]
    assert parsed.correct == (1,)


def _with_no_break_spaces(code):
    split = [(line, line.lstrip(" ")) for line in code.split("\n")]
    return ["\xa0" * (len(line) - len(words)) + words for line, words in split]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\n\tb\rc", ["a", "\xa0\xa0\xa0\xa0b", "c"]),
        ("\n\n  a\n b  \n", ["\xa0\xa0a", "\xa0b"]),
        ("one line  here", ["one line  here"]),
        ("x  = 1\ny  = 2", ["x\xa0\xa0= 1", "y\xa0\xa0= 2"]),
        ("so\n$$\n\\frac{a}{b}\n  + 1\n$$", ["so", "⟪\\frac{a}{b}\n  + 1⟫"]),
        ("What is\n<b>this</b>?\n  x", ["What is", "this?", "\xa0\xa0x"]),
        ("<p>a\n  b</p>", ["a\n  b"]),
    ],
)
def test_lines_of_other_texts(text, expected):
    assert lines(title(text)) == expected


@pytest.mark.parametrize(
    "html",
    [
        r"<p>$$\begin{aligned}<br>a &amp;= b \\<br>c &amp;= d<br>\end{aligned}$$</p>",
        r"<p>\[</p><p>\begin{aligned} a &amp;= b \\ c &amp;= d \end{aligned}</p><p>\]</p>",
        r"<p>so \(a <br/> = b\)</p>",
    ],
)
def test_a_formula_over_several_nodes_is_one(html):
    formulas = [node for node in title(html).walk() if isinstance(node, Math)]
    assert len(formulas) == 1
    assert "$" not in "".join(lines(title(html)))


def test_two_amounts_over_two_lines_are_none():
    assert "".join(lines(title("<p>pay $$<br>for all $$ more</p>"))) == "pay $$for all $$ more"
