"""Every form of an exam document becomes a typed exam."""

import gc
import json
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from lti_tool.exam import (
    ExamEmpty,
    ExamTooManyQuestions,
    ExamUnreadable,
    Information,
    QuestionTooLarge,
    Unknown,
    parse_exam,
)
from lti_tool.exam.richtext import Image, RichText
from tests.support.exam_builders import exam, points, question
from tests.support.exam_strategies import raw_exams

EXAMS = Path(__file__).parents[1] / "fixtures" / "exams"


def one(raw):
    return parse_exam(exam(raw)).questions[0]


def codes(parsed):
    return [flaw.code for flaw in parsed.flaws]


def load(name):
    return parse_exam(json.loads((EXAMS / name).read_bytes()))


@pytest.mark.parametrize("collecting", [True, False])
@pytest.mark.parametrize("title", ["Stem", "x" * 200_001])
def test_the_garbage_collector_setting_is_restored(collecting, title):
    before = gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        with nullcontext() if title == "Stem" else pytest.raises(QuestionTooLarge):
            one(question("essay", title=title))
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if before else gc.disable)()


def test_a_mixed_exam_is_read_completely():
    parsed = load("mixed-12.json")
    assert (len(parsed.questions), parsed.points, parsed.language, parsed.direction) == (12, 26, "nl", "ltr")
    assert [q.kind for q in parsed.questions] == [
        *("choice", "choice", "choice", "true-false", "short-text", "date-year", "long-text", "long-text"),
        *("information", "ordering", "upload", "choice"),
    ]
    assert parsed.questions[1].correct == (0, 2, 4)
    assert parsed.questions[11].correct == (0,)
    assert (parsed.questions[7].min_words, parsed.questions[7].max_words) == (300, 800)
    assert parsed.questions[10].extensions == ("pdf",)
    assert [url.rsplit("/", 1)[1] for url in parsed.media] == [
        *("circle-blue.png", "triangle-red.png", "square-green.png", "deltawerken.png", "bron.pdf", "parabool.png"),
    ]
    assert not any(q.flaws for q in parsed.questions)


def test_types_without_native_form_are_read():
    parsed = load("pci-12.json")
    blanks, matching, legacy = parsed.questions[1:4]
    assert (blanks.blanks, blanks.answers) == (2, (("Paris",), ("Madrid",)))
    assert matching.pairs == ((0, 2), (1, 0), (2, 1))
    assert [text.plain_text() for text in legacy.right] == ["2", "b = c", "日本"]
    analysis = parsed.questions[8]
    assert analysis.segments[3] == ("de planner.", "LV")
    assert analysis.finite_verb == "maken"
    assert isinstance(parsed.questions[9], Unknown)
    assert parsed.questions[9].settings["correctAnswer"] == "#00ffff"
    assert [q.role for q in parsed.questions if isinstance(q, Information)] == ["intro", "outro"]


@pytest.mark.parametrize("prefix", ["", "examplary.default.", "examplary.expansion."])
def test_both_spellings_of_a_type(prefix):
    assert one(question(prefix + "sequence", {"options": ["a", "b"]})).kind == "ordering"


def test_a_workspace_type_is_not_mistaken_for_a_known_one():
    assert one(question("acme.essay")).kind == "unknown"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ([], ExamUnreadable),
        ({}, ExamUnreadable),
        ({"questions": None}, ExamUnreadable),
        ({"questions": {"0": {}}}, ExamUnreadable),
        ({"questions": [None, 3, "x"]}, ExamUnreadable),
        ({"questions": []}, ExamEmpty),
        ({"questions": [{}] * 20_001}, ExamTooManyQuestions),
    ],
)
def test_invalid_exams_raise_a_specific_error(data, error):
    with pytest.raises(error):
        parse_exam(data)


def test_an_oversized_text_names_its_question():
    with pytest.raises(QuestionTooLarge) as caught:
        parse_exam(exam(question("essay"), question("essay", title="x" * 200_001)))
    assert caught.value.facts["number"] == 2


