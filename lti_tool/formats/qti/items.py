"""Items and stimuli of QTI as documents. See docs/reference/importers.md#pitfalls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lti_tool.exam.media import Assets
from lti_tool.exam.model import Exam
from lti_tool.exam.value import value
from lti_tool.formats.planning.grading_notes import grading_notes
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.planning.stem import stem_blocks
from lti_tool.formats.qti import remarks
from lti_tool.formats.qti.dialect import TOOL, Dialect
from lti_tool.formats.qti.interactions import ItemInteraction, item_interaction
from lti_tool.formats.qti.item_plans import ItemPlan
from lti_tool.formats.qti.style_sheet import STYLE_SHEET
from lti_tool.formats.qti.xhtml import TextNotes, XhtmlRenderer, combine_notes
from lti_tool.formats.report import Remark, ReportLine
from lti_tool.formats.text.xml_text import escape, format_decimal
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.media import MediaFiles

_ITEM = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem {namespaces} identifier="%s" title="%s"{lang}'
    f' adaptive="false" timeDependent="false" toolName="{TOOL}">%s'
    "<itemBody{dir}>%s</itemBody>%s</assessmentItem>\n"
)
_STIMULUS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<assessmentStimulus {namespaces} identifier="%s" title="%s"{lang}'
    f' toolName="{TOOL}">%s<stimulusBody><div>%s</div></stimulusBody></assessmentStimulus>\n'
)
_STYLE_SHEET = f'<stylesheet href="{STYLE_SHEET}" type="text/css"/>'
_REFERENCE = '<assessmentStimulusRef identifier="%s" href="%s"/>'
_STIMULUS_PLACE = '<div class="qti-shared-stimulus" data-stimulus-idref="%s"></div>'
"""Where a player shows a stimulus. Some show none that has no place in the body (docs/reference/importers.md)."""
_OUTCOMES = (
    '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"%s%s>'
    "<defaultValue><value>0</value></defaultValue></outcomeDeclaration>"
    '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">'
    "<defaultValue><value>%s</value></defaultValue></outcomeDeclaration>"
)
_FEEDBACK = '<outcomeDeclaration identifier="FEEDBACK" cardinality="single" baseType="identifier"/>'


@value
class QtiDocument:
    """The entry of a document in the test and the manifest.

    ``kind`` is ``item`` or ``stimulus``; ``files`` are the paths of its media and its style sheet, ``dependencies``
    identifiers of other documents; ``styles`` have a class in the style sheet.
    """

    kind: str
    ident: str
    name: str
    files: tuple[str, ...]
    dependencies: tuple[str, ...] = ()
    points: str = "0"
    is_ordering: bool = False
    styles: frozenset[str] = frozenset()


@value
class WrittenDocument:
    """A document, its XML, and the report's lines for the questions in it."""

    document: QtiDocument
    xml: str
    lines: tuple[ReportLine, ...]


@value
class _TextInItem:
    """An informational text inside the item of a question."""

    xhtml: str
    notes: TextNotes
    line: ReportLine


