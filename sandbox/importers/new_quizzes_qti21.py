"""A QTI 2.1 or 2.2 item → a New Quizzes item (the gem's V2 models; accepted canvas21-plain).

One interaction an item: two are UnsupportedSchema; one that the gem has no model for gives a Ruby NoMethodError.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from html import escape

from lxml import etree

from sandbox.importers import html, safe_xml
from sandbox.importers.classic_qti21 import correct_pairs, correct_values
from sandbox.importers.new_quizzes_model import NewQuizzesChoice, NewQuizzesItem, NewQuizzesScoring, StemPiece

NO_MODEL = "NoMethodError: undefined method `scoring_data_structs' for nil:NilClass"
UNSUPPORTED = "Qti::UnsupportedSchema: Qti::UnsupportedSchema"
KEPT_AS_TEXT = ("inlineChoiceInteraction", "hotspotInteraction", "uploadInteraction", "sliderInteraction")


def read_item(item: etree._Element) -> NewQuizzesItem:
    """One item."""
    body = safe_xml.child(item, "itemBody")
    interactions = [(name, element) for name in READERS for element in safe_xml.descendants(body, name)]
    if len(interactions) > 1:
        return NewQuizzesItem(kind=None, error=UNSUPPORTED)
    base = NewQuizzesItem(
        kind="NilClass",
        ident=safe_xml.attribute(item, "identifier"),
        title=safe_xml.attribute(item, "title"),
        points=_points(item),
        body=_body(body),
    )
    if not interactions:
        return replace(base, error=NO_MODEL)
    name, interaction = interactions[0]
    shuffled = replace(base, shuffle=safe_xml.attribute(interaction, "shuffle") == "true")
    return READERS[name](shuffled, item, interaction)


def _points(item: etree._Element) -> str | None:
    for outcome in safe_xml.children(item, "outcomeDeclaration"):
        outcome_name = safe_xml.attribute(outcome, "identifier")
        if outcome_name == "SCORE" and outcome.get("normalMaximum") is not None:
            return safe_xml.attribute(outcome, "normalMaximum")
        if outcome_name == "MAXSCORE":
            return safe_xml.text_of(safe_xml.child(outcome, "defaultValue", "value")) or None
    return None


def _body(body: etree._Element | None) -> str:
    if body is None:
        return ""
    clean = copy.deepcopy(body)
    for element in list(safe_xml.descendants(clean, "gapMatchInteraction", "hottextInteraction", "rubricBlock")):
        _remove(element)
    for interaction in list(safe_xml.descendants(clean, *READERS, *KEPT_AS_TEXT)):
        _leave_prompt(interaction)
    safe_xml.strip_namespaces(clean)
    inner = "".join(etree.tostring(element, encoding="unicode", method="html") for element in clean)
    return html.sanitize_new((clean.text or "") + inner)


def _leave_prompt(interaction: etree._Element) -> None:
    prompt = safe_xml.child(interaction, "prompt")
    if prompt is not None:
        prompt.tag = "div"
    tag = safe_xml.local(interaction)
    if tag in READERS:
        for element in list(interaction):
            if element is not prompt:
                _remove(element)
    etree.strip_tags(interaction, "{*}inlineChoice", "{*}hotspotChoice")
    parent = interaction.getparent()
    if parent is not None:
        interaction.tag = "unwrapped"
        etree.strip_tags(parent, "unwrapped")


def _remove(element: etree._Element) -> None:
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _values(item: etree._Element) -> tuple[str, ...]:
    return tuple(value for values in correct_values(item).values() for value in values)


def _simple_choices(interaction: etree._Element, name: str) -> tuple[NewQuizzesChoice, ...]:
    return tuple(
        NewQuizzesChoice(safe_xml.attribute(choice, "identifier"), _inner_html(choice))
        for choice in safe_xml.descendants(interaction, name)
    )


def _inner_html(element: etree._Element) -> str:
    """The content of a choice, pictures and formulas included."""
    clean = copy.deepcopy(element)
    clean.tail = None
    for feedback in list(safe_xml.descendants(clean, "feedbackInline")):
        _remove(feedback)
    safe_xml.strip_namespaces(clean)
    inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in clean)
    return html.sanitize_new(escape(clean.text or "", quote=False) + inner).strip()


def _choice(base: NewQuizzesItem, item: etree._Element, interaction: etree._Element) -> NewQuizzesItem:
    scoring = tuple(NewQuizzesScoring(value, type="identifier") for value in _values(item))
    answers = _simple_choices(interaction, "simpleChoice")
    kind = safe_xml.local(interaction)
    interaction_kind = "OrderingInteraction" if kind == "orderInteraction" else "ChoiceInteraction"
    return replace(base, kind=interaction_kind, answers=answers, scoring=scoring)


def _short_text(base: NewQuizzesItem, item: etree._Element, _interaction: etree._Element) -> NewQuizzesItem:
    declared = safe_xml.attribute(safe_xml.child(item, "responseDeclaration"), "baseType")
    scoring = tuple(NewQuizzesScoring(value, type=declared) for value in _values(item))
    return replace(base, kind="ShortTextInteraction", scoring=scoring)


def _extended_text(base: NewQuizzesItem, _item: etree._Element, _interaction: etree._Element) -> NewQuizzesItem:
    return replace(base, kind="ExtendedTextInteraction")


def _match(base: NewQuizzesItem, item: etree._Element, interaction: etree._Element) -> NewQuizzesItem:
    sets = list(safe_xml.descendants(interaction, "simpleMatchSet"))
    choices = _simple_choices(interaction, "simpleAssociableChoice")
    elements = safe_xml.descendants(interaction, "simpleAssociableChoice")
    texts = {safe_xml.attribute(element, "identifier"): safe_xml.text_of(element).strip() for element in elements}
    pairs = correct_pairs(item, texts)
    if len(sets) > 1:
        question_idents = {choice.ident for choice in _simple_choices(sets[0], "simpleAssociableChoice")}
    else:
        question_idents = {pair[0] for pair in pairs}
    items_of = {right: " ".join(left for left, other in pairs if other == right) for _, right in pairs}
    scoring = [NewQuizzesScoring(texts[right], ident=right, parent=left, type="Pair") for left, right in pairs]
    kind = "MatchInteraction"
    if len(items_of) < len(pairs) and safe_xml.local(interaction) == "matchInteraction":
        # Several left items have the same partner: each partner is a category, with all of its items.
        kind = "CategorizationInteraction"
        scoring = [
            NewQuizzesScoring(texts[category], ident=category, parent=items, type="directedPair")
            for category, items in items_of.items()
        ]
    return replace(
        base,
        kind=kind,
        answers=tuple(choice for choice in choices if choice.ident not in question_idents),
        questions=tuple(NewQuizzesChoice(ident, texts[ident]) for ident in texts if ident in question_idents),
        scoring=tuple(scoring),
    )


def _gap_match(base: NewQuizzesItem, item: etree._Element, interaction: etree._Element) -> NewQuizzesItem:
    gaps = [safe_xml.attribute(gap, "identifier") for gap in safe_xml.descendants(interaction, "gap")]
    texts = {choice.ident or "": choice.body or "" for choice in _simple_choices(interaction, "gapText")}
    right = {gap: texts[word] for word, gap in correct_pairs(item, {*gaps, *texts}) if word in texts}
    return replace(
        base,
        kind="GapMatchInteraction",
        answers=tuple(NewQuizzesChoice(gap, "") for gap in gaps),
        stem=tuple(_gap_stem(interaction, right)),
        scoring=tuple(NewQuizzesScoring(text, ident=gap, type="directedPair") for gap, text in right.items()),
    )


def _gap_stem(interaction: etree._Element, right: dict[str, str]) -> list[StemPiece]:
    pieces: list[StemPiece] = []
    for paragraph in interaction:
        if safe_xml.local(paragraph) in ("gapText", "prompt"):
            continue
        pieces += [StemPiece("text", paragraph.text)] if paragraph.text else []
        for gap in paragraph:
            ident = safe_xml.attribute(gap, "identifier")
            pieces.append(StemPiece("blank", blank_id=ident, blank_name=right.get(ident, "")))
            pieces += [StemPiece("text", gap.tail)] if gap.tail else []
    return pieces


READERS: dict[str, Callable[[NewQuizzesItem, etree._Element, etree._Element], NewQuizzesItem]] = {
    "choiceInteraction": _choice,
    "orderInteraction": _choice,
    "textEntryInteraction": _short_text,
    "extendedTextInteraction": _extended_text,
    "matchInteraction": _match,
    "associateInteraction": _match,
    "gapMatchInteraction": _gap_match,
}
