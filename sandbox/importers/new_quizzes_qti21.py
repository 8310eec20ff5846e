"""A QTI 2.1 or 2.2 item → a New Quizzes item (the gem's V2 models; accepted canvas21-plain).

One interaction an item: two are UnsupportedSchema; one that the gem has no model for gives a Ruby NoMethodError.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from sandbox.importers import html
from sandbox.importers import safe_xml as safexml
from sandbox.importers.classic_qti21 import correct_pairs, correct_values
from sandbox.importers.new_quizzes_values import Choice, NewQuizItem, Scoring, StemPiece

NO_MODEL = "NoMethodError: undefined method `scoring_data_structs' for nil:NilClass"
UNSUPPORTED = "Qti::UnsupportedSchema: Qti::UnsupportedSchema"
KEPT_AS_TEXT = ("inlineChoiceInteraction", "hotspotInteraction", "uploadInteraction", "sliderInteraction")


def read_item(item: etree._Element) -> NewQuizItem:
    """One item."""
    body = safexml.child(item, "itemBody")
    found = [(name, each) for name in READERS for each in safexml.descendants(body, name)]
    if len(found) > 1:
        return NewQuizItem(kind=None, error=UNSUPPORTED)
    base = NewQuizItem(
        kind="NilClass",
        ident=safexml.attribute(item, "identifier"),
        title=safexml.attribute(item, "title"),
        points=_points(item),
        body=_body(body),
    )
    if not found:
        return replace(base, error=NO_MODEL)
    name, interaction = found[0]
    shuffled = replace(base, shuffle=safexml.attribute(interaction, "shuffle") == "true")
    return READERS[name](shuffled, item, interaction)


def _points(item: etree._Element) -> str | None:
    for each in safexml.children(item, "outcomeDeclaration"):
        named = safexml.attribute(each, "identifier")
        if named == "SCORE" and each.get("normalMaximum") is not None:
            return safexml.attribute(each, "normalMaximum")
        if named == "MAXSCORE":
            return safexml.text_of(safexml.child(each, "defaultValue", "value")) or None
    return None


def _body(body: etree._Element | None) -> str:
    if body is None:
        return ""
    clean = copy.deepcopy(body)
    for each in list(safexml.descendants(clean, "gapMatchInteraction", "hottextInteraction", "rubricBlock")):
        _remove(each)
    for each in list(safexml.descendants(clean, *READERS, *KEPT_AS_TEXT)):
        _leave_prompt(each)
    for each in clean.iter():
        each.tag = safexml.local(each)
    etree.cleanup_namespaces(clean)
    inner = "".join(etree.tostring(each, encoding="unicode", method="html") for each in clean)
    return html.sanitize_new((clean.text or "") + inner)


def _leave_prompt(interaction: etree._Element) -> None:
    prompt = safexml.child(interaction, "prompt")
    if prompt is not None:
        prompt.tag = "div"
    named = safexml.local(interaction)
    if named in READERS:
        for each in list(interaction):
            if each is not prompt:
                _remove(each)
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


def _simple_choices(interaction: etree._Element, name: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(safexml.attribute(each, "identifier"), safexml.text_of(each).strip())
        for each in safexml.descendants(interaction, name)
    )


def _choice(base: NewQuizItem, item: etree._Element, interaction: etree._Element) -> NewQuizItem:
    scoring = tuple(Scoring(value, type="identifier") for value in _values(item))
    answers = _simple_choices(interaction, "simpleChoice")
    kind = safexml.local(interaction)
    named = "OrderingInteraction" if kind == "orderInteraction" else "ChoiceInteraction"
    return replace(base, kind=named, answers=answers, scoring=scoring)


def _short_text(base: NewQuizItem, item: etree._Element, _interaction: etree._Element) -> NewQuizItem:
    declared = safexml.attribute(safexml.child(item, "responseDeclaration"), "baseType")
    scoring = tuple(Scoring(value, type=declared) for value in _values(item))
    return replace(base, kind="ShortTextInteraction", scoring=scoring)


def _extended_text(base: NewQuizItem, _item: etree._Element, _interaction: etree._Element) -> NewQuizItem:
    return replace(base, kind="ExtendedTextInteraction")


def _match(base: NewQuizItem, item: etree._Element, interaction: etree._Element) -> NewQuizItem:
    sets = list(safexml.descendants(interaction, "simpleMatchSet"))
    choices = _simple_choices(interaction, "simpleAssociableChoice")
    texts = {choice.ident or "": choice.body or "" for choice in choices}
    pairs = correct_pairs(item, texts)
    if len(sets) > 1:
        left = {choice.ident for choice in _simple_choices(sets[0], "simpleAssociableChoice")}
    else:
        left = {pair[0] for pair in pairs}
    return replace(
        base,
        kind="MatchInteraction",
        answers=tuple(choice for choice in choices if choice.ident not in left),
        questions=tuple(choice for choice in choices if choice.ident in left),
        scoring=tuple(Scoring(texts[b], ident=b, parent=a, type="Pair") for a, b in pairs),
    )


def _gap_match(base: NewQuizItem, item: etree._Element, interaction: etree._Element) -> NewQuizItem:
    gaps = [safexml.attribute(each, "identifier") for each in safexml.descendants(interaction, "gap")]
    texts = {choice.ident or "": choice.body or "" for choice in _simple_choices(interaction, "gapText")}
    right = {gap: texts[word] for word, gap in correct_pairs(item, {*gaps, *texts}) if word in texts}
    return replace(
        base,
        kind="GapMatchInteraction",
        answers=tuple(Choice(gap, "") for gap in gaps),
        stem=tuple(_gap_stem(interaction, right)),
        scoring=tuple(Scoring(text, ident=gap, type="directedPair") for gap, text in right.items()),
    )


def _gap_stem(interaction: etree._Element, right: dict[str, str]) -> list[StemPiece]:
    pieces: list[StemPiece] = []
    for paragraph in (each for each in interaction if safexml.local(each) not in ("gapText", "prompt")):
        pieces += [StemPiece("text", paragraph.text)] if paragraph.text else []
        for each in paragraph:
            ident = safexml.attribute(each, "identifier")
            pieces.append(StemPiece("blank", blank_id=ident, blank_name=right.get(ident, "")))
            pieces += [StemPiece("text", each.tail)] if each.tail else []
    return pieces


READERS: dict[str, Callable[[NewQuizItem, etree._Element, etree._Element], NewQuizItem]] = {
    "choiceInteraction": _choice,
    "orderInteraction": _choice,
    "textEntryInteraction": _short_text,
    "extendedTextInteraction": _extended_text,
    "matchInteraction": _match,
    "associateInteraction": _match,
    "gapMatchInteraction": _gap_match,
}
