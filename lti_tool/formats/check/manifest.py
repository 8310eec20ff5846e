"""The manifest of a package, and what it says of files that are not there."""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from lti_tool.formats.check.archive import Archive
from lti_tool.formats.check.report import CheckReport
from lti_tool.formats.check.xml import NAME, child, children, descendants, get, name, text

MANIFEST = "imsmanifest.xml"

_EXPORT_AGAIN = "Export the package again: the file is not in it."


@dataclass(frozen=True, slots=True)
class ManifestResource:
    """One resource. ``files`` are paths in the package, its own file first; ``interaction`` is its interactionType."""

    ident: str
    type: str
    href: str
    files: tuple[str, ...]
    needs: tuple[str, ...]
    interaction: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """``schema`` and ``version`` as its metadata say, ``spaces`` the namespaces that it declares."""

    root: etree._Element
    schema: str
    version: str
    spaces: frozenset[str]
    resources: tuple[ManifestResource, ...]

    def of_type(self, *starts: str) -> list[ManifestResource]:
        """Return resources whose type starts with one of these."""
        return [one for one in self.resources if one.type.startswith(starts)]


def read_manifest(archive: Archive) -> Manifest:
    """Return the manifest of a package that has one."""
    root = archive.document(MANIFEST)
    metadata = child(root, "metadata")
    return Manifest(
        root,
        text(child(metadata, "schema")),
        text(child(metadata, "schemaversion")),
        frozenset(str(space) for one in root.iter() for space in one.nsmap.values()),
        tuple(_resource(one) for one in descendants(root, "resource")),
    )


def check_manifest(manifest: Manifest, archive: Archive, report: CheckReport) -> None:
    """Note identifiers that clash or are none, and references that lead nowhere."""
    idents = Counter(one.ident for one in manifest.resources)
    own = str(manifest.root.get("identifier") or "")
    for ident, count in idents.items():
        if count > 1 or ident == own:
            report.add(MANIFEST, f"The identifier “{ident}” stands there more than once.", "Give each its own.")
        if not NAME.fullmatch(ident):
            report.add(MANIFEST, f"“{ident[:60]}” is no identifier.", "Begin with a letter; use letters and digits.")
    for one in manifest.resources:
        for path in one.files:
            if path.startswith("../"):
                report.add(MANIFEST, f"“{path}” leads out of the package.", "Put the file beside the others.")
            elif path not in archive.names:
                report.add(MANIFEST, f"“{path}” is listed and not there.", _EXPORT_AGAIN)
        for need in one.needs:
            if need not in idents:
                report.add(MANIFEST, f"“{one.ident}” depends on “{need}”, which is not there.", _EXPORT_AGAIN)


def check_names(archive: Archive, report: CheckReport) -> None:
    """Note file names that make trouble on some machines."""
    for one in sorted(archive.names):
        if "__MACOSX/" in one:
            report.add(one, "This file is of the Mac that packed the zip.", "Pack without it: New Quizzes reads it.")
    folded = Counter(one.casefold() for one in archive.names)
    for path, count in folded.items():
        if count > 1:
            report.add(path, "Two files differ only by capitals.", "Rename one: some machines keep one.", serious=False)


def path_from(base: str, address: str) -> str:
    """Return the path in the package of a relative address in the document ``base``; ``..`` stays if it leads out."""
    clean = unquote(address.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), clean))


def _resource(element: etree._Element) -> ManifestResource:
    files = [path_from("", get(one, "href")) for one in children(element, "file")]
    href = path_from("", get(element, "href")) if get(element, "href") else ""
    found = dict.fromkeys([href, *files] if href else files)
    interaction = next((text(one) for one in element.iter() if name(one) == "interactionType"), "")
    return ManifestResource(
        str(element.get("identifier") or ""),
        str(element.get("type") or ""),
        href or (files[0] if files else ""),
        tuple(found),
        tuple(get(one, "identifierref") for one in children(element, "dependency")),
        interaction,
    )
