"""Ways to write a year or a date that all mean the same one."""

from __future__ import annotations

from datetime import date


def accepted_years(year: str) -> tuple[str, ...]:
    """Return the year as given, and without leading zeros."""
    plain = str(int(year))
    return (year,) if plain == year else (year, plain)


def accepted_dates(iso: str, language: str | None) -> tuple[str, ...]:
    """Return what a student may type for ``iso`` (``1925-12-31``), the asked form first.

    Year first and day first with every usual separator; month first only where the language is English.
    """
    day = date.fromisoformat(iso)
    year = f"{day.year:04d}"
    full, short = (f"{day.month:02d}", f"{day.day:02d}"), (str(day.month), str(day.day))
    found = [iso]
    for month, number in (full, short):
        found += [sign.join((year, month, number)) for sign in "-/."]
        found += [sign.join((number, month, year)) for sign in "-/."]
    if (language or "en").lower().startswith("en"):
        found += ["/".join((month, number, year)) for month, number in (full, short)]
    return tuple(dict.fromkeys(found))
