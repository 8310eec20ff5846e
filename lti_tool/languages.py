"""The tool's sentences in other languages, for files and commands: the catalogues of the web pages, read without a web.

English needs no catalogue; a language that has none gets English.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

CATALOGUES = Path(__file__).parent / "web" / "translations"


@cache
def translator(language: str | None) -> Callable[[str], str]:
    """Return the function that says a text marked with ``N_`` in ``language`` (BCP 47)."""
    found = _catalogue(language)
    return lambda text: found.gettext(text) if text else ""


def available_language(language: str | None) -> str:
    """Return the language in which :func:`translator` speaks: the first part of ``language``, or ``en``."""
    return _primary(language) if type(_catalogue(language)) is not NullTranslations else "en"


@cache
def _catalogue(language: str | None) -> NullTranslations:
    return translation("messages", CATALOGUES, [_primary(language)], fallback=True)


def _primary(language: str | None) -> str:
    return (language or "en").replace("_", "-").split("-")[0].lower()
