"""All formats by name, loaded on first use."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from lti_tool.formats.base import Format, UnknownFormat

_FORMATS = {
    "canvas-qti": "lti_tool.formats.canvas_qti:CANVAS_QTI",
    "qti21": "lti_tool.formats.qti21:QTI_21_FORMAT",
    "qti30": "lti_tool.formats.qti30:QTI_30_FORMAT",
    "moodle-xml": "lti_tool.formats.moodle_xml:MOODLE_XML",
    "common-cartridge": "lti_tool.formats.common_cartridge:COMMON_CARTRIDGE",
}
"""Name to ``module:attribute``, in the order in which they are offered."""


def names() -> tuple[str, ...]:
    """Return the names of all formats."""
    return tuple(_FORMATS)


@cache
def get(name: str) -> Format:
    """Return the format ``name``; raise :class:`UnknownFormat` if there is none."""
    if name not in _FORMATS:
        raise UnknownFormat(name=name[:40])
    module, attribute = _FORMATS[name].split(":")
    exported: Format = getattr(import_module(module), attribute)
    return exported
