"""Which files an upload takes, as media types: all that QTI can say of it."""

from __future__ import annotations

from lti_tool.formats.writing.media_types import media_type_for_extension

_NOT_IN_MEDIA_TYPES = frozenset('()<>@,;:\\"/[]?= ')


def media_types(accept: str) -> tuple[str, ...]:
    """Return the media types of what an upload takes; none if any file will do, or one of them has no such type.

    Browsers are told endings beside the types that they stand for; then the types say it all.
    """
    told = [one.strip() for one in accept.split(",") if one.strip()]
    kinds = [one for one in told if _is_media_type(one)]
    endings = [one for one in told if one not in kinds]
    if "*/*" in kinds or not all(one.startswith(".") for one in endings):
        return ()
    guessed = [] if kinds else [media_type_for_extension(ending) for ending in endings]
    found = [*kinds, *(one for one in guessed if one is not None)]
    return tuple(dict.fromkeys(found)) if None not in guessed else ()


def _is_media_type(text: str) -> bool:
    kind, slash, rest = text.partition("/")
    return bool(kind and slash and rest) and text.isascii() and not set(kind + rest) & _NOT_IN_MEDIA_TYPES
