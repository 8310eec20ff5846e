"""What teachers mean arrives: each format's package, read by the stand-ins for the real importers.

The same stem, options, keys, points and files, or the form that the report names, in which all of it can be read.
"""

import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool import formats
from lti_tool.exam import parse_exam
from lti_tool.formats import Verdict
from tests.formats.arrivals import ARRIVE, bare, qti
from tests.support.exam_builders import exam, question
from tests.support.teacher_exams import ASSETS, MAKERS, PLAIN, A, B, questions

LANGUAGES = ["nl", "en", "ar", "zh", "ja", "hi", None]
TEXTS = {"text_only_question", "STIMULUS", "description", ""}
"""What items are called that ask nothing."""

LETTER = re.compile(r"[A-Z]+\Z")


def as_seen(text, reader):
    """A text as this reader sees it; QTI's holds mathematics as MathML."""
    return bare(re.sub("⟪.*?⟫", "⟪⟫", text, flags=re.DOTALL) if reader is qti else re.sub("[⟪⟫]", "", text))


class Found:
    """What a reader found of one question, beside what was meant."""

    def __init__(self, name, reader, raw, meant, language):
        out = io.BytesIO()
        exam = parse_exam({"id": "e", "name": "Toets", "language": language, "questions": [raw]})
        (self.line,) = formats.get(name).write(exam, ASSETS, out).lines
        self.reader, self.meant = reader, meant
        arrived = reader(out.getvalue())
        self.whole = "".join(one.text for one in arrived)
        self.points = sum(one.points for one in arrived)
        self.items = [one for one in arrived if one.form not in TEXTS]

    def seen(self, text):
        return as_seen(text, self.reader)

    def stands_for(self, found, text):
        """Tell whether what was found is this text: itself, without markup, or the letter before it in the stem."""
        if found in {self.seen(text), bare(PLAIN.get(text, text))}:
            return True
        return bool(LETTER.match(found)) and f"{found}.{self.seen(text)}" in self.whole

    def are(self, found, texts):
        """Tell whether these are the texts, in this order."""
        return len(found) == len(texts) and all(map(self.stands_for, found, texts))


def check(name, reader, raw, meant, language):
    found = Found(name, reader, raw, meant, language)
    line = found.line
    assert all(found.seen(text) in found.whole for text in meant.stem)
    assert line.points_in == meant.points
    if meant.points:
        assert found.points == pytest.approx(float(line.points_out if reader is ARRIVE[name][0] else line.points_in))
    assert line.verdict is Verdict.NATIVE or line.remarks
    if found.items:
        CHECKS.get(meant.kind, by_hand)(found, meant)


def by_hand(found, _meant):
    assert all(item.is_marked_by_hand for item in found.items)


def readable(found, texts):
    """Where a person marks, all that was to be chosen from stands in the text, and the report says so."""
    assert found.line.verdict is Verdict.ADAPTED
    by_hand(found, None)
    assert all(found.seen(text) in found.whole for text in texts)


def choice(found, meant):
    (item,) = found.items
    assert not item.is_marked_by_hand, found.line
    assert found.are(item.options, meant.options)
    assert item.chosen == meant.right


def true_false(found, meant):
    (item,) = found.items
    assert (len(item.options), item.chosen) == (2, (0 if meant.right else 1,))


def typed(found, meant):
    """One line, or a blank each; a cartridge has an item for each blank."""
    if any(item.is_marked_by_hand for item in found.items):
        return readable(found, meant.more)
    right = meant.right if isinstance(meant.right[0], tuple) else (meant.right,)
    given_ = [texts for item in found.items for texts in item.typed]
    assert given_ == [tuple(map(bare, dict.fromkeys(texts))) for texts in right]
    assert all(found.seen(text) in found.whole for text in meant.more)
    return None


def ordering(found, meant):
    (item,) = found.items
    if item.is_marked_by_hand:
        return readable(found, meant.options)
    assert found.are(item.order, meant.right)
    return None


def matching(found, meant):
    if any(item.is_marked_by_hand for item in found.items):
        return readable(found, (*meant.options, *meant.more))
    if found.items[0].pairs is None:
        for item, (left, right) in zip(found.items, meant.right, strict=True):
            assert found.seen(left) in item.text
            assert found.are([item.options[place] for place in item.chosen], [right])
        return None
    (item,) = found.items
    pairs = [(re.sub(r"\A\d\.(?=.)", "", left), right) for left, right in item.pairs]
    straight = [(left, right) for left, right in meant.right if _paired(found, pairs, left, right)]
    swapped = [(left, right) for left, right in meant.right if _paired(found, pairs, right, left)]
    assert len(item.pairs) == len(meant.right)
    assert list(meant.right) in (straight, swapped)
    return None


def _paired(found, pairs, left, right):
    return any(found.stands_for(one, left) and found.stands_for(other, right) for one, other in pairs)


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
def test_what_is_meant_arrives(name, reader, kind, data, language):
    raw, meant = data.draw(questions([kind]))
    check(name, reader, raw, meant, language)


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
def test_options_that_differ_in_their_looks_only(name, reader, right):
    settings_ = {"options": ALIKE, "correctAnswer": ALIKE[right]}
    raw = question("multiple-choice-single-answer", settings_)
    (item,) = (one for one in reader(package(name, raw)[0]) if one.form not in TEXTS)
    assert (len(item.options), item.chosen) == (len(ALIKE), (right,))


@readers
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=st.lists(questions(), min_size=1, max_size=6))
def test_every_question_is_in_the_report_and_in_the_package(name, reader, asked):
    raws = [raw for raw, _ in asked]
    data, report = package(name, *raws)
    whole = "".join(one.text for one in reader(data))
    for line, (_, meant) in zip(report.lines, asked, strict=True):
        assert line.verdict is not Verdict.LEFT_OUT
        text = as_seen(meant.stem[-1], reader)
        assert text in whole
    assert [line.number for line in report.lines] == list(range(1, len(asked) + 1))
    assert report.points_in == sum(meant.points for _, meant in asked)


def package(name, *raws):
    """The package of these questions and its report."""
    out = io.BytesIO()
    report = formats.get(name).write(parse_exam(exam(*raws)), ASSETS, out)
    return out.getvalue(), report
