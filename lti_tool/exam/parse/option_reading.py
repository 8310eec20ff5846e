"""Decide whether the options of a question are HTML or plain text, once for all of them.

Options that an editor wrote are all HTML. Where one is certainly plain text with tags, the others are examples of code
too; and where reading them as HTML leaves two that look the same, their tags are the difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from lti_tool.exam.html.element_names import MARKS
from lti_tool.exam.html.markup import Reading, has_marked_words, is_lone_reference, reading
from lti_tool.exam.html.tree import parse_rich_text
from lti_tool.exam.richtext import Element, Node, RichText

_LOOKS_LIKE = {"b": "strong", "i": "em", "cite": "em", "strike": "s", "del": "s", "ins": "u", "div": "p", "span": ""}
_PARAGRAPH = re.compile(r"<p>[^<]+</p>")
_ESCAPED_REFERENCE = re.compile(r"&amp;#?[A-Za-z0-9]+;")
"""Only HTML has these."""

_TAG = re.compile(r"<[^<>]*>")
_TAG_NAMES = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")


def are_plain(options: list[str], is_about_markup: Callable[[], bool]) -> bool | None:
    """Return true if all options are plain text, false if all are HTML, ``None`` if each is to be read on its own.

    ``is_about_markup`` is called only if the options leave it open.
    """
    marked = list(dict.fromkeys(option for option in options if "<" in option or "&" in option))
    if all(map(_PARAGRAPH.fullmatch, marked)):
        return False
    if all(map(has_marked_words, marked)) and _have_different_words(marked) and not is_about_markup():
        return False
    if any("<inline-math" in option for option in marked):
        return None
    if not any("<" in option for option in marked) and any(map(_ESCAPED_REFERENCE.search, marked)):
        return False
    return _are_plain(options, marked, is_about_markup=is_about_markup()) or None


def _are_plain(options: list[str], marked: list[str], *, is_about_markup: bool) -> bool:
    readings = [reading(option) for option in marked]
    if max(readings) < Reading.UNSURE:
        return False
    return _are_references(options, marked, readings) or _are_code(marked, readings, is_about_markup=is_about_markup)


def _are_code(marked: list[str], readings: list[Reading], *, is_about_markup: bool) -> bool:
    if Reading.CERTAIN in readings:
        return Reading.CODE in readings and _show_the_same(marked, readings)
    if Reading.CODE in readings or (is_about_markup and Reading.UNSURE in readings):
        return True
    return _differ_only_in_tags(marked)


def _have_different_words(options: list[str]) -> bool:
    return len({_TAG.sub("", option) for option in options}) == len(options)


def _are_references(options: list[str], marked: list[str], readings: list[Reading]) -> bool:
    """Return whether character references are the subject.

    Every option is one, or others have the same character unescaped, or one would show what another one is.
    """
    with_reference = [
        option for option, kind in zip(marked, readings, strict=True) if kind >= Reading.UNSURE and "<" not in option
    ]
    if not with_reference:
        return False
    is_unescaped = any(kind <= Reading.CODE for kind in readings) and Reading.CERTAIN not in readings
    decoded = {unescape(option).strip() for option in with_reference}
    is_shown_twice = not decoded.isdisjoint(option.strip() for option in options)
    return is_unescaped or is_shown_twice or (len(marked) > 1 and all(map(is_lone_reference, marked)))


def _show_the_same(options: list[str], readings: list[Reading]) -> bool:
    """Return whether two options, each read on its own, show the same: one is the other's HTML."""
    visible_texts = [
        option.strip() if kind <= Reading.CODE else parse_rich_text(option).plain_text()
        for option, kind in zip(options, readings, strict=True)
    ]
    return len(set(visible_texts)) < len(visible_texts)


def _differ_only_in_tags(options: list[str]) -> bool:
    tagged = [option for option in options if "<" in option]
    if len(tagged) < 2:
        return False
    texts = [parse_rich_text(option) for option in tagged]
    return _look_alike(tagged, texts) or _are_examples(texts)


def _look_alike(options: list[str], texts: list[RichText]) -> bool:
    """Return whether two options with different tags would look the same."""
    tags_by_look: dict[object, list[str]] = {}
    for option, text in zip(options, texts, strict=True):
        look = RichText(_as_seen(text.nodes)).appearance()
        tags = _TAG_NAMES.findall(option)
        if tags_by_look.setdefault(look, tags) != tags:
            return True
    return False


def _as_seen(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return nodes with one name for elements that look the same."""
    simplified: list[Node] = []
    for node in nodes:
        if not isinstance(node, Element):
            simplified.append(node)
            continue
        children = _as_seen(node.children)
        tag = _LOOKS_LIKE.get(node.tag, node.tag)
        if tag and (children or node.tag == "br"):
            simplified.append(Element(tag, node.attributes, children))
        else:
            simplified += children
    return tuple(simplified)


def _are_examples(texts: list[RichText]) -> bool:
    """Return whether the same words are in different elements, one of which no editor marks words with."""
    elements: dict[str, set[str]] = {}
    for text in texts:
        if len(text.nodes) == 1 and isinstance(node := text.nodes[0], Element) and not node.attributes:
            elements.setdefault(text.plain_text(), set()).add(node.tag)
    return any(len(names) > 1 and not names <= MARKS | {"p"} for names in elements.values())
