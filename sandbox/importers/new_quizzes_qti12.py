"""A QTI 1.2 item → a New Quizzes item (the gem's V1 models; accepted canvas12-both and hostile12)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from sandbox.importers import html
from sandbox.importers.classic_qti12 import question_type
from sandbox.importers.new_quizzes_model import NewQuizzesChoice, NewQuizzesItem, NewQuizzesScoring, StemPiece
from sandbox.importers.qti12 import Qti12Item, Qti12Response, ResponseLabel, number

BLANK = re.compile(r"(\[[A-Za-z0-9_.\-]+\])")
WITH_ALGORITHM = frozenset(
    {"multiple_choice_question", "multiple_answers_question", "true_false_question", "matching_question"}
)
"""Types whose ``scoring_algorithm`` the gem reads from the metadata, ``AllOrNothing`` among them."""
FEEDBACK = {"general_fb": "neutral", "correct_fb": "correct", "general_incorrect_fb": "incorrect"}


def read_item(item: Qti12Item) -> NewQuizzesItem:
    """One item. Its body is the first text of its presentation, an alternative before the text that it replaces."""
    type_name = item.metadata.get("question_type") or question_type(item)
    base = NewQuizzesItem(
        kind=None,
        ident=item.ident,
        title=item.title,
        points=item.metadata.get("points_possible"),
        body=_body(item) if type_name == "text_only_question" else html.escape_names_in_attributes(_body(item)),
        shuffle=any(response.shuffle for response in item.responses),
        feedback={
            FEEDBACK[ident]: html.sanitize_new(material.text)
            for ident, material in item.feedback.items()
            if ident in FEEDBACK
        },
        parent_stimulus=item.metadata.get("parent_stimulus_item_ident"),
        scoring_algorithm=item.metadata.get("scoring_algorithm") if type_name in WITH_ALGORITHM else None,
    )
    reader = READERS.get(type_name)
    return replace(base, error=f"Qti::UnsupportedSchema: {type_name}") if reader is None else reader(base, item)


def _body(item: Qti12Item) -> str:
    material = item.alternative or item.stem
    return "" if material is None else html.sanitize_new(material.text)


def _stimulus(base: NewQuizzesItem, _item: Qti12Item) -> NewQuizzesItem:
    return replace(base, kind="STIMULUS", points=None, shuffle=None)


def _right(item: Qti12Item) -> list[str]:
    return [test.value for condition in item.scoring for test in condition.equal()]


def _labels(responses: tuple[Qti12Response, ...]) -> tuple[NewQuizzesChoice, ...]:
    labels = (label for response in responses for label in response.labels)
    unique = {label.ident: html.sanitize_new(label.material.text) for label in labels}
    return tuple(NewQuizzesChoice(ident, body) for ident, body in unique.items())


def _all_labels(item: Qti12Item) -> tuple[NewQuizzesChoice, ...]:
    labels = [label for response in item.responses for label in response.labels]
    return tuple(NewQuizzesChoice(label.ident, html.sanitize_new(label.material.text)) for label in labels)


def _choice(base: NewQuizzesItem, item: Qti12Item) -> NewQuizzesItem:
    several = any(response.cardinality == "Multiple" for response in item.responses)
    name, points = ("Multiple", None) if several else ("Single", 100.0)
    scoring = tuple(NewQuizzesScoring(value, cardinality=name, points=points) for value in _right(item))
    feedback = {key.removesuffix("_fb"): html.sanitize_new(text.text) for key, text in item.feedback.items()}
    answers = _all_labels(item)
    idents = {answer.ident for answer in answers}
    return replace(
        base,
        kind="ChoiceInteraction",
        answers=answers,
        scoring=scoring,
        answer_feedback={ident: text for ident, text in feedback.items() if ident in idents},
    )


def _short_answer(base: NewQuizzesItem, item: Qti12Item) -> NewQuizzesItem:
    ident, right = item.responses[0].ident if item.responses else "", _right(item)
    blank = StemPiece("blank", blank_id=ident, blank_name=right[0] if right else "")
    # this form alone shows an alternative and the text that it replaces
    shown_as_well = html.sanitize_new(item.stem.text) if item.alternative and item.stem else ""
    return replace(
        base,
        kind="FillBlankInteraction",
        answers=tuple(NewQuizzesChoice(ident, value) for value in right),
        stem=(StemPiece("text", base.body + shown_as_well), blank),
        scoring=tuple(
            NewQuizzesScoring(value, ident=ident, cardinality="Single", algorithm="TextInChoices") for value in right
        ),
    )


def _blanks(base: NewQuizzesItem, item: Qti12Item) -> NewQuizzesItem:
    names = {response.ident: _plain(response.labels[0]) for response in item.responses if response.labels}
    return replace(
        base,
        kind="FillBlankInteraction",
        answers=_all_labels(item),
        stem=_stem(base.body, names),
        scoring=tuple(
            NewQuizzesScoring(_plain(label), ident=label.ident, parent=response.ident, algorithm="TextInChoices")
            for response in item.responses
            for label in response.labels
        ),
    )


def _plain(label: ResponseLabel) -> str:
    return label.material.text


def _dropdowns(base: NewQuizzesItem, item: Qti12Item) -> NewQuizzesItem:
    texts = {(response.ident, label.ident): _plain(label) for response in item.responses for label in response.labels}
    right = {
        test.respident: texts.get((test.respident, test.value), "")
        for condition in item.scoring
        for test in condition.equal()
    }
    return replace(
        base,
        kind="CanvasMultipleDropdownInteraction",
        answers=tuple(NewQuizzesChoice(None, None) for _ in item.responses),
        stem=_stem(base.body, right),
        scoring=tuple(NewQuizzesScoring(text, ident=ident, cardinality="Single") for ident, text in right.items()),
    )


def _stem(body: str, names: dict[str, str]) -> tuple[StemPiece, ...]:
    """A text split at its ``[blank]``s; brackets around anything but a response's name stay text."""
    pieces = []
    for part in BLANK.split(body):
        ident = f"response_{part[1:-1]}"
        if BLANK.fullmatch(part) and ident in names:
            pieces.append(StemPiece("blank", blank_id=ident, blank_name=names[ident]))
        elif part:
            pieces.append(StemPiece("text", part))
    return tuple(pieces)


