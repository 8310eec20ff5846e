"""The two versions of QTI that we write: one template per element, adapted to each version.

QTI 3.0 has the elements of 2.1 with the prefix ``qti-``, and hyphens in place of capitals. So templates are written
for 2.1 and converted once. See docs/reference/importers.md; schemas of QTI 2.1 and ASI 3.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from lti_tool.formats.qti.xhtml import Markup

TOOL = "Examplary for LMS"

_SCHEMA_21 = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_SCHEMA_30 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
_ELEMENT = re.compile(r"(</?)(?!(?:div|p)\b)([a-z][A-Za-z]*)")
_ATTRIBUTE = re.compile(r" ([a-z]+(?:[A-Z][a-z]*)+)=")
_CAPITAL = re.compile(r"(?=[A-Z])")
_NAMESPACES = 'xmlns="{0}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{0} {1}"'


@dataclass(frozen=True, slots=True)
class Dialect:
    """A version of QTI.

    ``version`` is the suffix of resource types, ``namespaces`` are the attributes of a root element.
    ``spell`` converts a template to this version; only QTI's own elements, ``div`` and ``p`` may be in it.
    ``external_scored`` is the attribute of an outcome that a person scores, ``rubric`` the template of notes for them.
    ``sets_feedback`` is true if the FEEDBACK outcome is set, which Inspera reads; ``has_stimuli`` if texts for several
    questions are documents of their own; ``several_media_types`` if an upload can accept several; ``can_underline`` if
    there is a class for underlined words that readers know.
    """

    version: str
    spell: Callable[[str], str]
    namespaces: str
    markup: Markup
    external_scored: str
    rubric: str
    sets_feedback: bool
    has_stimuli: bool
    several_media_types: bool
    can_underline: bool


@cache
def _kebab_case(template: str) -> str:
    elements = _ELEMENT.sub(lambda tag: f"{tag[1]}qti-{_hyphens(tag[2])}", template)
    return _ATTRIBUTE.sub(lambda name: f" {_hyphens(name[1])}=", elements)


def _hyphens(name: str) -> str:
    return _CAPITAL.sub("-", name).lower()


QTI_21 = Dialect(
    version="2p1",
    spell=str,
    namespaces=_NAMESPACES.format(_SCHEMA_21, "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"),
    markup=Markup(
        marks={
            "u": ("em", "qti-underline"),
            "ins": ("em", "qti-underline"),
            "mark": ("em", "qti-mark"),
            "s": ("span", "qti-line-through"),
            "del": ("span", "qti-line-through"),
        },
        has_dir=False,
    ),
    external_scored="",
    rubric='<rubricBlock view="scorer">%s</rubricBlock>',
    sets_feedback=True,
    has_stimuli=False,
    several_media_types=False,
    can_underline=False,
)

QTI_30 = Dialect(
    version="3p0",
    spell=_kebab_case,
    namespaces=_NAMESPACES.format(
        _SCHEMA_30, "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd"
    ),
    markup=Markup(
        marks={
            "u": ("span", "qti-underline"),
            "ins": ("span", "qti-underline"),
            "mark": ("em", "qti-mark"),
            "s": ("span", "qti-line-through"),
            "del": ("span", "qti-line-through"),
        },
        has_dir=True,
    ),
    external_scored=' external-scored="human"',
    rubric='<rubricBlock use="scoring" view="scorer"><contentBody>%s</contentBody></rubricBlock>',
    sets_feedback=False,
    has_stimuli=True,
    several_media_types=True,
    can_underline=True,
)
