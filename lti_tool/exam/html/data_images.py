"""Pictures inside their own address (``data:image/…``), percent-encoded or in base64 (RFC 2397)."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

_ADDRESS = re.compile(r"data:image/(png|jpe?g|gif|webp|svg\+xml)((?:;[\w.=-]*)*),", re.IGNORECASE)
_SVG_IN_QUOTES = re.compile(r"""(=\s*)(?:"(\s*data:image/svg[^"]*)"|'(\s*data:image/svg[^']*)')""", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"""(data:image/(?:png|jpe?g|gif|webp|svg)[^\s"'<>]*)""", re.IGNORECASE)


def data_image(address: str) -> str:
    """Return a picture's data address in base64, with no other parameter, or nothing if it can't be read."""
    start = _ADDRESS.match(address.strip())
    if start is None:
        return ""
    content = address.strip()[start.end() :]
    is_base64 = start[2].lower().endswith(";base64")
    try:
        data = _from_base64(content) if is_base64 else unquote_to_bytes(content)
    except (binascii.Error, ValueError):
        return ""
    media_type = start[1].lower().replace("jpg", "jpeg")
    return f"data:image/{media_type};base64,{base64.b64encode(data).decode()}" if data else ""


def quote_drawings(html: str) -> str:
    """Percent-encode the tags inside data addresses, so that no one takes them for tags of the text."""
    return _SVG_IN_QUOTES.sub(_quoted, html) if "data:image/svg" in html else html


def length_without_pictures(text: str) -> int:
    """Return the length of a text, not counting the pictures in its data addresses."""
    return len(_IN_ADDRESS.sub("", text)) if "data:image/" in text else len(text)


def _from_base64(content: str) -> bytes:
    return base64.b64decode(b"".join(unquote_to_bytes(content).split()), validate=True)


def _quoted(value: re.Match[str]) -> str:
    address = (value[2] or value[3]).replace('"', "%22").replace("<", "%3C").replace(">", "%3E")
    return f'{value[1]}"{address}"'
