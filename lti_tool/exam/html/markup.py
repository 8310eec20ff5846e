"""Decide whether a text is HTML, or plain text that only looks like it.

Examplary's titles and options may be either (docs/reference/examplary-api.md#rich-text), and lessons about HTML, XML or
programming are full of plain text with tags. An editor's tags come in pairs around words; tags that a sentence mentions
stand alone, between spaces or quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from lti_tool.exam.html.element_names import (
    KNOWN_NAMES,
    MEDIA_NAMES,
    OPTIONAL_END,
    OUTER_BLOCKS,
    PAGE_NAMES,
    PARENTS,
    VOID_NAMES,
)
from lti_tool.exam.html.sanitise import TAG_WITH_ANGLES
from lti_tool.exam.value import value


class Reading(IntEnum):
    """How a text is to be read, from plain text to HTML that only an editor writes."""

    PLAIN = 0
    CODE = 1
    """Plain text with tags."""

    UNSURE = 2
    """HTML, unless the question is about HTML."""

    HTML = 3
    CERTAIN = 4


_TAG = re.compile(r"<(/?)([A-Za-z][^\s/<>\"'&=]*)((?:\s[^<>]*)?)>|<(/?)([A-Za-z][^\s/<>\"'&=]*)/>")
_ATTRIBUTES = re.compile(
    r"""(?:\s++[A-Za-z_:][\w:.-]*+\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++)"""
    r"|\s++(?:controls|open|reversed|autoplay|loop|muted|hidden|nowrap|allowfullscreen|disabled|checked|selected"
    r"|required|async|defer|multiple)(?=[\s/]|\Z))*+\s*+/?",
    re.IGNORECASE,
)
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
_UNSEEN_REFERENCE = re.compile(
    r"(?<![^\s(\"'“‘])&(?:nbsp|ensp|emsp|thinsp|shy|quot|apos|zwj|zwnj);(?=[\s,.;:?!)\"'”’]|\Z)"
)
_BEFORE_MENTION = frozenset(" \t\n\r\xa0\"'“‘«„([{/,:;—–-|`=+")
_AFTER_MENTION = frozenset(" \t\n\r\xa0\"'”’»)]}/,.:;?!—–-|…`=+")
_AFTER_TAG = frozenset(" \t\n\r\xa0,.;:!?)/")
_BEFORE_TAG = frozenset(" \t\n\r\xa0,;:(/")
_ABOUT_MARKUP = re.compile(r"\b(?:X?HTML5?|XML|SVG|PHP|JSX|XSLT|DOM|CSS)\b|\bhtml5?\b")


@value
class Tag:
    """A tag of an element that HTML knows. ``is_mentioned`` if it stands apart from the words around it."""

    name: str
    is_end: bool
    attributes: str
    start: int
    end: int
    is_mentioned: bool = False


def reading(text: str) -> Reading:
    """Return how to read a text on its own."""
    if "<" not in text:
        return _reading_of_references(text)
    tags, has_unknown = _tags(text)
    if not tags:
        return Reading.CODE if has_unknown or _PROGRAM_START.search(text) else Reading.PLAIN
    if _OWN.search(text):
        return Reading.CERTAIN
    pairs, single = _paired(tags)
    is_wrapped = _is_wrapped(text, pairs, tags)
    if not is_wrapped and _is_code(text, pairs, single, has_unknown=has_unknown):
        return Reading.CODE
    if _ESCAPED.search(text):
        return Reading.CERTAIN
    return Reading.UNSURE if _is_unsure(text, tags, is_wrapped=is_wrapped) else Reading.HTML


def is_from_editor(text: str) -> bool:
    """Tell whether a text begins and ends as Examplary's editor writes, or holds a formula of it."""
    return "<inline-math" in text or (text.endswith(_EDITOR_END) and _EDITOR_START.match(text) is not None)


def has_marked_words(text: str) -> bool:
    """Tell whether the only tags of a text are the usual marks, in pairs, close around words."""
    return _MARKED_WORDS.fullmatch(text) is not None


def is_about_markup(text: str) -> bool:
    """Tell whether a text names a language of tags, or tags, so that tags may be the subject of its question."""
    if _ABOUT_MARKUP.search(text):
        return True
    return "<" in text and not is_from_editor(text) and reading(text) is Reading.CODE


