"""The exams that the sandbox's Examplary generates, and its question banks."""

from __future__ import annotations

import re

import pytest

from sandbox.examplary import ExamplaryConfig
from sandbox.examplary.bank import SUBJECTS, load_bank, subject_of
from sandbox.examplary.drawings import SHAPES
from sandbox.examplary.generate import ExamOptions, generate, picture
from sandbox.examplary.phrases import LANGUAGES, Phrases
from sandbox.examplary.question_builders import BUILDERS

ALL_TYPES = tuple(BUILDERS)
BANKS = [(key, language) for key in SUBJECTS for language in LANGUAGES]


def exam(subject="", **options):
    defaults = {"title": "New test", "level": "", "language": "en", "count": 18, "types": ALL_TYPES}
    return generate(ExamOptions(subject=subject, **(defaults | options)), ExamplaryConfig(), 0)


def by_type(**options):
    return {question["type"]: question for question in exam(**options)["questions"]}


@pytest.mark.parametrize(
    ("subject", "title", "expected"),
    [
        ("Biology 101", "New test", "biology"),
        ("celbiologie", "", "biology"),
        ("Scheikunde", "", "chemistry"),
        ("Physics", "Forces and water", "physics"),
        ("Wiskunde B", "Breuken", "mathematics"),
        ("rivers", "", "geography"),
        ("Vaderlandse geschiedenis", "", "history"),
        ("", "De Tweede Wereldoorlog", "history"),
        ("Nederlands", "Poëzie", "language"),
        ("Informatica", "", "computing"),
        ("Economie", "", "economics"),
        ("5VWO", "Fotosynthese", "biology"),
        ("Sailing", "New test", "general"),
        ("Physical education", "", "general"),
        ("(", "*[", "general"),
    ],
)
def test_the_subject_is_recognised_in_the_teachers_words(subject, title, expected):
    assert subject_of(subject, title) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_phrase(language):
    assert LANGUAGES[language].keys() == Phrases.__annotations__.keys()
    assert all(LANGUAGES[language].values())


@pytest.mark.parametrize(("key", "language"), BANKS)
class TestBanks:
    @pytest.fixture
    def bank(self, key, language):
        return load_bank(key, language)

    def test_no_correct_answer_is_a_distractor(self, bank):
        for fact in bank.facts:
            assert len({fact.correct, *fact.distractors}) == 5
        for entry in bank.multiple_answers:
            assert len({*entry.correct, *entry.distractors}) == 6
        for entry in bank.picture_choices:
            assert len({entry.correct, *entry.distractors} & set(SHAPES)) == 3

    def test_pairs_steps_and_blanks_are_complete(self, bank):
        for entry in bank.matchings:
            assert len(set(entry.pairs.values())) == len(entry.pairs) == 5
            assert not [text for pair in entry.pairs.items() for text in pair if " = " in text]
        for entry in bank.orderings:
            assert len(set(entry.steps)) == 5
        for entry in bank.fill_ins:
            assert entry.text.count("___") == len(entry.answers)

    def test_every_depth_has_entries(self, bank):
        for entries in (bank.facts, bank.statements, bank.open_questions):
            assert {entry.depth for entry in entries} == {1, 2, 3}
        assert {statement.is_true for statement in bank.statements} == {True, False}

    def test_only_the_general_bank_uses_the_teachers_subject(self, key, bank):
        assert ("{subject}" in repr(bank)) == (key == "general")

    def test_the_chart_shows_the_figures_of_every_language(self, key, bank):
        other = load_bank(key, "en").source.rows
        assert [figure for _, figure in bank.source.rows] == [figure for _, figure in other]


@pytest.mark.parametrize(("key", "language"), BANKS)
def test_every_type_is_made_of_every_subject_and_its_images_exist(key, language):
    subject = {"general": "sailing"}.get(key, key)
    subject = {"computing": "computer science"}.get(subject, subject)
    whole = exam(subject, language=language, count=40)
    assert subject_of(subject, "New test") == key
    assert {question["type"] for question in whole["questions"]} == set(BUILDERS)
    images = set(re.findall(r"[\w-]+\.png", str(whole)))
    assert f"bars-{key}-blue.png" in images
    assert all(map(picture, images))
    assert not [question["title"] for question in whole["questions"] if {"{", "}"} & set(question["title"])]


def test_the_questions_are_about_the_subject():
    biology, history = by_type(subject="Biology"), by_type(subject="History")
    kinds = set(biology) - {"exam-intro", "exam-outro", "examplary.expansion.sentence-analysis"}
    same = {kind for kind in kinds if biology[kind]["title"] == history[kind]["title"]}
    assert same == {"examplary.expansion.fill-in-blank", "examplary.expansion.math-notebook"}
    assert biology["examplary.expansion.fill-in-blank"]["settings"] != history["examplary.expansion.fill-in-blank"]


def test_an_unknown_subject_is_inserted_into_the_questions():
    questions = exam("knitting", types=(), count=8)["questions"]
    assert len([question for question in questions if "knitting" in question["title"].lower()]) == 8


def test_questions_repeat_only_after_all_were_used():
    questions = exam("chemistry", types=("multiple-choice-single-answer",), count=9)["questions"]
    assert len({question["title"] for question in questions}) == 9


class TestLevels:
    def test_higher_levels_have_harder_facts_and_more_options(self):
        young, old = (by_type(subject="physics", level=level) for level in ("us_elementary", "us_undergraduate"))
        for kind, part in (
            ("multiple-choice-single-answer", "options"),
            ("multiple-choice-multiple-answers", "options"),
            ("examplary.expansion.matching", "left"),
            ("examplary.expansion.sequence", "options"),
        ):
            assert len(young[kind]["settings"][part]) < len(old[kind]["settings"][part])
        assert young["essay"]["settings"]["maxWords"] < old["essay"]["settings"]["minWords"]
        bank = load_bank("physics", "en")
        depths = {entry.stem: entry.depth for entry in bank.facts + bank.open_questions}
        for kind in ("multiple-choice-single-answer", "single-line-text", "multi-line-text"):
            assert (depths[young[kind]["title"]], depths[old[kind]["title"]]) == (1, 3)

    def test_higher_levels_have_more_points(self):
        totals = [_points(exam("biology", level=level)) for level in ("us_elementary", "", "us_undergraduate")]
        assert totals == sorted(set(totals))

    @pytest.mark.parametrize("level", ["", "nl_havo_3", "?"])
    def test_an_unknown_level_counts_as_secondary_school(self, level):
        assert exam("biology", level=level)["questions"] == exam("biology", level="us_high_school_lower")["questions"]


def test_a_course_number_is_not_part_of_the_subject():
    assert by_type(subject="Biology 101")["essay"]["title"].endswith("without Biology?”")
    assert "1984" in by_type(subject="1984")["essay"]["title"]


def test_dutch_figures_use_a_decimal_comma():
    text = by_type(subject="economie", language="nl-NL")["paragraph"]["description"]
    assert "<td>162,89</td>" in text


def _points(whole):
    return sum(
        max(level["points"] for level in criterion["levels"])
        for question in whole["questions"]
        for criterion in question["scoring"].get("criteria", [])
    )
