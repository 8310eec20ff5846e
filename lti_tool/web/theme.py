"""The platform's colour in our pages, as a style sheet: the Content-Security-Policy forbids inline styles.

The colour is made darker in the light scheme and lighter in the dark one until texts in it, and texts on it, have the
contrast that WCAG 2.2 (1.4.3) asks for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Rgb = tuple[float, float, float]
"""Red, green and blue, from 0 to 1."""

CONTRAST = 4.6
"""A little more than WCAG's 4.5, because colours are rounded."""
STEPS = 100
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
_COLOR = re.compile(r"#?([0-9a-fA-F]{6})")


@dataclass(frozen=True, slots=True)
class Scheme:
    """A colour scheme of ``base.css``."""

    backgrounds: tuple[Rgb, ...]
    opposite: Rgb
    """Black or white: the end of the scale away from the backgrounds."""
    text: Rgb
    """Text on the accent colour."""
    wash: float
    """Share of the accent colour in a wash, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The accent colours of one scheme."""

    accent: Rgb
    hover: Rgb
    on_accent: Rgb
    wash: Rgb


def rgb(color: str) -> Rgb | None:
    """Return a colour such as ``#4f46e5``; ``None`` if it isn't one."""
    match = _COLOR.fullmatch(color)
    if match is None:
        return None
    red, green, blue = (part / 255 for part in bytes.fromhex(match[1]))
    return red, green, blue


LIGHT = Scheme(((0.965, 0.969, 0.98), WHITE), BLACK, WHITE, 0.08)
DARK = Scheme(((0.071, 0.082, 0.114), (0.106, 0.125, 0.169)), WHITE, (0.06, 0.07, 0.12), 0.2)


def palette(color: Rgb, scheme: Scheme) -> Palette:
    """Return the accent nearest to ``color`` that is readable in ``scheme``, and the colours derived from it."""
    for step in range(STEPS + 1):
        accent = rounded(mixed(color, scheme.opposite, step / STEPS))
        wash = rounded(mixed(scheme.backgrounds[-1], accent, scheme.wash))
        if all(contrast(accent, background) >= CONTRAST for background in (*scheme.backgrounds, wash, scheme.text)):
            break
    return Palette(accent, rounded(mixed(accent, scheme.opposite, 0.2)), scheme.text, wash)


def contrast(color: Rgb, other_color: Rgb) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(color), _luminance(other_color)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(color: Rgb, other: Rgb, share: float) -> Rgb:
    """Return ``color`` with a ``share`` of ``other``, from 0 to 1."""
    red, green, blue = (a + (b - a) * share for a, b in zip(color, other, strict=True))
    return red, green, blue


def rounded(color: Rgb) -> Rgb:
    """Return the colour as a browser shows it."""
    red, green, blue = (round(part * 255) / 255 for part in color)
    return red, green, blue


def style_sheet(color: Rgb) -> str:
    """Return the custom properties of both schemes."""
    light, dark = _rule(palette(color, LIGHT)), _rule(palette(color, DARK))
    return f"{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n"


def _rule(colors: Palette) -> str:
    return (
        f":root {{ --accent: {_css(colors.accent)}; --accent-hover: {_css(colors.hover)}; "
        f"--on-accent: {_css(colors.on_accent)}; --accent-wash: {_css(colors.wash)}; }}"
    )


def _css(color: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in color)


def _luminance(color: Rgb) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
