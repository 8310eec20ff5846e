"""Import each format's package with the import oracles and compare with the expected questions.

Stem, options, keys, points and files are the same, or the report names another form that still shows all of them.
"""

import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool import formats
from lti_tool.exam import parse_exam
from lti_tool.formats import Verdict
from tests.formats.imported_questions import ARRIVE, bare, qti
from tests.support.exam_builders import exam, question
from tests.support.teacher_exams import ASSETS, MAKERS, PLAIN, A, B, questions

LANGUAGES = ["nl", "en", "ar", "zh", "ja", "hi", None]
TEXTS = {"text_only_question", "STIMULUS", "description", ""}
"""Forms of items without a response."""

LETTER = re.compile(r"[A-Z]+\Z")


def as_visible(text, reader):
    """The text as this reader sees it. QTI has mathematics as MathML."""
    return bare(re.sub("⟪.*?⟫", "⟪⟫", text, flags=re.DOTALL) if reader is qti else re.sub("[⟪⟫]", "", text))


class Imported:
    """One question as the reader imports it, and the question that was expected."""

    def __init__(self, name, reader, raw, expected, language):
        out = io.BytesIO()
        exam = parse_exam({"id": "e", "name": "Toets", "language": language, "questions": [raw]})
        (self.line,) = formats.get(name).write(exam, ASSETS, out).lines
        self.reader = reader
        self.expected = expected
        arrived = reader(out.getvalue())
        self.whole = "".join(item.text for item in arrived)
        self.points = sum(item.points for item in arrived)
        self.items = [item for item in arrived if item.form not in TEXTS]

    def visible(self, text):
        return as_visible(text, self.reader)

    def matches(self, answer, text):
        """Return whether the answer is this text: unchanged, without markup, or as its letter in the stem."""
        if answer in {self.visible(text), bare(PLAIN.get(text, text))}:
            return True
        return bool(LETTER.match(answer)) and f"{answer}.{self.visible(text)}" in self.whole

    def match_all(self, answers, texts):
        """Return whether the answers are these texts, in this order."""
        return len(answers) == len(texts) and all(map(self.matches, answers, texts))


def check(name, reader, raw, expected, language):
    imported = Imported(name, reader, raw, expected, language)
    line = imported.line
    assert all(imported.visible(text) in imported.whole for text in expected.stem)
    assert line.points_in == expected.points
    if expected.points:
        assert imported.points == pytest.approx(float(line.points_out if reader is ARRIVE[name][0] else line.points_in))
    assert line.verdict is Verdict.NATIVE or line.remarks
    if imported.items:
        CHECKS.get(expected.kind, by_hand)(imported, expected)


def by_hand(imported, _expected):
    assert all(item.is_marked_by_hand for item in imported.items)


def readable(imported, texts):
    """A question marked by hand shows all its answers in the text, and the report says so."""
    assert imported.line.verdict is Verdict.ADAPTED
    by_hand(imported, None)
    assert all(imported.visible(text) in imported.whole for text in texts)


def choice(imported, expected):
    (item,) = imported.items
    assert not item.is_marked_by_hand, imported.line
    assert imported.match_all(item.options, expected.options)
    assert item.chosen == expected.right


def true_false(imported, expected):
    (item,) = imported.items
    assert (len(item.options), item.chosen) == (2, (0 if expected.right else 1,))


def typed(imported, expected):
    """A single line, or blanks; a cartridge has one item for each blank."""
    if any(item.is_marked_by_hand for item in imported.items):
        return readable(imported, expected.more)
    right = expected.right if isinstance(expected.right[0], tuple) else (expected.right,)
    accepted = [texts for item in imported.items for texts in item.typed]
    assert accepted == [tuple(map(bare, dict.fromkeys(texts))) for texts in right]
    assert all(imported.visible(text) in imported.whole for text in expected.more)
    return None


def ordering(imported, expected):
    (item,) = imported.items
    if item.is_marked_by_hand:
        return readable(imported, expected.options)
    assert imported.match_all(item.order, expected.right)
    return None


def matching(imported, expected):
    if any(item.is_marked_by_hand for item in imported.items):
        return readable(imported, (*expected.options, *expected.more))
    if imported.items[0].pairs is None:
        for item, (prompt, answer) in zip(imported.items, expected.right, strict=True):
            assert imported.visible(prompt) in item.text
            assert imported.match_all([item.options[place] for place in item.chosen], [answer])
        return None
    (item,) = imported.items
    pairs = [(re.sub(r"\A\d\.(?=.)", "", prompt), answer) for prompt, answer in item.pairs]
    straight = [(prompt, answer) for prompt, answer in expected.right if _paired(imported, pairs, prompt, answer)]
    swapped = [(prompt, answer) for prompt, answer in expected.right if _paired(imported, pairs, answer, prompt)]
    assert len(item.pairs) == len(expected.right)
    assert list(expected.right) in (straight, swapped)
    return None


def _paired(imported, pairs, prompt, answer):
    return any(imported.matches(first, prompt) and imported.matches(second, answer) for first, second in pairs)


CHECKS = {
    "multiple-choice-single-answer": choice,
    "multiple-choice-multiple-answers": choice,
    "true-false": true_false,
    "single-line-text": typed,
    "fill-in-blank": typed,
    "matching": matching,
    "sequence": ordering,
}


readers = pytest.mark.parametrize(
    ("name", "reader"), [(name, reader) for name, readers in ARRIVE.items() for reader in readers]
)


@pytest.mark.parametrize("kind", MAKERS)
@readers
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), language=st.sampled_from(LANGUAGES))
def test_the_import_matches_the_exam(name, reader, kind, data, language):
    raw, expected = data.draw(questions([kind]))
    check(name, reader, raw, expected, language)


ALIKE = [
    "x2",
    "x<sup>2</sup>",
    "x<sub>2</sub>",
    f'<img src="{A}" alt="x2">',
    f'<img src="{B}" alt="x2">',
    "X 2",
    "$x2$",
]


@readers
@pytest.mark.parametrize("right", range(len(ALIKE)))
def test_options_that_differ_only_in_appearance(name, reader, right):
    raw_settings = {"options": ALIKE, "correctAnswer": ALIKE[right]}
    raw = question("multiple-choice-single-answer", raw_settings)
    (item,) = (item for item in reader(package(name, raw)[0]) if item.form not in TEXTS)
    assert (len(item.options), item.chosen) == (len(ALIKE), (right,))


@readers
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=st.lists(questions(), min_size=1, max_size=6))
def test_every_question_is_in_the_report_and_in_the_package(name, reader, drawn):
    raws = [raw for raw, _ in drawn]
    data, report = package(name, *raws)
    whole = "".join(item.text for item in reader(data))
    for line, (_, expected) in zip(report.lines, drawn, strict=True):
        assert line.verdict is not Verdict.LEFT_OUT
        text = as_visible(expected.stem[-1], reader)
        assert text in whole
    assert [line.number for line in report.lines] == list(range(1, len(drawn) + 1))
    assert report.points_in == sum(expected.points for _, expected in drawn)


def package(name, *raws):
    """Write a package of these questions; return it and its report."""
    out = io.BytesIO()
    report = formats.get(name).write(parse_exam(exam(*raws)), ASSETS, out)
    return out.getvalue(), report
