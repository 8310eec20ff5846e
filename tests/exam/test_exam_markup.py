"""Plain text that looks like markup arrives as written; HTML is read as HTML; options stay different."""

import pytest

from lti_tool.exam import parse_exam
from lti_tool.exam.html.markup import Reading, reading
from tests.support.exam_builders import exam, question
from tests.support.html_names import ELEMENTS


def one(raw):
    return parse_exam(exam(raw)).questions[0]


def codes(parsed):
    return [flaw.code for flaw in parsed.flaws if flaw.code != "exam.points-missing"]


def choice(*options, title="Stem"):
    return one(
        question("multiple-choice-single-answer", {"options": list(options), "correctAnswer": options[0]}, title=title)
    )


def shown(parsed):
    return [option.plain_text() for option in parsed.options]


@pytest.mark.parametrize("name", ELEMENTS)
@pytest.mark.parametrize(
    "sentence",
    [
        "What does the <{}> element do?",
        "Which is it: <{}>, <p> or <a>?",
        "Which tag ends it: </{}>",
        "The pair <{0}> and </{0}> belong together.",
        "Use \"<{0}>\" (or '<{0}>').",
        "Wat doet <{0}>?",
        "<{0}> begins; <b> ends.",
    ],
)
def test_every_name_of_an_element_stays_in_a_plain_sentence(name, sentence):
    text = sentence.format(name)
    parsed = one(
        question(
            "multiple-choice-single-answer",
            {"options": [text, "<wbr>", "x"], "correctAnswer": text},
            title=text,
            description=text,
        )
    )
    assert (parsed.title.plain_text(), parsed.description.plain_text()) == (text, text)
    assert (shown(parsed), parsed.correct) == ([text, "<wbr>", "x"], (0,))
    assert codes(parsed) in ([], ["exam.markup-shown"] if name == "br" else [])


@pytest.mark.parametrize("name", ELEMENTS)
def test_a_name_of_an_element_can_be_the_answer(name):
    for answer in (f"<{name}>", f"</{name}>", f"<{name}>…</{name}>"):
        if answer not in {"<p>…</p>", "<br>…</br>"}:
            assert one(question("single-line-text", {"correctAnswer": answer})).accepted[0] == answer
            filled = one(question("fill-in-blank", {"text": f"Use ___ or <{name}>.", "correctAnswer": [answer]}))
            assert (filled.answers[0][0], filled.body.plain_text()) == (answer, f"Use ___ or <{name}>.")


PLAIN = [
    *(
        "List<String>",
        "Map<Label, Input>",
        "vector<int> v;",
        "List<b> x",
        "a < b",
        "if a<b and c>d",
        "x <- 3",
        "a<b && c>d",
    ),
    *(
        "<!DOCTYPE html>",
        "<?php echo 1 ?>",
        "<?xml version='1.0'?>",
        "<me@x.org>",
        "<% x %>",
        "<!-- note -->",
        "<3 you",
    ),
    *(
        "cout << x;",
        "#include <stdio.h>",
        "<script>alert(1)</script>",
        "<form action='x'><b>go</b></form>",
        "<td>1</td>",
    ),
    *("Between <p> and </p>.", "Use <b>...</b>", "<title>Title</title>", "<img src>", "<a url='https://x.org'>X</a>"),
    *(
        "AT&T &copy;",
        "What does &nbsp; do?",
        "one <br> two",
        "<li>Coffee</li>",
        "Dict<K, V>&",
        "<heading>",
        "a&b;c & d",
    ),
]


