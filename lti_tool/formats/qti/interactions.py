"""Interactions of QTI: the one that each form takes, with its response declaration and response processing.

See docs/reference/importers.md#targets; QTI 2.1 and 3.0, interactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from lti_tool.exam.model import (
    Choice,
    FillInBlank,
    LongText,
    Matching,
    Ordering,
    Question,
    SentenceAnalysis,
    ShortText,
    TrueFalse,
    Upload,
)
from lti_tool.exam.richtext import Image, RichText
from lti_tool.exam.value import value
from lti_tool.formats.planning.dropdowns import Dropdown, dropdown_paragraphs, dropdowns
from lti_tool.formats.planning.option_order import display_order, display_positions, right_column_order
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.qti.dialect import Dialect
from lti_tool.formats.qti.partial_credit import has_levels_between, has_parts
from lti_tool.formats.qti.response_processing import RESPONSE, ResponseScoring, boolean, penalty, share
from lti_tool.formats.qti.uploads import media_types
from lti_tool.formats.qti.xhtml import NO_NOTES, TextNotes, XhtmlRenderer
from lti_tool.formats.text.phrases import phrase
from lti_tool.formats.text.xml_text import escape

_CHOICE = '<choiceInteraction responseIdentifier="RESPONSE" shuffle="%s" maxChoices="%s">%s</choiceInteraction>'
_ORDER = '<orderInteraction responseIdentifier="RESPONSE" shuffle="true">%s</orderInteraction>'
_MATCH = '<matchInteraction responseIdentifier="RESPONSE" shuffle="%s" maxAssociations="%s">%s</matchInteraction>'
_ASSOCIABLE = '<simpleAssociableChoice identifier="%s_%s" matchMax="%s">%s</simpleAssociableChoice>'
_ENTRY = '<textEntryInteraction responseIdentifier="%s"%s/>'
_INLINE = '<inlineChoiceInteraction responseIdentifier="%s" shuffle="false">%s</inlineChoiceInteraction>'
_EXTENDED_TEXT = '<extendedTextInteraction responseIdentifier="RESPONSE"%s expectedLines="%s"/>'
_UPLOAD = '<uploadInteraction responseIdentifier="RESPONSE"%s/>'


@value
class ItemInteraction:
    """The interaction of an item.

    ``text`` follows the stem, with interactions in it; ``block`` comes after it. Without ``processing`` a person
    scores. ``notes`` are about texts that another renderer than the question's has written.
    """

    declarations: str = ""
    text: str = ""
    block: str = ""
    processing: str = ""
    notes: TextNotes = NO_NOTES


def item_interaction(plan: Plan, dialect: Dialect, xhtml: XhtmlRenderer, language: str | None) -> ItemInteraction:
    """Return the interaction for the question of ``plan``."""
    return _InteractionWriter(plan, dialect, xhtml, language).write()


class _InteractionWriter:
    """Writes the interaction of one question."""

    def __init__(self, plan: Plan, dialect: Dialect, xhtml: XhtmlRenderer, language: str | None) -> None:
        self._plan = plan
        self._dialect = dialect
        self._xhtml = xhtml
        self._language = language
        self._spell = dialect.spell
        self._points = plan.question.points
        self._scoring = ResponseScoring(dialect, self._points)
        self._gives_partial_credit = has_parts(plan) and has_levels_between(plan.question)

    def write(self) -> ItemInteraction:
        if self._plan.kind is ItemKind.ESSAY:
            return self._extended_text(self._plan.question)
        match self._plan.question, self._plan.kind:
            case Choice() as question, (ItemKind.SINGLE | ItemKind.MULTIPLE):
                return self._choice(question, question.correct or ())
            case TrueFalse() as question, ItemKind.TRUE_FALSE:
                return self._true_false(question)
            case Ordering() as question, ItemKind.ORDERING:
                return self._order(question)
            case Matching() as question, ItemKind.MATCHING:
                return self._match(question, question.pairs or ())
            case FillInBlank() as question, ItemKind.BLANKS:
                return self._text_entries(question, question.answers or ())
            case SentenceAnalysis() as question, ItemKind.DROPDOWNS:
                return self._inline_choices(dropdowns(question))
            case question, ItemKind.SHORT_ANSWER:
                return self._text_entry(question)
            case question, ItemKind.UPLOAD:
                return self._upload(question)
        return ItemInteraction()

    def _choice(self, question: Choice, correct: tuple[int, ...]) -> ItemInteraction:
        names = [_choice_name(index) for index in range(len(question.options))]
        correct_names = [names[index] for index in correct]
        mapping = self._choice_mapping(correct_names, names) if self._gives_partial_credit else ""
        options = _with_alternatives(question, self._language) if question.pictures else question.options
        texts = [(name, self._xhtml.option(option)) for name, option in zip(names, options, strict=True)]
        return self._choice_of(correct_names, mapping, self._choice_block(texts, shuffle=question.shuffle))

    def _choice_mapping(self, correct_names: list[str], names: list[str]) -> str:
        part, correct = share(self._points, len(correct_names)), frozenset(correct_names)
        return self._scoring.mapping((name, part if name in correct else -penalty(part)) for name in names)

    def _true_false(self, question: TrueFalse) -> ItemInteraction:
        texts = [(name, escape(phrase(name, self._language))) for name in ("true", "false")]
        return self._choice_of([boolean(question.correct is True)], "", self._choice_block(texts, shuffle=False))

    def _choice_of(self, correct_names: list[str], mapping: str, block: str) -> ItemInteraction:
        cardinality = "multiple" if self._plan.kind is ItemKind.MULTIPLE else "single"
        return ItemInteraction(
            self._scoring.declare(RESPONSE, cardinality, "identifier", correct_names, mapping),
            block=block,
            processing=self._scoring.as_mapped() if mapping else self._scoring.if_matched(),
        )

    def _choice_block(self, texts: Iterable[tuple[str, str]], *, shuffle: bool) -> str:
        max_choices = 0 if self._plan.kind is ItemKind.MULTIPLE else 1
        return self._spell(_CHOICE) % (boolean(shuffle), max_choices, self._simple_choices(texts))

    def _simple_choices(self, texts: Iterable[tuple[str, str]]) -> str:
        template = self._spell('<simpleChoice identifier="%s">%s</simpleChoice>')
        return "".join([template % name_and_text for name_and_text in texts])

    def _order(self, question: Ordering) -> ItemInteraction:
        order = display_order(question)
        positions = display_positions(order)
        texts = [self._xhtml.option(question.options[index]) for index in order]
        choices = [(_choice_name(position), text) for position, text in enumerate(texts)]
        correct_names = [_choice_name(positions[index]) for index in range(len(order))]
        return ItemInteraction(
            self._scoring.declare(RESPONSE, "ordered", "identifier", correct_names),
            block=self._spell(_ORDER) % self._simple_choices(choices),
            processing=self._scoring.if_matched(),
        )

    def _match(self, question: Matching, pairs: tuple[tuple[int, int], ...]) -> ItemInteraction:
        order = right_column_order(question)
        positions = display_positions(order)
        correct_pairs = [f"left_{left + 1} right_{positions[right] + 1}" for left, right in pairs]
        part = share(self._points, len(correct_pairs))
        mapping = self._scoring.mapping((pair, part) for pair in correct_pairs) if self._gives_partial_credit else ""
        left_texts = [self._xhtml.option(option) for option in question.left]
        right_texts = [self._xhtml.option(question.right[index]) for index in order]
        uses_each_once = len({right for _, right in pairs}) == len(pairs)
        sets = self._match_set("left", left_texts, 1)
        sets += self._match_set("right", right_texts, 1 if uses_each_once else 0)
        return ItemInteraction(
            self._scoring.declare(RESPONSE, "multiple", "directedPair", correct_pairs, mapping),
            block=self._spell(_MATCH) % (boolean(question.shuffle), len(question.left), sets),
            processing=self._scoring.as_mapped() if mapping else self._scoring.if_matched(),
        )

    def _match_set(self, side: str, texts: Sequence[str], match_max: int) -> str:
        """Return one column; each of its options may be used ``match_max`` times, for 0 any number of times."""
        template = self._spell(_ASSOCIABLE)
        choices = [template % (side, number, match_max, text) for number, text in enumerate(texts, 1)]
        return self._spell("<simpleMatchSet>%s</simpleMatchSet>") % "".join(choices)

    def _text_entry(self, question: Question) -> ItemInteraction:
        accepted = self._plan.accepted
        length = question.max_length if isinstance(question, ShortText) else max(map(len, accepted))
        declaration = self._scoring.declare_text(RESPONSE, accepted, self._points, ignore_case=True)
        entry = self._spell(_ENTRY) % (RESPONSE, self._expected_length(length))
        return ItemInteraction(declaration, f"<p>{entry}</p>", processing=self._scoring.as_mapped())

    def _text_entries(self, question: FillInBlank, answers: tuple[tuple[str, ...], ...]) -> ItemInteraction:
        names = _response_names(len(answers))
        points, shared = self._points_of_response(len(answers))
        declarations = (
            self._scoring.declare_text(name, accepted, points, ignore_case=question.ignore_case)
            for name, accepted in zip(names, answers, strict=True)
        )
        xhtml = self._xhtml.with_blanks([self._spell(_ENTRY) % (name, "") for name in names])
        return ItemInteraction(
            "".join(declarations),
            xhtml.blocks(question.body.nodes),
            processing=self._scoring.for_responses(names, shared=shared),
            notes=xhtml.notes,
        )

    def _inline_choices(self, dropdowns: Sequence[Dropdown]) -> ItemInteraction:
        names = _response_names(len(dropdowns))
        points, shared = self._points_of_response(len(dropdowns))
        correct_names = [_choice_name(menu.right) for menu in dropdowns]
        declarations = (
            self._scoring.declare(name, "single", "identifier", [correct], self._scoring.mapping([(correct, points)]))
            for name, correct in zip(names, correct_names, strict=True)
        )
        menus = [self._inline_choice(name, menu) for name, menu in zip(names, dropdowns, strict=True)]
        xhtml = self._xhtml.with_blanks(menus)
        return ItemInteraction(
            "".join(declarations),
            xhtml.blocks(dropdown_paragraphs(dropdowns, self._language)),
            processing=self._scoring.for_responses(names, shared=shared),
            notes=xhtml.notes,
        )

    def _inline_choice(self, name: str, menu: Dropdown) -> str:
        template = self._spell('<inlineChoice identifier="%s">%s</inlineChoice>')
        choices = "".join(template % (_choice_name(index), escape(text)) for index, text in enumerate(menu.options))
        return self._spell(_INLINE) % (name, choices)

    def _points_of_response(self, count: int) -> tuple[Decimal, bool]:
        """Return the points of each of several responses, and whether they are shares of the question's points."""
        shared = self._gives_partial_credit or count == 1
        return (share(self._points, count) if shared else Decimal(1)), shared

    def _extended_text(self, question: Question) -> ItemInteraction:
        is_short = isinstance(question, ShortText)
        lines = 1 if is_short else 15 if isinstance(question, LongText) and question.essay else 6
        length = self._expected_length(question.max_length if isinstance(question, ShortText) else None)
        declaration = self._scoring.declare(RESPONSE, "single", "string")
        return ItemInteraction(declaration, block=self._spell(_EXTENDED_TEXT) % (length, lines))

    def _upload(self, question: Question) -> ItemInteraction:
        types = media_types(question.accept) if isinstance(question, Upload) else ()
        can_restrict = len(types) == 1 or (types and self._dialect.several_media_types)
        type_attribute = f' type="{escape(" ".join(types))}"' if can_restrict else ""
        declaration = self._scoring.declare(RESPONSE, "single", "file")
        return ItemInteraction(declaration, block=self._spell(_UPLOAD) % type_attribute)

    def _expected_length(self, characters: int | None) -> str:
        return self._spell(' expectedLength="%d"') % characters if characters else ""


def _response_names(count: int) -> list[str]:
    return [f"{RESPONSE}_{number}" for number in range(1, count + 1)] if count > 1 else [RESPONSE]


def _choice_name(index: int) -> str:
    return f"choice_{index + 1}"


def _with_alternatives(question: Choice, language: str | None) -> Iterator[RichText]:
    """Yield the pictures to choose from; one without a text alternative gets its number as one."""
    for number, option in enumerate(question.options, 1):
        name = phrase("picture", language, n=number)
        yield RichText(
            tuple(replace(node, alt=node.alt or name) if isinstance(node, Image) else node for node in option.nodes)
        )
