"""Parsing of untrusted XML: no entities, no network, no DOCTYPE."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree

from sandbox.importers.archive import ImportRefused

DOCTYPE = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)
CDATA = re.compile(rb"<!\[CDATA\[(?:[^]]++|\](?!\]>))*+\]\]>")
NAME = re.compile(r"[^\W\d][\w.-]*")


@dataclass(frozen=True, slots=True)
class Damage:
    """Where a malformed document breaks: after how many ``item`` elements, and whether inside the tag of one."""

    items_before: int
    in_item_tag: bool


def parse(data: bytes) -> etree._Element:
    """The root element of a well-formed document. Raises ImportRefused otherwise, or if it has a DOCTYPE."""
    try:
        return _parse(data, recover=False)
    except etree.XMLSyntaxError as error:
        raise ImportRefused(f"Invalid XML: {error.msg}") from error


def parse_recovering(data: bytes) -> etree._Element:
    """The root element of what libxml2 (on which Nokogiri is built) recovers from a malformed document."""
    try:
        root = _parse(data, recover=True)
    except etree.XMLSyntaxError as error:
        raise ImportRefused(f"Invalid XML: {error.msg}") from error
    if root is None:
        raise ImportRefused("Invalid XML: no element could be read.")
    return root


def _parse(data: bytes, *, recover: bool) -> etree._Element:
    # an encoding other than UTF-8 could hide a DOCTYPE from the search, so NUL bytes are refused too
    if (DOCTYPE.search(data) and DOCTYPE.search(CDATA.sub(b"", data))) or b"\0" in data:
        raise ImportRefused("A document type declaration is not allowed.")
    parser = etree.XMLParser(
        recover=recover, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True, strip_cdata=True,
    )  # fmt: skip
    return etree.fromstring(data, parser)


def find_damage(data: bytes) -> Damage | None:
    """Where the document stops being well-formed, or None if it is well-formed."""
    items_ended = 0

    def count_item(name: str) -> None:
        nonlocal items_ended
        items_ended += name == "item"

    parser = expat.ParserCreate()
    parser.EndElementHandler = count_item
    try:
        parser.Parse(data, True)
    except (LookupError, ValueError):  # an unknown encoding
        return Damage(items_ended, in_item_tag=False)
    except expat.ExpatError:
        before = data[: parser.ErrorByteIndex]
        return Damage(items_ended, before.rfind(b"<item ") > max(before.rfind(b">"), before.rfind(b"</")))
    return None


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for an entity reference.

    lxml's QName would raise ValueError for names that the recovering parser lets through: a namespace with ``}``, or
    a prefix that isn't declared.
    """
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def namespace(element: etree._Element) -> str:
    """The namespace of an element; empty if it has none."""
    return element.tag.rpartition("}")[0].removeprefix("{") if isinstance(element.tag, str) else ""


def strip_namespaces(root: etree._Element) -> None:
    """Rename a tree's elements to their local names; an invalid name becomes ``unnamed``."""
    for element in root.iter("*"):
        name = local(element).rpartition(":")[2]
        element.tag = name if NAME.fullmatch(name) else "unnamed"
    etree.cleanup_namespaces(root)


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
