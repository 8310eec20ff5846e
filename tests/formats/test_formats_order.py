"""The order of columns and options does not reveal the key."""

import io
from dataclasses import replace

import pytest

from lti_tool import formats
from lti_tool.exam import parse_exam
from lti_tool.formats.planning.lettered_options import lettered_matching
from lti_tool.formats.planning.option_order import in_display_order, right_column_order
from lti_tool.formats.planning.plan import essay_plan, plan_question
from tests.formats.imported_questions import restored
from tests.support.exam_builders import exam, points, question

PAIRS = {"pairs": ["مصر = القاهرة", "فرنسا = باريس", "إيطاليا = روما"]}
"""The capitals are in alphabetical order."""


def matching(settings):
    parsed = parse_exam(exam(question("matching", settings)))
    return parsed.questions[0], plan_question(parsed.questions[0], parsed, frozenset())


@pytest.mark.parametrize("settings", [PAIRS, {"pairs": ["a = 1", "b = 2"]}, {"pairs": ["a = b", "c = d", "e = f"]}])
def test_pairs_are_never_side_by_side(settings):
    parsed, essay = matching(settings)
    pairs = [(parsed.left[a], parsed.right[b]) for a, b in parsed.pairs]
    assert [*zip(parsed.left, (parsed.right[n] for n in right_column_order(parsed)), strict=True)] != pairs
    assert [*zip(*essay_plan(essay, "en").lists, strict=True)] != pairs
    letters = lettered_matching(essay, parsed, "en").question
    right = [letters.right[b].plain_text() for _, b in letters.pairs]
    assert right != sorted(right)


def test_a_cartridge_shows_both_columns_and_not_the_pairs():
    out = io.BytesIO()
    formats.get("common-cartridge").write(parse_exam(exam(question("matching", PAIRS, scoring=points([1])))), {}, out)
    (essay,) = restored(out.getvalue())
    assert essay.is_marked_by_hand
    assert "القاهرةباريسروما" not in essay.text
    assert "روماباريسالقاهرة" in essay.text


@pytest.mark.parametrize("texts", [["a", "b"], ["b", "a"], ["a", "b", "c"], ["d", "c", "b", "a"]])
def test_ordering_items_are_shown_in_an_order_that_says_nothing_about_the_correct_one(texts):
    first = parse_exam(exam(question("sequence", {"options": texts}))).questions[0]
    questions = [replace(first, id=f"q_{number}") for number in range(40)]
    orders = {in_display_order(item) for item in questions}
    assert first.options not in orders
    # With two items there is only one other order; with more, each question has its own.
    assert len(texts) == 2 or len(orders) > 2
    assert [in_display_order(item) for item in questions] == [in_display_order(item) for item in questions]
