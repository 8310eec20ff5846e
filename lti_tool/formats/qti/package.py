"""A QTI package: items, one test that holds them all, and the manifest. See docs/reference/importers.md#pitfalls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from lti_tool.exam.media import Assets
from lti_tool.exam.model import Exam, Question
from lti_tool.exam.remark import Remark
from lti_tool.exam.value import value
from lti_tool.formats.planning.lms_view import LmsView, lms_view
from lti_tool.formats.planning.omissions import omission_remarks
from lti_tool.formats.planning.plan import ItemKind, Plan, plan_question
from lti_tool.formats.qti.dialect import TOOL, Dialect
from lti_tool.formats.qti.item_plans import ItemPlan
from lti_tool.formats.qti.items import ItemWriter, QtiDocument
from lti_tool.formats.qti.remarks import TIME_LIMIT
from lti_tool.formats.qti.style_sheet import STYLE_SHEET, style_sheet
from lti_tool.formats.report import Report, ReportLine
from lti_tool.formats.text.xml_text import escape, format_decimal, keyword_elements
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.package import PackageWriter
from lti_tool.formats.writing.report_summary import summary
from lti_tool.languages import available_language

MANIFEST = "imsmanifest.xml"
TEST = "assessment.xml"

_ITEM_KINDS = frozenset(ItemKind)

_TIME_LIMIT = '<timeLimits maxTime="%d"/>'
_TEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<assessmentTest {namespaces} identifier="%s" title="%s"'
    f' toolName="{TOOL}">'
    '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float">'
    "<defaultValue><value>0</value></defaultValue></outcomeDeclaration>"
    '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">'
    "<defaultValue><value>%s</value></defaultValue></outcomeDeclaration>{limit}"
    '<testPart identifier="part_1" navigationMode="nonlinear" submissionMode="individual">\n'
    '<assessmentSection identifier="section_1" title="%s" visible="false">\n{items}</assessmentSection></testPart>'
    '<outcomeProcessing><setOutcomeValue identifier="SCORE"><sum><testVariables variableIdentifier="SCORE"/></sum>'
    "</setOutcomeValue></outcomeProcessing></assessmentTest>\n"
)
"""The score is the sum of the items' scores. Items have no weight in it: Canvas reads a weight as the points."""


@value
class Resource:
    """One resource of a manifest. Its main file comes first; ``dependencies`` are identifiers of other resources."""

    ident: str
    type: str
    files: tuple[str, ...]
    dependencies: tuple[str, ...] = ()
    is_ordering: bool = False

    def element(self, metadata: str = "") -> str:
        """Return the resource as an element of the manifest, on a line."""
        files = "".join([f'<file href="{name}"/>' for name in self.files])
        dependencies = "".join([f'<dependency identifierref="{name}"/>' for name in self.dependencies])
        attributes = f'identifier="{self.ident}" type="{self.type}" href="{self.files[0]}"'
        return f"<resource {attributes}>{metadata}{files}{dependencies}</resource>\n"


