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
from tests.exam.teachers import ASSETS, MAKERS, PLAIN, questions
from tests.formats.arrivals import ARRIVE, bare, qti

LANGUAGES = ["nl", "en", "ar", "zh", "ja", "hi", None]
TEXTS = {"text_only_question", "STIMULUS", "description", ""}
"""What items are called that ask nothing."""

LETTER = re.compile(r"[A-Z]+\Z")


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
        """A text as this reader sees it."""
        if self.reader is qti:
            text = re.sub("⟪.*?⟫", "⟪⟫", text, flags=re.DOTALL)
        return bare(text.replace("⟪", "").replace("⟫", "") if self.reader is not qti else text)

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
    assert len(item.options) == len(meant.options)
    right = [meant.options[place] for place in meant.right]
    assert found.are(item.chosen, right)
    if not any(map(LETTER.match, item.options)):
        assert found.are(item.options, meant.options)


def true_false(found, meant):
    (item,) = found.items
    assert len(item.chosen) == 1
    assert item.options.index(item.chosen[0]) == (0 if meant.right else 1)


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
            assert found.are(item.chosen, [right])
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


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize(("name", "reader"), [(name, reader) for name, readers in ARRIVE.items() for reader in readers])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), language=st.sampled_from(LANGUAGES))
def test_what_is_meant_arrives(name, reader, kind, data, language):
    raw, meant = data.draw(questions([kind]))
    check(name, reader, raw, meant, language)
