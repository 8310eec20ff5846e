"""Questions that are answered freely, texts that ask nothing, and types that only Examplary can show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from lti_tool.exam.model import (
    Conversation,
    DateYear,
    Formula,
    Information,
    LongText,
    MathNotebook,
    Question,
    ShortText,
    Unknown,
    Upload,
    VoiceRecording,
)
from lti_tool.exam.parse.json_values import as_boolean, as_integer, as_line, as_list, as_object
from lti_tool.exam.parse.parser_remarks import KEY_MISSING, KEY_UNREADABLE, TYPE_UNKNOWN
from lti_tool.exam.parse.raw_question import RawQuestion
from lti_tool.exam.visible_text import typing_variants

_EXTENSIONS = {
    "application/pdf": ("pdf",),
    "application/msword": ("doc",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "image/*": ("png", "jpg", "jpeg", "gif", "webp"),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "audio/*": ("mp3", "m4a", "wav", "ogg", "webm"),
    "video/*": ("mp4", "mov", "webm"),
    "text/plain": ("txt",),
    "text/csv": ("csv",),
    "application/rtf": ("rtf",),
    "application/zip": ("zip",),
    "application/vnd.ms-excel": ("xls",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.ms-powerpoint": ("ppt",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "audio/mpeg": ("mp3",),
    "video/mp4": ("mp4",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/svg+xml": ("svg",),
}

_EXACT = ("correctAnswer", "correctAnswers", "acceptedAnswers", "answers")
"""Where exact answers may stand; the first is Examplary's own name for them."""


def short_text(source: RawQuestion) -> Question:
    """Read single-line-text. Exact answers are rare: Examplary marks this type by its rubric.

    Where the exam lists some, all of them must be such that students can type them.
    """
    scoring = as_object(source.raw.get("scoring"))
    given = _first(source.settings, *_EXACT) or _first(scoring, *_EXACT)
    answers = [answer for one in as_list(given) for answer in source.answers(one)]
    if not all(answers):
        source.flaw(KEY_UNREADABLE)
    accepted = (
        tuple(dict.fromkeys(way for answer in answers for way in typing_variants(answer))) if all(answers) else ()
    )
    longest = as_integer(source.settings.get("maxLength"), 100_000)
    return ShortText(**source.base(), accepted=accepted or None, max_length=longest)


def _first(settings: Mapping[str, object], *names: str) -> object:
    for name in names:
        if found := settings.get(name):
            return found
    return None


def date_year(source: RawQuestion) -> Question:
    """Read date-year; a key that is no year or no date cannot be marked."""
    raw = source.answer(source.settings.get("correctAnswer"))
    kind = source.raw_text(source.settings.get("dateType"))
    full = kind == "full-date" or (kind != "year" and "-" in raw)
    correct = _full_date(raw) if full else _year(raw)
    if correct is None:
        source.flaw(KEY_UNREADABLE if raw else KEY_MISSING)
    return DateYear(**source.base(), full_date=full, correct=correct)


def _year(raw: str) -> str | None:
    return raw if re.fullmatch(r"-?[0-9]{1,4}", raw) else None


def _full_date(raw: str) -> str | None:
    try:
        return date.fromisoformat(raw[:10]).isoformat()
    except ValueError:
        return None


def multi_line_text(source: RawQuestion) -> Question:
    """Read multi-line-text."""
    return LongText(**source.base())


def essay(source: RawQuestion) -> Question:
    """Read essay; 0 words means no limit, and a least above the most is none."""
    least = as_integer(source.settings.get("minWords"), 100_000)
    most = as_integer(source.settings.get("maxWords"), 100_000)
    if least and most and least > most:
        least = None
    return LongText(**source.base(), essay=True, min_words=least, max_words=most)


def paragraph(source: RawQuestion) -> Question:
    """Read paragraph."""
    return Information(**source.base())


def exam_intro(source: RawQuestion) -> Question:
    """Read exam-intro."""
    return Information(**source.base(), role="intro")


def exam_outro(source: RawQuestion) -> Question:
    """Read exam-outro."""
    return Information(**source.base(), role="outro")


def upload(source: RawQuestion) -> Question:
    """Read upload-file."""
    raw = ",".join(source.raw_text(one) for one in as_list(source.settings.get("acceptFileTypes")))
    return Upload(**source.base(), accept=as_line(raw), extensions=_extensions(raw))


def _extensions(raw: str) -> tuple[str, ...]:
    """Return the extensions, or none (any file) if one of the types cannot be said in extensions."""
    found: list[str] = []
    for one in filter(None, (part.strip().lower() for part in raw.split(","))):
        if re.fullmatch(r"\.[a-z0-9]{1,8}", one):
            found.append(one[1:])
        elif one in _EXTENSIONS:
            found += _EXTENSIONS[one]
        else:
            return ()
    return tuple(dict.fromkeys(found))


def formula(source: RawQuestion) -> Question:
    """Read formula."""
    return Formula(**source.base())


def math_notebook(source: RawQuestion) -> Question:
    """Read math-notebook."""
    return MathNotebook(
        **source.base(),
        initial_lines=as_integer(source.settings.get("initialLines"), 1000),
        prefix=as_line(source.settings.get("prefix"), 100),
    )


def conversational(source: RawQuestion) -> Question:
    """Read conversational and persona-chat; what the machine is told is never for the student."""
    settings = source.settings
    return Conversation(
        **source.base(),
        prompt=source.rich(_first(settings, "conversationalPrompt", "instructions", "prompt")),
        criteria=source.rich(_first(settings, "conversationalCompletionCriteria", "criteria")),
        ai_starts=as_boolean(settings.get("aiStarts")),
        max_turns=as_integer(settings.get("maxTurns"), 10_000),
    )


def voice_recorder(source: RawQuestion) -> Question:
    """Read voice-recorder; its length is in seconds."""
    return VoiceRecording(**source.base(), max_seconds=as_integer(source.settings.get("maxDurationSeconds"), 86_400))


def unknown(source: RawQuestion) -> Question:
    """Read a type that we do not know; its settings are kept."""
    source.flaw(TYPE_UNKNOWN, type=source.type_id or "?")
    return Unknown(**source.base(), settings=source.settings)
