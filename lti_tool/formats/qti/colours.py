"""Colours of texts as classes with a style sheet: QTI has no ``style`` attribute (QTI 2.1 and 3.0, stylesheet)."""

from __future__ import annotations

import re
from collections.abc import Iterable

STYLE_SHEET = "colours.css"
"""Path in the package, beside the items."""

_NOT_IN_CLASSES = re.compile(r"[^a-z0-9]+")


def classes_of(style: str) -> str:
    """Return the classes for a style attribute."""
    return " ".join(map(_class_of, style.split("; ")))


def style_sheet(styles: Iterable[str]) -> str:
    """Return the rules of the classes of these style attributes."""
    declarations = sorted({declaration for style in styles for declaration in style.split("; ")})
    return "".join(f".{_class_of(declaration)} {{ {declaration} }}\n" for declaration in declarations)


def _class_of(declaration: str) -> str:
    return _NOT_IN_CLASSES.sub("-", declaration)
