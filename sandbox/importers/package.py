"""What kind of package a zip is, told by its manifest as Canvas tells it (facts: lms-behaviour §1.3 step 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from sandbox.importers import safe_xml as safexml
from sandbox.importers.archive import Archive, ImportRefused

CARTRIDGE_VERSIONS = ("1.0.0", "1.1.0", "1.2.0", "1.3.0")
CANVAS_FLAG = "course_settings/canvas_export.txt"
QTI2_NAMESPACE = re.compile(r"imsqti_v2p[01]$|/qti/qtiv2p[01]$|/imsqti_v2p[01](?:$|/)")


@dataclass(frozen=True, slots=True)
class Resource:
    """One ``resource`` of a manifest; ``href`` is its own or its first file's, ``interaction`` its interactionType."""

    ident: str
    type: str
    href: str
    files: tuple[str, ...]
    interaction: str


@dataclass(frozen=True, slots=True)
class Package:
    """A package that Canvas would take: ``kind`` is canvas_cartridge, common_cartridge or qti."""

    kind: str
    qti2: bool
    resources: tuple[Resource, ...]
    archive: Archive

    def of_type(self, *starts: str) -> Iterator[Resource]:
        """Resources whose type starts with one of these."""
        return (resource for resource in self.resources if resource.type.startswith(starts))


def read_package(archive: Archive) -> Package:
    """Identify a package. Raises ImportRefused("Unsupported content package") as Canvas does."""
    data = archive.get("imsmanifest.xml")
    if data is None:
        raise ImportRefused("Unsupported content package")
    manifest = safexml.parse_recovering(data)
    resources = tuple(_read_resource(each) for each in safexml.descendants(manifest, "resource"))
    return Package(_kind(manifest, resources, archive), _is_qti2(manifest), resources, archive)


def _kind(manifest: etree._Element, resources: tuple[Resource, ...], archive: Archive) -> str:
    metadata = safexml.child(manifest, "metadata")
    schema = safexml.text_of(safexml.child(metadata, "schema"))
    version = safexml.text_of(safexml.child(metadata, "schemaversion")).strip()
    if re.search(r"IMS( Thin)? Common Cartridge", schema) and version in CARTRIDGE_VERSIONS:
        flagged = any(CANVAS_FLAG in resource.files for resource in resources)
        return "canvas_cartridge" if flagged and archive.get(CANVAS_FLAG) is not None else "common_cartridge"
    if any(resource.type.startswith(("ims_qti", "imsqti")) for resource in resources):
        return "qti"
    raise ImportRefused("Unsupported content package")


def _is_qti2(manifest: etree._Element) -> bool:
    spaces = {str(space) for element in manifest.iter() for space in element.nsmap.values()}
    schema = safexml.text_of(safexml.child(manifest, "metadata", "schema"))
    return "QTIv2." in schema or any(QTI2_NAMESPACE.search(space) for space in spaces)


def _read_resource(element: etree._Element) -> Resource:
    files = tuple(safexml.attribute(each, "href") for each in safexml.children(element, "file"))
    href = safexml.attribute(element, "href") or (files[0] if files else "")
    interaction = safexml.text_of(next(safexml.descendants(element, "interactionType"), None)).strip()
    ident, kind = safexml.attribute(element, "identifier"), safexml.attribute(element, "type")
    return Resource(ident, kind, href, files, interaction)
