"""Notes for the grader: the rubric, the model answer, and keys that no machine can use. Never for students."""

from __future__ import annotations

import json
from collections.abc import Iterable

from lti_tool.exam.html.sanitise import remove_forbidden_characters
from lti_tool.exam.model import (
    Choice,
    Conversation,
    DateYear,
    Exam,
    FillInBlank,
    Matching,
    Ordering,
    Programming,
    Question,
    SentenceAnalysis,
    Unknown,
)
from lti_tool.exam.scoring import Criterion
from lti_tool.formats.planning.item_kinds import ItemKind
from lti_tool.formats.report import ReportLine
from lti_tool.formats.text.phrases import phrase
from lti_tool.formats.text.xml_text import format_decimal

MAX_LENGTH = 8_000
"""Characters of all notes together."""

_BY_HAND = (ItemKind.ESSAY.value, ItemKind.UPLOAD.value)


def has_hand_graded_rubric(exam: Exam, lines: Iterable[ReportLine]) -> bool:
    """Return whether a person marks a question that has criteria or a model answer."""
    by_hand = {line.question_id for line in lines if line.becomes in _BY_HAND}
    return any(question.id in by_hand and not question.rubric.is_empty for question in exam.questions)


def grading_notes(question: Question, language: str | None, *, model_answer: bool = True) -> str:
    """Return notes as plain lines, in the exam's language; empty if there are none."""
    lines = [_criterion(criterion) for criterion in question.rubric.criteria]
    if model_answer and not question.rubric.model_answer.is_empty:
        lines.append(f"{phrase('model_answer', language)}: {question.rubric.model_answer.plain_text()}")
    key = _key(question)
    if key:
        lines.append(f"{phrase('right_answer', language)}: {key}")
    lines += [f"{phrase('setting', language)}: {setting}" for setting in _settings(question)]
    notes = "\n".join([line for line in lines if line.strip(" :")])
    return notes if len(notes) <= MAX_LENGTH else f"{notes[:MAX_LENGTH]}…"


def _criterion(criterion: Criterion) -> str:
    levels = [_level(level.title, level.description, format_decimal(level.points)) for level in criterion.levels]
    return f"{criterion.title}: {'; '.join(levels)}".strip()


def _level(title: str, description: str, points: str) -> str:
    words = f"{title} – {description}" if title and description else title or description
    return f"{words} ({points})" if words else points


def _key(question: Question) -> str:
    match question:
        case Choice(options=options, correct=correct) if correct is not None:
            return "; ".join(options[index].plain_text() for index in correct)
        case DateYear(correct=correct) if correct is not None:
            return correct
        case Ordering(options=options):
            return " → ".join(option.plain_text() for option in options)
        case FillInBlank(answers=answers) if answers is not None:
            return "; ".join(" / ".join(accepted) for accepted in answers)
        case Matching(left=left, right=right, pairs=pairs) if pairs is not None:
            texts = ((left[index].plain_text(), right[match].plain_text()) for index, match in pairs)
            return "; ".join(f"{item} = {match}" for item, match in texts)
        case SentenceAnalysis(segments=segments, finite_verb=verb):
            parts = [f"{words} = {label}" for words, label in segments]
            return "; ".join([*parts, f"persoonsvorm = {verb}"] if verb else parts)
        case Unknown(settings=settings) if settings.get("correctAnswer"):
            return _json(settings["correctAnswer"])
    return ""


def _settings(question: Question) -> list[str]:
    match question:
        case Conversation(prompt=prompt, criteria=criteria):
            return [text.plain_text() for text in (prompt, criteria) if not text.is_empty]
        case SentenceAnalysis(explanation=explanation) if explanation:
            return [explanation]
        case Programming(assertions=assertions) if assertions:
            return [assertions]
    return []


def _json(value: object) -> str:
    if isinstance(value, str):
        return remove_forbidden_characters(value)
    try:
        return remove_forbidden_characters(json.dumps(value, ensure_ascii=False, default=str))
    except RecursionError:  # too deeply nested to help a grader
        return ""
