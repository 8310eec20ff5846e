"""SVG pictures made safe: what could run, load or link is removed, and counted, because it may have been visible.

Only elements that draw are left, none of which does anything by its attributes but for event handlers and addresses.
An address leads to a part of the same drawing or holds a bitmap. See SVG 2, sections 2.1 and 5 to 14.
"""

from __future__ import annotations

import re

from lxml import etree

from lti_tool.exam.value import value

MAX_BYTES = 2_000_000
"""Bytes."""

MAX_DRAWN = 100_000
"""Elements, counting those that ``use`` repeats: nested repetition can grow without limit."""

_SVG = "{http://www.w3.org/2000/svg}"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
_DRAWING = (
    "svg g defs symbol use switch title desc path rect circle ellipse line polyline polygon text tspan textPath image "
    "marker pattern clipPath mask linearGradient radialGradient stop style filter feBlend feColorMatrix feComposite "
    "feComponentTransfer feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood "
    "feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight "
    "feSpecularLighting feSpotLight feTile feTurbulence"
)
_ELEMENTS = frozenset(_SVG + name for name in _DRAWING.split())
_INVISIBLE = frozenset({f"{_SVG}metadata", f"{_SVG}script"})
_HANDLER = re.compile(r"on", re.IGNORECASE)
_BITMAP = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_FRAGMENT = re.compile(r"\s*#\S+\s*")
_UNSAFE_STYLE = re.compile(
    r"@import|@font-face|url\(\s*['\"]?\s*(?!['\"#\s])|image\(|image-set|cross-fade|src\(|expression\(|behavior\s*:"
    r"|-moz-binding|script:|\\|<",
    re.IGNORECASE,
)
_PARSER = etree.XMLParser(no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
"""Resolves entities of the document itself, within libxml2's limits, since drawing programs use them; no others."""


@value
class SafeDrawing:
    """A drawing, and how many of its parts had to be removed."""

    data: bytes
    removed: int


def safe_drawing(data: bytes) -> SafeDrawing | None:
    """Return an SVG document with nothing but what it draws; ``None`` if it can't be read or would never be drawn."""
    try:
        root = etree.fromstring(data, _PARSER) if len(data) <= MAX_BYTES else None
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None or root.tag != f"{_SVG}svg":
        return None
    removed = _remove_elements(root)
    removed += sum(_remove_attributes(element) for element in root.iter(etree.Element))
    if _count_drawn(root) > MAX_DRAWN:
        return None
    etree.cleanup_namespaces(root)
    return SafeDrawing(etree.tostring(root, encoding="utf-8", with_tail=False), removed)


def _remove_elements(root: etree._Element) -> int:
    """Remove the elements that don't draw, turn links into groups, and return how many may have been visible."""
    for link in list(root.iter(f"{_SVG}a")):
        parent = link.getparent()
        in_text = parent is not None and parent.tag in {f"{_SVG}text", f"{_SVG}tspan", f"{_SVG}textPath"}
        link.tag = f"{_SVG}tspan" if in_text else f"{_SVG}g"
        for name in _HREFS:
            link.attrib.pop(name, "")
    unknown = [str(element.tag) for element in root.iter(etree.Element) if element.tag not in _ELEMENTS]
    styles = [style for style in root.iter(f"{_SVG}style") if len(style) or _UNSAFE_STYLE.search(style.text or "")]
    for style in styles:
        style.tag = f"{_SVG}script"
    references = sum(1 for _ in root.iter(etree.Entity))
    etree.strip_elements(root, *set(unknown), f"{_SVG}script", etree.PI, etree.Entity, with_tail=False)
    visible = [name for name in unknown if name.startswith(_SVG) and name not in _INVISIBLE]
    return len(visible) + len(styles) + references


def _remove_attributes(element: etree._Element) -> int:
    """Remove handlers and unsafe values; return how many values were removed that may have been visible."""
    removed = 0
    for name, raw_text in list(element.attrib.items()):
        key, text = str(name), str(raw_text)
        if key in _HREFS:
            is_safe = bool(_FRAGMENT.fullmatch(text) or (element.tag == f"{_SVG}image" and _BITMAP.fullmatch(text)))
            removed += not is_safe
        elif _HANDLER.match(key) or (key.startswith("{") and key != "{http://www.w3.org/XML/1998/namespace}space"):
            is_safe = False
        else:
            is_safe = not _UNSAFE_STYLE.search(text)
            removed += not is_safe
        if not is_safe:
            del element.attrib[name]
    return removed


def _count_drawn(root: etree._Element) -> int:
    """Return how many elements are drawn; no more than a few documents over :data:`MAX_DRAWN` are counted."""
    targets = {element.get("id"): element for element in root.iter(etree.Element) if element.get("id")}
    count, stack = 1, [root]
    while stack and count <= MAX_DRAWN:
        element = stack.pop()
        drawn = list(element.iterchildren(etree.Element))
        if element.tag == f"{_SVG}use":
            reference = next((text for name in _HREFS if (text := element.get(name))), "")
            target = targets.get(reference.strip().lstrip("#"))
            drawn += [] if target is None else [target]
        count += len(drawn)
        stack += drawn
    return count
