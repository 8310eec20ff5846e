"""Sentence analysis: words, the parts that they form, and the finite verb.

Examplary splits a sentence into words at white space. The key names ranges of words; like Examplary, we ignore a key
whose ranges do not cover all words in order.

See docs/reference/examplary-api.md#question-types.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from lti_tool.exam.model import Question, SentenceAnalysis
from lti_tool.exam.parse.json_values import as_boolean, as_line, as_list, as_object
from lti_tool.exam.parse.parser_remarks import KEY_MISSING, KEY_UNREADABLE
from lti_tool.exam.parse.raw_question import RawQuestion

_DEFAULT_LABELS = ("OW", "WG", "LV", "BWB")
"""Offered by Examplary if the question names no labels."""


def sentence_analysis(raw: RawQuestion) -> Question:
    """Read sentence-analysis; its key may be an object, or JSON in a string."""
    settings = raw.settings
    key = _key(settings.get("correctAnswer"))
    sentence = as_line(settings.get("sentence") or key.get("raw"), 5000)
    segments = _segments(sentence.split(), key)
    if segments is None:
        raw.add_flaw(KEY_UNREADABLE if key else KEY_MISSING)
    labels = tuple(filter(None, (as_line(label, 100) for label in as_list(settings.get("enabledLabels")))))
    asks_verb = as_boolean(settings.get("requirePersoonsvorm"), default=True)
    return SentenceAnalysis(
        **raw.common_fields(),
        sentence=sentence,
        labels=labels or _DEFAULT_LABELS,
        segments=segments or (),
        finite_verb=_range(sentence.split(), as_object(key.get("persoonsvorm"))) if asks_verb else None,
        explanation=as_line(settings.get("explanation"), 5000),
    )


def _key(raw: object) -> Mapping[str, object]:
    if not isinstance(raw, str):
        return as_object(raw)
    try:
        return as_object(json.loads(raw))
    except (ValueError, RecursionError):
        return {}


def _segments(words: list[str], key: Mapping[str, object]) -> tuple[tuple[str, str], ...] | None:
    """Return the parts with their labels, or ``None`` unless they cover all words in order, each with a label."""
    segments: list[tuple[str, str]] = []
    covered = 0
    for segment in map(as_object, as_list(key.get("segments"))):
        part = _range(words[covered:], segment, covered)
        label = as_line(segment.get("label"), 100)
        if part is None or _index(segment.get("startToken")) != covered or not label:
            return None
        segments.append((part, label))
        covered += len(part.split())
    return tuple(segments) if segments and covered == len(words) else None


def _range(words: list[str], span: Mapping[str, object], offset: int = 0) -> str | None:
    """Return the words of a span whose indices start at ``offset``; ``None`` if it is not within ``words``."""
    first, last = _index(span.get("startToken")), _index(span.get("endToken"))
    if first is None or last is None or not offset <= first <= last < offset + len(words):
        return None
    return " ".join(words[first - offset : last - offset + 1])


def _index(value: object) -> int | None:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 8:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
