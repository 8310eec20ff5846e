"""Plans: the kind of item that each question becomes, and the changes on the way. Shared by all formats.

A format lists the :class:`ItemKind` values it supports. A plan has the kind to write, the instructions for the student,
and the changes. No plan can mark a right answer wrong: a question without a usable key is marked by the teacher.
"""

from __future__ import annotations

from decimal import Decimal

from lti_tool.exam.model import (
    Choice,
    Conversation,
    DateYear,
    Exam,
    FillInBlank,
    Formula,
    Information,
    LongText,
    Matching,
    MathNotebook,
    Ordering,
    Programming,
    Question,
    SentenceAnalysis,
    ShortText,
    TrueFalse,
    Upload,
    VoiceRecording,
)
from lti_tool.exam.parse.parser_remarks import UNREADABLE
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Element, Node, RichText
from lti_tool.exam.scoring import NO_POINTS
from lti_tool.exam.value import value
from lti_tool.formats.planning import remarks
from lti_tool.formats.planning.date_variants import accepted_dates, accepted_years
from lti_tool.formats.planning.dropdowns import dropdowns, sentence_part_name
from lti_tool.formats.planning.item_kinds import ItemKind, ListLayout
from lti_tool.formats.planning.option_order import in_display_order, right_column_order
from lti_tool.formats.report import ReportLine, Verdict
from lti_tool.formats.text.phrases import has_phrases, phrase, word_limits_phrase

__all__ = ["ItemKind", "ListLayout", "Plan", "essay_plan", "plan_question", "with_language"]

MAX_REPORT_TITLE_LENGTH = 200

_ALWAYS_SUPPORTED = frozenset({ItemKind.ESSAY, ItemKind.TEXT, ItemKind.NOTHING})

_Lists = tuple[tuple[RichText, ...], ...]


@value
class Plan:
    """``instruction`` and ``lists`` follow the stem, for the student. ``accepted`` are the texts of a short answer.

    ``remarks`` say what changes; none means that the question arrives unchanged.
    """

    question: Question
    kind: ItemKind
    remarks: tuple[Remark, ...] = ()
    instruction: str = ""
    lists: _Lists = ()
    layout: ListLayout = ListLayout.BULLETS
    accepted: tuple[str, ...] = ()

    @property
    def points(self) -> Decimal:
        """Points that arrive in the LMS."""
        return NO_POINTS if self.kind is ItemKind.NOTHING else self.question.points

    def with_remarks(self, *more: Remark) -> Plan:
        """Return the plan with further changes."""
        if not more:
            return self
        return Plan(
            self.question,
            self.kind,
            (*self.remarks, *more),
            self.instruction,
            self.lists,
            self.layout,
            self.accepted,
        )

    def report_line(self, notes: tuple[Remark, ...] = ()) -> ReportLine:
        """Return the report's line: changes first, then ``notes``, which leave a question native, then its flaws."""
        question = self.question
        all_remarks = (*self.remarks, *notes, *question.flaws)
        verdict = Verdict.ADAPTED if self.remarks else Verdict.NATIVE
        if self.kind is ItemKind.NOTHING:
            verdict = Verdict.LEFT_OUT
        return ReportLine(
            question_id=question.id,
            number=question.number,
            title=question.name()[:MAX_REPORT_TITLE_LENGTH],
            kind=question.kind,
            becomes=self.kind.label,
            verdict=verdict,
            remarks=tuple(dict.fromkeys(all_remarks)) if len(all_remarks) > 1 else all_remarks,
            points_in=question.points,
            points_out=self.points,
        )


def plan_question(question: Question, exam: Exam, supported: frozenset[ItemKind]) -> Plan:
    """Return the best plan for ``question`` among the ``supported`` kinds (essay and text always are)."""
    plan = _native_plan(question, exam.language)
    if plan.kind in supported or plan.kind in _ALWAYS_SUPPORTED:
        return with_language(plan, exam.language)
    return essay_plan(plan, exam.language)


