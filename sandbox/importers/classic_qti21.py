"""A QTI 2.1 item → a Canvas Classic question (see docs/reference/importers.md#canvas-classic)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Container, Mapping
from dataclasses import replace

from lxml import etree

from sandbox.importers import html, safe_xml
from sandbox.importers.classic_model import NO_ANSWER_TEXT, NO_KEY, NO_TYPE, ClassicAnswer, ClassicQuestion
from sandbox.importers.qti12 import number

PARAGRAPH_JOIN = "\n<br/>\n"


def read_question(item: etree._Element, *, interaction: str, weight: str | None) -> ClassicQuestion:
    """One question. ``interaction`` is the manifest's interactionType, ``weight`` that of the assessmentItemRef."""
    points = number(weight or "")
    base = ClassicQuestion(
        type="Error",
        name=safe_xml.attribute(item, "title"),
        ident=safe_xml.attribute(item, "identifier"),
        text="",
        points=1.0 if points is None else points,
    )
    body = safe_xml.child(item, "itemBody")
    for name, reader in READERS.items():
        if next(safe_xml.descendants(body, name), None) is not None and body is not None:
            return reader(base, item, body)
    if interaction == "orderInteraction" and body is not None:
        return _order(base, item, body)
    return replace(base, text=_stem(body), error=NO_TYPE)


def correct_values(item: etree._Element) -> Mapping[str, tuple[str, ...]]:
    """Response identifier → the values of its ``correctResponse``."""
    return {
        safe_xml.attribute(declaration, "identifier"): tuple(
            safe_xml.text_of(value).strip()
            for value in safe_xml.children(safe_xml.child(declaration, "correctResponse"), "value")
        )
        for declaration in safe_xml.children(item, "responseDeclaration")
    }


def correct_pairs(item: etree._Element, idents: Container[str]) -> tuple[tuple[str, str], ...]:
    """The pairs of its ``correctResponse``, without those that name something outside ``idents``."""
    pairs = (value.split() for values in correct_values(item).values() for value in values)
    return tuple((pair[0], pair[1]) for pair in pairs if len(pair) == 2 and all(ident in idents for ident in pair))


def _stem(body: etree._Element | None) -> str:
    if body is None:
        return ""
    parts = [element for element in body.iterdescendants() if _is_stem_part(element, body)]
    return PARAGRAPH_JOIN.join(_inner(part) for part in parts)


def _is_stem_part(element: etree._Element, body: etree._Element) -> bool:
    name, parent = safe_xml.local(element), element.getparent()
    if name in ("div", "p", "object"):
        return parent is body or (parent is not None and safe_xml.local(parent).endswith("Interaction"))
    if name == "prompt" and parent is not None:
        return safe_xml.local(parent) in ("choiceInteraction", "extendedTextInteraction")
    return False


def _inner(element: etree._Element) -> str:
    clean = copy.deepcopy(element)
    safe_xml.strip_namespaces(clean)
    return (html.escape(clean.text or "") + "".join(map(_as_canvas_writes, clean))).strip()


def _as_canvas_writes(element: etree._Element) -> str:
    name = safe_xml.local(element)
    inner = html.escape(element.text or "") + "".join(map(_as_canvas_writes, element))
    if name in ("", "gap", "hottext"):
        return inner + html.escape(element.tail or "")
    attributes = "".join(f' {key!s}="{html.escape(str(value))}"' for key, value in element.attrib.items())
    return f"<{name}{attributes}>{inner}</{name}>" + html.escape(element.tail or "")


def _choice(base: ClassicQuestion, item: etree._Element, body: etree._Element) -> ClassicQuestion:
    right = {value for values in correct_values(item).values() for value in values}
    answers = tuple(_choice_answer(choice, right) for choice in safe_xml.descendants(body, "simpleChoice"))
    several = sum(answer.weight == 100 for answer in answers) > 1
    kind = "multiple_answers_question" if several else "multiple_choice_question"
    error = None if any(answer.weight for answer in answers) else NO_KEY
    return replace(base, type=kind, text=_stem(body), answers=answers, error=error)


def _choice_answer(choice: etree._Element, right: set[str]) -> ClassicAnswer:
    ident = safe_xml.attribute(choice, "identifier")
    text = html.clear_html(safe_xml.text_of(choice))
    kept_html = html.sanitize_option(_inner(choice)) if len(choice) else None
    weight = 100 if ident in right else 0
    return ClassicAnswer(
        text=text or NO_ANSWER_TEXT, html=kept_html if kept_html != text else None, weight=weight, ident=ident
    )