def _match(base: NewQuizzesItem, item: Qti12Item) -> NewQuizzesItem:
    answers = _labels(item.responses)
    texts = {answer.ident: answer.body or "" for answer in answers}
    pairs = [(test.respident, test.value) for condition in item.scoring for test in condition.equal()]
    return replace(
        base,
        kind="MatchInteraction",
        answers=answers,
        questions=tuple(
            NewQuizzesChoice(response.ident, html.sanitize_new(response.material.text) if response.material else "")
            for response in item.responses
        ),
        scoring=tuple(
            NewQuizzesScoring(texts[value], ident=question_ident, cardinality="Single")
            for question_ident, value in pairs
            if value in texts
        ),
    )


def _numeric(base: NewQuizzesItem, item: Qti12Item) -> NewQuizzesItem:
    scoring = []
    for condition in item.scoring:
        exact = next(iter(condition.equal()), None)
        low, high = condition.bound("vargte", "vargt"), condition.bound("varlte", "varlt")
        value = None if exact is None else number(exact.value)
        if exact is not None and value is not None and low is not None:
            margin = str(value - low)
            scoring.append(NewQuizzesScoring(exact.value, ident=exact.respident, type="marginOfError", margin=margin))
        elif exact is not None:
            scoring.append(NewQuizzesScoring(exact.value, ident=exact.respident, type="exactResponse"))
        elif low is not None and high is not None:
            ident = condition.tests[0].respident
            scoring.append(NewQuizzesScoring(f"{Decimal(str(low))}..{Decimal(str(high))}", ident, type="withinARange"))
    return replace(base, kind="NumericInteraction", scoring=tuple(scoring))


def _essay(base: NewQuizzesItem, item: Qti12Item) -> NewQuizzesItem:
    limits = item.responses[0].word_limits if item.responses else None
    notes = item.metadata.get("grading_notes", "")
    return replace(base, kind="StringInteraction", grading_notes=notes, word_limits=limits)


def _upload(base: NewQuizzesItem, _item: Qti12Item) -> NewQuizzesItem:
    return replace(base, kind="UploadInteraction", grading_notes="")


def _ordering(base: NewQuizzesItem, item: Qti12Item) -> NewQuizzesItem:
    scoring = tuple(NewQuizzesScoring(value, cardinality="Ordered") for value in _right(item))
    return replace(base, kind="OrderingInteraction", answers=_all_labels(item), scoring=scoring)


def _categorization(base: NewQuizzesItem, item: Qti12Item) -> NewQuizzesItem:
    filled = _match(base, item)
    return replace(filled, kind="CategorizationInteraction")


READERS: dict[str, Callable[[NewQuizzesItem, Qti12Item], NewQuizzesItem]] = {
    "text_only_question": _stimulus,
    "multiple_choice_question": _choice,
    "multiple_answers_question": _choice,
    "true_false_question": _choice,
    "short_answer_question": _short_answer,
    "fill_in_multiple_blanks_question": _blanks,
    "multiple_dropdowns_question": _dropdowns,
    "matching_question": _match,
    "numerical_question": _numeric,
    "essay_question": _essay,
    "file_upload_question": _upload,
    "ordering_question": _ordering,
    "categorization_question": _categorization,
}