def might_be_html(text: str) -> bool:
    """Tell whether plain text with tags could have been meant as HTML: the tags enclose words, or all end lines."""
    tags, _ = _tags(text)
    pairs, _ = _paired(tags)
    return any(not _is_spoken_of(text, *pair) for pair in pairs) or (
        bool(tags) and all(tag.name == "br" for tag in tags)
    )


def is_lone_reference(text: str) -> bool:
    """Tell whether a text is a character reference and nothing else."""
    return _LONE_REFERENCE.fullmatch(text.strip()) is not None


def mentioned_tags(html: str) -> Iterator[int]:
    """Yield where tags begin that HTML text only mentions: they have no partner, or would swallow what follows."""
    tags, _ = _tags(html)
    names = {tag.name for tag in tags}
    _, single = _paired(tags)
    for tag in single:
        if tag.name in VOID_NAMES - PAGE_NAMES:
            continue
        is_in_place = tag.name in OPTIONAL_END and names.intersection(PARENTS.get(tag.name, (tag.name,)))
        if (tag.is_mentioned and not (is_in_place and not _is_closed_elsewhere(tag, html))) or tag.name in PAGE_NAMES:
            yield tag.start


def _is_closed_elsewhere(tag: Tag, html: str) -> bool:
    return tag.name == "p" and ("</p>" in html or not html.lstrip().startswith("<p"))


def _reading_of_references(text: str) -> Reading:
    if not _REFERENCE.search(text):
        return Reading.PLAIN
    if _BARE_AMPERSAND.search(text) or _UNSEEN_REFERENCE.search(text):
        return Reading.CODE
    return Reading.CERTAIN if _ESCAPED_TAG.search(text) else Reading.UNSURE


def _tags(text: str) -> tuple[list[Tag], bool]:
    """Return the tags of known elements, and whether there are tags of unknown ones."""
    tags: list[Tag] = []
    unknown: list[re.Match[str]] = []
    scanned = TAG_WITH_ANGLES.sub(_without_angles, text) if '="' in text or "='" in text else text
    for match in _TAG.finditer(scanned):
        name, attributes = match[2] or match[5], match[3] or ""
        is_name = name.islower() or name.isupper() or not name.isalpha()
        if not is_name or (name.lower() not in KNOWN_NAMES and ":" not in name):
            unknown.append(match)
        elif not attributes or _ATTRIBUTES.fullmatch(attributes):
            tags.append(Tag(name.lower(), bool(match[1] or match[4]), attributes, match.start(), match.end()))
    has_unknown = any(match[1] or _stands_apart(text, match.start(), match.end()) for match in unknown)
    return _with_mentions(text, tags), has_unknown


def _without_angles(tag: re.Match[str]) -> str:
    """Return a tag of the same length whose attributes hold no angle brackets."""
    return "<" + tag[0][1:-1].replace("<", "_").replace(">", "_") + ">"


def _with_mentions(text: str, tags: list[Tag]) -> list[Tag]:
    """Mark the tags that stand apart; tags that follow one another directly stand as one."""
    result: list[Tag] = []
    run: list[Tag] = []
    for tag in tags:
        if run and run[-1].end != tag.start:
            result += _marked(text, run)
            run = []
        run.append(tag)
    return result + _marked(text, run)


def _marked(text: str, run: list[Tag]) -> list[Tag]:
    if not run or not _stands_apart(text, run[0].start, run[-1].end) or _breaks_lines_only(run):
        return run
    return [Tag(tag.name, tag.is_end, tag.attributes, tag.start, tag.end, True) for tag in run]


def _breaks_lines_only(run: list[Tag]) -> bool:
    return len(run) > 1 and all(tag.name == "br" for tag in run)


def _stands_apart(text: str, start: int, end: int) -> bool:
    return (start == 0 or text[start - 1] in _BEFORE_MENTION) and (end == len(text) or text[end] in _AFTER_MENTION)


def _paired(tags: list[Tag]) -> tuple[list[tuple[Tag, Tag]], list[Tag]]:
    """Return start tags with their end tags, and the tags without a partner."""
    pairs: list[tuple[Tag, Tag]] = []
    single: list[Tag] = []
    begun: dict[str, list[Tag]] = {}
    for tag in tags:
        if tag.name in VOID_NAMES:
            single.append(tag)
        elif not tag.is_end:
            begun.setdefault(tag.name, []).append(tag)
        elif begun.get(tag.name):
            pairs.append((begun[tag.name].pop(), tag))
        else:
            single.append(tag)
    return pairs, single + [tag for rest in begun.values() for tag in rest]


