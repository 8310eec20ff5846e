"""What becomes of a question in an LMS that knows only some forms. Shared by all formats.

A format says which :class:`Form` it has; a plan names the form to write, what to tell the student, and what changes.
No plan ever marks a right answer wrong: what has no usable key is marked by the teacher.
"""

from __future__ import annotations

from dataclasses import replace
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
    Question,
    SentenceAnalysis,
    ShortText,
    TrueFalse,
    Upload,
    VoiceRecording,
)
from lti_tool.exam.parse import parser_remarks as flaws
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import RichText
from lti_tool.exam.scoring import NO_POINTS
from lti_tool.exam.value import value
from lti_tool.formats.planning import remarks as shared_remarks
from lti_tool.formats.planning.date_variants import accepted_dates, accepted_years
from lti_tool.formats.planning.dropdowns import dropdowns, sentence_part_name
from lti_tool.formats.planning.item_kinds import ItemKind, ListLayout
from lti_tool.formats.planning.option_order import in_display_order, right_column_order
from lti_tool.formats.report import ReportLine, Verdict
from lti_tool.formats.writing.phrases import phrase

__all__ = ["ItemKind", "ListLayout", "Plan", "essay_plan", "plan_question"]


@value
class Plan:
    """``instruction`` and ``lists`` follow the stem, for the student. ``accepted`` are the texts of a short answer.

    ``remarks`` say what changes; none means that the question arrives as it is. ``notes`` do not make it less native.
    """

    question: Question
    kind: ItemKind
    remarks: tuple[Remark, ...] = ()
    instruction: str = ""
    lists: tuple[tuple[RichText, ...], ...] = ()
    layout: ListLayout = ListLayout.BULLETS
    accepted: tuple[str, ...] = ()

    @property
    def points(self) -> Decimal:
        """Points that arrive in the LMS."""
        return NO_POINTS if self.kind is ItemKind.NOTHING else self.question.points

    def with_remarks(self, *remarks: Remark) -> Plan:
        """Return the plan with further changes."""
        return replace(self, remarks=(*self.remarks, *remarks)) if remarks else self

    def report_line(self, notes: tuple[Remark, ...] = (), name: str | None = None) -> ReportLine:
        """Return the report's line: changes first, then notes, then what the exam itself lacked.

        ``name`` is the question's, if it is known already.
        """
        question = self.question
        verdict = Verdict.ADAPTED if self.remarks else Verdict.NATIVE
        if self.kind is ItemKind.NOTHING:
            verdict = Verdict.LEFT_OUT
        remarks = (*self.remarks, *notes, *question.flaws)
        title = question.name() if name is None else name
        return ReportLine(
            question_id=question.id,
            number=question.number,
            title=title[:200],
            kind=question.kind,
            becomes=self.kind.value,
            verdict=verdict,
            remarks=tuple(dict.fromkeys(remarks)) if len(remarks) > 1 else remarks,
            points_in=question.points,
            points_out=self.points,
        )


def plan_question(question: Question, exam: Exam, forms: frozenset[ItemKind]) -> Plan:
    """Return the best plan for ``question`` among ``forms`` (essay and text are taken for granted)."""
    found = _native(question, exam.language)
    return found if found.kind in forms or found.kind in _EVERYWHERE else essay_plan(found, exam.language)


def essay_plan(native: Plan, language: str | None) -> Plan:  # noqa: PLR0911 -- a table of types
    """Return the plan of a question whose native form cannot be used: students write, the teacher marks."""
    match native.question:
        case Choice() as question:
            return _choice_essay(question, language)
        case Ordering() as question:
            return _ordering_essay(question, language)
        case Upload() as question:
            return _open(question, phrase("hand_in", language), shared_remarks.UPLOAD_TO_ESSAY)
        case FillInBlank() as question:
            return _blanks_essay(question, language)
        case Matching() as question:
            return _matching_essay(question, language)
        case VoiceRecording() as question:
            return _voice_essay(question, language)
        case SentenceAnalysis() as question:
            return _analysis_essay(question, language)
        case question:
            return _open(question, native.instruction or phrase("own_words", language), shared_remarks.KEYED_TO_ESSAY)


def _native(question: Question, language: str | None) -> Plan:  # noqa: PLR0911, PLR0912 -- a table of types
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
            return _open(question, phrase("formula", language), shared_remarks.FORMULA_TO_ESSAY)
        case MathNotebook():
            return _notebook(question, language)
        case Conversation():
            return _open(question, phrase("conversation", language), shared_remarks.TALK_TO_ESSAY)
        case _:
            return _unknown(question, language)


_EVERYWHERE = frozenset({ItemKind.ESSAY, ItemKind.TEXT, ItemKind.NOTHING})


def _open(question: Question, instruction: str, *remarks: Remark) -> Plan:
    return Plan(question, ItemKind.ESSAY, remarks, instruction)


