"""Sentences that students and graders read inside a package or on paper, in the language of the exam.

The pages' catalogues are in the teacher's language, which may be another one; hence these sentences are here.
Other languages get English. A further language is a file beside the others, and a line below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import format_decimal

from lti_tool.formats.text import xml_text
from lti_tool.formats.text.phrases import ar, de, en, es, fr, hi, it, ja, nl, pt, zh
from lti_tool.formats.text.phrases.plurals import PLURALS
from lti_tool.languages import primary_subtag

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
    """Return the sentence ``name`` in ``language`` (BCP 47), or in English. The last fact chooses the plural form."""
    own = phrase_language(language)
    sentence = LANGUAGES[own][name]
    if not facts:
        return sentence
    forms = PLURALS.get(own, {}).get(name)
    if forms:
        sentence = forms.get(_plural_form(own)(int([*facts.values()][-1])), sentence)
    return sentence % facts


def points_phrase(points: Decimal, language: str | None) -> str:
    """Return a number of points in words, with the number as the language writes it."""
    own = phrase_language(language)
    number = Decimal(xml_text.format_decimal(points))
    sentence = PLURALS.get(own, {}).get("points", {}).get(_plural_form(own)(number), LANGUAGES[own]["points"])
    return sentence % {"points": format_decimal(number, locale=own)}


def word_limits_phrase(least: int | None, most: int | None, language: str | None) -> str:
    """Return the sentence about the number of words to write; empty if there is no limit."""
    if least and most:
        return phrase("words_between", language, least=least, most=most)
    if least:
        return phrase("words_least", language, least=least)
    return phrase("words_most", language, most=most) if most else ""


def phrase_language(language: str | None) -> str:
    """Return the tag of the language in which :func:`phrase` answers."""
    own = primary_subtag(language)
    return own if own in LANGUAGES else "en"


def has_phrases(language: str | None) -> bool:
    """Return whether :func:`phrase` has sentences in a language. Without a language, English is expected."""
    return primary_subtag(language) in LANGUAGES


@cache
def _plural_form(own: str) -> Callable[[float | Decimal], str]:
    """Return the function that names the plural form of a number in one of :data:`LANGUAGES`."""
    return Locale(own).plural_form