def _is_wrapped(text: str, pairs: list[tuple[Tag, Tag]], tags: list[Tag]) -> bool:
    """Tell whether a text begins and ends with a block that holds something."""
    first, last = tags[0], tags[-1]
    if text[: first.start].strip() or text[last.end :].strip() or OUTER_BLOCKS.isdisjoint((first.name, last.name)):
        return False
    if not (any(first is begin for begin, _ in pairs) and any(last is end for _, end in pairs)):
        return False
    return len(tags) > 2 or not _is_spoken_of(text, first, last)


def _is_spoken_of(text: str, begin: Tag, end: Tag) -> bool:
    """Tell whether a pair of tags is mentioned: only dots are between them, or words apart from both."""
    inside = text[begin.end : end.start]
    if not inside.strip(" .…"):
        return "." in inside or "…" in inside
    return begin.is_mentioned and end.is_mentioned and inside[0] in _AFTER_TAG and inside[-1] in _BEFORE_TAG


def _is_code(text: str, pairs: list[tuple[Tag, Tag]], single: list[Tag], *, has_unknown: bool) -> bool:
    """Tell whether a text that is not wrapped in blocks has anything that no editor writes."""
    if has_unknown or _PROGRAM_START.search(text) or _LISTING.search(text) or _has_names_of_code(text, pairs, single):
        return True
    if any(_is_spoken_of(text, *pair) or _has_odd_attributes(pair[0]) for pair in pairs):
        return True
    if any(tag.is_end and tag.name in VOID_NAMES and tag.name != "br" for tag in single):
        return True
    single = [tag for tag in single if not _is_shown(text, tag)]
    mentioned = [tag for tag in single if tag.is_mentioned or _is_after_word(text, tag)]
    if pairs or len(mentioned) < len(single):
        mentioned = [tag for tag in mentioned if tag.name != "br"]
    return bool(mentioned)


def _is_shown(text: str, tag: Tag) -> bool:
    """Tell whether a tag is a picture or a player, and not an example of one in a sentence."""
    if tag.name != "img":
        return tag.name in MEDIA_NAMES
    is_whole = tag.end - tag.start == len(text.strip())
    return is_whole or not _WITH_RELATIVE_ADDRESS.search(tag.attributes) or bool(_PICTURE.search(text))


def _has_names_of_code(text: str, pairs: list[tuple[Tag, Tag]], single: list[Tag]) -> bool:
    """Tell whether elements occur that belong to pages, show nothing, or lack the element around them."""
    names = {begin.name for begin, _ in pairs} | {tag.name for tag in single}
    return bool(
        names & PAGE_NAMES
        or (names & (MEDIA_NAMES | {"img"}) and not _WITH_ADDRESS.search(text))
        or "math" in names
        or ("svg" in names and not _DRAWING.search(text))
        or any(name in PARENTS and names.isdisjoint(PARENTS[name]) for name in names)
    )


def _is_after_word(text: str, tag: Tag) -> bool:
    """Tell whether a tag without a partner follows a word directly, as in ``List<a>``."""
    return tag.name not in VOID_NAMES and not tag.is_end and tag.start > 0 and text[tag.start - 1].isalnum()


def _has_odd_attributes(tag: Tag) -> bool:
    return any(not _OF_TEXT.match(name) for name in _ATTRIBUTE_NAMES.findall(tag.attributes))


def _is_unsure(text: str, tags: list[Tag], *, is_wrapped: bool) -> bool:
    """Tell whether tags could be the subject of the text: they mark words of it, or are no paragraph around all."""
    if any(tag.name in {"code", "pre"} or "style" in tag.attributes for tag in tags):
        return False
    if any(tag.name in {"sub", "sup"} and text[tag.start - 1 : tag.start].strip() for tag in tags if not tag.is_end):
        return False
    if not is_wrapped or not {tags[0].name, tags[-1].name} <= OUTER_BLOCKS:
        return True
    return len(tags) == 2 and tags[0].name != "p"
