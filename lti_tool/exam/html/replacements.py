"""Replace elements that no LMS keeps with equivalents, so that no text is lost or run together.

Sections and the like become ``div``; ruby readings go in parentheses; audio and video players become files, embedded
pages become links; an inline drawing becomes a missing picture; ``font`` becomes a ``span`` with its colour.
"""

from __future__ import annotations

import re
from html import escape, unescape
from posixpath import basename
from urllib.parse import unquote

_BLOCKS = (
    "section|article|header|footer|main|nav|aside|figure|figcaption|address|center|details|summary|dl|dt|dd|form"
    "|fieldset|legend"
)
_PLAYERS = "audio|video|source|embed|iframe|object"
_NAMED = re.compile(r"<([A-Za-z]+)(?=[\s/>])")
_PLAYER_NAMES = frozenset(_PLAYERS.split("|"))
_REPLACED_NAMES = frozenset(_BLOCKS.split("|")) | _PLAYER_NAMES | {"rt", "rp", "svg", "q", "font", "strike"}
_BLOCK = re.compile(rf"<(/?)(?:{_BLOCKS})(?=[\s/>])", re.IGNORECASE)
_PLAYER = re.compile(
    r"</(?:audio|video|embed|iframe|object)\s*>|<(embed|object)(?=[\s/>])([^<>]*)>"
    r"|<(audio|video|source|iframe)(?=[\s/>])([^<>]*)>[^<]*",
    re.IGNORECASE,
)
"""Includes the fallback text after a start tag, which browsers show only where they can't play the media."""

_SOURCE = re.compile(r"""(?:^|\s)(?:src|data)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_INLINE = re.compile(r"<(/?)(rt|rp|q|svg|strike)(?=[\s/>])[^<>]*>", re.IGNORECASE)
_REPLACEMENTS = {"rt": ("(", ")"), "q": ("“", "”"), "svg": ("<img><svg>", "</svg>"), "strike": ("<s>", "</s>")}
_FONT = re.compile(r"<(/?)font(?=[\s/>])([^<>]*)>", re.IGNORECASE)
_COLOR = re.compile(r"""(?:^|\s)color\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_RUBY = frozenset({"rt"})
_PARENTHESES = re.compile(r"<rp(?:\s[^<>]*)?>[^<]*(?:</rp\s*>)?", re.IGNORECASE)
_FILES = frozenset({"audio", "video", "source"})
_PATH_ENDS = re.compile("[?#]")
_WEB = ("http://", "https://", "//")


def replace_unsupported_elements(html: str) -> str:
    """Return HTML with replacements for the elements that a sanitiser would drop."""
    if not _names(html, _REPLACED_NAMES):
        return html
    html = _BLOCK.sub(r"<\1div", _PARENTHESES.sub("", html))
    return _FONT.sub(_coloured, _INLINE.sub(_replacement, _Players().linked(html)))


def has_media_player(html: str) -> bool:
    """Return whether a text plays sound or video, or holds another page."""
    if not _names(html, _PLAYER_NAMES):
        return False
    return any(_SOURCE.search(player[2] or player[4] or "") for player in _PLAYER.finditer(html))


def has_reading(html: str) -> bool:
    """Return whether a text has ruby readings, which go in parentheses."""
    return _names(html, _RUBY)


def _names(html: str, names: frozenset[str]) -> bool:
    """Return whether a start tag has one of these names."""
    return not names.isdisjoint(map(str.lower, _NAMED.findall(html)))


def _replacement(tag: re.Match[str]) -> str:
    before, after = _REPLACEMENTS.get(tag[2].lower(), ("", ""))
    return after if tag[1] else before


def _coloured(font: re.Match[str]) -> str:
    if font[1]:
        return "</span>"
    color = _COLOR.search(font[2])
    return f'<span style="color: {escape(color[1].strip(chr(34) + chr(39)))}">' if color else "<span>"


class _Players:
    """Replaces each player with a file or a link; of several sources, the first counts."""

    def __init__(self) -> None:
        self._wants_source = False

    def linked(self, html: str) -> str:
        """Return HTML with links instead of players."""
        return _PLAYER.sub(self._link, html)

    def _link(self, tag: re.Match[str]) -> str:
        name = (tag[1] or tag[3] or "").lower()
        source = _SOURCE.search(tag[2] or tag[4] or "")
        is_first = self._wants_source or name != "source"
        if name in _FILES and is_first:
            self._wants_source = source is None
        return _link(name, unescape(source[1].strip("\"'")).strip()) if source and is_first else ""


def _link(player: str, address: str) -> str:
    if player not in _FILES and address.lower().startswith(_WEB):
        return f'<a href="{escape(address)}">{escape(address)}</a> '
    name = unquote(basename(_PATH_ENDS.split(address)[0])) if address.lower().startswith(_WEB) else player
    return f'<file-attachment href="{escape(address)}" title="{escape(name or player)}"></file-attachment>'
