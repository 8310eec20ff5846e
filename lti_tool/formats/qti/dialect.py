"""The two versions of QTI that we write: one text of each element, spelt as each version spells it.

QTI 3.0 says what 2.1 says, with ``qti-`` before every element and hyphens in place of capitals. So templates are
written in the spelling of 2.1 and translated once. Facts: qti-targets §0, §2, §5; schemas of QTI 2.1 and ASI 3.0.
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
_TRAPPINGS = 'xmlns="{0}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{0} {1}"'


@dataclass(frozen=True, slots=True)
class Dialect:
    """A version of QTI. ``version`` ends the types of resources, ``trappings`` are the namespaces of a document.

    ``spell`` returns a template as this version spells it: only QTI's own elements, ``div`` and ``p`` may be in it.
    ``human`` is how an outcome says that a person scores it, ``rubric`` the template of notes for that person.
    ``feedback`` is true if the outcome that Inspera looks at is set too, ``stimuli`` if texts that belong to several
    questions are documents of their own, ``several_media_types`` if an upload can name more than one kind of file,
    ``underlines`` if there is a class for underlined words that readers know.
    """

    version: str
    spell: Callable[[str], str]
    trappings: str
    markup: Markup
    human: str
    rubric: str
    feedback: bool
    stimuli: bool
    several_media_types: bool
    underlines: bool


@cache
def _kebab(template: str) -> str:
    spelt = _ELEMENT.sub(lambda tag: f"{tag[1]}qti-{_hyphens(tag[2])}", template)
    return _ATTRIBUTE.sub(lambda name: f" {_hyphens(name[1])}=", spelt)


def _hyphens(name: str) -> str:
    return _CAPITAL.sub("-", name).lower()


QTI_21 = Dialect(
    version="2p1",
    spell=str,
    trappings=_TRAPPINGS.format(_SCHEMA_21, "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"),
    markup=Markup(
        marks={
            "u": ("em", "qti-underline"),
            "ins": ("em", "qti-underline"),
            "mark": ("em", "qti-mark"),
            "s": ("span", "qti-line-through"),
            "del": ("span", "qti-line-through"),
        },
        directions=False,
    ),
    human="",
    rubric='<rubricBlock view="scorer">%s</rubricBlock>',
    feedback=True,
    stimuli=False,
    several_media_types=False,
    underlines=False,
)

QTI_30 = Dialect(
    version="3p0",
    spell=_kebab,
    trappings=_TRAPPINGS.format(
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
        directions=True,
    ),
    human=' external-scored="human"',
    rubric='<rubricBlock use="scoring" view="scorer"><contentBody>%s</contentBody></rubricBlock>',
    feedback=False,
    stimuli=True,
    several_media_types=True,
    underlines=True,
)