@pytest.mark.parametrize("text", PLAIN)
def test_text_without_html_is_read_as_plain_text(text):
    parsed = one(question("essay", title=text, description=f"{text}"))
    assert (parsed.title.plain_text(), parsed.description.plain_text()) == (text, text)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("What is the <b>capital</b> of France?", "What is the capital of France?"),
        ("H<sub>2</sub>O", "H2O"),
        ("<p>a &lt; b</p>", "a < b"),
        ("one<br>two", "one two"),
        ("<p>open <b>never closed", "open never closed"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("&lt;table&gt;", "<table>"),
        ("<section>one</section><article>two</article>", "one two"),
        ("<ul><li>a<li>b</ul>", "a b"),
        ('<a href="https://x.org">link</a> <img src="https://x.org/a.png" alt="f(x) > 0">', "link f(x) > 0"),
        ("<p>What does the <strong> element do?</p>", "What does the <strong> element do?"),
        ("<p>The <title> element and List<String></p>", "The <title> element and List<String>"),
        ('<span style="color:red">red</span>', "red"),
        ("<p>In HTML, what is <em>not</em> an element?</p>", "In HTML, what is not an element?"),
        ("What does <code>echo</code> do in PHP?", "What does echo do in PHP?"),
    ],
)
def test_html_is_read_as_html(html, text):
    assert one(question("essay", title=html, description=html)).title.plain_text() == text


@pytest.mark.parametrize(
    "options",
    [
        ("<h1>Title</h1>", "<title>Title</title>", "<head>Title</head>", "<p>Title</p>"),
        ("<b>x</b>", "<strong>x</strong>", "<i>x</i>"),
        ("<b></b>", "<i></i>", "<p></p>"),
        ('<a href="https://x.org">X</a>', '<a url="https://x.org">X</a>', "<a>https://x.org</a>"),
        ('<img src="i.gif" alt="x">', '<img alt="x">i.gif</img>', '<image src="i.gif">'),
        ("&lt;", "&gt;", "&copy;"),
        ("<ul><li>a</li></ul>", "<ol><li>a</li></ol>"),
        ("<b>", "&lt;b&gt;", "[b]"),
        ("<section>a</section>", "<div>a</div>", "<span>a</span>"),
        ("<br>", "<br/>", "<break>", "<lb>"),
        ("    return x", "return x"),
        ("<script>", "<js>", "<javascript>"),
    ],
)
def test_options_stay_different(options):
    parsed = choice(*options)
    assert shown(parsed) == [option.strip() for option in options]
    assert (len(set(parsed.options)), parsed.correct) == (len(options), (0,))


def test_options_of_an_editor_stay_html():
    assert shown(choice("<p>a</p>", "<p>b</p>")) == ["a", "b"]
    assert shown(choice("N2", "N<sub>2</sub>", "N<sup>2</sup>")) == ["N2"] * 3
    assert shown(choice("<b>re</b>cord", "re<b>cord</b>")) == ["record"] * 2
    assert shown(choice("<em>meet</em> 1", "<em>reken</em> 1")) == ["meet 1", "reken 1"]


def test_escaped_references_are_html():
    assert shown(choice("&lt;", "&amp;", "&quot;", "&amp;lt;")) == ["<", "&", '"', "&lt;"]


@pytest.mark.parametrize(
    "options", [("a & b", "a &amp; b", "x"), ("a &lt; b", "a < b with \\", "x"), ("&copy;", "©", "(c)")]
)
def test_references_beside_their_own_signs_stay_as_written(options):
    assert shown(choice(*options)) == list(options)


def test_a_question_about_html_keeps_its_tags_and_is_reported():
    parsed = one(question("essay", title="What does <b>Hello</b> show in HTML?"))
    assert parsed.title.plain_text() == "What does <b>Hello</b> show in HTML?"
    assert codes(parsed) == ["exam.markup-shown"]


@pytest.mark.parametrize(
    "html", ["<p>a</p><script>alert(1)</script>", "<p>a<!-- words --></p>", "<p>a</p><textarea>words</textarea>"]
)
def test_nothing_is_dropped_without_a_remark(html):
    parsed = one(question("essay", title=html))
    assert (parsed.title.plain_text(), codes(parsed)) == ("a", ["exam.content-dropped"])


def test_a_doubtful_formula_is_reported():
    assert codes(one(question("essay", title="What is $total$ here?"))) == ["exam.formula-doubtful"]
    assert codes(one(question("essay", title="<p>What is <code>$total$</code> here?</p>"))) == []


def test_markup_of_the_editor_is_not_reported():
    assert reading("<inline-math>x</inline-math>") is Reading.CERTAIN
    assert reading("<p>a &amp; b</p>") is Reading.CERTAIN
    assert reading("plain") is Reading.PLAIN