def _associate(base: ClassicQuestion, item: etree._Element, body: etree._Element) -> ClassicQuestion:
    texts = _choice_texts(body, "simpleAssociableChoice")
    pairs = correct_pairs(item, texts)
    answers = tuple(ClassicAnswer(text=texts[pair[1]], right=texts[pair[0]]) for pair in pairs)
    return replace(base, type="matching_question", answers=answers, matches=tuple(texts[pair[0]] for pair in pairs))


def _essay(base: ClassicQuestion, item: etree._Element, body: etree._Element) -> ClassicQuestion:
    texts = [value for values in correct_values(item).values() for value in values]
    kind = "short_answer_question" if texts else "essay_question"
    answers = tuple(ClassicAnswer(text=text, weight=100) for text in texts)
    return replace(base, type=kind, text=_stem(body), answers=answers)


def _text_entry(base: ClassicQuestion, item: etree._Element, body: etree._Element) -> ClassicQuestion:
    answers = tuple(
        ClassicAnswer(text=value, weight=100, blank=ident)
        for ident, values in correct_values(item).items()
        for value in values
    )
    text = _stem(_with_blanks(body, "textEntryInteraction"))
    return replace(base, type="fill_in_multiple_blanks_question", text=text, answers=answers)


def _inline_choice(base: ClassicQuestion, item: etree._Element, body: etree._Element) -> ClassicQuestion:
    right = correct_values(item)
    answers = tuple(
        ClassicAnswer(text=safe_xml.text_of(choice), weight=_inline_weight(choice, right.get(ident, ())), blank=ident)
        for interaction in safe_xml.descendants(body, "inlineChoiceInteraction")
        for ident in [safe_xml.attribute(interaction, "responseIdentifier")]
        for choice in safe_xml.children(interaction, "inlineChoice")
    )
    stem = _with_blanks(body, "inlineChoiceInteraction")
    safe_xml.strip_namespaces(stem)
    text = PARAGRAPH_JOIN.join(map(_as_canvas_writes, stem))
    return replace(base, type="multiple_dropdowns_question", text=text, answers=answers)


def _inline_weight(choice: etree._Element, right: tuple[str, ...]) -> float | None:
    return 100 if safe_xml.attribute(choice, "identifier") in right else None


def _with_blanks(body: etree._Element, name: str) -> etree._Element:
    """The body with each interaction replaced by ``[responseIdentifier]``."""
    changed = copy.deepcopy(body)
    for interaction in list(safe_xml.descendants(changed, name)):
        text = f"[{safe_xml.attribute(interaction, 'responseIdentifier')}]{interaction.tail or ''}"
        parent, before = interaction.getparent(), interaction.getprevious()
        if parent is None:
            continue
        if before is not None:
            before.tail = (before.tail or "") + text
        else:
            parent.text = (parent.text or "") + text
        parent.remove(interaction)
    return changed


def _match(base: ClassicQuestion, item: etree._Element, body: etree._Element) -> ClassicQuestion:
    texts = _choice_texts(body, "simpleAssociableChoice")
    sets = [
        list(safe_xml.children(match_set, "simpleAssociableChoice"))
        for match_set in safe_xml.descendants(body, "simpleMatchSet")
    ]
    matches = tuple(safe_xml.text_of(choice).strip() for choice in (sets[1] if len(sets) > 1 else []))
    pairs = correct_pairs(item, texts)
    answers = tuple(ClassicAnswer(text=texts[left], right=texts[right]) for left, right in pairs)
    error = None if answers else NO_KEY
    return replace(base, type="matching_question", text=_stem(body), answers=answers, matches=matches, error=error)


def _order(base: ClassicQuestion, item: etree._Element, body: etree._Element) -> ClassicQuestion:
    texts = _choice_texts(body, "simpleChoice")
    order = [value for values in correct_values(item).values() for value in values]
    answers = tuple(
        ClassicAnswer(text=str(place), right=texts[ident]) for place, ident in enumerate(order, 1) if ident in texts
    )
    return replace(base, type="matching_question", text=_stem(body), answers=answers, matches=tuple(texts.values()))


def _choice_texts(body: etree._Element, name: str) -> dict[str, str]:
    return {
        safe_xml.attribute(choice, "identifier"): safe_xml.text_of(choice).strip()
        for choice in safe_xml.descendants(body, name)
    }


Reader = Callable[[ClassicQuestion, etree._Element, etree._Element], ClassicQuestion]
# in the order in which Canvas's question_type_educated_guesser tries them
READERS: dict[str, Reader] = {
    "choiceInteraction": _choice,
    "associateInteraction": _associate,
    "extendedTextInteraction": _essay,
    "textEntryInteraction": _text_entry,
    "matchInteraction": _match,
    "inlineChoiceInteraction": _inline_choice,
}