class ItemWriter:
    """Writes the documents of one exam."""

    def __init__(self, exam: Exam, assets: Assets, dialect: Dialect) -> None:
        self.media = MediaFiles(assets)
        self._exam = exam
        self._dialect = dialect
        language = f' xml:lang="{escape(exam.language)}"' if exam.language else ""
        direction = ' dir="rtl"' if exam.direction == "rtl" and dialect.markup.has_dir else ""
        self._item = _filled(dialect, _ITEM, language).replace("{dir}", direction)
        self._stimulus = _filled(dialect, _STIMULUS, language)

    def documents(self, item_plans: Iterable[ItemPlan]) -> Iterator[WrittenDocument]:
        """Yield documents in the order of the exam; a stimulus before the first item that refers to it."""
        stimuli: dict[int, QtiDocument] = {}
        for item_plan in item_plans:
            texts = item_plan.before if self._dialect.has_stimuli else ()
            for text in texts:
                if text.question.number not in stimuli:
                    stimulus = self._write_stimulus(text)
                    stimuli[text.question.number] = stimulus.document
                    yield stimulus
            yield self._write_item(item_plan, [stimuli[text.question.number] for text in texts])

    def _write_stimulus(self, plan: Plan) -> WrittenDocument:
        xhtml = self._renderer()
        text = xhtml.blocks(stem_blocks(plan, self._exam))
        notes = xhtml.notes
        line = self._line(plan, notes)
        name = self._ident(plan, "stimulus")
        document = QtiDocument("stimulus", name, f"stimulus-{name}.xml", _files(notes), styles=notes.styles)
        xml = self._stimulus % (name, _title(line), self._style_sheet(notes), text)
        return WrittenDocument(document, xml, (line,))

    def _write_item(self, item_plan: ItemPlan, stimuli: Sequence[QtiDocument]) -> WrittenDocument:
        plan = item_plan.plan
        before = () if self._dialect.has_stimuli else item_plan.before
        texts_before = self._texts_in_item(before, remarks.TEXT_ABOVE, plan)
        xhtml = self._renderer()
        stem = xhtml.blocks(stem_blocks(plan, self._exam))
        interaction = item_interaction(plan, self._dialect, xhtml, self._exam.language)
        texts_after = self._texts_in_item(item_plan.after, remarks.TEXT_BELOW, plan)

        prompt = f"{''.join([text.xhtml for text in texts_before])}{stem}{interaction.text}"
        notes = combine_notes((xhtml.notes, interaction.notes))
        line = self._item_line(plan, notes, is_long=self._is_too_long_for_canvas(prompt))
        rubric_block = self._rubric_block(plan, interaction)
        places = "".join([_STIMULUS_PLACE % stimulus.ident for stimulus in stimuli])
        below = "".join([text.xhtml for text in texts_after])
        body = f"{rubric_block}{places}<div>{prompt}</div>{interaction.block}{below}"
        all_notes = notes
        if texts_before or texts_after:
            all_notes = combine_notes(
                [*[text.notes for text in texts_before], notes, *[text.notes for text in texts_after]]
            )
        name, points = self._ident(plan, "item"), format_decimal(plan.question.points)
        document = QtiDocument(
            "item",
            name,
            f"item-{name}.xml",
            _files(all_notes),
            tuple([stimulus.ident for stimulus in stimuli]),
            points,
            is_ordering=plan.kind is ItemKind.ORDERING,
            styles=all_notes.styles,
        )
        outcomes = "" if plan.kind is ItemKind.TEXT else self._outcomes(points, interaction)
        declarations = interaction.declarations + outcomes + self._references(stimuli) + self._style_sheet(all_notes)
        xml = self._item % (name, _title(line), declarations, body, interaction.processing)
        lines = (*(text.line for text in texts_before), line, *(text.line for text in texts_after))
        return WrittenDocument(document, xml, lines)

    def _texts_in_item(self, plans: Sequence[Plan], remark: Remark, item: Plan) -> list[_TextInItem]:
        texts = []
        for plan in plans:
            xhtml = self._renderer()
            text = xhtml.blocks(stem_blocks(plan, self._exam))
            line = self._line(plan, xhtml.notes, (remark.with_facts(number=item.question.number),))
            texts.append(_TextInItem(f"<div>{text}</div>", xhtml.notes, line))
        return texts

    def _renderer(self) -> XhtmlRenderer:
        return XhtmlRenderer(self._dialect.markup, self.media, self._exam)

    def _item_line(self, plan: Plan, text_notes: TextNotes, *, is_long: bool) -> ReportLine:
        if plan.kind is ItemKind.TEXT:
            return self._line(plan, text_notes, (remarks.TEXT_ALONE,))
        notes = (*remarks.notes(plan, self._dialect), *((remarks.LONG_FOR_CANVAS,) if is_long else ()))
        return self._line(plan, text_notes, remarks.changes(plan, self._exam.language), notes)

    def _line(
        self, plan: Plan, text_notes: TextNotes, changes: tuple[Remark, ...] = (), notes: tuple[Remark, ...] = ()
    ) -> ReportLine:
        """Return the report's line of a question with these texts."""
        changed = plan.with_remarks(*changes, *remarks.text_changes(text_notes))
        return changed.report_line((*notes, *remarks.look_notes(text_notes, self._dialect)))

    def _is_too_long_for_canvas(self, prompt: str) -> bool:
        return not self._dialect.has_stimuli and len(prompt) >= remarks.MAX_CANVAS_LENGTH

    def _rubric_block(self, plan: Plan, interaction: ItemInteraction) -> str:
        """Return the notes for the grader, never shown to students; empty where no person marks."""
        if interaction.processing or plan.kind is ItemKind.TEXT:
            return ""
        notes = grading_notes(plan.question, self._exam.language)
        paragraphs = "".join(f"<p>{escape(note)}</p>" for note in notes.splitlines())
        return self._dialect.spell(self._dialect.rubric) % paragraphs if notes else ""

    def _outcomes(self, points: str, interaction: ItemInteraction) -> str:
        dialect = self._dialect
        external_scored = "" if interaction.processing else dialect.external_scored
        feedback = dialect.spell(_FEEDBACK) if interaction.processing and dialect.sets_feedback else ""
        maximum = "" if points == "0" else dialect.spell(' normalMaximum="%s"') % points  # must be above zero
        return dialect.spell(_OUTCOMES) % (maximum, external_scored, points) + feedback

    def _references(self, stimuli: Sequence[QtiDocument]) -> str:
        template = self._dialect.spell(_REFERENCE)
        return "".join([template % (stimulus.ident, stimulus.name) for stimulus in stimuli])

    def _style_sheet(self, notes: TextNotes) -> str:
        return self._dialect.spell(_STYLE_SHEET) if notes.styles else ""

    def _ident(self, plan: Plan, role: str) -> str:
        return ident(self._exam.id, plan.question.id, role)


def _filled(dialect: Dialect, template: str, language: str) -> str:
    """Return a template of a document with what is the same in all documents of an exam."""
    return dialect.spell(template).replace("{lang}", language).replace("{namespaces}", dialect.namespaces)


def _files(notes: TextNotes) -> tuple[str, ...]:
    return (*notes.files, STYLE_SHEET) if notes.styles else notes.files


def _title(line: ReportLine) -> str:
    return escape(line.title or str(line.number))
