"""QTI 3.0: like Examplary's own export, with keys, points and native interactions.

See docs/reference/importers.md#essentials.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lti_tool.errors import N_
from lti_tool.exam.model import Exam
from lti_tool.exam.remark import Remark
from lti_tool.formats.planning.plan import Plan
from lti_tool.formats.qti.dialect import QTI_30
from lti_tool.formats.qti.item_plans import with_texts_as_stimuli
from lti_tool.formats.qti.package import QtiFormat, Resource, lom, manifest_ident

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1 '
    'https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd" identifier="%s">'
    "<metadata><schema>QTI Package</schema><schemaversion>3.0.0</schemaversion>"
    "%s</metadata><organizations/><resources>\n"
)


def _manifest(exam: Exam, resources: Iterable[Resource], description: str) -> Iterator[str]:
    yield _HEAD % (manifest_ident(exam), lom(exam, description))
    for resource in resources:
        yield resource.element()
    yield "</resources></manifest>\n"


def _remarks(_plans: Sequence[Plan]) -> tuple[Remark, ...]:
    return ()


QTI_30_FORMAT = QtiFormat(
    name="qti30",
    label=N_("QTI 3.0"),
    audience=N_("Newer item banks and assessment systems"),
    dialect=QTI_30,
    arrange=with_texts_as_stimuli,
    item_reference='<assessmentItemRef identifier="{ident}" href="{name}"/>\n',
    manifest=_manifest,
    media_resources=True,
    remarks=_remarks,
)
