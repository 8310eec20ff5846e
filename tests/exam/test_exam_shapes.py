"""Forms of settings that Examplary's question types accept, and mistakes that generators make in them."""

import json
from decimal import Decimal

import pytest

from lti_tool.exam import parse_exam
from lti_tool.exam.richtext import Blank, Math
from tests.support.exam_builders import ANALYSIS, SENTENCE, exam, question


def one(raw, **more):
    return parse_exam(exam(raw, **more)).questions[0]


def codes(parsed):
    return [flaw.code for flaw in parsed.flaws if flaw.code != "exam.points-missing"]


class TestKeysOfChoices:
    def correct(self, options, key, kind="multiple-choice-single-answer"):
        return one(question(kind, {"options": options, "correctAnswer": key})).correct

    @pytest.mark.parametrize(
        ("options", "key"),
        [
            (["<p>Paris</p>", "<p>Rome</p>"], " Paris "),
            (["Paris", "Rome"], "<p>Paris</p>\n"),
            (["Paris", "Rome"], "paris"),
            (["<p>Utrecht &amp; omstreken</p>", "x"], "Utrecht & omstreken"),
            (["caf\u00e9", "x"], "cafe\u0301"),
            (["een\u00a0twee", "x"], "een twee"),
            (["<inline-math>x^2</inline-math>", "x"], "$x^2$"),
            (["<b>Paris</b>", "Rome"], "Paris"),
            (["N2", "N<sub>2</sub>"], "N2"),
        ],
    )
    def test_a_key_spelt_differently_from_its_option(self, options, key):
        assert self.correct(options, key) == (0,)

    @pytest.mark.parametrize(
        ("options", "key"), [(["mg", "Mg"], "MG"), (["a", "b"], "A B"), (["<b>x</b>", "<i>x</i>"], "x")]
    )
    def test_an_ambiguous_key_is_no_key(self, options, key):
        assert self.correct(options, key) is None

    def test_capitals_count_where_they_are_the_difference(self):
        assert self.correct(["mg", "Mg", "MG"], "Mg") == (1,)

    def test_options_that_differ_only_in_markup_or_picture(self):
        pictures = [f'same <img src="https://x.example/{n}.png">' for n in "ab"]
        options = ["N2", "N<sub>2</sub>", "N<sup>2</sup>", *pictures]
        for place, option in enumerate(options):
            assert self.correct(options, option) == (place,)

    @pytest.mark.parametrize(
        ("options", "key", "correct"),
        [
            ([{"text": "London", "correct": False}, {"text": "Paris", "correct": True}], None, (1,)),
            ([{"id": "a", "text": "London"}, {"id": "b", "text": "Paris"}], "b", (1,)),
            ([{"label": "London", "value": "l"}, {"label": "Paris", "value": "p"}], "Paris", (1,)),
            ([{"id": "1", "text": "2"}, {"id": "2", "text": "1"}], "1", None),
            ([{"text": "same"}, {"text": "same", "id": "x"}, "other"], "x", (0,)),
            ([{"text": ""}, {"text": "b"}], None, None),
        ],
    )
    def test_options_that_are_objects(self, options, key, correct):
        assert self.correct(options, key) == correct

    def test_pictures_that_are_objects(self):
        options = [{"imageUrl": f"https://x.example/{n}.png", "correct": n == "b"} for n in "ab"]
        assert self.correct(options, None, "picture-choice") == (1,)


class TestShortTexts:
    @pytest.mark.parametrize("place", ["correctAnswer", "correctAnswers", "acceptedAnswers", "answers"])
    def test_exact_answers_in_every_place(self, place):
        assert one(question("single-line-text", {place: ["a", "b", "a"]})).accepted == ("a", "b")
        assert one(question("single-line-text", {}, scoring={place: "a"})).accepted == ("a",)

    @pytest.mark.parametrize(
        "answers",
        [
            ["a", "$x^2$"],
            ["<inline-math>x</inline-math>"],
            ["a", "<img src='https://x/y.png'>"],
            ["a", "x" * 1001],
            ["<b>" + "x" * 50_000],
        ],
    )
    def test_answers_that_cannot_be_typed_are_no_key(self, answers):
        parsed = one(question("single-line-text", {"correctAnswer": answers}))
        assert (parsed.accepted, codes(parsed)) == (None, ["exam.key-unreadable"])

    def test_money_can_be_typed(self):
        assert one(question("single-line-text", {"correctAnswer": ["$5", "5 &euro;"]})).accepted == ("$5", "5 €")


