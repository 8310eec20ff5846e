"""Validation by the official schemas, where there is a folder of them: their licences don't allow us to ship them.

Nothing is downloaded: a web address in a schema resolves to the local file of that name, or to an empty schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lxml import etree

from lti_tool.errors import N_, PackageError
from lti_tool.formats.check.archive import Archive, PackageMalformed
from lti_tool.formats.check.report import CheckReport

_ROOTS: Mapping[str, str] = {
    "http://www.imsglobal.org/xsd/imsqtiasi_v3p0": "imsqti_asiv3p0_sbacv1p0_v1p0.xsd",
    "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1": "imsqtiv3p0_imscpv1p2_v1p0.xsd",
    "http://www.imsglobal.org/xsd/imsqti_v2p1": "imsqti_v2p1.xsd",
    "http://www.imsglobal.org/xsd/imscp_v1p1": "imscp_v1p1.xsd",
}
"""Schema file by namespace. Canvas's QTI 1.2 follows no schema, so it has none here."""

_ROOTS_OF_CARTRIDGES: Mapping[str, str] = {
    "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1": "ccv1p1_imscp_v1p2_v1p0.xsd",
    "http://www.imsglobal.org/xsd/ims_qtiasiv1p2": "ccv1p1_qtiasiv1p2p1_v1p0.xsd",
}
"""Separate, because the same namespaces mean something else in a package for Canvas."""

_BRACED = re.compile(r"\{[^}]*\}")
"""Namespaces in messages."""

_EMPTY = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>"
_PREFERRED = ("w3", "mathml3", "ssml11", "qti30")
"""Folders to prefer where several files have the same name."""


class SchemasUnreadable(PackageError):
    """The schemas in the folder can't be used together."""

    code = "package.schemas_unreadable"
    sentence = N_("The schemas in that folder can't be used.")
    advice = N_("Name a folder that holds all schemas of 1EdTech and W3C, or leave it out.")


class _Offline(etree.Resolver):
    """Resolves web addresses to local files."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def resolve(self, system_url: str, public_id: str, context: object) -> object:  # type: ignore[override]  # lxml calls it with the context; its stubs don't know
        """Return the local file of that name, an empty schema for unknown addresses, nothing for local paths."""
        if not re.match(r"https?:", system_url):
            return None
        path = _find(self._folder, system_url.rsplit("/", maxsplit=1)[-1])
        if path is None:
            return self.resolve_string(_EMPTY, context)  # type: ignore[call-arg]  # as documented; not in the stubs
        return self.resolve_filename(str(path), context)  # type: ignore[attr-defined]  # as documented; not in the stubs


def check_schema(archive: Archive, folder: Path, report: CheckReport, *, cartridge: bool = False) -> None:
    """Report documents that are invalid by their schema; a cartridge has the schemas of its profile."""
    checked = invalid = 0
    for name in sorted(archive.names):
        if not name.lower().endswith(".xml"):
            continue
        try:
            root = archive.document(name)
        except PackageMalformed:
            continue
        messages = invalid_by_schema(root, folder, cartridge=cartridge)
        if messages is None:
            continue
        checked, invalid = checked + 1, invalid + bool(messages)
        if messages:
            report.add(name, f"It isn't valid: {messages[0]}", "Strict importers reject it.")
    report.schema = f"{checked} documents checked, {invalid} not valid" if checked else "no schema for this kind"


def invalid_by_schema(root: etree._Element, folder: Path, *, cartridge: bool = False) -> list[str] | None:
    """Return the schema's error messages for a document, or ``None`` if there is no schema for it."""
    space = str(root.tag)[1:].partition("}")[0]
    file = (_ROOTS_OF_CARTRIDGES if cartridge else _ROOTS).get(space)
    path = _find(folder, file) if file else None
    if path is None:
        return None
    if "imsqtiasi_v3p0" in space:
        root = _without_data_attributes(root)
    schema = _schema(path, folder)
    if schema.validate(root.getroottree()):
        return []
    log = list(schema.error_log)  # type: ignore[call-overload]  # it is a sequence; not in the stubs
    return [_BRACED.sub("", message.message) for message in log]


def _without_data_attributes(root: etree._Element) -> etree._Element:
    """Return a copy without ``data-*``: QTI 3.0 allows them, the published profile of its schema does not."""
    copy = etree.fromstring(etree.tostring(root))
    for element in copy.iter():
        for key in [key for key in element.attrib if str(key).startswith("data-")]:
            del element.attrib[key]
    return copy


@cache
def _schema(path: Path, folder: Path) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline(folder))
    try:
        return etree.XMLSchema(etree.parse(str(path), parser))
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError, OSError) as error:
        raise SchemasUnreadable(str(error)) from error


@cache
def _find(folder: Path, name: str) -> Path | None:
    paths = sorted(folder.rglob(name), key=lambda path: (path.parent.name not in _PREFERRED, str(path)))
    return paths[0] if paths else None
