"""Find the tags in a text, pair them, and decide which ones the text only mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lti_tool.exam.html.element_names import KNOWN_NAMES, OPTIONAL_END, PAGE_NAMES, PARENTS, VOID_NAMES
from lti_tool.exam.html.sanitise import TAG_WITH_ANGLES
from lti_tool.exam.value import value

_TAG = re.compile(r"<(/?)([A-Za-z][^\s/<>\"'&=]*)((?:\s[^<>]*)?)>|<(/?)([A-Za-z][^\s/<>\"'&=]*)/>")
_ATTRIBUTES = re.compile(
    r"""(?:\s++[A-Za-z_:][\w:.-]*+\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++)"""
    r"|\s++(?:controls|open|reversed|autoplay|loop|muted|hidden|nowrap|allowfullscreen|disabled|checked|selected"
    r"|required|async|defer|multiple)(?=[\s/]|\Z))*+\s*+/?",
    re.IGNORECASE,
)
_BEFORE_MENTION = frozenset(" \t\n\r\xa0\"'“‘«„([{/,:;—–-|`=+")
_AFTER_MENTION = frozenset(" \t\n\r\xa0\"'”’»)]}/,.:;?!—–-|…`=+")


MAX_TAGS = 2_000
"""Texts that only mention tags have fewer."""


@value
class Tag:
    """A tag of an element that HTML knows. ``is_mentioned`` if it is apart from the words around it."""

    name: str
    is_end: bool
    attributes: str
    start: int
    end: int
    is_mentioned: bool = False


def has_too_many_tags(text: str) -> bool:
    """Return whether a text has more tags than any that mentions some, so that it must be HTML."""
    return text.count("<") > MAX_TAGS


def find_tags(text: str) -> tuple[list[Tag], bool]:
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
    has_unknown = any(match[1] or _is_set_off(text, match.start(), match.end()) for match in unknown)
    return _with_mentions(text, tags), has_unknown


def pair_tags(tags: list[Tag]) -> tuple[list[tuple[Tag, Tag]], list[Tag]]:
    """Return start tags with their end tags, and the tags without a partner."""
    pairs: list[tuple[Tag, Tag]] = []
    single: list[Tag] = []
    start_tags: dict[str, list[Tag]] = {}
    for tag in tags:
        if tag.name in VOID_NAMES:
            single.append(tag)
        elif not tag.is_end:
            start_tags.setdefault(tag.name, []).append(tag)
        elif start_tags.get(tag.name):
            pairs.append((start_tags[tag.name].pop(), tag))
        else:
            single.append(tag)
    return pairs, single + [tag for rest in start_tags.values() for tag in rest]


def mentioned_tags(html: str) -> Iterator[int]:
    """Yield where tags begin that HTML text only mentions: they have no partner, or would swallow what follows."""
    if has_too_many_tags(html):
        return
    tags, _ = find_tags(html)
    names = {tag.name for tag in tags}
    _, single = pair_tags(tags)
    for tag in single:
        if tag.name in VOID_NAMES - PAGE_NAMES:
            continue
        if tag.name in PAGE_NAMES or (tag.is_mentioned and not _may_lack_end_tag(tag, names, html)):
            yield tag.start


def _may_lack_end_tag(tag: Tag, names: set[str], html: str) -> bool:
    """Return whether an element may go without an end tag here; a paragraph only where no paragraph has one."""
    if tag.name not in OPTIONAL_END or names.isdisjoint(PARENTS.get(tag.name, (tag.name,))):
        return False
    return tag.name != "p" or ("</p>" not in html and html.lstrip().startswith("<p"))


def _without_angles(tag: re.Match[str]) -> str:
    """Return a tag of the same length whose attributes hold no angle brackets."""
    return "<" + tag[0][1:-1].replace("<", "_").replace(">", "_") + ">"


def _with_mentions(text: str, tags: list[Tag]) -> list[Tag]:
    """Mark the tags that are apart from words; tags that follow one another directly count as one."""
    result: list[Tag] = []
    run: list[Tag] = []
    for tag in tags:
        if run and run[-1].end != tag.start:
            result += _marked(text, run)
            run = []
        run.append(tag)
    return result + _marked(text, run)


def _marked(text: str, run: list[Tag]) -> list[Tag]:
    if not run or not _is_set_off(text, run[0].start, run[-1].end) or _breaks_lines_only(run):
        return run
    return [Tag(tag.name, tag.is_end, tag.attributes, tag.start, tag.end, True) for tag in run]


def _breaks_lines_only(run: list[Tag]) -> bool:
    return len(run) > 1 and all(tag.name == "br" for tag in run)


def _is_set_off(text: str, start: int, end: int) -> bool:
    return (start == 0 or text[start - 1] in _BEFORE_MENTION) and (end == len(text) or text[end] in _AFTER_MENTION)
