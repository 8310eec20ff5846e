"""An untrusted package as files: in memory, limited in size, with its names checked.

See docs/reference/importers.md#pitfalls.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from lxml import etree

from lti_tool.errors import N_, PackageError

MAX_ENTRIES = 100_000
MAX_BYTES = 1024 * 1024 * 1024
MAX_XML_BYTES = 64 * 1024 * 1024
MAX_TOTAL_XML_BYTES = 128 * 1024 * 1024
"""Bytes of XML that are parsed in all, so that many large documents don't take minutes."""
MAX_RATIO = 100
RATIO_FLOOR = 10 * 1024 * 1024
"""Bytes. Below it, the ratio isn't checked: an exam of similar questions compresses well."""

_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, OverflowError, RuntimeError)
"""Raised by zipfile for damaged zips, and (RuntimeError) for unknown compression methods."""


class PackageUnreadable(PackageError):
    """The file is neither a zip nor XML, or it is damaged."""

    code = "package.unreadable"
    sentence = N_("This file is neither a readable zip nor XML.")
    advice = N_("Download it again. If that doesn't help, ask the person who made it.")


class PackageUnsafe(PackageError):
    """An entry of the zip has a name that leads out of its folder, or is a link. Facts: ``name``."""

    code = "package.unsafe"
    sentence = N_("The zip contains “%(name)s”, which could be extracted outside its folder.")
    advice = N_("Don't unpack it. Ask the person who made it for a new one.")


class PackageDoubled(PackageError):
    """Two entries of the zip have the same name: readers differ in which one they use. Facts: ``name``."""

    code = "package.doubled"
    sentence = N_("The zip contains “%(name)s” twice.")
    advice = N_("LMSs may pick either one. Ask the person who made the file for a new one.")


class PackageTooLarge(PackageError):
    """The zip unpacks to more than any exam needs. Facts: ``limit`` in words."""

    code = "package.too_large"
    sentence = N_("The zip contains more than %(limit)s.")
    advice = N_("Don't unpack it: an exam is much smaller.")


class PackageEncrypted(PackageError):
    """The zip has a password."""

    code = "package.encrypted"
    sentence = N_("The zip has a password.")
    advice = N_("Zip it again without a password: no LMS accepts one.")


class PackageMalformed(PackageError):
    """A document of the package is not well-formed XML. Facts: ``name``, ``line``."""

    code = "package.malformed"
    sentence = N_("“%(name)s” is broken at line %(line)s.")
    advice = N_("An LMS would drop it, or everything after it. Export the package again.")


class PackageDoctype(PackageError):
    """A document has a document type declaration, which could make a parser load or expand things. Facts: ``name``."""

    code = "package.doctype"
    sentence = N_("“%(name)s” has a DOCTYPE, which could make a parser load other files.")
    advice = N_("No exam format needs one. Ask the person who made the file.")


class Archive:
    """The files of a package by name. A single enclosing folder is removed, as Canvas does."""

    def __init__(self, data: bytes) -> None:
        """Raise one of the errors above unless ``data`` is a zip within the limits."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            raise PackageUnreadable(str(error)) from error
        entries = [entry for entry in self._zip.infolist() if not entry.filename.endswith("/")]
        _check(entries, len(data))
        self.root = _root([entry.filename for entry in entries])
        self._entries = {entry.filename.removeprefix(self.root): entry for entry in entries}
        self._parsed_bytes = 0

    @property
    def names(self) -> frozenset[str]:
        """Names of all files."""
        return frozenset(self._entries)

    def read(self, name: str) -> bytes:
        """Return a file; raise :class:`PackageTooLarge` or :class:`PackageUnreadable` if its size is wrong."""
        entry = self._entries[name]
        if entry.file_size > MAX_XML_BYTES:
            raise PackageTooLarge(name, limit=f"{MAX_XML_BYTES // 1024 // 1024} MB in one document")
        try:
            with self._zip.open(entry) as stream:
                content = stream.read(entry.file_size + 1)
        except _DAMAGED as error:
            raise PackageUnreadable(f"{name}: {error}") from error
        if len(content) != entry.file_size:
            raise PackageUnreadable(f"{name}: not as large as it says")
        return content

    def document(self, name: str) -> etree._Element:
        """Return the root of an XML document.

        Raises :class:`PackageMalformed` or :class:`PackageDoctype`, and :class:`PackageTooLarge` once all documents
        together are larger than any package needs.
        """
        content = self.read(name)
        self._parsed_bytes += len(content)
        if self._parsed_bytes > MAX_TOTAL_XML_BYTES:
            raise PackageTooLarge(name, limit=f"{MAX_TOTAL_XML_BYTES // 1024 // 1024} MB of XML")
        return parse(content, name)


def parse(data: bytes, name: str) -> etree._Element:
    """Return the root of an XML document, without loading or expanding anything."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in data[:10_000]:
            raise PackageDoctype(str(error), name=name) from error
        raise PackageMalformed(str(error), name=name, line=error.lineno or 0) from error
    except ValueError as error:
        raise PackageMalformed(str(error), name=name, line=0) from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise PackageDoctype(name=name)
    return root


def _check(entries: list[zipfile.ZipInfo], packed: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise PackageTooLarge(limit=f"{MAX_ENTRIES} files")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_BYTES:
        raise PackageTooLarge(limit=f"{MAX_BYTES // 1024 // 1024} MB")
    if total > RATIO_FLOOR and total > MAX_RATIO * packed:
        raise PackageTooLarge(limit=f"{MAX_RATIO} times its own size")
    names: set[str] = set()
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise PackageEncrypted
        if _is_unsafe(entry):
            raise PackageUnsafe(name=entry.filename[:100])
        if entry.filename in names:
            raise PackageDoubled(name=entry.filename[:100])
        names.add(entry.filename)


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    # unlike ``filename``, ``orig_filename`` still has NUL and, on Windows, backslashes
    name = entry.orig_filename
    path = PurePosixPath(name)
    outside = not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or name[1:2] == ":"
    return outside or stat.S_ISLNK(entry.external_attr >> 16)


def _root(names: list[str]) -> str:
    if "imsmanifest.xml" in names or not names:
        return ""
    first = names[0].split("/")[0] + "/"
    inside = all(name.startswith(first) for name in names)
    return first if inside and f"{first}imsmanifest.xml" in names else ""
