"""Conversion time is linear: an exam eight times as large takes about eight times as long.

For many questions, the calls of functions are counted, which shows even one comparison with each earlier question. Most
of the work on one large text is done by regular expressions and lxml, so CPU time is compared, with a bound that only
quadratic time reaches.
"""

import io
from functools import lru_cache, partial

import pytest

from lti_tool import formats
from lti_tool.exam import parse_exam
from tests.support.exam_builders import exam, question
from tests.support.growth import growth, growth_of_calls

pytestmark = pytest.mark.slow

LIMIT = 4.5
"""Maximum growth for one large question: 2 if a package that compresses too well is written twice, 8 if quadratic."""

LIMIT_OF_CALLS = 1.05
"""Maximum growth of the calls for many questions: 0.98 to 1 alone."""

MANY = 400


def questions(kind="essay", **more):
    return lambda count: exam(*(question(kind, **more) for _ in range(count)))


def numbered(count):
    return [f"text {number}" for number in range(count)]


def inside(kind, settings):
    """One question with settings that grow."""
    return lambda count: exam(question(kind, settings(count)))


def described(html):
    """One question with a description that grows, up to the limit."""
    return lambda count: exam(question("essay", description=html * count))


def twins(count):
    return {**exam(), "questions": [question("essay")] * count}


def matched(count):
    pairs = [f"{text} = {text}" for text in numbered(count)]
    return {"left": numbered(count), "right": numbered(count), "correctAnswer": pairs}


def analysed(count):
    segments = [{"startToken": place, "endToken": place, "label": f"{place}"} for place in range(count)]
    return {"sentence": " ".join("a" * count), "correctAnswer": {"segments": segments}}


GROWING = {  # with the smaller size; descriptions have it beyond the size from which Canvas gets them in parts
    "essays": (questions(), MANY),
    "choices": (
        questions("multiple-choice-single-answer", settings={"options": ["a", "b"], "correctAnswer": "a"}),
        MANY,
    ),
    "introductions": (questions("exam-intro"), MANY),
    "paragraphs": (questions("paragraph"), MANY),
    "unreadable": (lambda count: exam(*[{}] * count), MANY),
    "one identifier": (twins, MANY),
    "options": (
        inside("multiple-choice-multiple-answers", lambda n: {"options": numbered(n), "correctAnswer": numbered(n)}),
        500,
    ),
    "keys that match nothing": (
        inside(
            "multiple-choice-multiple-answers",
            lambda n: {"options": numbered(n), "correctAnswer": ["x"] + [f"no {text}" for text in numbered(n)]},
        ),
        1000,  # beyond the size from which texts are divided for Canvas
    ),
    "items": (inside("sequence", lambda n: {"options": numbered(n)}), 250),
    "pairs": (inside("matching", matched), 800),
    "parts of a sentence": (inside("sentence-analysis", analysed), 500),
    "blanks": (inside("fill-in-blank", lambda n: {"text": "a ___ " * n, "correctAnswer": numbered(n)}), 250),
    "accepted": (inside("single-line-text", lambda n: {"correctAnswer": numbered(n)}), 500),
    "paragraphs of a text": (described("<p>word</p>"), 1500),
    "lines of a text": (described("word\n"), 3500),
    "words": (described("word "), 3500),
    "formulas": (described("<inline-math>x</inline-math>"), 800),
    "dollars": (described("$ $a "), 3500),
    "cells": (described("<tr><td>x"), 2000),
    "blocks inside one another": (described("<div>"), 5000),
    "lists inside one another": (described("<ul><li>"), 3000),
    "open tags": (described("<p><b><i>x"), 700),
    "signs": (described("a < b & "), 3000),
}

OF_MANY = [structure for structure, (_, size) in GROWING.items() if size == MANY]


@lru_cache(maxsize=2)
def parsed(structure, size):
    """The exam that all formats write, in both sizes."""
    make, _ = GROWING[structure]
    return parse_exam(make(size))


@pytest.mark.parametrize("structure", GROWING)
def test_the_time_to_read_an_exam_grows_with_its_size(structure):
    make, size = GROWING[structure]
    assert growth(parse_exam, size, make, enough=LIMIT) < LIMIT


@pytest.mark.parametrize("structure", OF_MANY)
def test_the_calls_to_read_an_exam_grow_with_its_size(structure):
    make, size = GROWING[structure]
    assert growth_of_calls(parse_exam, size, make) < LIMIT_OF_CALLS


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("structure", GROWING)
def test_the_time_to_write_an_exam_grows_with_its_size(structure, name):
    write = formats.get(name).write
    size = GROWING[structure][1]
    assert growth(lambda exam: write(exam, {}, io.BytesIO()), size, partial(parsed, structure), enough=LIMIT) < LIMIT


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("structure", OF_MANY)
def test_the_calls_to_write_an_exam_grow_with_its_size(structure, name):
    write = formats.get(name).write
    calls = growth_of_calls(lambda exam: write(exam, {}, io.BytesIO()), MANY, partial(parsed, structure))
    assert calls < LIMIT_OF_CALLS
