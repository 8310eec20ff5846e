"""Media types and file extensions, by one table everywhere.

What Python reads from a system differs from machine to machine, and a package is the same bytes on all of them.
"""

from __future__ import annotations

from mimetypes import MimeTypes

_OFFICE = "application/vnd.openxmlformats-officedocument."
_TABLE = MimeTypes()
for _extension, _kind in {
    ".docx": f"{_OFFICE}wordprocessingml.document",
    ".xlsx": f"{_OFFICE}spreadsheetml.sheet",
    ".pptx": f"{_OFFICE}presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".rtf": "application/rtf",
    ".webp": "image/webp",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
}.items():
    _TABLE.add_type(_kind, _extension)


def media_type_for_extension(extension: str) -> str | None:
    """Return the media type of files with an extension such as ``.pdf``, or ``None``."""
    return _TABLE.guess_type(f"file{extension}")[0]


def extension_for_media_type(media_type: str) -> str:
    """Return the usual extension of a media type, with its dot; nothing if there is none."""
    return _TABLE.guess_extension(media_type.split(";", maxsplit=1)[0].strip()) or ""
