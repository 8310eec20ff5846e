"""Decide whether a text is HTML, or plain text that only looks like it.

Examplary's titles and options may be either (docs/reference/examplary-api.md#rich-text), and lessons about HTML, XML or
programming are full of plain text with tags. An editor's tags come in pairs around words; tags that a sentence mentions
stand alone, between spaces or quotation marks.
"""

from __future__ import annotations

import re
from enum import IntEnum

from lti_tool.exam.html.element_names import MEDIA_NAMES, OUTER_BLOCKS, PAGE_NAMES, PARENTS, VOID_NAMES
from lti_tool.exam.html.tags import Tag, find_tags, has_too_many_tags, pair_tags


class Reading(IntEnum):
    """How a text is to be read, from plain text to HTML that only an editor writes."""

    PLAIN = 0
    CODE = 1
    """Plain text with tags."""

    UNSURE = 2
    """HTML, unless the question is about HTML."""

    HTML = 3
    CERTAIN = 4


_ATTRIBUTE_NAMES = re.compile(r"""\s([A-Za-z_:][\w:.-]*+)\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++)""")
_OF_TEXT = re.compile(
    r"(?:data|aria)-|on[a-z]+\Z|(?:class|id|style|title|lang|xml:lang|dir|href|src|alt|width|height|colspan|rowspan|align"
    r"|valign|border|cellpadding|cellspacing|target|rel|type|start|value|name|color|face|size|bgcolor|controls|loading"
    r"|scope|role|srcset|sizes|xmlns|cite|datetime|download|referrerpolicy|allow"
    r"|frameborder|viewbox|fill)\Z",
    re.IGNORECASE,
)
_EDITOR_START = re.compile(r"<(?:p|ul|ol|table)>(?=[^\s.…])")
_EDITOR_END = ("</p>", "</ul>", "</ol>", "</table>")
_MARKED_WORDS = re.compile(
    "(?:[^<&]++"
    + "".join([rf"|<{tag}>\w[^<&]*+(?<=\w)</{tag}>" for tag in ("em", "strong", "sub", "sup", "u", "s")])
    + ")++"
)
_OWN = re.compile(
    r"<(?:inline-math|file-attachment|page-clipping|inline-comment(?:-reply)?)[\s>]|<math(?:\s[^<>]*)?>\s*<m",
    re.IGNORECASE,
)
_WITH_ADDRESS = re.compile(
    r"""<(?:(?:audio|video|source|iframe|embed|object)\s[^<>]*?\b(?:src|data)\s*=\s*["']?\s*(?:https?:|//)"""
    r"""|img\s[^<>]*?\bsrc\s*=\s*["']?[^\s"'>])""",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"""<img\s[^<>]*?\bsrc\s*=\s*["']?\s*(?:https?:|//|data:)""", re.IGNORECASE)
_WITH_RELATIVE_ADDRESS = re.compile(r"""\ssrc\s*=\s*["']?(?![a-z]+:|//|["'])""", re.IGNORECASE)
_DRAWING = re.compile(r"<svg(?:\s[^<>]*)?>\s*<", re.IGNORECASE)
_PROGRAM_START = re.compile(r"<!doctype\b|<\?(?:php|xml|=)|<%|<!\[CDATA\[|<!--", re.IGNORECASE)
_LISTING = re.compile(r"\n[ \t]*\n[ \t]*<[A-Za-z!?]")
"""A tag after a blank line: HTML needs none."""

_ESCAPED = re.compile(r"&(?:lt|gt|amp|nbsp);")
_ESCAPED_TAG = re.compile(r"&lt;/?[A-Za-z][^&<>]*&gt;")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LONE_REFERENCE = re.compile(r"&[A-Za-z][A-Za-z0-9]{1,31};")
_BARE_AMPERSAND = re.compile(r"&(?!#?[A-Za-z0-9]{1,32};)")
_INVISIBLE_REFERENCE = re.compile(
    r"(?<![^\s(\"'“‘])&(?:nbsp|ensp|emsp|thinsp|shy|quot|apos|zwj|zwnj);(?=[\s,.;:?!)\"'”’]|\Z)"
)
_AFTER_TAG = frozenset(" \t\n\r\xa0,.;:!?)/")
_BEFORE_TAG = frozenset(" \t\n\r\xa0,;:(/")
_ABOUT_MARKUP = re.compile(r"\b(?:X?HTML5?|XML|SVG|PHP|JSX|XSLT|DOM|CSS)\b|\bhtml5?\b")

_MARKUP_NAMES = ("HTML", "XML", "SVG", "PHP", "JSX", "XSLT", "DOM", "CSS", "html")
"""One of them is in every text that the pattern matches."""


def reading(text: str) -> Reading:
    """Return how to read a text on its own."""
    if "<" not in text:
        return _reading_of_references(text)
    return Reading.HTML if has_too_many_tags(text) else _reading_of_tags(text)


def _reading_of_tags(text: str) -> Reading:
    tags, has_unknown = find_tags(text)
    if not tags:
        return Reading.CODE if has_unknown or _PROGRAM_START.search(text) else Reading.PLAIN
    if _OWN.search(text):
        return Reading.CERTAIN
    pairs, single = pair_tags(tags)
    is_wrapped = _is_wrapped(text, pairs, tags)
    if not is_wrapped and _is_code(text, pairs, single, has_unknown=has_unknown):
        return Reading.CODE
    if _ESCAPED.search(text):
        return Reading.CERTAIN
    return Reading.UNSURE if _is_unsure(text, tags, is_wrapped=is_wrapped) else Reading.HTML


