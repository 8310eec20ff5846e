"""Checks of packages from elsewhere: their content and its problems. QTI, Common Cartridge and Moodle XML."""

from __future__ import annotations

from pathlib import Path

from lti_tool.errors import N_, PackageError
from lti_tool.formats.check.archive import MAX_XML_BYTES, Archive, PackageTooLarge, PackageUnreadable, parse
from lti_tool.formats.check.cartridge import check_cartridge
from lti_tool.formats.check.manifest import MANIFEST, Manifest, check_manifest, check_names, read_manifest
from lti_tool.formats.check.moodle import check_moodle
from lti_tool.formats.check.qti2 import check_qti2
from lti_tool.formats.check.qti12 import check_qti12
from lti_tool.formats.check.report import CheckReport
from lti_tool.formats.check.schema import check_schema
from lti_tool.formats.check.xml import name

CARTRIDGE = "Common Cartridge"
_QTI2_ITEMS = ("imsqti_item_xml", "imsqti_test_xml", "imsqti_assessment_xml")


class PackageNotRecognised(PackageError):
    """The file is readable, but not a package of questions that we know."""

    code = "package.of_no_kind"
    sentence = N_("This file contains no questions in a form that we recognise.")
    advice = N_("Supported: QTI 1.2, 2 and 3, Common Cartridge and Moodle XML.")


def check_package(data: bytes, schemas: Path | None = None) -> CheckReport:
    """Return a report on the content and the problems of a file. ``schemas`` is a folder of the official schemas.

    Raises a :class:`lti_tool.errors.PackageError` if the file is unsafe, or can't be read at all.
    """
    if data[:4] == b"PK\x03\x04" or data[:4] == b"PK\x05\x06":
        return _check_zip(Archive(data), schemas)
    if data.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] != b"<":
        raise PackageUnreadable
    if len(data) > MAX_XML_BYTES:
        raise PackageTooLarge(limit=f"{MAX_XML_BYTES // 1024 // 1024} MB in one document")
    root = parse(data, "the file")
    if name(root) != "quiz":
        raise PackageNotRecognised(f"root element {name(root)}")
    report = CheckReport("Moodle XML")
    check_moodle(root, report)
    return report


def _check_zip(archive: Archive, schemas: Path | None) -> CheckReport:
    if MANIFEST not in archive.names:
        raise PackageNotRecognised("no imsmanifest.xml")
    manifest = read_manifest(archive)
    report = CheckReport(_kind(manifest))
    check_names(archive, report)
    check_manifest(manifest, archive, report)
    if manifest.of_type(*_QTI2_ITEMS):
        check_qti2(manifest, archive, report)
        if schemas is not None:
            check_schema(archive, schemas, report)
        return report
    check_qti12(manifest, archive, report)
    if report.kind.startswith(CARTRIDGE):
        check_cartridge(manifest, archive, report)
        if schemas is not None:
            check_schema(archive, schemas, report, cartridge=True)
    return report


def _kind(manifest: Manifest) -> str:
    types = {resource.type for resource in manifest.resources}
    for ending, kind in (
        ("xmlv3p0", "QTI 3.0"),
        ("xmlv2p2", "QTI 2.2"),
        ("xmlv2p1", "QTI 2.1"),
        ("xmlv2p0", "QTI 2.0"),
    ):
        if any(resource_type.startswith(_QTI2_ITEMS) and resource_type.endswith(ending) for resource_type in types):
            return kind
    if "Common Cartridge" in manifest.schema and any("imsqti" in resource_type for resource_type in types):
        return f"{CARTRIDGE} {manifest.version}"
    if any(resource_type.startswith(("imsqti_xmlv1p2", "ims_qtiasiv1p2")) for resource_type in types):
        return "QTI 1.2"
    raise PackageNotRecognised("no resource of questions")
