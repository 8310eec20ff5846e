"""The manifest of a package, and checks of its identifiers and references."""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from lti_tool.formats.check.archive import Archive, PackageTooLarge
from lti_tool.formats.check.report import CheckReport
from lti_tool.formats.check.xml import NAME, child, children, descendants, get, name, text

MANIFEST = "imsmanifest.xml"
MAX_REFERENCES = 20_000
"""Resources, files and references of a manifest, or references of a test: an exam of 500 questions has under 3,000."""

_EXPORT_AGAIN = "Export the package again: the file is not in it."


@dataclass(frozen=True, slots=True)
class ManifestResource:
    """One resource. ``files`` are paths in the package, the main file first; ``interaction`` is its interactionType."""

    ident: str
    type: str
    href: str
    files: tuple[str, ...]
    dependencies: tuple[str, ...]
    interaction: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """``schema`` and ``version`` are from its metadata, ``namespaces`` the ones that it declares."""

    root: etree._Element
    schema: str
    version: str
    namespaces: frozenset[str]
    resources: tuple[ManifestResource, ...]

    def of_type(self, *starts: str) -> list[ManifestResource]:
        """Return resources whose type starts with one of these."""
        return [resource for resource in self.resources if resource.type.startswith(starts)]


def read_manifest(archive: Archive) -> Manifest:
    """Return the manifest of a package that has one."""
    root = archive.document(MANIFEST)
    check_count(sum(1 for _ in descendants(root, "resource", "file", "dependency", "item")), MANIFEST)
    metadata = child(root, "metadata")
    return Manifest(
        root,
        text(child(metadata, "schema")),
        text(child(metadata, "schemaversion")),
        frozenset(str(space) for element in root.iter() for space in element.nsmap.values()),
        tuple(_resource(element) for element in descendants(root, "resource")),
    )


def check_count(references: int, place: str) -> None:
    """Raise :class:`PackageTooLarge` for more references than any exam has."""
    if references > MAX_REFERENCES:
        raise PackageTooLarge(f"{references} references in {place}", limit=f"{MAX_REFERENCES} references")


def check_manifest(manifest: Manifest, archive: Archive, report: CheckReport) -> None:
    """Report duplicate and invalid identifiers, and references to nothing."""
    idents = Counter(resource.ident for resource in manifest.resources)
    manifest_ident = str(manifest.root.get("identifier") or "")
    for ident, count in idents.items():
        if count > 1 or ident == manifest_ident:
            report.add(MANIFEST, f"The identifier “{ident}” is used more than once.", "Make each identifier unique.")
        if not NAME.fullmatch(ident):
            report.add(
                MANIFEST, f"“{ident[:60]}” isn't a valid identifier.", "Start with a letter; use letters and digits."
            )
    for resource in manifest.resources:
        for path in resource.files:
            if path.startswith("../"):
                report.add(MANIFEST, f"“{path}” is outside the package.", "Put the file next to the others.")
            elif path not in archive.names:
                report.add(MANIFEST, f"“{path}” is listed but missing.", _EXPORT_AGAIN)
        for dependency in resource.dependencies:
            if dependency not in idents:
                report.add(MANIFEST, f"“{resource.ident}” depends on “{dependency}”, which is missing.", _EXPORT_AGAIN)


def check_names(archive: Archive, report: CheckReport) -> None:
    """Report file names that cause problems on some systems."""
    for path in sorted(archive.names):
        if "__MACOSX/" in path:
            report.add(path, "macOS added this file to the zip.", "Remove it: New Quizzes reads it.")
    case_folded = Counter(path.casefold() for path in archive.names)
    for path, count in case_folded.items():
        if count > 1:
            report.add(
                path,
                "Two file names differ only in case.",
                "Rename one: some systems keep only one of them.",
                serious=False,
            )


def path_from(base: str, address: str) -> str:
    """Return the path in the package of a relative address in the document ``base``; ``..`` stays if it leads out."""
    clean = unquote(address.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), clean))


def _resource(element: etree._Element) -> ManifestResource:
    files = [path_from("", get(file, "href")) for file in children(element, "file")]
    href = path_from("", get(element, "href")) if get(element, "href") else ""
    paths = dict.fromkeys([href, *files] if href else files)
    interaction = next(
        (text(child_element) for child_element in element.iter() if name(child_element) == "interactionType"), ""
    )
    return ManifestResource(
        str(element.get("identifier") or ""),
        str(element.get("type") or ""),
        href or (files[0] if files else ""),
        tuple(paths),
        tuple(get(dependency, "identifierref") for dependency in children(element, "dependency")),
        interaction,
    )
