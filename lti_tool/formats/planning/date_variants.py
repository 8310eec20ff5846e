"""Accepted forms of a year or a date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from lti_tool.languages import primary_subtag

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
    if units := _UNITS.get(primary_subtag(language)):
        variants.append(f"{int(year)}{units[0]}")
    return tuple(dict.fromkeys((*variants, *_in_own_digits(variants, language))))


def accepted_dates(iso: str, language: str | None) -> tuple[str, ...]:
    """Return what a student may type for ``iso`` (``1925-12-31``), the asked form first.

    Year first and day first with every usual separator; month first only where the language is English.
    """
    moment = date.fromisoformat(iso)
    year = f"{moment.year:04d}"
    months_and_days = ((f"{moment.month:02d}", f"{moment.day:02d}"), (str(moment.month), str(moment.day)))
    variants = [iso]
    for month, day in months_and_days:
        variants += [separator.join((year, month, day)) for separator in "-/."]
        variants += [separator.join((day, month, year)) for separator in "-/."]
    subtag = primary_subtag(language)
    if subtag == "en":
        variants += ["/".join((month, day, year)) for month, day in months_and_days]
    if units := _UNITS.get(subtag):
        parts = (f"{moment.year}{units[0]}", f"{moment.month}{units[1]}", f"{moment.day}{units[2]}")
        variants.append("".join(parts))
        if subtag == "ko":  # Korean may have spaces between them
            variants.append(" ".join(parts))
    return tuple(dict.fromkeys((*variants, *_in_own_digits(variants, language))))


def _in_own_digits(texts: Iterable[str], language: str | None) -> Iterator[str]:
    digits = _DIGITS.get(primary_subtag(language))
    return (text.translate(str.maketrans("0123456789", digits)) for text in texts) if digits else iter(())
