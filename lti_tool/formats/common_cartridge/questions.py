"""One question of an exam as items of a cartridge, and the lines in the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial

from lti_tool.exam.media import Assets
from lti_tool.exam.model import Choice, Exam, FillInBlank, Information, Matching, Question, SentenceAnalysis, TrueFalse
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Element, Node, Text
from lti_tool.exam.value import value
from lti_tool.formats import changes
from lti_tool.formats.common_cartridge import items, remarks
from lti_tool.formats.common_cartridge.fitting import FORMS, fitted, weights, whole_points
from lti_tool.formats.common_cartridge.groups import Group
from lti_tool.formats.common_cartridge.html import CartridgeHtml, named
from lti_tool.formats.idents import ident
from lti_tool.formats.media import MediaFiles
from lti_tool.formats.menus import Menu, menus
from lti_tool.formats.options import shown, shown_option
from lti_tool.formats.order import right_order
from lti_tool.formats.phrases import phrase
from lti_tool.formats.plan import Form, Plan, plan
from lti_tool.formats.report import Line, Verdict
from lti_tool.formats.stem import blocks, directed, stem
from lti_tool.formats.xmltext import decimal

LONGEST_NAME = 120


@value
class _Part:
    """A part of a question that is an item of its own: what is asked of it, and how it is answered."""

    asked: tuple[Node, ...]
    profile: str
    body: Callable[[str], str]


class CartridgeQuestions:
    """Makes the items of one exam, group by group."""

    def __init__(self, exam: Exam, assets: Assets) -> None:
        self.exam = exam
        self.media = MediaFiles(assets)
        self._html = CartridgeHtml(self.media, exam.language)

    def make(self, group: Group) -> tuple[str, list[Line]]:
        """Return the items of a group, and the lines of its texts and its question in their order."""
        if group.question is None:
            return self._texts_alone(group.before)
        before = [self._text(text, remarks.TEXT_BEFORE) for text in group.before]
        after = [self._text(text, remarks.TEXT_AFTER) for text in group.after]
        self.media.start()
        found = fitted(plan(group.question, self.exam, FORMS), self.exam)
        if found.form is Form.NOTHING:
            return "", [found.line()]
        shown = "".join(html for html, _ in before), "".join(html for html, _ in after)
        xml, weight = self._items(found, *shown)
        line = self._line(found, weight)
        return xml, [*(one for _, one in before), line, *(one for _, one in after)]

    def _line(self, found: Plan, weight: int) -> Line:
        points = found.question.points
        if points != weight:
            found = found.with_remarks(remarks.WHOLE_POINTS.with_facts(out=weight, points=decimal(points)))
        line = found.with_remarks(*self.media.remarks()).line(_notes(found))
        return line if points == weight else replace(line, points_out=Decimal(weight))

    def _items(self, found: Plan, before: str, after: str) -> tuple[str, int]:
        question = found.question
        html = self._html.render(stem(found, self.exam))
        parts = self._parts(found)
        if parts:
            return self._each(found, html, parts, before, after)
        weight = whole_points(question.points)
        profile, body = self._body(found, before + html + after)
        return self._item(question, profile, weight, body), weight

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

    def _text(self, text: Information, becomes: str, remark: Remark = remarks.TEXT_MERGED) -> tuple[str, Line]:
        """Return a text that goes with a question, as HTML."""
        self.media.start()
        found = plan(text, self.exam, FORMS).with_remarks(remark)
        html = self._html.render(stem(found, self.exam))
        line = found.with_remarks(*self.media.remarks()).line()
        return html, replace(line, becomes=becomes, verdict=Verdict.ADAPTED)

    def _texts_alone(self, texts: tuple[Information, ...]) -> tuple[str, list[Line]]:
        """Return all texts as one essay: a cartridge without any item is refused."""
        made = [self._text(text, Form.ESSAY.value, remarks.TEXT_ALONE) for text in texts]
        html = "".join(one for one, _ in made)
        xml = self._item(texts[0], items.ESSAY, 0, items.essay(html))
        return xml, [line for _, line in made]


def _title(question: Question, part: int) -> str:
    title = question.title.plain_text() or question.description.plain_text()
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
