"""Which language a page speaks, and how texts of lower floors are put into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.support import NullTranslations
from flask import Flask, current_app, g, request
from flask_babel import Babel, get_locale, get_translations, gettext

from lti_tool.web.current_launch import perhaps_visit
from lti_tool.web.http import the

TRANSLATIONS = Path(__file__).parent / "translations"

_NUMBER = re.compile(r"(%\(\w+\))d")
"""A place for a whole number. Where it is not known, as of an error that was kept by its code, it stays open too."""


def init_app(app: Flask, languages: tuple[str, ...]) -> None:
    """Offer pages in ``languages``; the first one is for everybody else."""
    app.config["LANGUAGES"] = languages
    Babel(
        app,
        default_locale=languages[0],
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=_choose,
    )
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of Babel's extension of Jinja
        gettext=lambda text: _catalogue().ugettext(text),
        ngettext=lambda one, many, number: _catalogue().ungettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.filters["say"] = say
    app.jinja_env.globals |= {"translate": translate, "page_language": page_language}


def say(text: str, facts: Mapping[str, str | int] | None = None) -> str:
    """Return a text that was marked with ``N_`` in the language of the page; ``facts`` fill its places."""
    return _NUMBER.sub(r"\1s", translate(text)) % _Facts(facts or {})


def translate(text: str) -> str:
    """Return a text that was marked with ``N_`` in the language of the page, its places still open."""
    return str(gettext(text)) if text else ""


def page_language() -> tuple[str, str]:
    """Return the page's language and the direction of its script."""
    locale = get_locale() or Locale("en")
    return str(locale).replace("_", "-"), locale.text_direction


def language_name(tag: str) -> str:
    """Return the name of a language in the language of the page; the tag itself if it has none."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(get_locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def _catalogue() -> NullTranslations:
    """Return the texts in the language of the page. Flask-Babel would find them again for each text."""
    held = the(g)
    if "catalogue" not in held:
        held.catalogue = get_translations()
    return cast("NullTranslations", held.catalogue)


class _Facts(dict[str, str | int]):
    """A place for which nothing is known stays open: a half sentence helps more than none."""

    def __missing__(self, key: str) -> str:
        return "…"


def _choose() -> str:
    """The LMS's language first, then the browser's."""
    offered: tuple[str, ...] = current_app.config["LANGUAGES"]
    visit = perhaps_visit()
    if visit is not None and visit.locale:
        return negotiate_locale([visit.locale.replace("_", "-")], offered, sep="-") or offered[0]
    return request.accept_languages.best_match(offered) or offered[0]
