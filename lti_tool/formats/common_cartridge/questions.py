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
from lti_tool.formats.planning import remarks as changes
from lti_tool.formats.planning.dropdowns import Menu, menus
from lti_tool.formats.planning.option_order import right_order
from lti_tool.formats.planning.options import shown, shown_option
from lti_tool.formats.planning.plan import Form, Plan, plan
from lti_tool.formats.planning.stem import Told, blocks, directed, stem
from lti_tool.formats.report import Line, Verdict
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.media import MediaFiles
from lti_tool.formats.writing.phrases import phrase
from lti_tool.formats.writing.xml_text import decimal

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
    line: Line

    def __init__(self, group: Group, question: Question) -> None:
        self.group, self.question = group, question
        self.others: list[Line] = []
        self.weight = 0

    @property
    def lines(self) -> list[Line]:
        """The lines of the question and of its texts."""
        return [self.line, *self.others]


class CartridgeQuestions:
    """Makes the items of one exam."""

    def __init__(self, exam: Exam, assets: Assets, ready: Told | None = None) -> None:
        self.exam, self._ready = exam, ready
        self.media = MediaFiles(assets)
        self._html = CartridgeHtml(self.media, exam.language)

    def make(self) -> Iterator[tuple[str, list[Line]]]:
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
        draft.plan = fitted(plan(draft.question, self.exam, FORMS), self.exam)

    def _stem(self, draft: Draft) -> None:
        self.media.turn_to(draft.question.number)
        draft.html = self._html.render(stem(draft.plan, self.exam, self._ready))

    def _items(self, draft: Draft) -> None:
        self.media.turn_to(draft.question.number)
        if draft.plan.form is Form.NOTHING:
            draft.written = ""
        elif parts := self._parts(draft.plan):
            draft.written, draft.weight = self._each(draft.plan, draft.html, parts, draft.before, draft.after)
        else:
            draft.weight = whole_points(draft.plan.question.points)
            profile, body = self._body(draft.plan, draft.before + draft.html + draft.after)
            draft.written = self._item(draft.plan.question, profile, draft.weight, body)

    def _line(self, draft: Draft) -> None:
        found, points, weight = draft.plan, draft.question.points, draft.weight
        if found.form is Form.NOTHING:
            draft.line = found.line()
            return
        if points != weight:
            found = found.with_remarks(remarks.WHOLE_POINTS.with_facts(out=weight, points=decimal(points)))
        line = found.with_remarks(*self.media.remarks(draft.question.number)).line(_notes(found))
        draft.line = line if points == weight else replace(line, points_out=Decimal(weight))

    def _parts(self, found: Plan) -> list[_Part]:
        match found.form, found.question:
            case Form.BLANKS, FillInBlank(answers=answers) as question if answers is not None:
                return [self._blank(question, number, accepted) for number, accepted in enumerate(answers, 1)]
            case Form.MATCHING, Matching() as question:
                return self._pairs(question)
            case Form.MENUS, SentenceAnalysis() as question:
                return list(map(self._menu, menus(question)))
        return []

    def _blank(self, question: FillInBlank, number: int, accepted: tuple[str, ...]) -> _Part:
        several = question.blanks > 1
        told = phrase("blank", self.exam.language, n=number) if several else ""
        fill_in = partial(items.fill_in, accepted=accepted, case=not question.ignore_case)
        return _Part(self._told(told), items.FILL_IN, fill_in)

    def _pairs(self, question: Matching) -> list[_Part]:
        order = right_order(question)
        options = [self._html.render(shown(question.right[place], self.exam)) for place in order]
        told = self._told(phrase("match_one", self.exam.language))
        return [
            _Part(
                (*told, *(directed(block, self.exam) for block in blocks(question.left[a]))),
                items.MULTIPLE_CHOICE,
                partial(items.single, options=options, correct=order.index(b), shuffle=question.shuffle),
            )
            for a, b in question.pairs or ()
        ]

    def _menu(self, menu: Menu) -> _Part:
        asked = (Element("p", (), (Element("strong", (), (Text(menu.words),)),)),) if menu.words else ()
        told = phrase("name_part" if menu.words else "finite_verb", self.exam.language)
        options = [self._html.characters(option) for option in menu.options]
        single = partial(items.single, options=options, correct=menu.right, shuffle=False)
        return _Part((*self._told(told), *asked), items.MULTIPLE_CHOICE, single)

    def _each(self, found: Plan, html: str, parts: list[_Part], before: str, after: str) -> tuple[str, int]:
        """Return an item for each part; each shows the whole text. Other texts stand in the first or the last."""
        question = found.question
        self._html.numbered = len(parts) > 1
        if isinstance(question, FillInBlank):
            html += self._html.render(directed(block, self.exam) for block in blocks(question.body))
        if isinstance(question, SentenceAnalysis):
            html += self._html.render((directed(Element("p", (), (Text(question.sentence),)), self.exam),))
        made: list[str] = []
        shares = weights(question.points, len(parts))
        for number, (part, weight) in enumerate(zip(parts, shares, strict=True), 1):
            stem_ = (before if number == 1 else "") + html + self._html.render(part.asked)
            body = part.body(stem_ + (after if number == len(parts) else ""))
            made.append(self._item(question, part.profile, weight, body, number if len(parts) > 1 else 0))
        return "".join(made), sum(shares)

    def _body(self, found: Plan, html: str) -> tuple[str, str]:
        match found.question:
            case Choice(correct=correct) as question if found.form is Form.SINGLE and correct is not None:
                options = self._options(question)
                return items.MULTIPLE_CHOICE, items.single(html, options, correct[0], shuffle=question.shuffle)
            case Choice(correct=correct) as question if found.form is Form.MULTIPLE and correct is not None:
                options = self._options(question)
                return items.MULTIPLE_RESPONSE, items.multiple(html, options, correct, shuffle=question.shuffle)
            case TrueFalse(correct=right) if found.form is Form.TRUE_FALSE:
                words = phrase("true", self.exam.language), phrase("false", self.exam.language)
                return items.TRUE_FALSE, items.true_false(html, words, correct=bool(right))
        if found.form is Form.SHORT_ANSWER:
            return items.FILL_IN, items.fill_in(html, found.accepted, case=False)
        return items.ESSAY, items.essay(html)

    def _options(self, question: Choice) -> list[str]:
        places = range(len(question.options))
        return [self._html.render(shown_option(question, place, self.exam)) for place in places]

    def _told(self, sentence: str) -> tuple[Node, ...]:
        if not sentence:
            return ()
        return (directed(Element("p", (), (Element("em", (), (Text(sentence),)),)), self.exam),)

    def _item(self, question: Question, profile: str, weight: int, body: str, part: int = 0) -> str:
        name = ident(self.exam.id, question.id, *([f"part {part}"] if part > 1 else []))
        return items.item(name, _title(question, part), profile, weight, body)

    def _text(self, text: Information, becomes: str, lines: list[Line], remark: Remark = remarks.TEXT_MERGED) -> str:
        """Return a text that goes with a question, as HTML, and put its line into ``lines``."""
        self.media.turn_to(text.number)
        found = plan(text, self.exam, FORMS).with_remarks(remark)
        html = self._html.render(stem(found, self.exam))
        line = found.with_remarks(*self.media.remarks(text.number)).line()
        lines.append(replace(line, becomes=becomes, verdict=Verdict.ADAPTED))
        return html

    def _texts_alone(self, texts: tuple[Information, ...]) -> tuple[str, list[Line]]:
        """Return all texts as one essay: a cartridge without any item is refused."""
        lines: list[Line] = []
        made = [self._text(text, Form.ESSAY.value, lines, remarks.TEXT_ALONE) for text in texts]
        return self._item(texts[0], items.ESSAY, 0, items.essay("".join(made))), lines


def _title(question: Question, part: int) -> str:
    title = question.name()
    number = f"{question.number}.{part}" if part else f"{question.number}"
    return named(f"{number}. {title[:LONGEST_NAME]}".strip())


def _notes(found: Plan) -> tuple[Remark, ...]:
    match found.question:
        case Choice() if found.form is Form.MULTIPLE:
            return (remarks.MOODLE_TICKS,)
        case FillInBlank() as question if found.form is Form.BLANKS:
            parts = (changes.PARTIAL_CREDIT,) if question.blanks > 1 else ()
            return (*parts, changes.CASE_IGNORED) if question.minds_case else parts
        case Matching() | SentenceAnalysis() if found.form in (Form.MATCHING, Form.MENUS):
            return (changes.PARTIAL_CREDIT,)
    return ()