class TestBlanks:
    def blanks(self, text, key):
        return one(question("fill-in-blank", {"text": text, "correctAnswer": key}))

    @pytest.mark.parametrize(
        ("text", "answers"),
        [
            ("a ____ b", 1),
            ("a _____ b", 1),
            ("a ______ b", 1),
            ("a ______ b", 2),
            ("a _______ b ___", 3),
            ("___", 1),
            ("___ ____ _____", 3),
            ("<ul><li>___</li><li><b>___</b></li></ul><table><tr><td>___</td></tr></table>", 3),
            ("<p>Solve <inline-math>x = ___</inline-math> and $___ + 1 = y$.</p>", 2),
            (r"\(3 + \_\_\_ = 5\)", 1),
        ],
    )
    def test_blanks_of_every_length_in_every_place(self, text, answers):
        parsed = self.blanks(text, ["x"] * answers)
        assert (parsed.blanks, codes(parsed)) == (answers, [])
        assert [node.index for node in parsed.body.walk() if isinstance(node, Blank)] == list(range(answers))

    def test_a_blank_inside_a_group_of_a_formula_stays_in_it(self):
        parsed = self.blanks(r"<p>$\frac{___}{2}$</p>", ["1"])
        assert (parsed.answers, codes(parsed)) == (None, ["exam.blanks-none"])
        assert [node.latex for node in parsed.body.walk() if isinstance(node, Math)] == [r"\frac{\_\_\_}{2}"]

    @pytest.mark.parametrize("answer", ["$x$", "<inline-math>1</inline-math>", "\\(x\\)"])
    def test_answers_in_mathematics_are_no_key(self, answer):
        assert codes(self.blanks("___", [answer])) == ["exam.key-unreadable"]

    @pytest.mark.parametrize("beginning", ["", "<b>", "= <ul><li>"])
    def test_very_long_answers_are_no_key(self, beginning):
        assert self.blanks("___", ["x" * 1000]).answers == (("x" * 1000,),)
        assert codes(self.blanks("___", [beginning + "x" * 50_000])) == ["exam.key-unreadable"]
        assert self.blanks("___", [["dna", beginning + "x" * 1001]]).answers == (("dna",),)


class TestMatching:
    def test_older_pairs_in_the_place_of_the_key(self):
        parsed = one(question("matching", {"correctAnswer": ["Apple = Red", "Banana = Yellow"]}))
        assert parsed.pairs == ((0, 0), (1, 1))

    def test_the_documented_example_of_separators(self):
        parsed = one(question("matching", {"pairs": ["x \\= 2 / 4 = x \\= 0.5", "b = c"]}))
        assert parsed.left[0].plain_text() == "x = 2 / 4"
        assert parsed.right[0].plain_text() == "x = 0.5"

    @pytest.mark.parametrize(
        ("settings", "expected"), [({}, False), ({"shuffle": True}, True), ({"shuffle": None}, False)]
    )
    def test_shuffled_only_if_set(self, settings, expected):
        assert one(question("matching", {"pairs": ["a = b", "c = d"], **settings})).shuffle is expected


class TestAnalysis:
    def analysis(self, **settings_):
        return one(question("sentence-analysis", {"sentence": SENTENCE, "correctAnswer": ANALYSIS, **settings_}))

    @pytest.mark.parametrize("key", [ANALYSIS, json.dumps(ANALYSIS), {**ANALYSIS, "tokens": "broken"}])
    def test_keys_in_every_shape(self, key):
        parsed = self.analysis(correctAnswer=key)
        assert parsed.segments[-1] == ("de jaarplanner.", "LV")
        assert (parsed.finite_verb, codes(parsed)) == ("maken", [])

    def test_the_sentence_of_the_key(self):
        assert self.analysis(sentence=None).sentence == SENTENCE

    @pytest.mark.parametrize(
        "segments",
        [
            ANALYSIS["segments"][1:],
            ANALYSIS["segments"][:-1],
            [{"startToken": 0, "endToken": 9, "label": "OW"}],
            [{"startToken": 0, "endToken": 4, "label": None}],
            [{"startToken": 0, "endToken": 2, "label": "OW"}, {"startToken": 2, "endToken": 4, "label": "LV"}],
            [None],
            "x",
        ],
    )
    def test_parts_that_do_not_cover_the_sentence_are_no_key(self, segments):
        parsed = self.analysis(correctAnswer={**ANALYSIS, "segments": segments})
        assert (parsed.segments, codes(parsed)) == ((), ["exam.key-unreadable"])

    def test_the_verb_only_if_requested(self):
        assert self.analysis(requirePersoonsvorm=False).finite_verb is None

    def test_an_analysis_without_a_key_has_a_flaw(self):
        assert codes(self.analysis(correctAnswer=None)) == ["exam.key-missing"]


@pytest.mark.parametrize(
    ("type_id", "kind"),
    [
        ("examplary.default.persona-chat", "conversation"),
        ("persona-chat", "conversation"),
        ("examplary.expansion.math", "formula"),
    ],
)
def test_newer_and_older_types_of_examplary(type_id, kind):
    assert one(question(type_id)).kind == kind


def test_persona_prompts_are_for_markers_only():
    parsed = one(question("persona-chat", {"persona": "patient", "instructions": "<p>You have a cold.</p>"}))
    assert parsed.prompt.plain_text() == "You have a cold."


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ([{"title": "a", "points": 2}, {"title": "b", "points": 0.5}], "2.5"),
        ([{"levels": [{"points": 0.1}]}, {"levels": [{"points": 0.2}]}], "0.3"),
        ([{"levels": [{"points": 33.333}]}] * 3, "99.999"),
        ([{"levels": [{"points": -1}, {"points": -2}]}, {"levels": [{"points": 3}]}], "2"),
    ],
)
def test_points_add_up_exactly(criteria, expected):
    assert one(question("essay", scoring={"criteria": criteria})).points == Decimal(expected)