@dataclass(frozen=True, slots=True)
class QtiFormat:
    """Writes one version of QTI.

    ``arrange`` plans the items, ``item_reference`` is the template of the test's references to them, ``manifest``
    yields the text of the manifest with a description. ``media_resources`` is true if each media file is a resource.
    ``remarks`` are about the package as a whole.
    """

    name: str
    label: str
    audience: str
    dialect: Dialect
    arrange: Callable[[Sequence[Plan]], list[ItemPlan]]
    item_reference: str
    manifest: Callable[[Exam, Iterable[Resource], str], Iterator[str]]
    media_resources: bool
    remarks: Callable[[Sequence[Plan]], tuple[Remark, ...]]
    suffix: str = ".zip"
    media_type: str = "application/zip"

    def write(self, exam: Exam, assets: Assets, out: BinaryIO) -> Report:
        """Write the package to ``out`` and return the report."""
        plans = [plan_question(question, exam, _ITEM_KINDS) for question in exam.questions]
        writer = ItemWriter(exam, assets, self.dialect)
        documents: list[QtiDocument] = []
        lines: list[ReportLine] = []
        with PackageWriter(out) as package:
            for written_document in writer.documents(self.arrange(plans)):
                package.add(written_document.document.name, written_document.xml, pack=False)
                documents.append(written_document.document)
                lines += written_document.lines
            report = self._report(exam, plans, lines)
            package.stream(TEST, self._test(exam, documents))
            media = list(writer.media.used())
            for path, asset in media:
                package.add(path, asset.read())
            files = [path for path, _ in media]
            styles = {style for document in documents for style in document.styles}
            if styles:
                package.add(STYLE_SHEET, style_sheet(styles))
                files.append(STYLE_SHEET)
            resources = self._resources(exam, documents, files)
            package.stream(MANIFEST, self.manifest(exam, resources, summary(report, exam.language)))
        return report

    def lms_view(self, question: Question, exam: Exam, assets: Assets) -> LmsView:
        """Return a question as an LMS that knows all interactions shows it."""
        return lms_view(plan_question(question, exam, _ITEM_KINDS), exam)

    def report(self, exam: Exam, assets: Assets) -> Report:
        """Return the report that :meth:`write` would return, without writing."""
        plans = [plan_question(question, exam, _ITEM_KINDS) for question in exam.questions]
        documents = ItemWriter(exam, assets, self.dialect).documents(self.arrange(plans))
        return self._report(exam, plans, [line for written_document in documents for line in written_document.lines])

    def _report(self, exam: Exam, plans: Sequence[Plan], lines: Iterable[ReportLine]) -> Report:
        """Return the report with lines in the order of the exam, those of questions in no document included."""
        written = {line.number: line for line in lines}
        all_lines = tuple([written.get(plan.question.number) or plan.report_line() for plan in plans])
        limit = (TIME_LIMIT.with_facts(minutes=exam.duration_minutes),) if exam.duration_minutes else ()
        omissions = omission_remarks(exam, lengths=False)
        return Report(self.name, all_lines, (*exam.remarks, *limit, *self.remarks(plans), *omissions))

    def _test(self, exam: Exam, documents: Iterable[QtiDocument]) -> Iterator[str]:
        limit = self.dialect.spell(_TIME_LIMIT) % (exam.duration_minutes * 60) if exam.duration_minutes else ""
        head, end = self.dialect.spell(_TEST).replace("{limit}", limit).split("{items}")
        title = escape(exam.title)
        points = format_decimal(exam.points)
        yield head.replace("{namespaces}", self.dialect.namespaces) % (_test_ident(exam), title, points, title)
        template = self.dialect.spell(self.item_reference)
        for document in documents:
            if document.kind == "item":
                reference = template.replace("{ident}", document.ident).replace("{name}", document.name)
                yield reference.replace("{points}", document.points)
        yield end

    def _resources(self, exam: Exam, documents: list[QtiDocument], files: list[str]) -> Iterator[Resource]:
        version = self.dialect.version
        items = tuple(document.ident for document in documents if document.kind == "item")
        yield Resource(_test_ident(exam), f"imsqti_test_xmlv{version}", (TEST,), items)
        media_ident = partial(ident, exam.id, "media")
        for document in documents:
            own_files, dependencies = (document.name, *document.files), document.dependencies
            if self.media_resources:
                own_files = (document.name,)
                dependencies = (*dependencies, *map(media_ident, document.files))
            resource_type = f"imsqti_{document.kind}_xmlv{version}"
            yield Resource(document.ident, resource_type, own_files, dependencies, document.is_ordering)
        if self.media_resources:
            for path in files:
                yield Resource(media_ident(path), "webcontent", (path,))


def _test_ident(exam: Exam) -> str:
    return ident(exam.id, "test")


def manifest_ident(exam: Exam) -> str:
    """Return the manifest's identifier, which differs from the test's: both are ``xs:ID``."""
    return ident(exam.id, "manifest")


def lom(exam: Exam, description: str) -> str:
    """Return the manifest's metadata: title, language and the report's summary, which only teachers see."""
    language = f"<language>{escape(exam.language)}</language>" if exam.language else ""
    summary_language = available_language(exam.language)
    return (
        '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general>'
        f"<title><string>{escape(exam.title)}</string></title>{language}"
        f'<description><string language="{summary_language}">{escape(description)}</string></description>'
        f"{keyword_elements(exam)}</general></lom>"
    )
