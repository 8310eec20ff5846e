"""QTI 2.1: a strict package for Blackboard, OpenOLAT, TAO, Inspera and others. Facts: qti-targets §2, §5.

Images stand below the items and belong to the item's own resource (Canvas finds them nowhere else, OpenOLAT takes no
``..``); the order of items is told in the manifest, for Canvas makes an error of an ordering without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lti_tool.errors import N_
from lti_tool.exam.model import Exam, FillInBlank
from lti_tool.exam.remark import Remark
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.qti.dialect import QTI_21
from lti_tool.formats.qti.informational_texts import inside
from lti_tool.formats.qti.package import QtiFormat, Resource, lom, manifest_ident
from lti_tool.formats.qti.remarks import CANVAS


def _manifest(exam: Exam, resources: Iterable[Resource], description: str) -> Iterator[str]:
    yield _HEAD % (manifest_ident(exam), lom(exam, description))
    for one in resources:
        files = "".join([f'<file href="{name}"/>' for name in one.files])
        needs = "".join([f'<dependency identifierref="{name}"/>' for name in one.needs])
        kind = _ORDERING if one.ordering else ""
        opened = f'<resource identifier="{one.ident}" type="{one.kind}" href="{one.files[0]}">'
        yield f"{opened}{kind}{files}{needs}</resource>\n"
    yield "</resources></manifest>\n"


def _remarks(plans: Sequence[Plan]) -> tuple[Remark, ...]:
    return (CANVAS,) if any(map(_is_beyond_canvas, plans)) else ()


def _is_beyond_canvas(plan: Plan) -> bool:
    match plan.question:
        case FillInBlank(blanks=count, answers=answers) if plan.kind is ItemKind.BLANKS:
            return count > 1 or any(len(one) > 1 for one in answers or ())
    return len(plan.accepted) > 1 or plan.kind in _BEYOND_CANVAS


_BEYOND_CANVAS = frozenset({ItemKind.UPLOAD, ItemKind.DROPDOWNS})
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" '
    'xmlns:imsqti="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="%s">'
    "<metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion>%s</metadata>"
    "<organizations/><resources>\n"
)
_ORDERING = (
    "<metadata><imsqti:qtiMetadata><imsqti:interactionType>orderInteraction</imsqti:interactionType>"
    "</imsqti:qtiMetadata></metadata>"
)
"""In the namespace of items, not of metadata: Canvas looks for it there (its get_interaction_type)."""

QTI_21_FORMAT = QtiFormat(
    name="qti21",
    label=N_("QTI 2.1"),
    dialect=QTI_21,
    arrange=inside,
    reference='<assessmentItemRef identifier="{ident}" href="{name}"><weight identifier="POINTS" value="{points}"/>'
    "</assessmentItemRef>\n",
    manifest=_manifest,
    own_media=False,
    remarks=_remarks,
)
