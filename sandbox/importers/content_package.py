"""The kind of a package, which Canvas derives from its manifest.

See docs/reference/lms-behaviour.md#canvas-content-migration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from sandbox.importers import safe_xml
from sandbox.importers.archive import Archive, ImportRefused

CARTRIDGE_VERSIONS = ("1.0.0", "1.1.0", "1.2.0", "1.3.0")
CANVAS_FLAG = "course_settings/canvas_export.txt"
QTI2_NAMESPACE = re.compile(r"imsqti_v2p[01]$|/qti/qtiv2p[01]$|/imsqti_v2p[01](?:$|/)")


@dataclass(frozen=True, slots=True)
class PackageResource:
    """One ``resource`` of a manifest; ``href`` is its own or its first file's, ``interaction`` its interactionType."""

    ident: str
    type: str
    href: str
    files: tuple[str, ...]
    interaction: str


@dataclass(frozen=True, slots=True)
class ContentPackage:
    """A package that Canvas recognises: ``kind`` is canvas_cartridge, common_cartridge or qti."""

    kind: str
    qti2: bool
    resources: tuple[PackageResource, ...]
    archive: Archive

    def of_type(self, *starts: str) -> Iterator[PackageResource]:
        """Resources whose type starts with one of these."""
        return (resource for resource in self.resources if resource.type.startswith(starts))


def read_package(archive: Archive) -> ContentPackage:
    """Identify a package. Raises ImportRefused("Unsupported content package") as Canvas does."""
    data = archive.get("imsmanifest.xml")
    if data is None:
        raise ImportRefused("Unsupported content package")
    manifest = safe_xml.parse_recovering(data)
    resources = tuple(_read_resource(element) for element in safe_xml.descendants(manifest, "resource"))
    return ContentPackage(_kind(manifest, resources, archive), _is_qti2(manifest), resources, archive)


def _kind(manifest: etree._Element, resources: tuple[PackageResource, ...], archive: Archive) -> str:
    metadata = safe_xml.child(manifest, "metadata")
    schema = safe_xml.text_of(safe_xml.child(metadata, "schema"))
    version = safe_xml.text_of(safe_xml.child(metadata, "schemaversion")).strip()
    if re.search(r"IMS( Thin)? Common Cartridge", schema) and version in CARTRIDGE_VERSIONS:
        flagged = any(CANVAS_FLAG in resource.files for resource in resources)
        return "canvas_cartridge" if flagged and archive.get(CANVAS_FLAG) is not None else "common_cartridge"
    if any(resource.type.startswith(("ims_qti", "imsqti")) for resource in resources):
        return "qti"
    raise ImportRefused("Unsupported content package")


def _is_qti2(manifest: etree._Element) -> bool:
    spaces = {str(space) for element in manifest.iter() for space in element.nsmap.values()}
    schema = safe_xml.text_of(safe_xml.child(manifest, "metadata", "schema"))
    return "QTIv2." in schema or any(QTI2_NAMESPACE.search(space) for space in spaces)


def _read_resource(element: etree._Element) -> PackageResource:
    files = tuple(safe_xml.attribute(file, "href") for file in safe_xml.children(element, "file"))
    href = safe_xml.attribute(element, "href") or (files[0] if files else "")
    interaction = safe_xml.text_of(next(safe_xml.descendants(element, "interactionType"), None)).strip()
    ident, kind = safe_xml.attribute(element, "identifier"), safe_xml.attribute(element, "type")
    return PackageResource(ident, kind, href, files, interaction)
