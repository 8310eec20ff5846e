"""Open questions, texts without a question, and types that only Examplary can show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from lti_tool.exam.html.sanitise import remove_forbidden_characters
from lti_tool.exam.model import (
    Conversation,
    DateYear,
    Formula,
    Information,
    LongText,
    MathNotebook,
    Programming,
    Question,
    ShortText,
    Unknown,
    Upload,
    VoiceRecording,
)
from lti_tool.exam.parse.json_values import as_integer, as_line, as_list, as_object
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

PROGRAMMING_TYPES = "examplary.programming."
"""Prefix of the types of Examplary's programming pack; the name of the language follows."""

_PROGRAMMING_LANGUAGES = {"javascript": "JavaScript", "typescript": "TypeScript", "php": "PHP", "sql": "SQL"}
_TEST_NAME = re.compile(
    r"""\b(?:it|test)\s*\(\s*(?P<quote>["'`])(?P<name>(?:(?!(?P=quote))[^\\\n]){1,200})(?P=quote)\s*,"""
)
"""A named test in Jest's notation; only plain names, without escapes."""

_EXACT_ANSWERS = ("correctAnswer", "correctAnswers", "acceptedAnswers", "answers")
"""Keys that may hold exact answers; the first is Examplary's own name for them."""


def short_text(raw: RawQuestion) -> Question:
    """Read single-line-text. Exact answers are rare: Examplary scores this type by its rubric.

    If the exam lists exact answers, they count only if students can type all of them.
    """
    scoring = as_object(raw.data.get("scoring"))
    raw_answers = _first(raw.settings, *_EXACT_ANSWERS) or _first(scoring, *_EXACT_ANSWERS)
    answers = [answer for raw_answer in as_list(raw_answers) for answer in raw.typed_answers(raw_answer)]
    accepted: tuple[str, ...] = ()
    if all(answers):
        accepted = tuple(dict.fromkeys(variant for answer in answers for variant in typing_variants(answer)))
    else:
        raw.add_flaw(KEY_UNREADABLE)
    max_length = as_integer(raw.settings.get("maxLength"), 100_000)
    return ShortText(**raw.common_fields(), accepted=accepted or None, max_length=max_length)


def _first(settings: Mapping[str, object], *names: str) -> object:
    return next((settings[name] for name in names if settings.get(name)), None)


def date_year(raw: RawQuestion) -> Question:
    """Read date-year; a key that isn't a year or a date can't be scored automatically."""
    key = raw.typed_answer(raw.settings.get("correctAnswer"))
    date_type = raw.source_text(raw.settings.get("dateType"))
    full_date = date_type == "full-date" or (date_type != "year" and "-" in key)
    correct = _full_date(key) if full_date else _year(key)
    if correct is None:
        raw.add_flaw(KEY_UNREADABLE if key else KEY_MISSING)
    return DateYear(**raw.common_fields(), full_date=full_date, correct=correct)


def _year(text: str) -> str | None:
    return text if re.fullmatch(r"-?[0-9]{1,4}", text) else None


def _full_date(text: str) -> str | None:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None


def multi_line_text(raw: RawQuestion) -> Question:
    """Read multi-line-text."""
    return LongText(**raw.common_fields())


def essay(raw: RawQuestion) -> Question:
    """Read essay; 0 words means no limit, and a minimum above the maximum is ignored."""
    min_words = as_integer(raw.settings.get("minWords"), 100_000)
    max_words = as_integer(raw.settings.get("maxWords"), 100_000)
    if min_words and max_words and min_words > max_words:
        min_words = None
    return LongText(**raw.common_fields(), essay=True, min_words=min_words, max_words=max_words)


def paragraph(raw: RawQuestion) -> Question:
    """Read paragraph."""
    return Information(**raw.common_fields())


def exam_intro(raw: RawQuestion) -> Question:
    """Read exam-intro."""
    return Information(**raw.common_fields(), role="intro")


def exam_outro(raw: RawQuestion) -> Question:
    """Read exam-outro."""
    return Information(**raw.common_fields(), role="outro")


def upload(raw: RawQuestion) -> Question:
    """Read upload-file."""
    accept = ",".join(raw.source_text(file_type) for file_type in as_list(raw.settings.get("acceptFileTypes")))
    return Upload(**raw.common_fields(), accept=as_line(accept), extensions=_extensions(accept))


def _extensions(accept: str) -> tuple[str, ...]:
    """Return the extensions, or none (any file) if one of the types has no known extension."""
    extensions: list[str] = []
    for file_type in filter(None, (part.strip().lower() for part in accept.split(","))):
        if re.fullmatch(r"\.[a-z0-9]{1,8}", file_type):
            extensions.append(file_type[1:])
        elif file_type in _EXTENSIONS:
            extensions += _EXTENSIONS[file_type]
        else:
            return ()
    return tuple(dict.fromkeys(extensions))


def formula(raw: RawQuestion) -> Question:
    """Read formula."""
    return Formula(**raw.common_fields())


def math_notebook(raw: RawQuestion) -> Question:
    """Read math-notebook."""
    return MathNotebook(
        **raw.common_fields(),
        prefix=as_line(raw.settings.get("prefix"), 100),
    )


def programming(raw: RawQuestion) -> Question:
    """Read a type of Examplary's programming pack, ``examplary.programming.<language>``."""
    assertions = _code(raw, "assertions")
    language = raw.kind.rpartition(".")[2]
    return Programming(
        **raw.common_fields(),
        language=_PROGRAMMING_LANGUAGES.get(language, language.capitalize()),
        starter_code=_code(raw, "initial-value"),
        checks=tuple(dict.fromkeys(match["name"].strip() for match in _TEST_NAME.finditer(assertions))),
        assertions=assertions,
    )


def _code(raw: RawQuestion, setting: str) -> str:
    return remove_forbidden_characters(raw.source_text(raw.settings.get(setting))).strip("\n")


def conversational(raw: RawQuestion) -> Question:
    """Read conversational and persona-chat. Students never see the prompt, so its flaws are not theirs."""
    settings = raw.settings
    return Conversation(
        **raw.common_fields(),
        prompt=raw.rich_text(_first(settings, "conversationalPrompt", "instructions", "prompt")),
        criteria=raw.rich_text(_first(settings, "conversationalCompletionCriteria", "criteria")),
    )


def voice_recorder(raw: RawQuestion) -> Question:
    """Read voice-recorder; its length is in seconds."""
    return VoiceRecording(**raw.common_fields(), max_seconds=as_integer(raw.settings.get("maxDurationSeconds"), 86_400))


def unknown(raw: RawQuestion) -> Question:
    """Read an unknown type, keeping its settings."""
    raw.add_flaw(TYPE_UNKNOWN, type=raw.type_id or "?")
    return Unknown(**raw.common_fields(), settings=raw.settings)