@pytest.mark.parametrize(("length", "is_shortened"), [(500, False), (501, True), (5000, True)])
def test_a_title_is_shortened_with_a_remark(length, is_shortened):
    parsed = parse_exam(exam(question("essay"), name="日" * length))
    assert len(parsed.title) == 500
    assert ("exam.title-shortened" in [remark.code for remark in parsed.remarks]) is is_shortened


def test_the_programming_type_is_read_by_name():
    assertions = (
        "describe('sum', () => {\n it('adds', () => { expect(add(1, 2)).toEqual(3); });\n test(\"is 0\", f);\n});"
    )
    raw = question("examplary.programming.javascript", {"assertions": assertions, "initial-value": "\nconst a = 1;\n"})
    parsed = one(raw)
    assert (parsed.kind, parsed.language, parsed.starter_code) == ("programming", "JavaScript", "const a = 1;")
    assert (parsed.checks, parsed.assertions) == (("adds", "is 0"), assertions)
    assert "exam.type-unknown" not in codes(parsed)
    assert one(question("examplary.programming.python")).language == "Python"


class TestPoints:
    def test_sum_over_criteria_of_the_highest_level(self):
        assert one(question("essay", scoring=points([0, 2.5, 1], [0, 0.1], [0.2]))).points == Decimal("2.8")

    def test_points_of_older_criteria_are_added_up(self):
        raw = question("essay", {"scoringCriteria": [{"description": "a", "points": 2}, {"points": 1}]})
        assert one(raw).points == 3

    @pytest.mark.parametrize("scoring", [None, {}, {"criteria": []}, {"criteria": [{"levels": [{"points": "?"}]}]}])
    def test_missing_points_count_as_one_and_are_reported(self, scoring):
        parsed = one(question("essay", scoring=scoring))
        assert (parsed.points, codes(parsed)) == (1, ["exam.points-missing"])

    @pytest.mark.parametrize(
        ("given_points", "expected", "flaw"),
        [
            (0, 0, []),
            (-4, 0, ["exam.points-negative"]),
            (1e300, 99_999, ["exam.points-huge"]),
            (float("nan"), 1, ["exam.points-missing"]),
        ],
    )
    def test_odd_points_become_valid_ones_with_a_flaw(self, given_points, expected, flaw):
        parsed = one(question("essay", scoring=points([given_points])))
        assert (parsed.points, codes(parsed)) == (expected, flaw)

    def test_texts_have_no_points(self):
        assert one(question("paragraph", scoring=points([5]))).points == 0


