"""The language of a page, and the translation of messages from other packages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from babel import Locale, UnknownLocaleError, negotiate_locale
from flask import Flask, current_app, request
from flask_babel import Babel, get_domain, get_locale, gettext

from lti_tool.exam.remark import Catalogue
from lti_tool.web.current_launch import current_launch_or_none

TRANSLATIONS = Path(__file__).parent / "translations"

_NUMBER = re.compile(r"(%\(\w+\))d")


def init_app(app: Flask, languages: tuple[str, ...]) -> None:
    """Offer pages in ``languages``; the first is the default."""
    app.config["LANGUAGES"] = languages
    Babel(
        app,
        default_locale=languages[0],
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=_select_locale,
    )
    app.jinja_env.filters["localize"] = localize
    app.jinja_env.globals |= {"translate": translate, "page_catalogue": page_catalogue, "page_language": page_language}


def localize(text: str, facts: Mapping[str, str | int] | None = None) -> str:
    """Translate a text marked with ``N_`` into the page's language and fill in ``facts``."""
    # %(x)d becomes %(x)s: an error restored from its code has no facts, and "…" is not a number.
    return _NUMBER.sub(r"\1s", translate(text)) % _Facts(facts or {})


def translate(text: str) -> str:
    """Translate a text marked with ``N_`` into the page's language, without filling in facts."""
    return str(gettext(text)) if text else ""


def page_catalogue() -> Catalogue:
    """Return the translations into the page's language."""
    translations: Catalogue = get_domain().get_translations()
    return translations


def page_language() -> tuple[str, str]:
    """Return the page's language tag and the direction of its script."""
    locale = get_locale() or Locale("en")
    return str(locale).replace("_", "-"), locale.text_direction


def language_name(tag: str) -> str:
    """Return the name of a language in the page's language, or the tag itself if it is unknown."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(get_locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


class _Facts(dict[str, str | int]):
    """Shows "…" for a missing fact: half a sentence helps more than none."""

    def __missing__(self, key: str) -> str:
        return "…"


def _select_locale() -> str:
    """Return the LMS's language if it's offered, else the best one for the browser."""
    languages: tuple[str, ...] = current_app.config["LANGUAGES"]
    launch = current_launch_or_none()
    if launch is not None and launch.locale:
        return negotiate_locale([launch.locale.replace("_", "-")], languages, sep="-") or languages[0]
    return request.accept_languages.best_match(languages) or languages[0]
