"""A question as an LMS will show it: the same plan as in the package, with the key in its place."""

import json

import pytest

from lti_tool import formats
from lti_tool.exam import parse_exam
from lti_tool.exam.richtext import RichText
from lti_tool.formats.planning.lms_view import AnswerField
from lti_tool.formats.report import Verdict
from tests.support.exam_builders import exam, question

FIELDS = {
    "Multiple choice": AnswerField.CHOICES,
    "Multiple answers": AnswerField.CHOICES,
    "True or false": AnswerField.CHOICES,
    "Short answer": AnswerField.TEXT,
    "Essay, marked by you": AnswerField.LONG_TEXT,
    "File upload, marked by you": AnswerField.FILE,
    "Fill in the blanks": AnswerField.BLANKS,
    "Drop-down menus in a text": AnswerField.BLANKS,
    "Matching": AnswerField.MENUS,
    "Text": AnswerField.NOTHING,
}


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("source", ["mixed-12", "mechanics-13", "signs-13"])
def test_the_field_is_that_of_the_report(fixtures, name, source):
    parsed = parse_exam(json.loads((fixtures / "exams" / f"{source}.json").read_text()))
    format_ = formats.get(name)
    for line, parsed_question in zip(format_.report(parsed, {}).lines, parsed.questions, strict=True):
        view = format_.lms_view(parsed_question, parsed, {})
        orders = AnswerField.MENUS if name == "canvas-qti" else AnswerField.ORDER
        expected = FIELDS.get(line.becomes, orders)
        # A cartridge has an essay for a text without a question, and separate items for the parts of a question.
        if line.verdict is Verdict.NATIVE or name != "common-cartridge":
            assert view.field is expected, (line.becomes, line.question_id)
        assert view.stem.plain_text()


def shown(text):
    return text.plain_text() if isinstance(text, RichText) else text


def view_of(name, kind, settings):
    parsed = parse_exam(exam(question(kind, settings)))
    return formats.get(name).lms_view(parsed.questions[0], parsed, {})


def test_the_right_answers_are_in_their_fields():
    pairs = {"left": ["1", "2"], "right": ["one", "two"], "correctAnswer": ["1 = two", "2 = one"]}
    matching = view_of("moodle-xml", "matching", pairs)
    assert [(shown(left), shown(right)) for left, right in matching.menus] == [("1", "two"), ("2", "one")]
    ordering = view_of("canvas-qti", "sequence", {"options": ["first", "second", "third"]})
    expected = [("1", "first"), ("2", "second"), ("3", "third")]
    assert [(shown(place), shown(item)) for place, item in ordering.menus] == expected
    in_order = view_of("moodle-xml", "sequence", {"options": ["first", "second", "third"]})
    assert list(map(shown, in_order.options)) == ["first", "second", "third"]
    choice = {"options": ["Paris", "Rome", "Oslo"], "correctAnswer": "Rome"}
    assert view_of("qti21", "multiple-choice-single-answer", choice).correct == (1,)
    assert view_of("qti30", "true-false", {"correctAnswer": "false"}).correct == (1,)
    blanks = view_of("canvas-qti", "fill-in-blank", {"text": "The ___ and the ___.", "correctAnswer": ["dog", "cat"]})
    assert blanks.answers == (("dog",), ("cat",))


def test_letters_in_menus_are_those_of_the_list_above():
    picture = "<img src='https://cdn.examplary.ai/uploads/{}.png' alt='{}'>"
    texts = [picture.format(name, name) for name in ("a", "b", "c")]
    view = view_of("canvas-qti", "sequence", {"options": texts})
    letters = [shown(letter) for _, letter in view.menus]
    assert sorted(letters) == ["A", "B", "C"]
    listed = repr(view.stem)
    for name, letter in zip("abc", letters, strict=True):
        assert listed.index(f"{letter}.") < listed.index(f"uploads/{name}.png")
        following = chr(ord(letter) + 1)
        assert f"'{following}.'" not in listed or listed.index(f"uploads/{name}.png") < listed.index(f"'{following}.'")
