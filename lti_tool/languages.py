"""Translations outside of web requests, for files and commands: the same catalogues as for the pages.

English needs no catalogue, and is the fallback for languages without one.
"""

from __future__ import annotations

from functools import cache, lru_cache
from gettext import NullTranslations, translation
from pathlib import Path

CATALOGUES = Path(__file__).parent / "web" / "translations"


def available_language(language: str | None) -> str:
    """Return the primary subtag of ``language`` if there is a catalogue for it, else ``en``."""
    return primary_subtag(language) if type(catalogue(language)) is not NullTranslations else "en"


@cache
def catalogue(language: str | None) -> NullTranslations:
    """Return the translations of texts marked with ``N_`` and ``NN_`` into ``language`` (BCP 47)."""
    return translation("messages", CATALOGUES, [primary_subtag(language)], fallback=True)


@lru_cache(maxsize=32)
def primary_subtag(language: str | None) -> str:
    """Return the first part of a language's tag (BCP 47), such as ``pt`` for ``pt-BR``; ``en`` for no language."""
    return (language or "en").replace("_", "-").split("-")[0].lower()