class TestChoice:
    def choice(self, options, key, kind="multiple-choice-single-answer"):
        return one(question(kind, {"options": options, "correctAnswer": key}, scoring=points([1])))

    def test_exact_string_comes_before_clean_text(self):
        assert self.choice(["<p>a</p>", "a"], "a").correct == (1,)

    def test_cleaned_text_is_found_where_the_string_is_not(self):
        assert self.choice(["<p>a</p>", "<p>b</p>"], "b").correct == (1,)

    def test_equal_options_are_merged(self):
        parsed = self.choice(["a", "b", "a", "<b></b>"], "a")
        assert [text.plain_text() for text in parsed.options] == ["a", "b"]
        assert parsed.correct == (0,)
        assert codes(parsed) == ["exam.options-merged", "exam.options-empty"]

    @pytest.mark.parametrize(
        ("options", "key", "flaw"),
        [
            (["a", "b"], "c", "exam.key-unmatched"),
            (["a", "b"], None, "exam.key-missing"),
            (["a", "b"], ["a", "b"], "exam.key-ambiguous"),
            (["a"], "a", "exam.options-few"),
            ([], "a", "exam.options-few"),
            (None, None, "exam.options-few"),
        ],
    )
    def test_unusable_keys_are_none(self, options, key, flaw):
        parsed = self.choice(options, key)
        assert parsed.correct is None
        assert flaw in codes(parsed)

    def test_a_partly_unknown_key_is_unusable(self):
        assert self.choice(["a", "b", "c"], ["a", "x"], "multiple-choice-multiple-answers").correct is None

    def test_an_empty_right_answer_can_be_chosen(self):
        parsed = self.choice(["", "b"], [""])
        assert [text.plain_text() for text in parsed.options] == ["—", "b"]
        assert parsed.correct == (0,)

    def test_pictures_need_addresses(self):
        good = "https://x.example/a.png"
        for broken in (
            "javascript:1",
            "uploads/b.png",
            "b.png",
            "C:\\b.png",
            "data:image/png;base64,!",
            " ftp://x/y z",
        ):
            parsed = self.choice([good, broken], good, "picture-choice")
            assert (parsed.correct, codes(parsed)) == ((0,), ["exam.picture-broken"])
            assert parsed.options[1] == RichText((Image(""),))
            parsed = self.choice([good, broken], broken, "picture-choice")
            assert (parsed.correct, codes(parsed)) == (None, ["exam.picture-broken"])

    def test_words_in_place_of_a_picture_are_shown(self):
        parsed = self.choice(["https://x.example/a.png", "A red triangle"], "A red triangle", "picture-choice")
        assert (parsed.correct, parsed.options[1]) == ((1,), RichText.plain("A red triangle"))

    def test_a_right_answer_that_is_a_missing_picture_is_no_key(self):
        broken = '<img src="file:///a.png">'
        named_picture = '<img src="file:///a.png" alt="A triangle">'
        assert codes(self.choice([broken, "B"], broken)) == ["exam.picture-broken"]
        assert self.choice([named_picture, "B"], named_picture).correct == (0,)
        assert self.choice([broken, "B"], "B").correct == (1,)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("true", True),
        (True, True),
        ("False", False),
        ("yes", None),
        (None, None),
        (["true"], True),
        (["true", "false"], None),
    ],
)
def test_a_true_false_key_is_read_in_every_spelling(key, expected):
    assert one(question("true-false", {"correctAnswer": key})).correct is expected


@pytest.mark.parametrize(
    ("settings_", "expected"),
    [
        ({"dateType": "year", "correctAnswer": "1648"}, "1648"),
        ({"dateType": "year", "correctAnswer": 1648}, "1648"),
        ({"dateType": "year", "correctAnswer": "c. 1648"}, None),
        ({"dateType": "full-date", "correctAnswer": "1925-12-31"}, "1925-12-31"),
        ({"dateType": "full-date", "correctAnswer": "1925-02-30"}, None),
        ({"correctAnswer": "1925-12-31T00:00:00Z"}, "1925-12-31"),
        ({}, None),
    ],
)
def test_a_date_key_is_read_or_dropped(settings_, expected):
    assert one(question("date-year", settings_)).correct == expected


class TestBlanks:
    def blanks(self, text, key):
        return one(question("fill-in-blank", {"text": text, "correctAnswer": key}))

    def test_blanks_inside_markup(self):
        parsed = self.blanks("<p>The <b>___</b> and ______.</p>", ["a", ["b", "c"]])
        assert (parsed.blanks, parsed.answers) == (2, (("a",), ("b", "c")))

    @pytest.mark.parametrize(
        ("text", "key", "flaw"),
        [
            ("no blanks", ["a"], "exam.blanks-none"),
            ("___ ___", ["a"], "exam.blanks-disagree"),
            ("___", ["a", "b"], "exam.blanks-disagree"),
            ("___", [""], "exam.key-unreadable"),
            ("___", None, "exam.key-missing"),
        ],
    )
    def test_an_unusable_key_is_dropped_with_a_flaw(self, text, key, flaw):
        parsed = self.blanks(text, key)
        assert parsed.answers is None
        assert flaw in codes(parsed)


