"""The interaction and the key of a question of unknown type, read from its item in Examplary's QTI 3 package.

A workspace's own type may define its export, which then carries both. They are passed to the parser as Examplary's own
JSON, so that options and keys are cleaned and compared like those of any other question.

See docs/reference/examplary-api.md#qti-export.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from lti_tool.exam.model import Choice, FillInBlank, Matching, Ordering, Question, Unknown
from lti_tool.exam.parse.exam import parse_exam
from lti_tool.exam.parse.parser_remarks import INTERACTION_READ, TYPE_UNKNOWN
from lti_tool.formats.check.report import number
from lti_tool.formats.check.xml import child, children, descendants, get, name, text
from lti_tool.formats.original.html import inner_html

RawQuestion = dict[str, object]
"""The type and the settings of a question in Examplary's JSON."""

_SCORING = {"criteria": [{"levels": [{"points": 1}]}]}
"""Keeps the parser from missing points; those of the question itself stay."""

_WITH_A_NUMBER = frozenset({"float", "duration", "point"})
"""Base types of text entries whose keys have several notations, of which a wrong one would be marked as wrong."""


def keyed_question(question: Unknown, root: etree._Element, body: etree._Element) -> Question | None:
    """Return the question with the item's interaction and key; ``None`` unless both are clear.

    The choices are removed from ``body``, whose rest is the question's text. A text with blanks keeps all of it.
    """
    interactions = [element for element in body.iter() if name(element).endswith("Interaction")]
    kinds = {name(interaction) for interaction in interactions}
    if kinds == {"textEntryInteraction"}:
        return _keyed(question, _blanks(root, body, interactions))
    if len(interactions) != 1 or not kinds <= _READERS.keys():
        return None
    (interaction,) = interactions
    keyed = _keyed(question, _READERS[kinds.pop()](root, interaction))
    if keyed is not None:
        for choices in list(children(interaction, "simpleChoice", "simpleMatchSet")):
            interaction.remove(choices)
    return keyed


def _keyed(question: Unknown, raw: RawQuestion | None) -> Question | None:
    """Return the raw question as parsed, in the place of ``question``; ``None`` if the parser finds no usable key."""
    if raw is None:
        return None
    (parsed,) = parse_exam({"questions": [{**raw, "id": question.id, "title": "-", "scoring": _SCORING}]}).questions
    if not _has_key(parsed):
        return None
    others = (flaw for flaw in question.flaws if flaw.code != TYPE_UNKNOWN.code)
    return replace(
        parsed,
        number=question.number,
        type_id=question.type_id,
        title=question.title,
        description=question.description,
        points=question.points,
        rubric=question.rubric,
        tags=question.tags,
        flaws=(INTERACTION_READ.with_facts(type=question.type_id), *parsed.flaws, *others),
    )


def _has_key(question: Question) -> bool:
    match question:
        case Choice(correct=key) | Matching(pairs=key) | FillInBlank(answers=key):
            return key is not None
        case Ordering(keyed=keyed):
            return keyed
    return False


def _choice(root: etree._Element, interaction: etree._Element) -> RawQuestion | None:
    declaration = _declaration(root, interaction)
    options = _texts(interaction)
    keys = _right_values(declaration)
    if len(options) < 2 or not keys or not set(keys) <= options.keys():
        return None
    multiple = get(declaration, "cardinality") == "multiple"
    right = [options[key] for key in keys]
    settings = {
        "options": list(options.values()),
        "correctAnswer": right,
        "shuffleAnswers": get(interaction, "shuffle"),
    }
    return {"type": f"multiple-choice-{'multiple-answers' if multiple else 'single-answer'}", "settings": settings}


def _order(root: etree._Element, interaction: etree._Element) -> RawQuestion | None:
    options = _texts(interaction)
    keys = _correct_values(_declaration(root, interaction))
    if sorted(keys) != sorted(options):
        return None
    return {"type": "sequence", "settings": {"options": [options[key] for key in keys]}}


def _match(root: etree._Element, interaction: etree._Element) -> RawQuestion | None:
    sets = [_texts(match_set) for match_set in children(interaction, "simpleMatchSet")]
    pairs = [value.split() for value in _correct_values(_declaration(root, interaction))]
    if len(sets) != 2 or not all(len(pair) == 2 for pair in pairs):
        return None
    left, right = sets
    if sorted(first for first, _ in pairs) != sorted(left) or not {second for _, second in pairs} <= right.keys():
        return None
    key = [{"left": left[first], "right": right[second]} for first, second in pairs]
    settings = {"left": list(left.values()), "right": list(right.values()), "correctAnswer": key}
    return {"type": "matching", "settings": {**settings, "shuffle": get(interaction, "shuffle")}}


def _blanks(root: etree._Element, body: etree._Element, entries: list[etree._Element]) -> RawQuestion | None:
    declarations = [_declaration(root, entry) for entry in entries]
    answers = [_right_values(declaration) for declaration in declarations]
    if not all(answers) or any(get(declaration, "baseType") in _WITH_A_NUMBER for declaration in declarations):
        return None
    settings = {
        "text": inner_html(body),
        "correctAnswer": answers,
        "exactValuesCaseInsensitive": all(map(_ignores_case, declarations)),
    }
    return {"type": "fill-in-blank", "settings": settings}


def _declaration(root: etree._Element, interaction: etree._Element) -> etree._Element | None:
    response = get(interaction, "responseIdentifier")
    declarations = children(root, "responseDeclaration")
    return next((declaration for declaration in declarations if get(declaration, "identifier") == response), None)


def _texts(element: etree._Element) -> dict[str, str]:
    """Return the HTML of each choice by its identifier; none if an identifier repeats."""
    choices = [*children(element, "simpleChoice", "simpleAssociableChoice")]
    texts = {get(choice, "identifier"): inner_html(choice).strip() for choice in choices}
    return texts if len(texts) == len(choices) else {}


def _correct_values(declaration: etree._Element | None) -> list[str]:
    return [text(value) for value in children(child(declaration, "correctResponse"), "value")]


def _right_values(declaration: etree._Element | None) -> list[str]:
    """Return the values of the correct response, and those that a mapping gives as many points as any other."""
    entries = list(_entries(declaration))
    points = [(get(entry, "mapKey"), number(get(entry, "mappedValue")) or 0) for entry in entries]
    best = max((mapped for _, mapped in points), default=0)
    mapped_keys = [key for key, mapped in points if mapped == best and best > 0]
    correct = _correct_values(declaration)
    if get(declaration, "cardinality") == "multiple" or not mapped_keys:
        return correct or mapped_keys
    takes_one = get(declaration, "baseType") == "identifier"
    return correct if takes_one and correct else list(dict.fromkeys([*correct, *mapped_keys]))


def _ignores_case(declaration: etree._Element | None) -> bool:
    entries = list(_entries(declaration))
    return bool(entries) and all(get(entry, "caseSensitive") == "false" for entry in entries)


def _entries(declaration: etree._Element | None) -> Iterator[etree._Element]:
    return descendants(child(declaration, "mapping"), "mapEntry")


_READERS = {"choiceInteraction": _choice, "orderInteraction": _order, "matchInteraction": _match}
