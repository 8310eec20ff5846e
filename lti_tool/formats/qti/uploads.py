"""The media types that an upload accepts, which is all that QTI can restrict."""

from __future__ import annotations

from lti_tool.formats.writing.media_types import media_type_for_extension

_NOT_IN_MEDIA_TYPES = frozenset('()<>@,;:\\"/[]?= ')


def media_types(accept: str) -> tuple[str, ...]:
    """Return the media types in an HTML ``accept`` attribute; none if any file is accepted, or a type is unknown.

    Where it lists both media types and extensions, the extensions repeat the types and are ignored.
    """
    entries = [entry.strip() for entry in accept.split(",") if entry.strip()]
    types = [entry for entry in entries if _is_media_type(entry)]
    extensions = [entry for entry in entries if entry not in types]
    if "*/*" in types or not all(extension.startswith(".") for extension in extensions):
        return ()
    if types:
        return tuple(dict.fromkeys(types))
    types_of_extensions = [media_type_for_extension(extension) for extension in extensions]
    if None in types_of_extensions:
        return ()
    return tuple(dict.fromkeys(filter(None, types_of_extensions)))


def _is_media_type(text: str) -> bool:
    main_type, slash, subtype = text.partition("/")
    characters = set(main_type + subtype)
    return bool(main_type and slash and subtype) and text.isascii() and not characters & _NOT_IN_MEDIA_TYPES
