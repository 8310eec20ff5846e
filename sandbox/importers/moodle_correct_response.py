"""The response that Moodle considers correct, and its mark."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sandbox.importers import html
from sandbox.importers.moodle_model import MoodleAnswer, MoodleQuestion

RIGHT = 0.9999999
GAP = re.compile(r"\[\[(\d+)\]\]")
Correct = tuple[tuple[str, ...] | None, float | None]
NONE: Correct = (None, None)


def correct_response(question: MoodleQuestion) -> Correct:
    """(correct response, mark), or (None, None) if there is none."""
    find_correct = FINDERS.get(question.qtype)
    return find_correct(question) if find_correct else NONE


def _first_right(answers: Sequence[MoodleAnswer]) -> MoodleAnswer | None:
    return next((answer for answer in answers if answer.fraction >= RIGHT), None)


def _html_answer(question: MoodleQuestion) -> Correct:
    right = _first_right(question.answers)
    return ((html.plain(right.text),), question.default_mark) if right else NONE


def _plain_answer(question: MoodleQuestion) -> Correct:
    right = _first_right(question.answers)
    return ((" ".join(right.text.split()),), question.default_mark) if right else NONE


def _choice(question: MoodleQuestion) -> Correct:
    if question.options.get("single") == "1":
        return _html_answer(question)
    chosen = [answer for answer in question.answers if answer.fraction > 0]
    if not chosen:
        return NONE
    earned = min(sum(answer.fraction for answer in chosen), 1.0)
    return tuple(html.plain(answer.text) for answer in chosen), round(earned * question.default_mark, 5)


def _match(question: MoodleQuestion) -> Correct:
    pairs = [(html.plain(text), answer) for text, answer in question.subquestions if text.strip()]
    return tuple(f"{left} -> {right}" for left, right in pairs), question.default_mark


def _ordering(question: MoodleQuestion) -> Correct:
    in_order = sorted(question.answers, key=lambda answer: answer.fraction)
    return tuple(html.plain(answer.text) for answer in in_order), question.default_mark


def _gaps(question: MoodleQuestion) -> Correct:
    places = [int(number) for number in GAP.findall(question.text)]
    if not places or max(places) > len(question.answers) or min(places) < 1:
        return NONE
    return tuple(question.answers[place - 1].text for place in places), question.default_mark


def _cloze(question: MoodleQuestion) -> Correct:
    answers = [_first_right(gap.answers) for gap in question.cloze]
    if not answers or None in answers:
        return NONE
    return tuple(answer.text for answer in answers if answer), sum(gap.mark for gap in question.cloze)


def _markers(question: MoodleQuestion) -> Correct:
    texts = tuple(text for _, text in question.subquestions)
    return tuple(f"Drop zone {place} -> {text}" for place, text in enumerate(texts, 1)), question.default_mark


FINDERS: dict[str, Callable[[MoodleQuestion], Correct]] = {
    "multichoice": _choice,
    "truefalse": _html_answer,
    "shortanswer": _plain_answer,
    "numerical": _html_answer,
    "match": _match,
    "ordering": _ordering,
    "gapselect": _gaps,
    "ddwtos": _gaps,
    "multianswer": _cloze,
    "ddmarker": _markers,
}
