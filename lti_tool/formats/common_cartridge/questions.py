"""One question of an exam as items of a cartridge, and the lines in the report."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from lti_tool.exam.media import Assets
from lti_tool.exam.model import Choice, Exam, FillInBlank, Information, Question, TrueFalse
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Element, Node, Text
from lti_tool.formats import changes
from lti_tool.formats.common_cartridge import items, remarks
from lti_tool.formats.common_cartridge.groups import Group
from lti_tool.formats.common_cartridge.html import CartridgeHtml
from lti_tool.formats.idents import ident
from lti_tool.formats.media import MediaFiles
from lti_tool.formats.options import shown_option
from lti_tool.formats.phrases import phrase
from lti_tool.formats.plan import Form, Plan, essay_instead, plan
from lti_tool.formats.report import Line, Verdict
from lti_tool.formats.stem import blocks, directed, stem
from lti_tool.formats.xmltext import decimal

MOST_POINTS = 99
MOST_BLANKS = 20
"""Each blank is an item with the whole text in it; of more blanks the students write an essay."""

LONGEST_NAME = 120

_FORMS = frozenset({Form.SINGLE, Form.MULTIPLE, Form.TRUE_FALSE, Form.SHORT_ANSWER, Form.ESSAY, Form.BLANKS})
_ZERO = "0"
"""PHP holds this text to be none, so Moodle leaves it out of the accepted ones."""


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
        found = self._fitting(plan(group.question, self.exam, _FORMS))
        if found.form is Form.NOTHING:
            return "", [found.line()]
        shown = "".join(html for html, _ in before), "".join(html for html, _ in after)
        xml, weight = self._items(found, *shown)
        line = self._line(found, weight)
        return xml, [*(one for _, one in before), line, *(one for _, one in after)]

    def _fitting(self, found: Plan) -> Plan:
        """Return the plan, or an essay where the profile cannot hold the answers."""
        match found.question:
            case FillInBlank(answers=answers) if found.form is Form.BLANKS and answers is not None:
                if any(_ZERO in accepted for accepted in answers):
                    return essay_instead(found, self.exam.language).with_remarks(remarks.ANSWER_ZERO)
                if len(answers) > MOST_BLANKS:
                    return essay_instead(found, self.exam.language)
                return found.with_remarks(remarks.BLANK_EACH.with_facts(count=len(answers)))
            case _ if found.form is Form.SHORT_ANSWER and _ZERO in found.accepted:
                return essay_instead(found, self.exam.language).with_remarks(remarks.ANSWER_ZERO)
        return found

    def _line(self, found: Plan, weight: int) -> Line:
        points = found.question.points
        if points != weight:
            found = found.with_remarks(remarks.WHOLE_POINTS.with_facts(out=weight, points=decimal(points)))
        line = found.with_remarks(*self.media.remarks()).line(_notes(found))
        return line if points == weight else replace(line, points_out=Decimal(weight))

    def _items(self, found: Plan, before: str, after: str) -> tuple[str, int]:
        question = found.question
        html = self._html.render(stem(found, self.exam))
        if isinstance(question, FillInBlank) and found.form is Form.BLANKS:
            return self._blanks(question, html, before, after)
        weight = whole_points(question.points)
        profile, body = self._body(found, before + html + after)
        return self._item(question, profile, weight, body), weight

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

    def _blanks(self, question: FillInBlank, html: str, before: str, after: str) -> tuple[str, int]:
        """Return an item for each blank; each shows the whole text, in which the blanks are numbered.

        Other texts stand in the first or the last of them.
        """
        answers = question.answers or ()
        body = self._html.render(directed(block, self.exam) for block in blocks(question.body))
        weights = _weights(question.points, len(answers))
        made: list[str] = []
        for number, (accepted, weight) in enumerate(zip(answers, weights, strict=True), 1):
            told = self._html.render((self._told(phrase("blank", self.exam.language, n=number)),))
            shown = (before if number == 1 else "") + html + body + told + (after if number == len(answers) else "")
            scored = items.fill_in(shown, accepted, case=not question.ignore_case)
            made.append(self._item(question, items.FILL_IN, weight, scored, number if len(answers) > 1 else 0))
        return "".join(made), sum(weights)

    def _told(self, sentence: str) -> Node:
        return directed(Element("p", (), (Element("em", (), (Text(sentence),)),)), self.exam)

    def _item(self, question: Question, profile: str, weight: int, body: str, part: int = 0) -> str:
        name = ident(self.exam.id, question.id, *([f"blank {part}"] if part > 1 else []))
        return items.item(name, _title(question, part), profile, weight, body)

    def _text(self, text: Information, becomes: str, remark: Remark = remarks.TEXT_MERGED) -> tuple[str, Line]:
        """Return a text that goes with a question, as HTML."""
        self.media.start()
        found = plan(text, self.exam, _FORMS).with_remarks(remark)
        html = self._html.render(stem(found, self.exam))
        line = found.with_remarks(*self.media.remarks()).line()
        return html, replace(line, becomes=becomes, verdict=Verdict.ADAPTED)

    def _texts_alone(self, texts: tuple[Information, ...]) -> tuple[str, list[Line]]:
        """Return all texts as one essay: a cartridge without any item is refused."""
        made = [self._text(text, Form.ESSAY.value, remarks.TEXT_ALONE) for text in texts]
        html = "".join(one for one, _ in made)
        xml = self._item(texts[0], items.ESSAY, 0, items.essay(html))
        return xml, [line for _, line in made]


def whole_points(points: Decimal) -> int:
    """Return points as a cartridge holds them: whole, at most 99, and never none where there were some."""
    rounded = int(points.to_integral_value(ROUND_HALF_UP))
    return min(max(rounded, 1 if points > 0 else 0), MOST_POINTS)


def _weights(points: Decimal, count: int) -> list[int]:
    """Return whole points for each blank, at least 1 if the question has any."""
    if points == 0:
        return [0] * count
    total = max(int(points.to_integral_value(ROUND_HALF_UP)), count)
    each, rest = divmod(total, count)
    return [min(each + (place < rest), MOST_POINTS) for place in range(count)]


def _title(question: Question, part: int) -> str:
    title = question.title.plain_text() or question.description.plain_text()
    number = f"{question.number}.{part}" if part else f"{question.number}"
    return f"{number}. {title[:LONGEST_NAME]}".strip()


def _notes(found: Plan) -> tuple[Remark, ...]:
    match found.question:
        case Choice() if found.form is Form.MULTIPLE:
            return (remarks.MOODLE_TICKS,)
        case FillInBlank(blanks=count, ignore_case=ignored) if found.form is Form.BLANKS:
            partial = (changes.PARTIAL_CREDIT,) if count > 1 else ()
            return partial if ignored else (*partial, changes.CASE_IGNORED)
    return ()
