"""Accepted forms of a year or a date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

_DIGITS = {
    "ar": "٠١٢٣٤٥٦٧٨٩",
    "fa": "۰۱۲۳۴۵۶۷۸۹",
    "ur": "۰۱۲۳۴۵۶۷۸۹",
    "hi": "०१२३४५६७८९",
    "mr": "०१२३४५६७८९",
    "ne": "०१२३४५६७८९",
    "bn": "০১২৩৪৫৬৭৮৯",
    "zh": "０１２３４５６７８９",
    "ja": "０１２３４５６７８９",
    "ko": "０１２３４５６７８９",
}
"""Digits that students type in these languages as well as those of English."""

_UNITS = {"zh": ("年", "月", "日"), "ja": ("年", "月", "日"), "ko": ("년", "월", "일")}


def accepted_years(year: str, language: str | None) -> tuple[str, ...]:
    """Return the year as given, without leading zeros, and in the digits and words of the language."""
    variants = [year, str(int(year))]
    units = _UNITS.get(_primary(language))
    variants += [f"{int(year)}{units[0]}"] if units else []
    return tuple(dict.fromkeys((*variants, *_in_own_digits(variants, language))))


def accepted_dates(iso: str, language: str | None) -> tuple[str, ...]:
    """Return what a student may type for ``iso`` (``1925-12-31``), the asked form first.

    Year first and day first with every usual separator; month first only where the language is English.
    """
    day = date.fromisoformat(iso)
    year = f"{day.year:04d}"
    full, short = (f"{day.month:02d}", f"{day.day:02d}"), (str(day.month), str(day.day))
    variants = [iso]
    for month, number in (full, short):
        variants += [separator.join((year, month, number)) for separator in "-/."]
        variants += [separator.join((number, month, year)) for separator in "-/."]
    if _primary(language) == "en":
        variants += ["/".join((month, number, year)) for month, number in (full, short)]
    if units := _UNITS.get(_primary(language)):
        space = " " if units[0] == "년" else ""
        parts = (f"{day.year}{units[0]}", f"{day.month}{units[1]}", f"{day.day}{units[2]}")
        variants += ["".join(parts), *([space.join(parts)] if space else [])]
    return tuple(dict.fromkeys((*variants, *_in_own_digits(variants, language))))


def _in_own_digits(texts: Iterable[str], language: str | None) -> Iterator[str]:
    digits = _DIGITS.get(_primary(language))
    return (text.translate(str.maketrans("0123456789", digits)) for text in texts) if digits else iter(())


def _primary(language: str | None) -> str:
    return (language or "en").split("-")[0].lower()
