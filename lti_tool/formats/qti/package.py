"""A QTI package: items, one test that holds them all, and the manifest. Facts: qti-targets §2, §5."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from lti_tool.exam.media import Assets
from lti_tool.exam.model import Exam
from lti_tool.exam.remark import Remark
from lti_tool.exam.value import value
from lti_tool.formats.planning.omissions import omission_remarks
from lti_tool.formats.planning.plan import ItemKind, Plan, plan_question
from lti_tool.formats.qti.dialect import TOOL, Dialect
from lti_tool.formats.qti.informational_texts import Entry
from lti_tool.formats.qti.items import Document, ItemWriter
from lti_tool.formats.qti.remarks import TIME_LIMIT
from lti_tool.formats.report import Report
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.package import PackageWriter
from lti_tool.formats.writing.report_summary import summary
from lti_tool.formats.writing.xml_text import escape, format_decimal
from lti_tool.languages import available_language

MANIFEST = "imsmanifest.xml"
TEST = "assessment.xml"

_FORMS = frozenset(ItemKind)


@value
class Resource:
    """One resource of a manifest: its own file first. ``needs`` are identifiers of others."""

    ident: str
    kind: str
    files: tuple[str, ...]
    needs: tuple[str, ...] = ()
    ordering: bool = False


@dataclass(frozen=True, slots=True)
class QtiFormat:
    """Writes one version of QTI.

    ``arrange`` says where texts go, ``references`` the text of the test's references to items, ``resources`` and
    ``manifest`` the text of the manifest with a description; ``remarks`` what the whole package should be known for.
    """

    name: str
    label: str
    dialect: Dialect
    arrange: Callable[[Sequence[Plan]], list[Entry]]
    reference: str
    manifest: Callable[[Exam, Iterable[Resource], str], Iterator[str]]
    own_media: bool
    remarks: Callable[[Sequence[Plan]], tuple[Remark, ...]]
    suffix: str = ".zip"
    media_type: str = "application/zip"

    def write(self, exam: Exam, assets: Assets, out: BinaryIO) -> Report:
        """Write the package to ``out`` and return what became of each question."""
        with PackageWriter(out) as package:
            items = ItemWriter(exam, assets, self.dialect)
            found, report = self._documents(exam, items, package)
            package.stream(TEST, self._test(exam, found))
            for path, asset in items.media.used():
                package.add(path, asset.read())
            package.stream(
                MANIFEST, self.manifest(exam, self._resources(exam, found, items), summary(report, exam.language))
            )
        return report

    def report(self, exam: Exam, assets: Assets) -> Report:
        """Return the report that :meth:`write` would return, without writing."""
        return self._documents(exam, ItemWriter(exam, assets, self.dialect), None)[1]

    def _documents(self, exam: Exam, items: ItemWriter, package: PackageWriter | None) -> tuple[list[Document], Report]:
        """Make all documents; nothing of their texts is kept."""
        plans = [plan_question(question, exam, _FORMS) for question in exam.questions]
        found = []
        for document, text in items.documents(self.arrange(plans)):
            if package is not None:
                package.add(document.name, text, pack=False)
            found.append(document)
        for one in plans:
            if one.kind is ItemKind.NOTHING:
                items.leave_out(one)
        limit = (TIME_LIMIT.with_facts(minutes=exam.duration_minutes),) if exam.duration_minutes else ()
        lines = tuple(items.lines[question.number] for question in exam.questions)
        return found, Report(
            self.name, lines, (*exam.remarks, *limit, *self.remarks(plans), *omission_remarks(exam, lengths=False))
        )

    def _test(self, exam: Exam, documents: Iterable[Document]) -> Iterator[str]:
        limit = self.dialect.spell(_TIME_LIMIT) % (exam.duration_minutes * 60) if exam.duration_minutes else ""
        head, end = self.dialect.spell(_TEST).replace("{limit}", limit).split("{items}")
        title = escape(exam.title)
        yield head.replace("{trappings}", self.dialect.trappings) % (
            _test_ident(exam),
            title,
            format_decimal(exam.points),
            title,
        )
        reference = self.dialect.spell(self.reference)
        for one in documents:
            if one.kind == "item":
                named = reference.replace("{ident}", one.ident).replace("{name}", one.name)
                yield named.replace("{points}", one.points)
        yield end

    def _resources(self, exam: Exam, documents: list[Document], items: ItemWriter) -> Iterator[Resource]:
        version = self.dialect.version
        needed = tuple(one.ident for one in documents if one.kind == "item")
        yield Resource(_test_ident(exam), f"imsqti_test_xmlv{version}", (TEST,), needed)
        media = partial(ident, exam.id, "media")
        for one in documents:
            files, needs = (one.name, *one.files), one.needs
            if self.own_media:
                files, needs = (one.name,), (*one.needs, *map(media, one.files))
            yield Resource(one.ident, f"imsqti_{one.kind}_xmlv{version}", files, needs, one.ordering)
        if self.own_media:
            for path, _ in items.media.used():
                yield Resource(media(path), "webcontent", (path,))


def _test_ident(exam: Exam) -> str:
    return ident(exam.id, "test")


def manifest_ident(exam: Exam) -> str:
    """Return the manifest's own identifier: another one than the test's, for both are ``xs:ID``."""
    return ident(exam.id, "manifest")


def lom(exam: Exam, description: str) -> str:
    """Return the manifest's metadata: title, language and the report in short, which only teachers see."""
    language = f"<language>{escape(exam.language)}</language>" if exam.language else ""
    return (
        '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general>'
        f"<title><string>{escape(exam.title)}</string></title>{language}"
        f'<description><string language="{available_language(exam.language)}">'
        f"{escape(description)}</string></description>"
        "</general></lom>"
    )


_TIME_LIMIT = '<timeLimits maxTime="%d"/>'
_TEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<assessmentTest {trappings} identifier="%s" title="%s"'
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
"""The score is the sum of the items' scores. A weight of an item is not used in it: Canvas takes it for the points."""
