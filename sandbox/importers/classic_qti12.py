"""A QTI 1.2 item → a Canvas Classic question (QTIMigrationTool and Canvas's qti_exporter).

See docs/reference/importers.md#canvas-qti-12. Idents keep letters and digits; other characters are rewritten, and a
colon in an option's ident loses the correct answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from sandbox.importers import html
from sandbox.importers.classic_model import NO_ANSWER_TEXT, NO_KEY, NO_TYPE, ClassicAnswer, ClassicQuestion
from sandbox.importers.qti12 import Material, Qti12Item, Qti12Response, ResponseCondition, ResponseLabel, number

PROFILES = {
    "cc.multiple_choice": "multiple_choice_question",
    "cc.multiple_response": "multiple_answers_question",
    "cc.true_false": "true_false_question",
    "cc.fib": "short_answer_question",
    "cc.pattern_match": "short_answer_question",
    "cc.essay": "essay_question",
}
NAME_CHARACTER = re.compile(r"[^\w.\-]")


def read_question(item: Qti12Item, *, cartridge: bool) -> ClassicQuestion:
    """One question. ``cartridge``: read by Canvas's own cartridge importer, which keeps HTML of left sides."""
    kind = question_type(item)
    base = ClassicQuestion(
        type=kind,
        name=item.title,
        ident=_item_ident(item.ident),
        text=_text(item.stem),
        points=_points(item, kind),
        correct_comments=_comment(item, "correct_fb"),
        incorrect_comments=_comment(item, "general_incorrect_fb"),
        neutral_comments=_comment(item, "general_fb"),
    )
    reader = READERS.get(kind)
    if reader is None:
        return replace(base, type="Error", error=NO_TYPE, points=1.0)
    return reader(base, item, cartridge)


def question_type(item: Qti12Item) -> str:
    """The Canvas name of the item's type: its metadata, or the Common Cartridge profile, or a guess."""
    type_name = item.metadata.get("question_type", "")
    if type_name == "ordering_question":
        return "matching_question"
    if type_name:
        return type_name
    profile = item.metadata.get("cc_profile", "").rpartition(".v")[0]
    return PROFILES.get(profile) or _guess(item)


def _guess(item: Qti12Item) -> str:
    if not item.responses:
        return "Error"
    first = item.responses[0]
    if first.kind == "response_str":
        return "short_answer_question" if item.scoring else "essay_question"
    return "multiple_answers_question" if first.cardinality == "Multiple" else "multiple_choice_question"


def _points(item: Qti12Item, kind: str) -> float:
    value = number(item.metadata.get("points_possible") or item.metadata.get("cc_weighting") or "")
    if value is None:
        return 0.0 if kind == "text_only_question" else 1.0
    return max(value, 0.0)


def _text(material: Material | None) -> str:
    if material is None:
        return ""
    clean = html.sanitize(material.text) if material.html else html.escape(material.text)
    return clean.replace("$IMS-CC-FILEBASE$", "%24IMS-CC-FILEBASE%24")


def _option_text(material: Material) -> tuple[str, str | None]:
    if not material.html:
        return material.text, None
    text = html.clear_html(material.text)
    kept_html = html.sanitize_option(material.text).replace("$IMS-CC-FILEBASE$", "%24IMS-CC-FILEBASE%24")
    return text, (kept_html if kept_html and kept_html != text else None)


def _comment(item: Qti12Item, ident: str) -> str:
    feedback = item.feedback.get(ident)
    return html.clear_html(feedback.text) if feedback else ""


def _item_ident(ident: str) -> str:
    return NAME_CHARACTER.sub("_", ident.replace(":", "-"))


def _option_ident(ident: str) -> str:
    name = NAME_CHARACTER.sub("-", ident.replace(":", "_"))
    return name if name[:1].isalpha() or name[:1] == "_" else f"RESPONSE_{name}"


def _right_idents(conditions: tuple[ResponseCondition, ...], respident: str | None = None) -> set[str]:
    # the migration tool rewrites the option's colon but not the key's: such a key points nowhere
    return {
        test.value
        for condition in conditions
        for test in condition.equal()
        if (respident is None or test.respident == respident) and ":" not in test.value
    }


def _label_answer(label: ResponseLabel, right: set[str], item: Qti12Item) -> ClassicAnswer:
    text, kept_html = _option_text(label.material)
    return ClassicAnswer(
        text=text or NO_ANSWER_TEXT,
        html=kept_html,
        weight=100 if label.ident in right else 0,
        ident=_option_ident(label.ident),
        comments=_comment(item, f"{label.ident}_fb"),
    )


