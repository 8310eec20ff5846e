from __future__ import annotations

import re

import pytest

from sandbox.examplary import ExamplaryConfig
from sandbox.examplary.content import LANGUAGES
from sandbox.examplary.drawings import SHAPES
from sandbox.examplary.generate import Wishes, drawn_pictures, generate
from sandbox.examplary.knowledge import SUBJECTS, subject_of
from sandbox.examplary.questions import MAKERS

ALL_TYPES = tuple(MAKERS)
BANKS = [(key, language) for key in SUBJECTS for language in LANGUAGES]


def exam(subject="", **wishes):
    wanted = {"title": "New test", "level": "", "language": "en", "count": 18, "types": ALL_TYPES} | wishes
    return generate(Wishes(subject=subject, **wanted), ExamplaryConfig(), 0)


def made(**wishes):
    return {question["type"]: question for question in exam(**wishes)["questions"]}


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
def test_the_subject_is_found_in_the_teachers_words(subject, title, expected):
    assert subject_of(subject, title) == expected


@pytest.mark.parametrize(("key", "language"), BANKS)
class TestBanks:
    @pytest.fixture
    def bank(self, key, language):
        return SUBJECTS[key].banks[language]

    def test_right_answers_are_not_among_the_wrong_ones(self, bank):
        for fact in bank.facts:
            assert len({fact.right, *fact.wrong}) == 5
        for asked in bank.several:
            assert len({*asked.right, *asked.wrong}) == 6
        for drawing in bank.drawings:
            assert len({drawing.right, *drawing.wrong} & set(SHAPES)) == 3

    def test_everything_that_is_put_together_is_there_once(self, bank):
        for asked in bank.pairs:
            assert len(set(asked.pairs.values())) == len(asked.pairs) == 5
            assert not [text for pair in asked.pairs.items() for text in pair if " = " in text]
        for order in bank.orders:
            assert len(set(order.steps)) == 5
        for gaps in bank.gaps:
            assert gaps.text.count("___") == len(gaps.answers)

    def test_there_is_something_for_every_depth(self, bank):
        for cards in (bank.facts, bank.claims, bank.opens):
            assert {card.depth for card in cards} == {1, 2, 3}
        assert {claim.true for claim in bank.claims} == {True, False}

    def test_only_the_general_bank_needs_the_teachers_words(self, key, bank):
        assert ("{subject}" in repr(bank)) == (key == "general")

    def test_the_chart_shows_the_figures_of_every_language(self, key, bank):
        other = SUBJECTS[key].banks["en"].source.rows
        assert [figure for _, figure in bank.source.rows] == [figure for _, figure in other]


@pytest.mark.parametrize(("key", "language"), BANKS)
def test_every_type_is_made_of_every_subject_and_its_images_exist(key, language):
    subject = {"general": "sailing"}.get(key, key)
    subject = {"computing": "computer science"}.get(subject, subject)
    whole = exam(subject, language=language, count=40)
    assert subject_of(subject, "New test") == key
    assert {question["type"] for question in whole["questions"]} == set(MAKERS)
    images = set(re.findall(r"[\w-]+\.png", str(whole)))
    assert f"bars-{key}-blue.png" in images
    assert images <= set(drawn_pictures())
    assert not [question["title"] for question in whole["questions"] if {"{", "}"} & set(question["title"])]


def test_the_questions_are_about_the_subject():
    biology, history = made(subject="Biology"), made(subject="History")
    kinds = set(biology) - {"exam-intro", "exam-outro", "examplary.expansion.sentence-analysis"}
    same = {kind for kind in kinds if biology[kind]["title"] == history[kind]["title"]}
    assert same == {"examplary.expansion.fill-in-blank", "examplary.expansion.math-notebook"}
    assert biology["examplary.expansion.fill-in-blank"]["settings"] != history["examplary.expansion.fill-in-blank"]


def test_an_unknown_subject_is_woven_into_the_questions():
    questions = exam("knitting", types=(), count=8)["questions"]
    assert len([question for question in questions if "knitting" in question["title"].lower()]) == 8


def test_a_question_comes_back_only_after_all_others():
    questions = exam("chemistry", types=("multiple-choice-single-answer",), count=9)["questions"]
    assert len({question["title"] for question in questions}) == 9


class TestLevels:
    def test_harder_facts_and_more_of_everything(self):
        young, old = (made(subject="physics", level=level) for level in ("us_elementary", "us_undergraduate"))
        for kind, part in (
            ("multiple-choice-single-answer", "options"),
            ("multiple-choice-multiple-answers", "options"),
            ("examplary.expansion.matching", "left"),
            ("examplary.expansion.sequence", "options"),
        ):
            assert len(young[kind]["settings"][part]) < len(old[kind]["settings"][part])
        assert young["essay"]["settings"]["maxWords"] < old["essay"]["settings"]["minWords"]
        bank = SUBJECTS["physics"].banks["en"]
        depths = {card.stem: card.depth for card in bank.facts + bank.opens}
        for kind in ("multiple-choice-single-answer", "single-line-text", "multi-line-text"):
            assert (depths[young[kind]["title"]], depths[old[kind]["title"]]) == (1, 3)

    def test_points_grow(self):
        totals = [_points(exam("biology", level=level)) for level in ("us_elementary", "", "us_undergraduate")]
        assert totals == sorted(set(totals))

    @pytest.mark.parametrize("level", ["", "nl_havo_3", "?"])
    def test_a_level_nobody_knows_is_that_of_secondary_school(self, level):
        assert exam("biology", level=level)["questions"] == exam("biology", level="us_high_school_lower")["questions"]


def test_a_course_number_is_not_part_of_the_subject():
    assert made(subject="Biology 101")["essay"]["title"].endswith("without Biology?”")
    assert "1984" in made(subject="1984")["essay"]["title"]


def test_dutch_figures_have_a_comma():
    text = made(subject="economie", language="nl-NL")["paragraph"]["description"]
    assert "<td>162,89</td>" in text


def _points(whole):
    return sum(
        max(level["points"] for level in criterion["levels"])
        for question in whole["questions"]
        for criterion in question["scoring"].get("criteria", [])
    )
