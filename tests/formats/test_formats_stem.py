"""Stems: title and description, without repetition."""

import pytest

from lti_tool.exam import parse_exam
from lti_tool.exam.richtext import RichText
from lti_tool.formats.planning.plan import ItemKind, plan_question
from lti_tool.formats.planning.stem import stem_blocks
from tests.support.exam_builders import exam, question

IMAGE = '<img src="https://x.example/a.png">'


@pytest.mark.parametrize(
    ("title", "description", "expected"),
    [
        ("What is H2O?", "What is H2O?", ["What is H2O?"]),
        ("What is H2O?", "<p>What is  <b>H2O</b>?</p><p>Explain.</p>", ["What is H2O?", "Explain."]),
        ("What is H2O?", "<p>What is H<sub>2</sub>O?</p>", ["What is H2O?", "What is H2O?"]),
        ("What is this?", f"<p>What is this? {IMAGE}</p>", ["What is this?", "What is this?"]),
        ("Water", "<p>What is H2O?</p>", ["Water", "What is H2O?"]),
        ("Explain.", "<p>What is H2O?</p><p>Explain.</p>", ["Explain.", "What is H2O?", "Explain."]),
        ("", "<p>What is H2O?</p>", ["What is H2O?"]),
        ("What is H2O?", "", ["What is H2O?"]),
        ("", "", ["—"]),
    ],
)
def test_a_description_does_not_repeat_the_title(title, description, expected):
    parsed = parse_exam(exam(question("essay", title=title, description=description)))
    blocks = stem_blocks(plan_question(parsed.questions[0], parsed, frozenset(ItemKind)), parsed)
    assert [RichText((block,)).plain_text() for block in blocks] == expected