def with_language(plan: Plan, language: str | None) -> Plan:
    """Return the plan with a remark if its instruction is in another language than the exam."""
    is_foreign = plan.instruction and not has_phrases(language) and remarks.ENGLISH not in plan.remarks
    return plan.with_remarks(remarks.ENGLISH) if is_foreign else plan


def essay_plan(native: Plan, language: str | None) -> Plan:
    """Return the plan of a question whose native kind cannot be used: students write, the teacher marks."""
    return with_language(_essay_plan(native, language), language)


def _essay_plan(native: Plan, language: str | None) -> Plan:
    match native.question:
        case Choice() as question:
            return _choice_essay(question, language)
        case Ordering() as question:
            return _ordering_essay(question, language)
        case Upload() as question:
            return _essay(question, phrase("hand_in", language), remarks.UPLOAD_TO_ESSAY)
        case FillInBlank() as question:
            return _blanks_essay(question, language)
        case Matching() as question:
            return _matching_essay(question, language)
        case VoiceRecording() as question:
            return _voice_essay(question, language)
        case SentenceAnalysis() as question:
            return _analysis_essay(question, language)
        case question:
            return _essay(question, native.instruction or phrase("own_words", language), remarks.KEYED_TO_ESSAY)


def _native_plan(question: Question, language: str | None) -> Plan:  # noqa: PLR0912 -- a table of types
    match question:
        case Choice():
            return _choice(question, language)
        case TrueFalse():
            return _true_false(question, language)
        case ShortText():
            return _short_text(question)
        case DateYear():
            return _date_year(question, language)
        case LongText():
            return _long_text(question, language)
        case Information():
            return Plan(question, ItemKind.TEXT)
        case Ordering():
            return Plan(question, ItemKind.ORDERING) if question.keyed else _ordering_essay(question, language)
        case Upload():
            return Plan(question, ItemKind.UPLOAD)
        case FillInBlank():
            return _blanks_essay(question, language) if question.answers is None else Plan(question, ItemKind.BLANKS)
        case Matching():
            return _matching_essay(question, language) if question.pairs is None else Plan(question, ItemKind.MATCHING)
        case VoiceRecording():
            return _voice(question, language)
        case SentenceAnalysis():
            return _analysis(question, language)
        case Formula():
            return _essay(question, phrase("formula", language), remarks.FORMULA_TO_ESSAY)
        case MathNotebook():
            return _notebook(question, language)
        case Programming():
            return _program(question, language)
        case Conversation():
            return _essay(question, phrase("conversation", language), remarks.TALK_TO_ESSAY)
        case _:
            return _unknown(question, language)


def _essay(
    question: Question,
    instruction: str,
    *changes: Remark,
    lists: _Lists = (),
    layout: ListLayout = ListLayout.BULLETS,
) -> Plan:
    return Plan(question, ItemKind.ESSAY, changes, instruction, lists, layout)


def _choice(question: Choice, language: str | None) -> Plan:
    if question.correct is None:
        return _choice_essay(question, language)
    return Plan(question, ItemKind.MULTIPLE if question.multiple else ItemKind.SINGLE)


def _choice_essay(question: Choice, language: str | None) -> Plan:
    change = remarks.NO_KEY if question.correct is None else remarks.KEYED_TO_ESSAY
    return _essay(question, phrase("choose_and_write", language), change, lists=(question.options,))


def _true_false(question: TrueFalse, language: str | None) -> Plan:
    if question.correct is None:
        return _essay(question, phrase("true_or_false", language), remarks.NO_KEY)
    return Plan(question, ItemKind.TRUE_FALSE)


def _short_text(question: ShortText) -> Plan:
    if question.accepted is None:
        return _essay(question, "", remarks.TEACHER_MARKS)
    return Plan(question, ItemKind.SHORT_ANSWER, accepted=question.accepted)


def _date_year(question: DateYear, language: str | None) -> Plan:
    instruction = phrase("date" if question.full_date else "year", language)
    if question.correct is None:
        return _essay(question, instruction, remarks.NO_KEY)
    if question.full_date:
        dates = accepted_dates(question.correct, language)
        return Plan(question, ItemKind.SHORT_ANSWER, (remarks.DATE_FORMAT,), instruction, accepted=dates)
    return Plan(question, ItemKind.SHORT_ANSWER, (), instruction, accepted=accepted_years(question.correct, language))


