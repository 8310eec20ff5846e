"""How a student answers in QTI: the interaction of each form, with its declaration and processing.

Facts: qti-targets §2 (what New Quizzes, Canvas and OpenOLAT read), §5; QTI 2.1 and 3.0, interactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

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
from lti_tool.formats.planning.option_order import display_positions, in_display_order, right_column_order
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.qti.dialect import Dialect
from lti_tool.formats.qti.partial_credit import has_levels_between, has_parts
from lti_tool.formats.qti.processing import RESPONSE, Scoring, boolean, shares
from lti_tool.formats.qti.uploads import media_types
from lti_tool.formats.qti.xhtml import Xhtml
from lti_tool.formats.writing.phrases import phrase
from lti_tool.formats.writing.xml_text import escape


@value
class Answer:
    """``inside`` stands in the stem, ``interaction`` after it. Without ``processing`` a person scores."""

    declarations: str = ""
    inside: str = ""
    interaction: str = ""
    processing: str = ""


def answer(plan: Plan, dialect: Dialect, xhtml: Xhtml, language: str | None) -> Answer:
    """Return how the question of ``plan`` is answered."""
    return _Writer(plan, dialect, xhtml, language).write()


class _Writer:
    """Writes the answer of one question."""

    def __init__(self, plan: Plan, dialect: Dialect, xhtml: Xhtml, language: str | None) -> None:
        self._plan, self._dialect, self._xhtml, self._language = plan, dialect, xhtml, language
        self._spell = dialect.spell
        self._points = plan.question.points
        self._scoring = Scoring(dialect, self._points)
        self._parts = has_parts(plan) and has_levels_between(plan.question)

    def write(self) -> Answer:  # noqa: PLR0911 -- a table of forms
        if self._plan.kind is ItemKind.ESSAY:
            return self._essay(self._plan.question)
        match self._plan.kind, self._plan.question:
            case ((ItemKind.SINGLE | ItemKind.MULTIPLE), Choice() as question):
                return self._choices(question, question.correct or ())
            case ItemKind.TRUE_FALSE, TrueFalse() as question:
                return self._true_false(question)
            case ItemKind.ORDERING, Ordering() as question:
                return self._ordering(question)
            case ItemKind.MATCHING, Matching() as question:
                return self._matching(question, question.pairs or ())
            case ItemKind.BLANKS, FillInBlank() as question:
                return self._blanks(question, question.answers or ())
            case ItemKind.DROPDOWNS, SentenceAnalysis() as question:
                return self._menus(dropdowns(question))
            case ItemKind.SHORT_ANSWER, question:
                return self._short_answer(question)
            case ItemKind.UPLOAD, question:
                return self._upload(question)
        return Answer()

    def _choices(self, question: Choice, correct: tuple[int, ...]) -> Answer:
        names = [f"choice_{number}" for number in range(1, len(question.options) + 1)]
        right = [names[index] for index in correct]
        mapping = self._choice_mapping(right, names) if self._parts else ""
        options = _with_alternatives(question, self._language) if question.pictures else question.options
        texts = zip(names, [self._xhtml.option(option) for option in options], strict=True)
        return self._choice(texts, right, mapping, shuffle=question.shuffle)

    def _choice_mapping(self, right: list[str], names: list[str]) -> str:
        worth = shares(self._points, len(right))
        values = dict(zip(right, worth, strict=True))
        return self._scoring.mapping((name, values.get(name, f"-{worth[0]}")) for name in names)

    def _true_false(self, question: TrueFalse) -> Answer:
        texts = [(name, escape(phrase(name, self._language))) for name in ("true", "false")]
        return self._choice(texts, [boolean(question.correct is True)], "", shuffle=False)

    def _choice(self, texts: Iterable[tuple[str, str]], right: list[str], mapping: str, *, shuffle: bool) -> Answer:
        several = self._plan.kind is ItemKind.MULTIPLE
        inner = self._simple_choices(texts)
        return Answer(
            self._scoring.declare(RESPONSE, "multiple" if several else "single", "identifier", right, mapping),
            interaction=self._spell(_CHOICE) % (boolean(shuffle), 0 if several else 1, inner),
            processing=self._scoring.as_mapped() if mapping else self._scoring.if_matched(),
        )

    def _simple_choices(self, texts: Iterable[tuple[str, str]]) -> str:
        template = self._spell('<simpleChoice identifier="%s">%s</simpleChoice>')
        return "".join([template % pair for pair in texts])

    def _ordering(self, question: Ordering) -> Answer:
        shown = in_display_order(question.options)
        names = {id(option): f"choice_{number}" for number, option in enumerate(shown, 1)}
        texts = ((names[id(option)], self._xhtml.option(option)) for option in shown)
        right = [names[id(option)] for option in question.options]
        return Answer(
            self._scoring.declare(RESPONSE, "ordered", "identifier", right),
            interaction=self._spell(_ORDER) % self._simple_choices(texts),
            processing=self._scoring.if_matched(),
        )

    def _matching(self, question: Matching, pairs: tuple[tuple[int, int], ...]) -> Answer:
        order = right_column_order(question)
        turn = display_positions(order)
        right = [f"left_{one + 1} right_{turn[other] + 1}" for one, other in pairs]
        worth = zip(right, shares(self._points, len(right)), strict=True)
        mapping = self._scoring.mapping(worth) if self._parts else ""
        once = len({other for _, other in pairs}) == len(pairs)
        shown = [question.right[place] for place in order]
        sets = self._match_set("left", question.left, 1) + self._match_set("right", shown, 1 if once else 0)
        return Answer(
            self._scoring.declare(RESPONSE, "multiple", "directedPair", right, mapping),
            interaction=self._spell(_MATCH) % (boolean(question.shuffle), len(question.left), sets),
            processing=self._scoring.as_mapped() if mapping else self._scoring.if_matched(),
        )

    def _match_set(self, side: str, options: Sequence[RichText], most: int) -> str:
        """Return one column; ``most`` is how often each of its items may be used, 0 for any number of times."""
        template = self._spell(_ASSOCIABLE)
        inner = (
            template % (side, number, most, self._xhtml.option(option)) for number, option in enumerate(options, 1)
        )
        return self._spell("<simpleMatchSet>%s</simpleMatchSet>") % "".join(inner)

    def _short_answer(self, question: Question) -> Answer:
        accepted = self._plan.accepted
        length = question.max_length if isinstance(question, ShortText) else max(map(len, accepted))
        declared = self._scoring.declare_text(RESPONSE, accepted, shares(self._points, 1)[0], ignore_case=True)
        entry = self._spell(_ENTRY) % (RESPONSE, self._length(length))
        return Answer(declared, f"<p>{entry}</p>", processing=self._scoring.as_mapped(parts=False))

    def _menus(self, found: Sequence[Dropdown]) -> Answer:
        """Return menus in a text; a response for each."""
        shared = self._parts or len(found) == 1
        worth = shares(self._points, len(found)) if shared else ["1"] * len(found)
        names = _numbered(len(found))
        declared = (
            self._scoring.declare(name, "single", "identifier", [right], self._scoring.mapping([(right, value)]))
            for name, right, value in zip(names, (_choice_name(menu.right) for menu in found), worth, strict=True)
        )
        text = RichText(dropdown_paragraphs(found, self._language))
        return Answer(
            "".join(declared),
            inside=self._xhtml.with_blanks(text, lambda index: self._menu(names[index], found[index])),
            processing=self._scoring.of_responses(names, shared=shared),
        )

    def _menu(self, name: str, menu: Dropdown) -> str:
        template = self._spell('<inlineChoice identifier="%s">%s</inlineChoice>')
        inner = "".join(template % (_choice_name(index), escape(text)) for index, text in enumerate(menu.options))
        return self._spell(_INLINE) % (name, inner)

    def _blanks(self, question: FillInBlank, answers: tuple[tuple[str, ...], ...]) -> Answer:
        count = len(answers)
        names = _numbered(count)
        shared = self._parts or count == 1
        worth = shares(self._points, count) if shared else ["1"] * count
        declared = (
            self._scoring.declare_text(name, accepted, value, ignore_case=question.ignore_case)
            for name, accepted, value in zip(names, answers, worth, strict=True)
        )
        entry = self._spell(_ENTRY)
        return Answer(
            "".join(declared),
            inside=self._xhtml.with_blanks(question.body, lambda index: entry % (names[index], "")),
            processing=self._scoring.of_responses(names, shared=shared),
        )

    def _essay(self, question: Question) -> Answer:
        is_short = isinstance(question, ShortText)
        lines = 1 if is_short else 15 if isinstance(question, LongText) and question.essay else 6
        length = self._length(question.max_length if isinstance(question, ShortText) else None)
        declared = self._scoring.declare(RESPONSE, "single", "string")
        return Answer(declared, interaction=self._spell(_ESSAY) % (length, lines))

    def _upload(self, question: Question) -> Answer:
        kinds = media_types(question.accept) if isinstance(question, Upload) else ()
        told = len(kinds) == 1 or (kinds and self._dialect.several_media_types)
        extra = f' type="{escape(" ".join(kinds))}"' if told else ""
        declared = self._scoring.declare(RESPONSE, "single", "file")
        return Answer(declared, interaction=self._spell(_UPLOAD) % extra)

    def _length(self, characters: int | None) -> str:
        return self._spell(' expectedLength="%d"') % characters if characters else ""


def _numbered(count: int) -> list[str]:
    """Return the names of so many responses."""
    return [f"{RESPONSE}_{number}" for number in range(1, count + 1)] if count > 1 else [RESPONSE]


def _choice_name(index: int) -> str:
    return f"choice_{index + 1}"


def _with_alternatives(question: Choice, language: str | None) -> Iterator[RichText]:
    """Yield pictures to choose from with a number for those who don't see them; what they show would be a guess."""
    for number, option in enumerate(question.options, 1):
        name = phrase("picture", language, n=number)
        yield RichText(
            tuple(replace(one, alt=one.alt or name) if isinstance(one, Image) else one for one in option.nodes)
        )


_CHOICE = '<choiceInteraction responseIdentifier="RESPONSE" shuffle="%s" maxChoices="%s">%s</choiceInteraction>'
_ORDER = '<orderInteraction responseIdentifier="RESPONSE" shuffle="true">%s</orderInteraction>'
_MATCH = '<matchInteraction responseIdentifier="RESPONSE" shuffle="%s" maxAssociations="%s">%s</matchInteraction>'
_ASSOCIABLE = '<simpleAssociableChoice identifier="%s_%s" matchMax="%s">%s</simpleAssociableChoice>'
_ENTRY = '<textEntryInteraction responseIdentifier="%s"%s/>'
_INLINE = '<inlineChoiceInteraction responseIdentifier="%s" shuffle="false">%s</inlineChoiceInteraction>'
_ESSAY = '<extendedTextInteraction responseIdentifier="RESPONSE"%s expectedLines="%s"/>'
_UPLOAD = '<uploadInteraction responseIdentifier="RESPONSE"%s/>'
