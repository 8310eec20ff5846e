"""Translations outside of web requests, for files and commands: the same catalogues as for the pages.

English needs no catalogue, and is the fallback for languages without one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

CATALOGUES = Path(__file__).parent / "web" / "translations"


@cache
def translator(language: str | None) -> Callable[[str], str]:
    """Return the function that translates texts marked with ``N_`` into ``language`` (BCP 47)."""
    catalogue = _catalogue(language)
    return lambda text: catalogue.gettext(text) if text else ""


def available_language(language: str | None) -> str:
    """Return the primary subtag of ``language`` if there is a catalogue for it, else ``en``."""
    return _primary(language) if type(_catalogue(language)) is not NullTranslations else "en"


@cache
def _catalogue(language: str | None) -> NullTranslations:
    return translation("messages", CATALOGUES, [_primary(language)], fallback=True)


def _primary(language: str | None) -> str:
    return (language or "en").replace("_", "-").split("-")[0].lower()
