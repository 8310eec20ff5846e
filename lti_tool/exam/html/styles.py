"""Translate meaningful styles: keep colours, turn the rest into elements.

Bold, italic, underline, strike-through and super/subscript become elements. Colours become six hexadecimal digits or a
name, because Canvas drops functions such as ``rgb()``. Black text, a white or no background, and everything that only
places or sizes a text are dropped.
"""

from __future__ import annotations

import colorsys
import re

STYLE_PROPERTIES = frozenset(
    {"color", "background", "background-color", "font-weight", "font-style", "vertical-align", "list-style-type"}
    | {"text-decoration", "text-decoration-line", "list-style"}
)
"""Properties that :func:`split_style` reads; all others are removed before."""

Attributes = tuple[tuple[str, str], ...]

_DECLARATION = re.compile(r"\s*([a-z-]+)\s*:\s*([^;]+)", re.IGNORECASE)
_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)", re.IGNORECASE)
_NUMBER = re.compile(r"(-?[0-9]*\.?[0-9]+)(%|deg|turn|rad|grad)?")
_NAME = re.compile(r"[a-z]{3,20}", re.IGNORECASE)
_NOT_A_COLOUR = frozenset(
    {"inherit", "initial", "unset", "revert", "currentcolor", "transparent", "windowtext", "window", "none", "auto"}
    | {"canvas", "canvastext", "repeat", "scroll", "fixed", "center"}
)
_SILENT = {"color": {"#000000", "black"}, "background-color": {"#ffffff", "white"}}
_BOLD = re.compile(r"bold(?:er)?|[6-9]00", re.IGNORECASE)
_LISTS = {
    **dict.fromkeys(("lower-alpha", "lower-latin"), "a"),
    **dict.fromkeys(("upper-alpha", "upper-latin"), "A"),
    "lower-roman": "i",
    "upper-roman": "I",
}


def split_style(tag: str, attributes: Attributes) -> tuple[Attributes, tuple[str, ...]]:
    """Return attributes with no style but colours, and the elements for the rest, the innermost first."""
    declared = {name: value for name, value in attributes if name in {"style", "bgcolor"}}
    if not declared:
        return attributes, ()
    unstyled = tuple([attribute for attribute in attributes if attribute[0] not in declared])
    style = _declarations(declared.get("style", ""))
    if "bgcolor" in declared:
        style.setdefault("background-color", declared["bgcolor"])
    colours = "; ".join(_colours(style))
    if tag == "ol" and (kind := _list_type(style)) and "type" not in dict(unstyled):
        unstyled = (*unstyled, ("type", kind))
    return (*unstyled, ("style", colours)) if colours else unstyled, tuple(_elements(style))


def _declarations(style: str) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in _DECLARATION.findall(style)}


def _colours(style: dict[str, str]) -> list[str]:
    """Return the declarations of colours that make a difference."""
    background = style.get("background-color") or style.get("background", "")
    colours = {"color": _colour(style.get("color", "")), "background-color": _colour(background)}
    return [f"{name}: {colour}" for name, colour in colours.items() if colour and colour not in _SILENT[name]]


def _colour(value: str) -> str:
    """Return a colour as six digits or a name; nothing if it isn't one, or is invisible."""
    value = value.replace("!important", "").strip().lower()
    if _HEX.fullmatch(value):
        digits = value[1:] if len(value) > 5 else "".join(digit * 2 for digit in value[1:])
        return f"#{digits[:6]}" if digits[6:] != "00" else ""
    if function := _FUNCTION.fullmatch(value):
        return _from_function(function[1], _NUMBER.findall(function[2]))
    return value if _NAME.fullmatch(value) and value not in _NOT_A_COLOUR else ""


def _from_function(name: str, numbers: list[tuple[str, str]]) -> str:
    if len(numbers) not in (3, 4) or (len(numbers) == 4 and float(numbers[3][0]) == 0):
        return ""
    if name == "rgb":
        parts = [float(number) * (2.55 if unit == "%" else 1) for number, unit in numbers[:3]]
    else:
        hue, saturation, lightness = (float(number) for number, _ in numbers[:3])
        parts = [255 * part for part in colorsys.hls_to_rgb(hue / 360 % 1, lightness / 100, saturation / 100)]
    return "#" + "".join(f"{min(max(round(part), 0), 255):02x}" for part in parts)


def _list_type(style: dict[str, str]) -> str:
    words = (style.get("list-style-type") or style.get("list-style", "")).lower().split()
    return next((_LISTS[word] for word in words if word in _LISTS), "")


def _elements(style: dict[str, str]) -> list[str]:
    lines = f"{style.get('text-decoration', '')} {style.get('text-decoration-line', '')}".lower()
    meanings = {
        "sup": style.get("vertical-align", "").lower() == "super",
        "sub": style.get("vertical-align", "").lower() == "sub",
        "s": "line-through" in lines,
        "u": "underline" in lines,
        "em": style.get("font-style", "").lower() in {"italic", "oblique"},
        "strong": bool(_BOLD.fullmatch(style.get("font-weight", ""))),
    }
    return [tag for tag, is_meant in meanings.items() if is_meant]
