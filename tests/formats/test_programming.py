"""Examplary's programming type becomes an essay with its starter code; the tests are for the teacher."""

import io

import pytest

from lti_tool import formats
from lti_tool.exam import parse_exam
from lti_tool.exam.richtext import RichText
from lti_tool.formats.planning.grading_notes import grading_notes
from lti_tool.formats.planning.plan import ItemKind, plan_question
from lti_tool.formats.planning.stem import stem_blocks
from tests.support.exam_builders import exam, points, question

STARTER = "const words = ['a', 'b'];\nfor (let i = 0; i < 2; i++) {\n    // & <b>more</b>\n}"
SETTINGS = {
    "initial-value": STARTER,
    "assertions": "it('has two words', () => { expect(words).toEqual(['SECRET']); });",
}
EXAM = parse_exam(exam(question("examplary.programming.javascript", SETTINGS, scoring=points([3]))))


def test_students_see_the_starter_code_letter_by_letter_and_the_names_of_the_tests():
    plan = plan_question(EXAM.questions[0], EXAM, frozenset(ItemKind))
    blocks = stem_blocks(plan, EXAM)
    (code,) = (block for block in blocks if block.tag == "pre")
    assert code.children[0].children[0] == STARTER
    text = RichText(blocks).plain_text()
    assert "Write your program in JavaScript." in text
    assert "has two words" in text
    assert "SECRET" not in text


def test_the_tests_are_notes_for_the_teacher():
    assert "toEqual(['SECRET'])" in grading_notes(EXAM.questions[0], "en")


@pytest.mark.parametrize("name", formats.names())
def test_it_is_an_adapted_essay_in_every_format(name):
    report = formats.get(name).write(EXAM, {}, io.BytesIO())
    (line,) = report.lines
    assert (line.kind, line.verdict, line.points_out) == ("programming", "adapted", 3)
    assert "format.program" in {remark.code for remark in line.remarks}