def _choice(question: Choice, language: str | None) -> Plan:
    if question.correct is None:
        return _choice_essay(question, language)
    return Plan(question, ItemKind.MULTIPLE if question.multiple else ItemKind.SINGLE)


def _choice_essay(question: Choice, language: str | None) -> Plan:
    remark = shared_remarks.NO_KEY if question.correct is None else shared_remarks.KEYED_TO_ESSAY
    return replace(_open(question, phrase("choose_and_write", language), remark), lists=(question.options,))


def _true_false(question: TrueFalse, language: str | None) -> Plan:
    if question.correct is None:
        return _open(question, phrase("true_or_false", language), shared_remarks.NO_KEY)
    return Plan(question, ItemKind.TRUE_FALSE)


def _short_text(question: ShortText) -> Plan:
    if question.accepted is None:
        return _open(question, "", shared_remarks.TEACHER_MARKS)
    return Plan(question, ItemKind.SHORT_ANSWER, accepted=question.accepted)


def _date_year(question: DateYear, language: str | None) -> Plan:
    instruction = phrase("date" if question.full_date else "year", language)
    if question.correct is None:
        return _open(question, instruction, shared_remarks.NO_KEY)
    if question.full_date:
        dates = accepted_dates(question.correct, language)
        return Plan(question, ItemKind.SHORT_ANSWER, (shared_remarks.DATE_FORMAT,), instruction, accepted=dates)
    return Plan(question, ItemKind.SHORT_ANSWER, (), instruction, accepted=accepted_years(question.correct, language))


def _long_text(question: LongText, language: str | None) -> Plan:
    least, most = question.min_words, question.max_words
    if least and most:
        return _open(question, phrase("words_between", language, least=least, most=most))
    if least:
        return _open(question, phrase("words_least", language, least=least))
    return _open(question, phrase("words_most", language, most=most) if most else "")


def _ordering_essay(question: Ordering, language: str | None) -> Plan:
    shown = in_display_order(question.options)
    return replace(_open(question, phrase("order", language), shared_remarks.ORDER_TO_ESSAY), lists=(shown,))


def _blanks_essay(question: FillInBlank, language: str | None) -> Plan:
    instruction = phrase("blanks" if question.blanks else "own_words", language)
    found = replace(_open(question, instruction, shared_remarks.BLANKS_TO_ESSAY), layout=ListLayout.PARAGRAPHS)
    return replace(found, lists=((question.body,),) if not question.body.is_empty else ())


def _matching_essay(question: Matching, language: str | None) -> Plan:
    right = tuple(question.right[place] for place in right_column_order(question))
    lists = tuple(one for one in (question.left, right) if one)
    return replace(_open(question, phrase("match", language), shared_remarks.MATCH_TO_ESSAY), lists=lists)


def _voice(question: VoiceRecording, language: str | None) -> Plan:
    seconds = question.max_seconds
    told = phrase("voice_seconds", language, seconds=seconds) if seconds else phrase("voice", language)
    return Plan(question, ItemKind.UPLOAD, (shared_remarks.VOICE_TO_UPLOAD,), told)


def _voice_essay(question: VoiceRecording, language: str | None) -> Plan:
    told = f"{_voice(question, language).instruction} {phrase('hand_in', language)}"
    return _open(question, told, shared_remarks.VOICE_TO_ESSAY)


def _analysis(question: SentenceAnalysis, language: str | None) -> Plan:
    if dropdowns(question):
        return Plan(
            question, ItemKind.DROPDOWNS, (shared_remarks.ANALYSIS_TO_DROPDOWNS,), phrase("name_parts", language)
        )
    return _analysis_essay(question, language)


def _analysis_essay(question: SentenceAnalysis, language: str | None) -> Plan:
    shown = (RichText.plain(question.sentence), RichText.plain(", ".join(map(sentence_part_name, question.labels))))
    found = _open(question, phrase("sentence", language), shared_remarks.ANALYSIS_TO_ESSAY)
    return replace(found, lists=(tuple(one for one in shown if one.nodes),), layout=ListLayout.PARAGRAPHS)


def _notebook(question: MathNotebook, language: str | None) -> Plan:
    found = _open(question, phrase("steps", language), shared_remarks.STEPS_TO_ESSAY)
    shown = ((RichText.plain(f"{question.prefix} …"),),) if question.prefix else ()
    return replace(found, lists=shown, layout=ListLayout.PARAGRAPHS)


def _unknown(question: Question, language: str | None) -> Plan:
    if flaws.UNREADABLE in question.flaws:
        return Plan(question, ItemKind.NOTHING, (shared_remarks.LEFT_OUT_UNREADABLE,))
    return _open(question, phrase("own_words", language), shared_remarks.UNKNOWN_TO_ESSAY)
