"""One question of an exam as items of a cartridge, and the lines in the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

from lti_tool.exam.media import Assets
from lti_tool.exam.model import Choice, Exam, FillInBlank, Information, Matching, Question, SentenceAnalysis, TrueFalse
from lti_tool.exam.passes import in_passes
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Element, Node, Text
from lti_tool.exam.value import value
from lti_tool.formats.common_cartridge import items, remarks
from lti_tool.formats.common_cartridge.html import CartridgeHtml, named
from lti_tool.formats.common_cartridge.informational_texts import Group, groups
from lti_tool.formats.common_cartridge.planning import FORMS, fitted, weights, whole_points
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.dropdowns import Dropdown, dropdowns
from lti_tool.formats.planning.option_order import right_column_order
from lti_tool.formats.planning.options import directed_nodes, option_nodes
from lti_tool.formats.planning.plan import ItemKind, Plan, plan_question
from lti_tool.formats.planning.stem import Told, stem_blocks, to_blocks, with_direction
from lti_tool.formats.report import ReportLine, Verdict
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.media import MediaFiles
from lti_tool.formats.writing.phrases import phrase
from lti_tool.formats.writing.xml_text import format_decimal

LONGEST_NAME = 120


@value
class _Part:
    """A part of a question that is an item of its own: what is asked of it, and how it is answered."""

    asked: tuple[Node, ...]
    profile: str
    body: Callable[[str], str]


class Draft:
    """A question on its way, and what each step adds to it.

    ``before`` and ``after`` are the texts that go with it, as HTML, and ``others`` their lines in the report.
    ``html`` is its stem; ``written`` are its items, worth ``weight`` points together.
    """

    __slots__ = ("after", "before", "group", "html", "line", "others", "plan", "question", "weight", "written")

    before: str
    after: str
    plan: Plan
    html: str
    written: str
    line: ReportLine

    def __init__(self, group: Group, question: Question) -> None:
        self.group, self.question = group, question
        self.others: list[ReportLine] = []
        self.weight = 0

    @property
    def lines(self) -> list[ReportLine]:
        """The lines of the question and of its texts."""
        return [self.line, *self.others]


class CartridgeQuestions:
    """Makes the items of one exam."""

    def __init__(self, exam: Exam, assets: Assets, ready: Told | None = None) -> None:
        self.exam, self._ready = exam, ready
        self.media = MediaFiles(assets)
        self._html = CartridgeHtml(self.media, exam.language)

    def make(self) -> Iterator[tuple[str, list[ReportLine]]]:
        """Yield items, and the lines of the questions and texts that are in them."""
        found = list(groups(self.exam))
        yield from (self._texts_alone(group.before) for group in found if group.question is None)
        drafts = (Draft(group, group.question) for group in found if group.question is not None)
        steps = (self._texts, self._plan, self._stem, self._items, self._line)
        yield from ((draft.written, draft.lines) for draft in in_passes(drafts, *steps))

    def _texts(self, draft: Draft) -> None:
        draft.before = "".join([self._text(text, remarks.TEXT_BEFORE, draft.others) for text in draft.group.before])
        draft.after = "".join([self._text(text, remarks.TEXT_AFTER, draft.others) for text in draft.group.after])

    def _plan(self, draft: Draft) -> None:
        draft.plan = fitted(plan_question(draft.question, self.exam, FORMS), self.exam)

    def _stem(self, draft: Draft) -> None:
        self.media.turn_to(draft.question.number)
        draft.html = self._html.render(stem_blocks(draft.plan, self.exam, self._ready))

    def _items(self, draft: Draft) -> None:
        self.media.turn_to(draft.question.number)
        if draft.plan.kind is ItemKind.NOTHING:
            draft.written = ""
        elif parts := self._parts(draft.plan):
            draft.written, draft.weight = self._each(draft.plan, draft.html, parts, draft.before, draft.after)
        else:
            draft.weight = whole_points(draft.plan.question.points)
            profile, body = self._body(draft.plan, draft.before + draft.html + draft.after)
            draft.written = self._item(draft.plan.question, profile, draft.weight, body)

    def _line(self, draft: Draft) -> None:
        found, points, weight = draft.plan, draft.question.points, draft.weight
        if found.kind is ItemKind.NOTHING:
            draft.line = found.report_line()
            return
        if points != weight:
            found = found.with_remarks(remarks.WHOLE_POINTS.with_facts(out=weight, points=format_decimal(points)))
        line = found.with_remarks(*self.media.remarks(draft.question.number)).report_line(_notes(found))
        draft.line = line if points == weight else replace(line, points_out=Decimal(weight))

    def _parts(self, found: Plan) -> list[_Part]:
        match found.kind, found.question:
            case ItemKind.BLANKS, FillInBlank(answers=answers) as question if answers is not None:
                return [self._blank(question, number, accepted) for number, accepted in enumerate(answers, 1)]
            case ItemKind.MATCHING, Matching() as question:
                return self._pairs(question)
            case ItemKind.DROPDOWNS, SentenceAnalysis() as question:
                return list(map(self._menu, dropdowns(question)))
        return []

    def _blank(self, question: FillInBlank, number: int, accepted: tuple[str, ...]) -> _Part:
        several = question.blanks > 1
        told = phrase("blank", self.exam.language, n=number) if several else ""
        fill_in = partial(items.fill_in, accepted=accepted, case=not question.ignore_case)
        return _Part(self._told(told), items.FILL_IN, fill_in)

    def _pairs(self, question: Matching) -> list[_Part]:
        order = right_column_order(question)
        options = [self._html.render(directed_nodes(question.right[place], self.exam)) for place in order]
        told = self._told(phrase("match_one", self.exam.language))
        return [
            _Part(
                (*told, *(with_direction(block, self.exam) for block in to_blocks(question.left[a]))),
                items.MULTIPLE_CHOICE,
                partial(items.single, options=options, correct=order.index(b), shuffle=question.shuffle),
            )
            for a, b in question.pairs or ()
        ]

    def _menu(self, menu: Dropdown) -> _Part:
        asked = (Element("p", (), (Element("strong", (), (Text(menu.words),)),)),) if menu.words else ()
        told = phrase("name_part" if menu.words else "finite_verb", self.exam.language)
        options = [self._html.escape_text(option) for option in menu.options]
        single = partial(items.single, options=options, correct=menu.right, shuffle=False)
        return _Part((*self._told(told), *asked), items.MULTIPLE_CHOICE, single)

    def _each(self, found: Plan, html: str, parts: list[_Part], before: str, after: str) -> tuple[str, int]:
        """Return an item for each part; each shows the whole text. Other texts stand in the first or the last."""
        question = found.question
        self._html.numbered = len(parts) > 1
        if isinstance(question, FillInBlank):
            html += self._html.render(with_direction(block, self.exam) for block in to_blocks(question.body))
        if isinstance(question, SentenceAnalysis):
            html += self._html.render((with_direction(Element("p", (), (Text(question.sentence),)), self.exam),))
        made: list[str] = []
        shares = weights(question.points, len(parts))
        for number, (part, weight) in enumerate(zip(parts, shares, strict=True), 1):
            stem_ = (before if number == 1 else "") + html + self._html.render(part.asked)
            body = part.body(stem_ + (after if number == len(parts) else ""))
            made.append(self._item(question, part.profile, weight, body, number if len(parts) > 1 else 0))
        return "".join(made), sum(shares)

    def _body(self, found: Plan, html: str) -> tuple[str, str]:
        match found.question:
            case Choice(correct=correct) as question if found.kind is ItemKind.SINGLE and correct is not None:
                options = self._options(question)
                return items.MULTIPLE_CHOICE, items.single(html, options, correct[0], shuffle=question.shuffle)
            case Choice(correct=correct) as question if found.kind is ItemKind.MULTIPLE and correct is not None:
                options = self._options(question)
                return items.MULTIPLE_RESPONSE, items.multiple(html, options, correct, shuffle=question.shuffle)
            case TrueFalse(correct=right) if found.kind is ItemKind.TRUE_FALSE:
                words = phrase("true", self.exam.language), phrase("false", self.exam.language)
                return items.TRUE_FALSE, items.true_false(html, words, correct=bool(right))
        if found.kind is ItemKind.SHORT_ANSWER:
            return items.FILL_IN, items.fill_in(html, found.accepted, case=False)
        return items.ESSAY, items.essay(html)

    def _options(self, question: Choice) -> list[str]:
        places = range(len(question.options))
        return [self._html.render(option_nodes(question, place, self.exam)) for place in places]

    def _told(self, sentence: str) -> tuple[Node, ...]:
        if not sentence:
            return ()
        return (with_direction(Element("p", (), (Element("em", (), (Text(sentence),)),)), self.exam),)

    def _item(self, question: Question, profile: str, weight: int, body: str, part: int = 0) -> str:
        name = ident(self.exam.id, question.id, *([f"part {part}"] if part > 1 else []))
        return items.item(name, _title(question, part), profile, weight, body)

    def _text(
        self, text: Information, becomes: str, lines: list[ReportLine], remark: Remark = remarks.TEXT_MERGED
    ) -> str:
        """Return a text that goes with a question, as HTML, and put its line into ``lines``."""
        self.media.turn_to(text.number)
        found = plan_question(text, self.exam, FORMS).with_remarks(remark)
        html = self._html.render(stem_blocks(found, self.exam))
        line = found.with_remarks(*self.media.remarks(text.number)).report_line()
        lines.append(replace(line, becomes=becomes, verdict=Verdict.ADAPTED))
        return html

    def _texts_alone(self, texts: tuple[Information, ...]) -> tuple[str, list[ReportLine]]:
        """Return all texts as one essay: a cartridge without any item is refused."""
        lines: list[ReportLine] = []
        made = [self._text(text, ItemKind.ESSAY.value, lines, remarks.TEXT_ALONE) for text in texts]
        return self._item(texts[0], items.ESSAY, 0, items.essay("".join(made))), lines


def _title(question: Question, part: int) -> str:
    title = question.name()
    number = f"{question.number}.{part}" if part else f"{question.number}"
    return named(f"{number}. {title[:LONGEST_NAME]}".strip())


def _notes(found: Plan) -> tuple[Remark, ...]:
    match found.question:
        case Choice() if found.kind is ItemKind.MULTIPLE:
            return (remarks.MOODLE_TICKS,)
        case FillInBlank() as question if found.kind is ItemKind.BLANKS:
            parts = (shared_remarks.PARTIAL_CREDIT,) if question.blanks > 1 else ()
            return (*parts, shared_remarks.CASE_IGNORED) if question.minds_case else parts
        case Matching() | SentenceAnalysis() if found.kind in (ItemKind.MATCHING, ItemKind.DROPDOWNS):
            return (shared_remarks.PARTIAL_CREDIT,)
    return ()
