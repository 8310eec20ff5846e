"""Sentences that students and markers read inside a package, in the language of the exam.

These cannot be translated where they are shown, for the LMS shows them: so they are here, and not in the catalogues.
Other languages get English. A further language is a file beside the others, and a line below.
"""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.formats.writing.phrases import ar, de, en, es, fr, hi, it, ja, nl, pt, zh

LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "en": en.SENTENCES,
    "nl": nl.SENTENCES,
    "de": de.SENTENCES,
    "fr": fr.SENTENCES,
    "es": es.SENTENCES,
    "pt": pt.SENTENCES,
    "it": it.SENTENCES,
    "ar": ar.SENTENCES,
    "zh": zh.SENTENCES,
    "ja": ja.SENTENCES,
    "hi": hi.SENTENCES,
}
"""By the first part of a language's tag."""


def phrase(name: str, language: str | None, **facts: str | int) -> str:
    """Return the sentence ``name`` in ``language`` (BCP 47), or in English."""
    sentence = LANGUAGES.get(_primary(language), en.SENTENCES)[name]
    return sentence % facts if facts else sentence


def has_phrases(language: str | None) -> bool:
    """Tell whether :func:`phrase` has sentences in a language. Of no language nobody expects another than English."""
    return _primary(language) in LANGUAGES


def _primary(language: str | None) -> str:
    return (language or "en").split("-")[0].lower()
