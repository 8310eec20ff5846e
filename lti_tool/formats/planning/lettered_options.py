"""Letters as answers, where a target can't hold the answers themselves: pictures in a menu, options of 50 KB.

The stem lists the answers, each after its letter, and students choose letters. Nothing is lost, and the LMS still
marks the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lti_tool.exam.model import Choice, Matching, Ordering
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Element, Node, RichText
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.item_kinds import ListLayout
from lti_tool.formats.planning.option_order import display_order, display_positions, right_column_order
from lti_tool.formats.planning.options import option_letter
from lti_tool.formats.planning.plain_labels import has_full_width_characters, is_plain, plain_labels
from lti_tool.formats.planning.plan import Plan, with_language
from lti_tool.formats.planning.stem import to_blocks
from lti_tool.formats.text.phrases import phrase


def lettered_choice(plan: Plan, question: Choice, language: str | None) -> Plan:
    """List the answers in the stem; students choose letters."""
    letters = _letters(tuple(range(len(question.options))))
    instruction = phrase("letters_choose", language)
    lettered = replace(plan, question=replace(question, options=letters, pictures=False))
    return with_language(_with_list(lettered, question.options, instruction, shared_remarks.LETTERS), language)


def labelled_ordering(plan: Plan, question: Ordering, language: str | None) -> Plan:
    """Return the plan of an ordering whose items have labels: their texts, or letters."""
    if plain_labels(question.options) is not None:
        return plan.with_remarks(*_label_remarks(question.options))
    order = display_order(question)
    listed = [question.options[index] for index in order]
    instruction = phrase("letters_order", language)
    lettered = replace(plan, question=replace(question, options=_letters(order)))
    return with_language(_with_list(lettered, listed, instruction, shared_remarks.LETTERS), language)


def labelled_matching(plan: Plan, question: Matching, language: str | None) -> Plan:
    """Return the plan of a matching whose menus have labels: its right column, its left column, or letters."""
    if plain_labels(question.right) is not None:
        if all(map(is_plain, question.right)):
            return plan.with_remarks(*_label_remarks(question.right))
        swapped = _swapped(question) if all(map(is_plain, question.left)) else None
        return _with_swapped(plan, swapped) if swapped else plan.with_remarks(*_label_remarks(question.right))
    if swapped := _swapped(question):
        return _with_swapped(plan, swapped)
    return lettered_matching(plan, question, language)


def lettered_matching(plan: Plan, question: Matching, language: str | None) -> Plan:
    """List the right column in the stem; students choose letters."""
    order = right_column_order(question)
    listed = [question.right[index] for index in order]
    instruction = phrase("letters_match", language)
    lettered = replace(plan, question=replace(question, right=_letters(order)))
    return with_language(_with_list(lettered, listed, instruction, shared_remarks.LETTERS), language)


def _letters(order: tuple[int, ...]) -> tuple[RichText, ...]:
    """Return for each text the letter that it has when the texts are listed in this order."""
    positions = display_positions(order)
    return tuple(RichText.plain(option_letter(positions[index])) for index in range(len(order)))


def _with_swapped(plan: Plan, swapped: Matching) -> Plan:
    remarks = (shared_remarks.SWAPPED, *_label_remarks(swapped.right))
    return replace(plan, question=swapped).with_remarks(*remarks)


def _label_remarks(texts: Sequence[RichText]) -> tuple[Remark, ...]:
    """Return what changes where texts become labels."""
    formatted = () if all(map(is_plain, texts)) else (shared_remarks.PLAIN_TEXTS,)
    return (*formatted, shared_remarks.FULL_WIDTH) if any(map(has_full_width_characters, texts)) else formatted


def _swapped(question: Matching) -> Matching | None:
    """Return the question with its columns exchanged, where that is the same question and the menus can hold it."""
    pairs = question.pairs or ()
    is_one_to_one = len({right for _, right in pairs}) == len(question.right) == len(pairs)
    if not is_one_to_one or plain_labels(question.left) is None:
        return None
    swapped_pairs = tuple(sorted((right, left) for left, right in pairs))
    return replace(question, left=question.right, right=question.left, pairs=swapped_pairs)


def _with_list(plan: Plan, texts: Sequence[RichText], instruction: str, remark: Remark) -> Plan:
    listed = tuple(RichText(tuple(_blocks_after(option_letter(place), text))) for place, text in enumerate(texts))
    lists = (*plan.lists, listed)
    return replace(plan, lists=lists, layout=ListLayout.PARAGRAPHS, instruction=instruction).with_remarks(remark)


def _blocks_after(letter: str, text: RichText) -> Iterator[Node]:
    """Yield the blocks of a text, the letter at the beginning of the first."""
    label: tuple[Node, ...] = (Element("strong", (), (f"{letter}.",)), " ")
    first, *rest = to_blocks(text) or [Element("p", (), ())]
    if isinstance(first, Element) and first.tag == "p":
        yield Element("p", first.attributes, (*label, *first.children))
    else:
        yield Element("p", (), label[:1])
        yield first
    yield from rest
