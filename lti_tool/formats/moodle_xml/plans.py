"""What becomes of a question in Moodle: the shared plan, bent to what Moodle's question types can hold."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lti_tool.exam.model import Choice, Exam, FillInBlank, Matching, Question, SentenceAnalysis, VoiceRecording
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Element, RichText, Text
from lti_tool.formats import changes
from lti_tool.formats.canvas_qti.html import has_pictures, plain_label
from lti_tool.formats.moodle_xml import remarks
from lti_tool.formats.moodle_xml.fractions import MOST_EVEN, weights
from lti_tool.formats.moodle_xml.gaps import can_be_gap
from lti_tool.formats.phrases import phrase
from lti_tool.formats.plan import Form, Plan, essay_instead, plan
from lti_tool.formats.xmltext import decimal

LONGEST_LABEL = 255
"""Characters; the width of Moodle's column for the right side of a pair."""

_FORMS = frozenset(Form)
_PLAIN_BLOCKS = frozenset({"p", "div", "span"})


def moodle_plan(question: Question, exam: Exam) -> Plan:
    """Return the plan of a question. A sentence analysis of the form ``BLANKS`` is a text with menus."""
    found = plan(question, exam, _FORMS)
    match question:
        case FillInBlank(answers=answers) if found.form is Form.BLANKS and answers is not None:
            return _gaps(found, answers, exam)
        case Matching() if found.form is Form.MATCHING:
            return _pairs(found, question, exam)
        case VoiceRecording():
            return replace(found, remarks=(remarks.VOICE,))
        case SentenceAnalysis() if _is_keyed(question):
            told = phrase("name_parts", exam.language)
            return Plan(question, Form.BLANKS, (remarks.ANALYSIS,), told)
    return found


def notes(found: Plan) -> tuple[Remark, ...]:
    """Return what is good to know though the question arrives as it is."""
    match found.question:
        case Choice(correct=correct) if found.form is Form.MULTIPLE and correct is not None and len(correct) > 1:
            uneven = (remarks.UNEVEN_TICKS,) if len(correct) > MOST_EVEN else ()
            return (remarks.PARTIAL_TICKS, *uneven)
        case Matching(left=left) if found.form is Form.MATCHING and len(left) > 1:
            return (changes.PARTIAL_CREDIT,)
        case FillInBlank(blanks=count) if found.form is Form.BLANKS and count > 1:
            return (changes.PARTIAL_CREDIT,)
        case SentenceAnalysis(segments=segments) if found.form is Form.BLANKS and len(segments) > 1:
            return (changes.PARTIAL_CREDIT,)
    return ()


def labels(question: SentenceAnalysis) -> tuple[str, ...]:
    """Return the names to choose from, each once."""
    return tuple(dict.fromkeys((*question.labels, *(label for _, label in question.segments))))


def _gaps(found: Plan, answers: tuple[tuple[str, ...], ...], exam: Exam) -> Plan:
    if not all(map(can_be_gap, answers)):
        return essay_instead(found, exam.language).with_remarks(remarks.GAP_SIGNS)
    points = found.question.points
    total = sum(weights(points, len(answers)))
    if points == Decimal(total):
        return found
    return found.with_remarks(remarks.GAP_POINTS.with_facts(out=total, points=decimal(points)))


def _pairs(found: Plan, question: Matching, exam: Exam) -> Plan:
    if all(map(_is_label, question.right)):
        return found if all(map(_is_plain, question.right)) else found.with_remarks(changes.PLAIN_TEXTS)
    swapped = _swapped(question)
    if swapped is None:
        return essay_instead(found, exam.language).with_remarks(remarks.LABELS)
    return replace(found, question=swapped).with_remarks(remarks.SWAPPED)


def _swapped(question: Matching) -> Matching | None:
    """Return the question with its columns exchanged, where that is the same question and the menus can hold it."""
    pairs = question.pairs or ()
    one_to_one = len({b for _, b in pairs}) == len(question.right) == len(pairs)
    names = {plain_label(text) for text in question.left}
    if not one_to_one or len(names) < len(question.left) or not all(map(_is_label, question.left)):
        return None
    turned = tuple(sorted((b, a) for a, b in pairs))
    return replace(question, left=question.right, right=question.left, pairs=turned)


def _is_label(text: RichText) -> bool:
    return not has_pictures(text) and 0 < len(plain_label(text)) <= LONGEST_LABEL


def _is_plain(text: RichText) -> bool:
    return all(isinstance(node, Text) or _is_plain_block(node) for node in text.walk())


def _is_plain_block(node: object) -> bool:
    return isinstance(node, Element) and node.tag in _PLAIN_BLOCKS


def _is_keyed(question: SentenceAnalysis) -> bool:
    parts = question.segments
    return bool(parts) and all(words and label for words, label in parts) and len(labels(question)) > 1
