"""QTI 2.1: a strict package for Blackboard, OpenOLAT, TAO, Inspera and others.

Images are in a folder below the items and belong to the item's resource (Canvas finds them nowhere else, OpenOLAT
rejects ``..``). The manifest names the interaction of an ordering: Canvas reports an error without it.

See docs/reference/importers.md#other-targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lti_tool.errors import N_
from lti_tool.exam.model import Choice, Exam, FillInBlank, Question
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Math
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.qti.dialect import QTI_21
from lti_tool.formats.qti.item_plans import with_texts_inside
from lti_tool.formats.qti.package import QtiFormat, Resource, lom, manifest_ident
from lti_tool.formats.qti.remarks import CANVAS

_BEYOND_CANVAS = frozenset({ItemKind.UPLOAD, ItemKind.DROPDOWNS, ItemKind.TRUE_FALSE})
_MARKUP = frozenset("<>&")
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


def _manifest(exam: Exam, resources: Iterable[Resource], description: str) -> Iterator[str]:
    yield _HEAD % (manifest_ident(exam), lom(exam, description))
    for resource in resources:
        yield resource.element(_ORDERING if resource.is_ordering else "")
    yield "</resources></manifest>\n"


def _remarks(plans: Sequence[Plan]) -> tuple[Remark, ...]:
    return (CANVAS,) if any(map(_is_beyond_canvas, plans)) else ()


def _is_beyond_canvas(plan: Plan) -> bool:
    question = plan.question
    match question:
        case FillInBlank(blanks=count, answers=answers) if plan.kind is ItemKind.BLANKS:
            return (
                count > 1 or any(len(accepted) > 1 for accepted in answers or ()) or _has_formulas_or_markup(question)
            )
        case Choice(multiple=True, correct=(_,)):
            return True
    return len(plan.accepted) > 1 or plan.kind in _BEYOND_CANVAS or _has_formulas_or_markup(question)


def _has_formulas_or_markup(question: Question) -> bool:
    nodes = (node for text in question.texts() for node in text.walk())
    return any(isinstance(node, Math) or (isinstance(node, str) and not _MARKUP.isdisjoint(node)) for node in nodes)


QTI_21_FORMAT = QtiFormat(
    name="qti21",
    label=N_("QTI 2.1"),
    audience=N_("Many LMSs and item banks, such as Blackboard, OpenOLAT and TAO"),
    dialect=QTI_21,
    arrange=with_texts_inside,
    item_reference=(
        '<assessmentItemRef identifier="{ident}" href="{name}"><weight identifier="POINTS" value="{points}"/>'
        "</assessmentItemRef>\n"
    ),
    manifest=_manifest,
    media_resources=False,
    remarks=_remarks,
)
