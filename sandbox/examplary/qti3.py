"""A QTI 3 package in the layout of Examplary's exporter, as test content.

Entries are uncompressed, the manifest comes last. Choice and text interactions are native; the exporter's portable
custom interactions are replaced by extended text interactions.

See docs/reference/examplary-api.md#qti-export.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from xml.sax.saxutils import escape, quoteattr

from sandbox.examplary.store import Json, JsonObject

_QTI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
_CP = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CHOICES = frozenset({"multiple-choice-single-answer", "multiple-choice-multiple-answers", "picture-choice"})


def package(exam: JsonObject) -> bytes:
    """Return the package of ``exam`` as a ZIP file."""
    questions = [question for question in _list(exam.get("questions")) if isinstance(question, dict)]
    files = {f"item-{_text(question, 'id')}.xml": _item(question, _text(exam, "language")) for question in questions}
    files[f"test-{_text(exam, 'id')}.xml"] = _test(exam, questions)
    files["imsmanifest.xml"] = _manifest(exam, questions)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return target.getvalue()


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _text(source: JsonObject, key: str) -> str:
    value = source.get(key)
    return value if isinstance(value, str) else ""


def _plain(markup: str) -> str:
    return escape(" ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split()))


def _item(question: JsonObject, language: str) -> str:
    declaration, interaction = _interaction(question)
    return (
        f'{_HEAD}<qti-assessment-item xmlns="{_QTI}" identifier={quoteattr(_text(question, "id"))} '
        f'title={quoteattr(_text(question, "title"))} time-dependent="false" toolName="Examplary AI" '
        f'toolVersion="1.0.0" xml:lang={quoteattr(language or "en")}>'
        f"{declaration}"
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
        f"<qti-item-body><p>{_plain(_text(question, 'description'))}</p>{interaction}</qti-item-body>"
        "</qti-assessment-item>\n"
    )


def _interaction(question: JsonObject) -> tuple[str, str]:
    settings = question.get("settings")
    kind = _text(question, "type")
    options = _list(settings.get("options")) if isinstance(settings, dict) else []
    if kind not in _CHOICES:
        return _declaration("string", "single"), (
            '<qti-extended-text-interaction response-identifier="RESPONSE">'
            "<qti-prompt/></qti-extended-text-interaction>"
        )
    multiple = kind == "multiple-choice-multiple-answers"
    choices = "".join(
        f"<qti-simple-choice identifier={quoteattr(str(option))}>{_plain(str(option))}</qti-simple-choice>"
        for option in options
    )
    return _declaration("identifier", "multiple" if multiple else "single"), (
        f'<qti-choice-interaction response-identifier="RESPONSE" max-choices="{len(options) if multiple else 1}" '
        f'min-choices="1"><qti-prompt/>{choices}</qti-choice-interaction>'
    )


def _declaration(base: str, cardinality: str) -> str:
    return f'<qti-response-declaration identifier="RESPONSE" cardinality="{cardinality}" base-type="{base}"/>'


def _test(exam: JsonObject, questions: list[JsonObject]) -> str:
    items = "".join(
        f'<qti-assessment-item-ref identifier="{_text(question, "id")}" href="item-{_text(question, "id")}.xml"/>'
        for question in questions
    )
    return (
        f'{_HEAD}<qti-assessment-test xmlns="{_QTI}" identifier="{_text(exam, "id")}" '
        f'title={quoteattr(_text(exam, "name"))} toolName="Examplary AI" toolVersion="1.0.0">'
        '<qti-test-part identifier="PART-1" navigation-mode="linear" submission-mode="simultaneous">'
        '<qti-assessment-section identifier="SECTION-1" title="Section 1" visible="true" keepTogether="true">'
        f"{items}</qti-assessment-section></qti-test-part></qti-assessment-test>\n"
    )


def _manifest(exam: JsonObject, questions: list[JsonObject]) -> str:
    resources = [("imsqti_item_xmlv3p0", _text(question, "id"), "item") for question in questions]
    resources.append(("imsqti_test_xmlv3p0", _text(exam, "id"), "test"))
    resource_elements = "".join(
        f'<resource identifier="{name}" type="{kind}" href="{prefix}-{name}.xml">'
        f'<file href="{prefix}-{name}.xml"/></resource>'
        for kind, name, prefix in resources
    )
    return (
        f'{_HEAD}<manifest xmlns="{_CP}" identifier="{_text(exam, "id")}"><metadata><schema>QTI Package</schema>'
        f"<schemaversion>3.0.0</schemaversion></metadata><organizations/><resources>{resource_elements}</resources></manifest>\n"
    )
