"""A plain text without a formula arrives letter by letter, in every format and every importer."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool import formats
from lti_tool.exam import parse_exam
from tests.formats import imported_questions
from tests.formats.imported_questions import ARRIVE, INVISIBLE
from tests.support.exam_builders import exam, points, question
from tests.support.plain_texts import plain_texts

READERS = [(name, reader) for name, readers in ARRIVE.items() for reader in readers]


def letters(text):
    """All visible characters of a text."""
    return INVISIBLE.sub("", text)


def write(name, raw):
    out = io.BytesIO()
    report = formats.get(name).write(parse_exam(raw), {}, out)
    return out.getvalue(), report


def imported(monkeypatch, name, reader, raw):
    """The imported items, their texts in all their letters."""
    monkeypatch.setattr(imported_questions, "bare", letters)
    data, report = write(name, raw)
    return reader(data), report


def check(items, report, raw):
    """Every text of the exam is in its place. The report names full-width characters in menus and orderings."""
    whole = "".join(item.text + "".join(item.options) for item in items)
    for line, raw_question in zip(report.lines, raw["questions"], strict=True):
        assert letters(raw_question["title"]) in whole
        assert letters(raw_question["description"]) in whole
        codes = {remark.code for remark in line.remarks}
        assert not codes & {"exam.options-merged", "exam.key-unmatched", "exam.content-dropped"}
        if raw_question["type"] == "multiple-choice-single-answer":
            options = tuple(map(letters, raw_question["settings"]["options"]))
            assert [item for item in items if item.options == options and item.chosen == (1,)]


@pytest.mark.parametrize(("name", "reader"), READERS, ids=lambda value: getattr(value, "__name__", value))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(plain_texts(), min_size=4, max_size=4, unique_by=letters))
def test_plain_texts_arrive(monkeypatch, name, reader, texts):
    title, description, first, second = texts
    choice = question(
        "multiple-choice-single-answer", {"options": [first, second], "correctAnswer": second}, scoring=points([1])
    )
    raw = exam(
        {**choice, "title": title, "description": description},
        question("essay", title=second, description=first, scoring=points([1])),
    )
    with monkeypatch.context() as patch:
        check(*imported(patch, name, reader, raw), raw)


@given(text=plain_texts())
@settings(deadline=None)
def test_plain_texts_are_read_as_plain(text):
    parsed = parse_exam(exam(question("essay", title=text, scoring=points([1])))).questions[0]
    assert letters(parsed.title.plain_text()) == letters(text)