def is_from_editor(text: str) -> bool:
    """Return whether a text begins and ends as Examplary's editor writes, or holds a formula of it."""
    return "<inline-math" in text or (text.endswith(_EDITOR_END) and _EDITOR_START.match(text) is not None)


def has_marked_words(text: str) -> bool:
    """Return whether the only tags of a text are the usual marks, in pairs, close around words."""
    return _MARKED_WORDS.fullmatch(text) is not None


def is_about_markup(text: str) -> bool:
    """Return whether a text names a language of tags, or tags, so that tags may be the subject of its question."""
    if any(name in text for name in _MARKUP_NAMES) and _ABOUT_MARKUP.search(text):
        return True
    return "<" in text and not is_from_editor(text) and reading(text) is Reading.CODE


def might_be_html(text: str) -> bool:
    """Return whether plain text with tags could have been meant as HTML: the tags enclose words, or all end lines."""
    tags, _ = find_tags(text)
    pairs, _ = pair_tags(tags)
    if any(not _is_mentioned(text, *pair) for pair in pairs):
        return True
    return bool(tags) and all(tag.name == "br" for tag in tags)


def is_lone_reference(text: str) -> bool:
    """Return whether a text is a character reference and nothing else."""
    return _LONE_REFERENCE.fullmatch(text.strip()) is not None


def _reading_of_references(text: str) -> Reading:
    if not _REFERENCE.search(text):
        return Reading.PLAIN
    if _BARE_AMPERSAND.search(text) or _INVISIBLE_REFERENCE.search(text):
        return Reading.CODE
    return Reading.CERTAIN if _ESCAPED_TAG.search(text) else Reading.UNSURE


def _is_wrapped(text: str, pairs: list[tuple[Tag, Tag]], tags: list[Tag]) -> bool:
    """Return whether a text begins and ends with a block that holds something."""
    first, last = tags[0], tags[-1]
    if text[: first.start].strip() or text[last.end :].strip() or OUTER_BLOCKS.isdisjoint((first.name, last.name)):
        return False
    if not (any(first is begin for begin, _ in pairs) and any(last is end for _, end in pairs)):
        return False
    return len(tags) > 2 or not _is_mentioned(text, first, last)


def _is_mentioned(text: str, begin: Tag, end: Tag) -> bool:
    """Return whether a pair of tags is mentioned: only dots are between them, or words apart from both."""
    inside = text[begin.end : end.start]
    if not inside.strip(" .…"):
        return "." in inside or "…" in inside
    return begin.is_mentioned and end.is_mentioned and inside[0] in _AFTER_TAG and inside[-1] in _BEFORE_TAG


def _is_code(text: str, pairs: list[tuple[Tag, Tag]], single: list[Tag], *, has_unknown: bool) -> bool:
    """Return whether a text that is not wrapped in blocks has anything that no editor writes."""
    if has_unknown or _PROGRAM_START.search(text) or _LISTING.search(text) or _has_names_of_code(text, pairs, single):
        return True
    if any(_is_mentioned(text, *pair) or _has_odd_attributes(pair[0]) for pair in pairs):
        return True
    if any(tag.is_end and tag.name in VOID_NAMES and tag.name != "br" for tag in single):
        return True
    single = [tag for tag in single if not _is_shown(text, tag)]
    mentioned = [tag for tag in single if tag.is_mentioned or _is_after_word(text, tag)]
    if pairs or len(mentioned) < len(single):
        mentioned = [tag for tag in mentioned if tag.name != "br"]
    return bool(mentioned)


def _is_shown(text: str, tag: Tag) -> bool:
    """Return whether a tag is a picture or a player, and not an example of one in a sentence."""
    if tag.name != "img":
        return tag.name in MEDIA_NAMES
    is_whole = tag.end - tag.start == len(text.strip())
    return is_whole or not _WITH_RELATIVE_ADDRESS.search(tag.attributes) or bool(_PICTURE.search(text))


def _has_names_of_code(text: str, pairs: list[tuple[Tag, Tag]], single: list[Tag]) -> bool:
    """Return whether elements occur that belong to pages, show nothing, or lack the element around them."""
    names = {begin.name for begin, _ in pairs} | {tag.name for tag in single}
    return bool(
        names & PAGE_NAMES
        or (names & (MEDIA_NAMES | {"img"}) and not _WITH_ADDRESS.search(text))
        or "math" in names
        or ("svg" in names and not _DRAWING.search(text))
        or any(name in PARENTS and names.isdisjoint(PARENTS[name]) for name in names)
    )


def _is_after_word(text: str, tag: Tag) -> bool:
    """Return whether a tag without a partner follows a word directly, as in ``List<a>``."""
    return tag.name not in VOID_NAMES and not tag.is_end and tag.start > 0 and text[tag.start - 1].isalnum()


def _has_odd_attributes(tag: Tag) -> bool:
    return any(not _OF_TEXT.match(name) for name in _ATTRIBUTE_NAMES.findall(tag.attributes))


def _is_unsure(text: str, tags: list[Tag], *, is_wrapped: bool) -> bool:
    """Return whether tags could be the subject of the text: they mark words of it, or are no paragraph around all."""
    if any(tag.name in {"code", "pre"} or "style" in tag.attributes for tag in tags):
        return False
    if any(tag.name in {"sub", "sup"} and text[tag.start - 1 : tag.start].strip() for tag in tags if not tag.is_end):
        return False
    if not is_wrapped or not {tags[0].name, tags[-1].name} <= OUTER_BLOCKS:
        return True
    return len(tags) == 2 and tags[0].name != "p"