def _long_text(question: LongText, language: str | None) -> Plan:
    return _essay(question, word_limits_phrase(question.min_words, question.max_words, language))


def _ordering_essay(question: Ordering, language: str | None) -> Plan:
    options = in_display_order(question)
    return _essay(question, phrase("order", language), remarks.ORDER_TO_ESSAY, lists=(options,))


def _blanks_essay(question: FillInBlank, language: str | None) -> Plan:
    instruction = phrase("blanks" if question.blanks else "own_words", language)
    lists = ((question.body,),) if not question.body.is_empty else ()
    return _essay(question, instruction, remarks.BLANKS_TO_ESSAY, lists=lists, layout=ListLayout.PARAGRAPHS)


def _matching_essay(question: Matching, language: str | None) -> Plan:
    right = tuple(question.right[index] for index in right_column_order(question))
    lists = tuple(column for column in (question.left, right) if column)
    return _essay(question, phrase("match", language), remarks.MATCH_TO_ESSAY, lists=lists)


def _voice(question: VoiceRecording, language: str | None) -> Plan:
    return Plan(question, ItemKind.UPLOAD, (remarks.VOICE_TO_UPLOAD,), _voice_instruction(question, language))


def _voice_essay(question: VoiceRecording, language: str | None) -> Plan:
    instruction = f"{_voice_instruction(question, language)} {phrase('hand_in', language)}"
    return _essay(question, instruction, remarks.VOICE_TO_ESSAY)


def _voice_instruction(question: VoiceRecording, language: str | None) -> str:
    seconds = question.max_seconds
    return phrase("voice_seconds", language, seconds=seconds) if seconds else phrase("voice", language)


def _analysis(question: SentenceAnalysis, language: str | None) -> Plan:
    if dropdowns(question):
        instruction = phrase("name_parts", language)
        return Plan(question, ItemKind.DROPDOWNS, (remarks.ANALYSIS_TO_DROPDOWNS,), instruction)
    return _analysis_essay(question, language)


def _analysis_essay(question: SentenceAnalysis, language: str | None) -> Plan:
    labels = ", ".join(map(sentence_part_name, question.labels))
    paragraphs = tuple(RichText.plain(text) for text in (question.sentence, labels) if text)
    return _essay(
        question,
        phrase("sentence", language),
        remarks.ANALYSIS_TO_ESSAY,
        lists=(paragraphs,),
        layout=ListLayout.PARAGRAPHS,
    )


def _notebook(question: MathNotebook, language: str | None) -> Plan:
    lists = ((RichText.plain(f"{question.prefix} …"),),) if question.prefix else ()
    return _essay(
        question, phrase("steps", language), remarks.STEPS_TO_ESSAY, lists=lists, layout=ListLayout.PARAGRAPHS
    )


def _program(question: Programming, language: str | None) -> Plan:
    nodes: list[Node] = []
    if question.starter_code:
        code = Element("code", (), (question.starter_code,))
        nodes += [_emphasised(phrase("starter_code", language)), Element("pre", (), (code,))]
    if question.checks:
        checks = tuple(Element("li", (), (check,)) for check in question.checks)
        nodes += [_emphasised(phrase("program_checks", language)), Element("ul", (), checks)]
    lists = ((RichText(tuple(nodes)),),) if nodes else ()
    instruction = phrase("program", language, code=question.language)
    return _essay(question, instruction, remarks.PROGRAM_TO_ESSAY, lists=lists, layout=ListLayout.PARAGRAPHS)


def _emphasised(sentence: str) -> Node:
    return Element("p", (), (Element("em", (), (sentence,)),))


def _unknown(question: Question, language: str | None) -> Plan:
    if UNREADABLE in question.flaws:
        return Plan(question, ItemKind.NOTHING, (remarks.LEFT_OUT_UNREADABLE,))
    return _essay(question, phrase("own_words", language), remarks.UNKNOWN_TO_ESSAY)