class TestMatching:
    def matching(self, **settings_):
        return one(question("matching", settings_))

    def test_known_sides_take_precedence_over_the_first_separator(self):
        parsed = self.matching(left=["a = b", "a"], right=["c", "d"], correctAnswer=["a = b = c", "a = d"])
        assert parsed.pairs == ((0, 0), (1, 1))

    def test_escaped_equals_signs_belong_to_the_text(self):
        parsed = self.matching(pairs=["1 \\= 1 = yes", "2 = no"])
        assert [text.plain_text() for text in parsed.left] == ["1 = 1", "2"]

    def test_distractors_and_answers_used_twice_stay(self):
        parsed = self.matching(left=["a", "b"], right=["x", "y", "z"], correctAnswer=["a = x", "b = x"])
        assert (len(parsed.right), parsed.pairs) == (3, ((0, 0), (1, 0)))

    @pytest.mark.parametrize(
        "settings_",
        [
            {"pairs": ["no sign"]},
            {"pairs": []},
            {"left": ["a", "b"], "right": ["x"], "correctAnswer": ["a = x"]},
            {"left": ["a"], "right": ["x"], "correctAnswer": ["a = q"]},
            {"left": ["a", "a"], "right": ["x", "y"], "correctAnswer": ["a = x", "a = y"]},
            {"left": None, "right": ["x"], "correctAnswer": None},
        ],
    )
    def test_unusable_pairs_are_dropped_with_a_flaw(self, settings_):
        parsed = self.matching(**settings_)
        assert parsed.pairs is None
        assert "exam.pairs-unreadable" in codes(parsed)


@pytest.mark.parametrize("options", [["a"], [], ["a", "<b>a</b>"], ["a", "b", "a"]])
def test_an_order_of_too_few_or_equal_items_has_no_key(options):
    assert one(question("sequence", {"options": options})).keyed is False


class TestIdentifiers:
    def idents(self, *raws):
        return [q.id for q in parse_exam({"id": "exam_1", "questions": list(raws)}).questions]

    def test_ids_of_examplary_are_kept(self):
        assert self.idents(question("essay"), {**question("essay"), "id": "q_2"}) == ["q_1", "q_2"]

    def test_ids_are_unique_and_not_empty(self):
        raws = [question("essay")] * 3 + [{**question("essay"), "id": ident} for ident in (None, "", None, "q_2")]
        idents = self.idents(*raws)
        assert len(set(idents)) == len(idents)
        assert all(idents)

    @pytest.mark.parametrize("ident", [None, "q_1"])
    def test_generated_ids_follow_their_questions(self, ident):
        raws = [{**question("essay", title=title), "id": ident} for title in "abc"]
        first, second, third = self.idents(*raws)
        assert self.idents(*reversed(raws)) == [third, second, first]
        assert self.idents(question("paragraph", title="new"), *raws)[2:] == [second, third]

    def test_exam_ids_differ_by_name(self):
        first, second = (parse_exam({"name": name, "questions": [question("essay")]}).id for name in ("a", "b"))
        assert first != second


@pytest.mark.parametrize(
    ("language", "expected"), [("ar", ("ar", "rtl")), ("nl_NL", ("nl-NL", "ltr")), ("Dutch", (None, "ltr"))]
)
def test_language_and_direction_are_read(language, expected):
    parsed = parse_exam(exam(question("essay"), language=language))
    assert (parsed.language, parsed.direction) == expected


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw_exams)
def test_any_exam_is_read_completely_and_in_the_same_way(raw):
    parsed = parse_exam(raw)
    assert [q.number for q in parsed.questions] == list(range(1, len(raw["questions"]) + 1))
    assert len({q.id for q in parsed.questions}) == len(parsed.questions)
    assert parsed == parse_exam(raw)
    assert all(0 <= q.points <= 99_999 for q in parsed.questions)
    assert all(url.startswith("http") for url in parsed.media)
