"""The language of a page, and the translation of messages from other packages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Flask, current_app, g, request
from flask_babel import Babel, get_domain, get_locale, refresh

from lti_tool import formats
from lti_tool.errors import Fact, Phrase
from lti_tool.exam.remark import Catalogue, Remark
from lti_tool.web.current_launch import cookie_name, current_launch_or_none

TRANSLATIONS = Path(__file__).parent / "translations"

ListStyle = Literal["standard", "or"]
_NUMBER = re.compile(r"(%\(\w+\))d")
_DECIMAL = re.compile(r"\d+\.\d+")
_HAS_DIRECTION = re.compile("[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")
"""Letters written from right to left, and marks that set or change the direction of text."""
_POINTS = ("points", "out")
"""Names of facts that are points: decimals in plain ASCII."""
_HUNDRED = 100
"""Every plural form of CLDR's languages for whole numbers occurs up to 100, except that for millions."""


def init_app(app: Flask, languages: tuple[str, ...]) -> None:
    """Offer pages in ``languages``; the first is the default."""
    app.config["LANGUAGES"] = languages
    Babel(
        app,
        default_locale=languages[0],
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=_select_locale,
    )
    # Flask-Babel's own look the catalogue up for each phrase: a fifth of the CPU of a long review page.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of jinja2.ext.i18n
        gettext=lambda text: page_catalogue().gettext(text),
        ngettext=lambda text, plural, number: page_catalogue().ngettext(text, plural, number),
        newstyle=True,
    )
    app.jinja_env.filters |= {
        "localize": localize,
        "translate": translate,
        "remark": remark_text,
        "list_text": list_text,
        "number": number_text,
        "field_number": field_number,
        "points": points_text,
    }
    app.jinja_env.globals |= {
        "page_catalogue": page_catalogue,
        "page_language": page_language,
    }


def localize(text: str, facts: Mapping[str, Fact] | None = None) -> str:
    """Translate a text marked with ``N_`` into the page's language and fill in ``facts``."""
    return _localize(text, facts or {}, "standard")


def _localize(text: str, facts: Mapping[str, Fact], list_style: ListStyle) -> str:
    # %(x)d becomes %(x)s: an error restored from its code has no facts, and "…" is not a number.
    spelled = {name: _spell_any(name, fact, list_style) for name, fact in facts.items()}
    return _NUMBER.sub(r"\1s", translate(text)) % _Facts(spelled)


def translate(text: str) -> str:
    """Translate a text marked with ``N_`` into the page's language, without filling in facts."""
    return page_catalogue().gettext(text) if text else ""


def remark_text(remark: Remark) -> str:
    """Return the sentence of a remark in the page's language."""
    return remark.plain(page_catalogue(), spell)


def phrase_text(phrase: Phrase) -> str:
    """Return a phrase in the page's language; its lists are choices: “a, b or c”."""
    return _localize(phrase.text, phrase.facts, "or")


def _spell_any(name: str, fact: Fact, list_style: ListStyle) -> str:
    if isinstance(fact, Phrase):
        return phrase_text(fact)
    return list_text(fact, list_style) if isinstance(fact, list | tuple) else spell(name, fact)


def list_text(texts: Iterable[str], style: ListStyle = "standard") -> str:
    """Return a list as the page's language writes it: “a, b and c”, or with ``or``, “a, b or c”."""
    return format_list(list(texts), style, get_locale() or Locale("en"))


def spell(name: str, fact: str | int) -> str:
    """Return a fact of a sentence as the page's language writes it: numbers by its rules, other text as it is.

    Text with a direction of its own is isolated (Unicode Standard Annex #9 §2.4): it doesn't turn the sentence round.
    """
    if isinstance(fact, int) or (name in _POINTS and _DECIMAL.fullmatch(fact)):
        return number_text(fact)
    return f"\u2068{fact}\u2069" if _HAS_DIRECTION.search(fact) else fact


def number_text(number: float | Decimal | str) -> str:
    """Return a number as the page's language writes it."""
    return _number_text(number, get_locale() or Locale("en"))


@lru_cache(1000)
def _number_text(number: float | Decimal | str, locale: Locale) -> str:
    """Cached: a review page has hundreds of points, which are few different numbers."""
    return format_decimal(number, locale=locale)


def field_number(number: Decimal) -> str:
    """Return a number for a field: with the decimal separator of the page's language, all its digits, and no others."""
    plain = Decimal(formats.format_decimal(number))
    locale = get_locale() or Locale("en")
    return format_decimal(plain, locale=locale, group_separator=False, decimal_quantization=False)


def points_text(number: Decimal) -> str:
    """Return a number of points in words."""
    plural = plural_number(number)
    sentence = page_catalogue().ngettext("%(points)s point", "%(points)s points", plural)
    return sentence % {"points": number_text(number)}


def plural_number(number: float | Decimal) -> int:
    """Return a whole number of the same plural form as ``number``: gettext has no forms for fractions, CLDR has."""
    if number == int(number):
        return int(number)
    locale = get_locale() or Locale("en")
    form = locale.plural_form(number)
    return next((whole for whole in range(_HUNDRED + 1) if locale.plural_form(whole) == form), _HUNDRED)


def page_catalogue() -> Catalogue:
    """Return the translations into the page's language, looked up once for each request."""
    if "catalogue" not in g:
        g.catalogue = get_domain().get_translations()
    catalogue: Catalogue = g.catalogue
    return catalogue


def page_language() -> tuple[str, str]:
    """Return the page's language tag and the direction of its script."""
    locale = get_locale() or Locale("en")
    return str(locale).replace("_", "-"), locale.text_direction


def use_languages(languages: Iterable[str]) -> None:
    """Write the rest of this request's page in the first of ``languages`` that is offered; empty ones don't count."""
    g.languages_of_launch = tuple(languages)
    g.pop("catalogue", None)
    refresh()


def language_name(tag: str) -> str:
    """Return the name of a language in the page's language, or the tag itself if it is unknown."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(get_locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


class _Facts(dict[str, str]):
    """Shows "…" for a missing fact: half a sentence helps more than none."""

    def __missing__(self, key: str) -> str:
        return "…"


def _select_locale() -> str:
    """Return the chosen language, else the LMS's, else the browser's: the first that is offered."""
    languages: tuple[str, ...] = current_app.config["LANGUAGES"]
    launch = current_launch_or_none()
    if launch is not None:
        own = [launch.chosen_language, launch.locale]
    else:
        own = [*g.get("languages_of_launch", ()), request.cookies.get(cookie_name("language"), "")]
    preferred = [*(tag.replace("_", "-") for tag in own), *request.accept_languages.values()]
    return negotiate_locale([tag for tag in preferred if tag], languages, sep="-") or languages[0]
