"""Parsing XML that a stranger wrote: no entities, no network, no DOCTYPE."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree

from sandbox.importers.archive import ImportRefused

DOCTYPE = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Damage:
    """Where a malformed document breaks: how many elements named ``item`` had ended, and whether inside one's tag."""

    items_before: int
    in_item_tag: bool


def parse(data: bytes) -> etree._Element:
    """The root element of a well-formed document. Raises ImportRefused otherwise, or if it has a DOCTYPE."""
    try:
        return _parse(data, recover=False)
    except etree.XMLSyntaxError as error:
        raise ImportRefused(f"Invalid XML: {error.msg}") from error


def parse_recovering(data: bytes) -> etree._Element:
    """The root element of what libxml2 (which Nokogiri is built on) still sees in a malformed document."""
    try:
        root = _parse(data, recover=True)
    except etree.XMLSyntaxError as error:
        raise ImportRefused(f"Invalid XML: {error.msg}") from error
    if root is None:
        raise ImportRefused("Invalid XML: nothing of it could be read.")
    return root


def _parse(data: bytes, *, recover: bool) -> etree._Element:
    # an encoding other than UTF-8 could hide a DOCTYPE from the search, so a NUL byte ends the matter too
    if DOCTYPE.search(data) or b"\0" in data:
        raise ImportRefused("A document type declaration is not allowed.")
    parser = etree.XMLParser(
        recover=recover, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True, strip_cdata=True,
    )  # fmt: skip
    return etree.fromstring(data, parser)


def find_damage(data: bytes) -> Damage | None:
    """Where the document stops being well-formed, or None if it is whole."""
    ended = 0

    def count(name: str) -> None:
        nonlocal ended
        ended += name == "item"

    parser = expat.ParserCreate()
    parser.EndElementHandler = count
    try:
        parser.Parse(data, True)
    except (LookupError, ValueError):  # an encoding that no reader knows
        return Damage(ended, in_item_tag=False)
    except expat.ExpatError:
        before = data[: parser.ErrorByteIndex]
        return Damage(ended, before.rfind(b"<item ") > max(before.rfind(b">"), before.rfind(b"</")))
    return None


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(etree.QName(element).localname)


def children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """Direct children of that local name."""
    if element is not None:
        yield from element.iterchildren(f"{{*}}{name}")


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first descendant along a path of local names, or None."""
    for name in path:
        element = next(children(element, name), None)
    return element


def descendants(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """All descendants of these local names, in document order."""
    if element is not None:
        yield from element.iter(*(f"{{*}}{name}" for name in names))


def text_of(element: etree._Element | None) -> str:
    """All text inside an element; empty for None."""
    return "" if element is None else "".join(str(part) for part in element.itertext())


def attribute(element: etree._Element | None, name: str, default: str = "") -> str:
    """An attribute's value as text."""
    return default if element is None else str(element.get(name, default))