def _choice(base: ClassicQuestion, item: Qti12Item, _cartridge: bool) -> ClassicQuestion:
    right = _right_idents(item.scoring)
    labels = item.responses[0].labels if item.responses else ()
    answers = [_label_answer(label, right, item) for label in labels]
    for place, answer in enumerate(answers):
        if any(later.ident == answer.ident for later in answers[place + 1 :]):
            answers[place] = replace(answer, weight=0)  # of two answers with one ident the last is the right one
    error = None if any(answer.weight for answer in answers) else NO_KEY
    return replace(base, answers=tuple(answers), error=error)


def _short_answer(base: ClassicQuestion, item: Qti12Item, _cartridge: bool) -> ClassicQuestion:
    texts = [test.value for condition in item.scoring for test in condition.equal()]
    answers = tuple(ClassicAnswer(text=text, weight=100) for text in texts)
    return replace(base, answers=answers, error=None if answers else NO_KEY)


def _blank_name(response: Qti12Response) -> str:
    return NAME_CHARACTER.sub("-", response.ident.removeprefix("response_"))


def _blanks(base: ClassicQuestion, item: Qti12Item, _cartridge: bool) -> ClassicQuestion:
    choices = base.type == "multiple_dropdowns_question"
    answers = []
    for response in item.responses:
        right = _right_idents(item.scoring, response.ident)
        for label in response.labels:
            weight = 100 if label.ident in right or not choices else 0
            text = html.clear_html(label.material.text) if label.material.html else label.material.text
            answers.append(ClassicAnswer(text=text, weight=weight, blank=_blank_name(response)))
    error = None if any(answer.weight for answer in answers) else NO_KEY
    return replace(base, answers=tuple(answers), error=error)


def _matching(base: ClassicQuestion, item: Qti12Item, cartridge: bool) -> ClassicQuestion:
    if item.responses and item.responses[0].cardinality == "Ordered":
        return _ordering(base, item)
    texts = {label.ident: _plain(label.material) for response in item.responses for label in response.labels}
    answers = tuple(
        ClassicAnswer(text=_plain(left_text), html=_left_html(left_text, cartridge), right=texts[ident])
        for response in item.responses
        if (left_text := response.material) is not None
        for ident in sorted(_right_idents(item.scoring, response.ident) & set(texts))
    )
    return replace(base, answers=answers, matches=tuple(texts.values()), error=None if answers else NO_KEY)


def _plain(material: Material) -> str:
    return html.clear_html(material.text) if material.html else material.text


def _left_html(left_text: Material, cartridge: bool) -> str | None:
    text, kept_html = _option_text(left_text)
    return kept_html or (text if cartridge and left_text.html else None)


def _ordering(base: ClassicQuestion, item: Qti12Item) -> ClassicQuestion:
    texts = {label.ident: _plain(label.material) for label in item.responses[0].labels}
    order = [test.value for condition in item.scoring for test in condition.equal() if test.value in texts]
    answers = tuple(ClassicAnswer(text=str(place), right=texts[ident]) for place, ident in enumerate(order, 1))
    return replace(base, answers=answers, matches=tuple(texts.values()), error=None if answers else NO_KEY)


def _numerical(base: ClassicQuestion, item: Qti12Item, _cartridge: bool) -> ClassicQuestion:
    answers = tuple(answer for condition in item.scoring if (answer := _number_answer(condition)) is not None)
    return replace(base, answers=answers, error=None if answers else NO_KEY)


def _number_answer(condition: ResponseCondition) -> ClassicAnswer | None:
    exact = next((number(test.value) for test in condition.equal()), None)
    low, high = condition.bound("vargte", "vargt"), condition.bound("varlte", "varlt")
    common = ClassicAnswer(text="answer_text", weight=100)
    if exact is not None:
        margin = 0.0 if high is None else float(Decimal(str(high)) - Decimal(str(exact)))
        return replace(common, numeric_type="exact_answer", exact=exact, margin=margin)
    if low is None or high is None:
        return None
    return replace(common, numeric_type="range_answer", start=low, end=high)


def _bare(base: ClassicQuestion, _item: Qti12Item, _cartridge: bool) -> ClassicQuestion:
    return base


READERS: dict[str, Callable[[ClassicQuestion, Qti12Item, bool], ClassicQuestion]] = {
    "multiple_choice_question": _choice,
    "multiple_answers_question": _choice,
    "true_false_question": _choice,
    "short_answer_question": _short_answer,
    "fill_in_multiple_blanks_question": _blanks,
    "multiple_dropdowns_question": _blanks,
    "matching_question": _matching,
    "numerical_question": _numerical,
    "essay_question": _bare,
    "file_upload_question": _bare,
    "text_only_question": _bare,
}
