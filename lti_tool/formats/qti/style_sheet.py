"""Colours and list numbers as classes with a style sheet.

QTI has no ``style`` attribute, and lists have no ``start`` or ``type`` (QTI 2.1 and 3.0, stylesheet).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lti_tool.exam.richtext import Element

STYLE_SHEET = "styles.css"
"""Path in the package, beside the items."""

_LIST_TYPES = {"a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_NOT_IN_CLASSES = re.compile(r"[^a-z0-9]+")


def style_of(element: Element) -> str:
    """Return the declarations that an element needs for its colours and, if it is a list, for its numbers."""
    attributes = dict(element.attributes)
    if element.tag != "ol":
        return attributes.get("style", "")
    declarations = [attributes["style"]] if "style" in attributes else []
    if attributes.get("type") in _LIST_TYPES:
        declarations.append(f"list-style-type: {_LIST_TYPES[attributes['type']]}")
    if attributes.get("start", "1") != "1":
        declarations.append(f"counter-reset: list-item {int(attributes['start']) - 1}")
    return "; ".join(declarations)


def classes_of(style: str) -> str:
    """Return the classes for declarations."""
    return " ".join(map(_class_of, style.split("; ")))


def style_sheet(styles: Iterable[str]) -> str:
    """Return the rules of the classes of these declarations."""
    declarations = sorted({declaration for style in styles for declaration in style.split("; ")})
    return "".join(f".{_class_of(declaration)} {{ {declaration} }}\n" for declaration in declarations)


def _class_of(declaration: str) -> str:
    return _NOT_IN_CLASSES.sub("-", declaration)
