"""Access to QTI of any version by the names of QTI 2: ``qti-item-body`` is read as ``itemBody``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

NAME = re.compile(r"[A-Za-z_][\w.\-]*")
"""An NCName, as strictly as importers check it."""

_REMOTE = re.compile(r"(?:https?:)?//|data:|mailto:|#", re.IGNORECASE)


def name(element: etree._Element) -> str:
    """Return the local name of an element, in its QTI 2 form."""
    return _name(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=2000)
def _name(tag: str) -> str:
    local = tag.rpartition("}")[2]
    return _camel(local[4:]) if local.startswith("qti-") else local


def _camel(text: str) -> str:
    first, *rest = text.split("-")
    return first + "".join(part.capitalize() for part in rest)


@lru_cache(maxsize=200)
def _hyphens(text: str) -> str:
    return re.sub(r"(?=[A-Z])", "-", text).lower()


def get(element: etree._Element | None, attribute: str) -> str:
    """Return an attribute in either form, or nothing."""
    if element is None:
        return ""
    return str(element.get(attribute) or element.get(_hyphens(attribute)) or "")


def children(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """Yield children of these names."""
    if element is not None:
        yield from (child for child in element if name(child) in names)


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the first descendant along a path, or ``None``."""
    for step in path:
        element = next(children(element, step), None)
    return element


def descendants(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """Yield descendants of these names, in order."""
    if element is not None:
        yield from (descendant for descendant in element.iter() if name(descendant) in names)


def text(element: etree._Element | None) -> str:
    """Return all text in an element, trimmed."""
    return "" if element is None else "".join(map(str, element.itertext())).strip()


def is_remote(address: str) -> bool:
    """Return whether an address is empty or outside the package."""
    return not address or _REMOTE.match(address) is not None
