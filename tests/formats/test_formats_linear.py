"""Conversion time is linear: an exam four times as large takes about four times as long."""

import gc
import io
import time

import pytest

from lti_tool import formats
from lti_tool.exam import parse_exam
from tests.support.exam_builders import exam, question

pytestmark = pytest.mark.slow

MOST = 10
"""Maximum ratio, between four (linear) and sixteen (quadratic): machines are busy."""

TIMES = 3


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


GROWING = {
    "essays": (questions(), 300),
    "choices": (
        questions("multiple-choice-single-answer", settings={"options": ["a", "b"], "correctAnswer": "a"}),
        300,
    ),
    "introductions": (questions("exam-intro"), 300),
    "paragraphs": (questions("paragraph"), 300),
    "unreadable": (lambda count: exam(*[{}] * count), 300),
    "one identifier": (twins, 500),
    "options": (
        inside("multiple-choice-multiple-answers", lambda n: {"options": numbered(n), "correctAnswer": numbered(n)}),
        1000,
    ),
    "keys that match nothing": (
        inside(
            "multiple-choice-multiple-answers",
            lambda n: {"options": numbered(n), "correctAnswer": ["x"] + [f"no {text}" for text in numbered(n)]},
        ),
        1000,  # beyond the size from which texts are divided for Canvas
    ),
    "items": (inside("sequence", lambda n: {"options": numbered(n)}), 500),
    "pairs": (inside("matching", matched), 500),
    "parts of a sentence": (inside("sentence-analysis", analysed), 400),
    "blanks": (inside("fill-in-blank", lambda n: {"text": "a ___ " * n, "correctAnswer": numbered(n)}), 500),
    "accepted": (inside("single-line-text", lambda n: {"correctAnswer": numbered(n)}), 1000),
    "paragraphs of a text": (described("<p>word</p>"), 2000),
    "lines of a text": (described("word\n"), 4000),
    "words": (described("word "), 8000),
    "formulas": (described("<inline-math>x</inline-math>"), 1000),
    "dollars": (described("$ $a "), 5000),
    "cells": (described("<tr><td>x"), 2000),
    "blocks inside one another": (described("<div>"), 8000),
    "lists inside one another": (described("<ul><li>"), 5000),
    "open tags": (described("<p><b><i>x"), 1000),
    "signs": (described("a < b & "), 4000),
}


def seconds(step, raw):
    gc.collect()
    began = time.process_time()
    step(raw)
    return time.process_time() - began


def growth(step, make, count):
    """The ratio of CPU time for a fourfold exam, the smallest of several runs."""
    small, large = make(count), make(4 * count)
    step(make(1))
    ratios = []
    for _ in range(TIMES):
        ratios.append(seconds(step, large) / seconds(step, small))
        if min(ratios) < MOST:
            break
    return min(ratios)


@pytest.mark.parametrize("structure", GROWING)
def test_reading(structure):
    assert growth(parse_exam, *GROWING[structure]) < MOST


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("structure", GROWING)
def test_writing(structure, name):
    make, count = GROWING[structure]
    write = formats.get(name).write
    assert growth(lambda exam: write(exam, {}, io.BytesIO()), lambda count: parse_exam(make(count)), count) < MOST
