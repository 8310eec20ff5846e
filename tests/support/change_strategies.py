"""Hypothesis strategies for changes to an exam: some that fit it, some that nearly do, some that make no sense."""

from decimal import Decimal

from hypothesis import strategies as st

from lti_tool.exam.changes import (
    Change,
    LeaveOut,
    Move,
    SetAnswers,
    SetCorrect,
    SetDate,
    SetDuration,
    SetIgnoreCase,
    SetPairs,
    SetPoints,
    SetShuffle,
    SetText,
    SetTitle,
    SetTruth,
    TakeBack,
    UnknownOperation,
    editable,
    parts,
)
from tests.support.exam_strategies import texts

_words = st.one_of(texts, st.sampled_from(["Berlin", "two  words", "a\nb", "⟦1⟧", "⟦9: x⟧ ⟦", "<b>bold</b>"]))
_indices = st.integers(-1, 6)
_points = st.one_of(
    st.decimals(-5, 200_000, places=3), st.sampled_from([Decimal(0), Decimal("1E+9"), Decimal("0.333")])
)


@st.composite
def new_words(draw, text):
    """Another text for an editor that shows this one: words replaced, added and removed, lines divided and joined."""
    edited_text = editable(text).text
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(edited_text)))
        end = draw(st.integers(start, min(len(edited_text), start + 4)))
        edited_text = edited_text[:start] + draw(_words | st.sampled_from(["", "\n", " "])) + edited_text[end:]
    return edited_text


@st.composite
def changes(draw, exam, max_size=12):
    """Changes to this exam, in any order."""
    return draw(st.lists(_change(exam), max_size=max_size))


@st.composite
def _change(draw, exam):
    return Change(draw(_operation(exam)), draw(st.integers(0, 50)))


@st.composite
def _operation(draw, exam):
    question = draw(st.sampled_from(exam.questions))
    identifier = draw(st.sampled_from([question.id] * 9 + ["gone"]))
    if draw(st.booleans()):
        part = draw(st.sampled_from(parts(question)))
        return SetText(identifier, part.name, part.index, draw(new_words(part.text)))
    after = draw(st.sampled_from(["", "gone", *(question.id for question in exam.questions)]))
    kinds = [
        st.just(LeaveOut(identifier)),
        st.just(TakeBack(identifier)),
        st.just(Move(identifier, after)),
        st.builds(SetPoints, st.just(identifier), _points),
        st.builds(SetShuffle, st.sampled_from([identifier, ""]), st.booleans()),
        st.builds(SetCorrect, st.just(identifier), st.lists(_indices, max_size=3).map(tuple)),
        st.builds(SetTruth, st.just(identifier), st.booleans()),
        st.builds(SetDate, st.just(identifier), st.sampled_from(["1945", "1945-05-05", "5 May", "", "-44", "99999"])),
        st.builds(SetPairs, st.just(identifier), st.lists(_indices, max_size=4).map(tuple)),
        st.builds(SetAnswers, st.just(identifier), _indices, st.lists(_words, max_size=3).map(tuple)),
        st.builds(SetIgnoreCase, st.just(identifier), st.booleans()),
        st.builds(SetTitle, _words),
        st.builds(SetDuration, st.one_of(st.none(), st.integers(-1, 20_000))),
        st.just(UnknownOperation({"version": 9, "operation": "explode", "question": identifier})),
    ]
    return draw(st.one_of(kinds))
