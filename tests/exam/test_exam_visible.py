"""Texts that look the same are the same answer, and every accepted answer can be typed."""

import pytest

from lti_tool.exam import parse_exam
from lti_tool.exam.visible_text import typing_variants, without_invisible_characters
from tests.support.exam_builders import exam, question


def one(raw):
    return parse_exam(exam(raw)).questions[0]


@pytest.mark.parametrize(
    ("answer", "ways"),
    [
        ("Paris", {"Paris"}),
        ("l’eau", {"l’eau", "l'eau"}),
        ("don't", {"don't", "don’t"}),
        ("−5", {"−5", "-5"}),
        ("1914–1918", {"1914–1918", "1914-1918"}),
        ("ja…", {"ja…", "ja..."}),
        ("１９４５", {"１９４５", "1945"}),
        ("m²", {"m²"}),
        ("3,14", {"3,14"}),
    ],
)
def test_keyboard_spellings_are_accepted(answer, ways):
    assert set(typing_variants(answer)) == ways
    assert typing_variants(answer)[0] == answer


@pytest.mark.parametrize(
    ("answer", "cleaned"),
    [
        ("cafe\u0301", "café"),
        ("Am\u00adster\u200bdam", "Amsterdam"),
        ("\u200fالقاهرة\u200f", "القاهرة"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("10\u202f000", "10 000"),
    ],
)
def test_accepted_answers_have_no_invisible_characters(answer, cleaned):
    blanks = one(question("fill-in-blank", {"text": "x ___", "correctAnswer": [answer]}))
    short = one(question("single-line-text", {"correctAnswer": answer}))
    assert (blanks.answers, short.accepted) == (((cleaned,),), (cleaned,))


def test_all_ways_to_type_an_answer_count():
    parsed = one(question("fill-in-blank", {"text": "___ ___", "correctAnswer": ["l’eau", ["−5", "min vijf"]]}))
    assert parsed.answers == (("l’eau", "l'eau"), ("−5", "-5", "min vijf"))


TWINS = [
    ("a b", "a  b"),
    ("a", "a\u200b"),
    ("a", "\u00ada"),
    ("é", "e\u0301"),
    ("x ", " x"),
    ("a\u00a0b", "a b"),
    ("<p>a  b</p>", "<p>a b</p>"),
    ("<p>é </p>", "<p> é</p>"),
]


@pytest.mark.parametrize(("first", "second"), TWINS)
@pytest.mark.parametrize("right", [0, 1])
def test_options_that_look_the_same_are_one(first, second, right):
    settings = {"options": [first, second, "z"], "correctAnswer": (first, second)[right]}
    parsed = one(question("multiple-choice-single-answer", settings))
    assert (len(parsed.options), parsed.correct) == (2, (0,))
    assert "exam.options-alike" in [flaw.code for flaw in parsed.flaws]


def test_visible_white_space_counts():
    options = ["<pre>if x:\n  y</pre>", "<pre>if x:\ny</pre>"]
    parsed = one(question("multiple-choice-single-answer", {"options": options, "correctAnswer": options[1]}))
    assert (len(parsed.options), parsed.correct) == (2, (1,))


@pytest.mark.parametrize(("first", "second"), TWINS)
def test_right_sides_that_look_the_same_are_one(first, second):
    pairs = [{"left": "1", "right": first}, {"left": "2", "right": second}]
    parsed = one(question("matching", {"left": ["1", "2"], "right": [first, second], "correctAnswer": pairs}))
    assert (len(parsed.right), parsed.pairs) == (1, ((0, 0), (1, 0)))


@pytest.mark.parametrize(("first", "second"), TWINS)
def test_items_that_look_the_same_have_no_order(first, second):
    assert not one(question("sequence", {"options": [first, "z", second]})).keyed


def test_invisible_characters_are_removed():
    assert without_invisible_characters("plain") == "plain"
    assert without_invisible_characters("a\u200d👩‍🏫\ufeff") == "a\u200d👩‍🏫"


@pytest.mark.parametrize(
    ("option", "key"), [("l'eau", "l’eau"), ("Jan–Feb", "jan-feb"), ("a  b", "A B"), ("é", "e\u0301")]
)
def test_a_key_in_other_characters_matches(option, key):
    choice = one(question("multiple-choice-single-answer", {"options": ["x", option], "correctAnswer": key}))
    settings = {"left": [option, "z"], "right": ["1", "2"], "correctAnswer": [f"{key} = 2", "z = 1"]}
    assert (choice.correct, one(question("matching", settings)).pairs) == ((1,), ((0, 1), (1, 0)))


def test_the_most_certain_match_wins():
    settings = {"left": ["De", "<p>de</p>"], "right": ["1", "2"], "correctAnswer": ["De = 1", "de = 2"]}
    assert one(question("matching", settings)).pairs == ((0, 0), (1, 1))


def test_an_ambiguous_key_is_no_key():
    settings = {"left": ["De", "de"], "right": ["1", "2"], "correctAnswer": ["DE = 2", "de = 1"]}
    assert one(question("matching", settings)).pairs is None


@pytest.mark.parametrize(
    ("answer", "ways"),
    [
        ("<h1>Title</h1>", ("Title", "<h1>Title</h1>")),
        ('<a href="x">y</a>', ("y", '<a href="x">y</a>')),
        ("<ul>", ("<ul>",)),
        ("<p>Paris</p>", ("Paris",)),
        ("<b>Paris</b>", ("Paris",)),
        ("List<String>", ("List<String>",)),
    ],
)
def test_markup_can_be_the_answer(answer, ways):
    blanks = one(question("fill-in-blank", {"text": "___", "correctAnswer": [answer]}))
    assert (blanks.answers, one(question("single-line-text", {"correctAnswer": answer})).accepted) == ((ways,), ways)
