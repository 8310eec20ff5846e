"""Items and stimuli of QTI as documents. Facts: qti-targets §2, §5."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lti_tool.exam.media import Assets
from lti_tool.exam.model import Exam
from lti_tool.exam.passes import in_passes
from lti_tool.exam.richtext import Node
from lti_tool.exam.value import value
from lti_tool.formats.planning.grading_notes import grading_notes
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.planning.stem import stem_blocks
from lti_tool.formats.qti import remarks
from lti_tool.formats.qti.answers import Answer, answer
from lti_tool.formats.qti.dialect import TOOL, Dialect
from lti_tool.formats.qti.informational_texts import Entry
from lti_tool.formats.qti.xhtml import Seen, Xhtml
from lti_tool.formats.report import Remark, ReportLine
from lti_tool.formats.writing.identifiers import ident
from lti_tool.formats.writing.media import MediaFiles
from lti_tool.formats.writing.xml_text import escape, format_decimal


@value
class Document:
    """What test and manifest say of a file.

    ``kind`` is ``item`` or ``stimulus``; ``files`` are paths, ``needs`` are identifiers.
    """

    kind: str
    ident: str
    name: str
    files: tuple[str, ...]
    needs: tuple[str, ...] = ()
    points: str = "0"
    ordering: bool = False


class Draft:
    """An item on its way, and what each step adds to it.

    ``stimuli`` are documents that stand before it; ``above`` and ``below`` are texts inside it with their files,
    ``told`` is its stem, ``body`` all that a student sees.
    """

    __slots__ = (
        "above",
        "answer",
        "below",
        "body",
        "document",
        "entry",
        "needs",
        "nodes",
        "plan",
        "seen",
        "stimuli",
        "told",
    )

    above: tuple[str, dict[str, None]]
    below: tuple[str, dict[str, None]]
    nodes: tuple[Node, ...]
    told: str
    answer: Answer
    body: str
    document: tuple[Document, str]

    def __init__(self, entry: Entry) -> None:
        self.entry, self.plan = entry, entry.plan
        self.seen = Seen()
        self.stimuli: list[tuple[Document, str]] = []
        self.needs: list[Document] = []


class ItemWriter:
    """Writes the documents of one exam, and the lines of its report."""

    def __init__(self, exam: Exam, assets: Assets, dialect: Dialect) -> None:
        self.media = MediaFiles(assets)
        self.lines: dict[int, ReportLine] = {}
        self._known: dict[int, Document] = {}
        self._exam, self._dialect = exam, dialect
        self._xhtml = Xhtml(dialect.markup, self.media, exam)
        language = f' xml:lang="{escape(exam.language)}"' if exam.language else ""
        turned = ' dir="rtl"' if exam.direction == "rtl" and dialect.markup.directions else ""
        self._item = dialect.spell(_ITEM).replace("{lang}", language).replace("{dir}", turned)
        self._item = self._item.replace("{trappings}", dialect.trappings)
        self._stimulus = dialect.spell(_STIMULUS).replace("{lang}", language).replace("{trappings}", dialect.trappings)
        self._outcomes = dialect.spell(_OUTCOMES)
        self._feedback = dialect.spell(_FEEDBACK) if dialect.feedback else ""
        self._rubric = dialect.spell(dialect.rubric)

    def documents(self, entries: Iterable[Entry]) -> Iterator[tuple[Document, str]]:
        """Yield documents and their texts in the order of the exam; a stimulus before the first item that needs it."""
        steps = (self._texts, self._stem, self._told, self._answer, self._body, self._line, self._document)
        for draft in in_passes(map(Draft, entries), *steps):
            yield from draft.stimuli
            yield draft.document

    def leave_out(self, plan: Plan) -> None:
        """Note that a question becomes nothing."""
        self.lines[plan.question.number] = plan.report_line()

    def _write_stimulus(self, plan: Plan) -> tuple[Document, str]:
        body, seen = self._text(plan)
        line = self.lines[plan.question.number]
        name = self._ident(plan, "stimulus")
        text = self._stimulus % (name, _title(line), body)
        return Document("stimulus", name, f"stimulus-{name}.xml", tuple(seen.files)), text

    def _texts(self, draft: Draft) -> None:
        """Write the texts that go with a question: as documents that it refers to, or into its item."""
        before, number = draft.entry.before, draft.plan.question.number
        if self._dialect.stimuli:
            draft.needs = [self._stimulus_of(plan, draft) for plan in before]
            before = ()
        draft.above = self._neighbours(before, remarks.TEXT_ABOVE, number)
        draft.below = self._neighbours(draft.entry.after, remarks.TEXT_BELOW, number)

    def _stimulus_of(self, plan: Plan, draft: Draft) -> Document:
        number = plan.question.number
        if number not in self._known:
            draft.stimuli.append(self._write_stimulus(plan))
            self._known[number] = draft.stimuli[-1][0]
        return self._known[number]

    def _stem(self, draft: Draft) -> None:
        draft.nodes = stem_blocks(draft.plan, self._exam)

    def _told(self, draft: Draft) -> None:
        self._turn_to(draft.plan, draft.seen)
        draft.told = self._xhtml.blocks(draft.nodes)

    def _answer(self, draft: Draft) -> None:
        self._turn_to(draft.plan, draft.seen)
        draft.answer = answer(draft.plan, self._dialect, self._xhtml, self._exam.language)

    def _body(self, draft: Draft) -> None:
        found, notes = draft.answer, self._notes(draft.plan, draft.answer)
        shown = f"<div>{draft.above[0]}{draft.told}{found.inside}</div>"
        draft.body = f"{notes}{shown}{found.interaction}{draft.below[0]}"

    def _line(self, draft: Draft) -> None:
        plan = draft.plan
        if plan.kind is ItemKind.TEXT:
            self._note(plan, draft.seen, remarks.TEXT_ALONE)
        else:
            is_long = self._is_long(draft.above[0], draft.told, draft.answer.inside)
            long = (remarks.LONG_FOR_CANVAS,) if is_long else ()
            notes = (*remarks.notes(plan, self._dialect), *long)
            self._note(plan, draft.seen, *remarks.changes(plan), notes=notes)

    def _document(self, draft: Draft) -> None:
        plan, found = draft.plan, draft.answer
        name, points = self._ident(plan, "item"), format_decimal(plan.question.points)
        outcomes = ""
        if plan.kind is not ItemKind.TEXT:
            human = "" if found.processing else self._dialect.human
            outcomes = self._outcomes % (points, human, points) + (self._feedback if found.processing else "")
        reference = self._dialect.spell(_REFERENCE)
        references = "".join([reference % (one.ident, one.name) for one in draft.needs])
        declared = found.declarations + outcomes + references
        title = _title(self.lines[plan.question.number])
        about = Document(
            "item",
            name,
            f"item-{name}.xml",
            tuple({**draft.above[1], **draft.seen.files, **draft.below[1]}),
            tuple([one.ident for one in draft.needs]),
            points,
            ordering=plan.kind is ItemKind.ORDERING,
        )
        draft.document = about, self._item % (name, title, declared, draft.body, found.processing)

    def _is_long(self, *texts: str) -> bool:
        if self._dialect.stimuli or sum(map(len, texts)) * 4 < remarks.LONGEST_IN_CANVAS:
            return False
        return sum(len(text.encode()) for text in texts) >= remarks.LONGEST_IN_CANVAS

    def _notes(self, plan: Plan, found: Answer) -> str:
        """Return what the one who marks should know; only where a person marks, and never for students."""
        if found.processing or plan.kind is ItemKind.TEXT:
            return ""
        notes = grading_notes(plan.question, self._exam.language)
        return self._rubric % "".join(f"<p>{escape(one)}</p>" for one in notes.splitlines()) if notes else ""

    def _neighbours(self, plans: Sequence[Plan], remark: Remark, number: int) -> tuple[str, dict[str, None]]:
        """Return texts that stand in the item of question ``number``, and their files."""
        if not plans:
            return "", {}
        bodies, files = "", dict[str, None]()
        for plan in plans:
            body, seen = self._text(plan, remark.with_facts(number=number))
            bodies += f"<div>{body}</div>"
            files.update(seen.files)
        return bodies, files

    def _text(self, plan: Plan, *changed: Remark) -> tuple[str, Seen]:
        seen = Seen()
        self._turn_to(plan, seen)
        body = self._xhtml.blocks(stem_blocks(plan, self._exam))
        self._note(plan, seen, *changed)
        return body, seen

    def _turn_to(self, plan: Plan, seen: Seen) -> None:
        self.media.turn_to(plan.question.number)
        self._xhtml.seen = seen

    def _note(self, plan: Plan, seen: Seen, *changed: Remark, notes: tuple[Remark, ...] = ()) -> None:
        number = plan.question.number
        changed = (*changed, *self.media.remarks(number), *remarks.of_text(seen))
        notes = (*notes, *remarks.of_looks(seen, self._dialect))
        self.lines[number] = plan.with_remarks(*changed).report_line(notes)

    def _ident(self, plan: Plan, role: str) -> str:
        return ident(self._exam.id, plan.question.id, role)


def _title(line: ReportLine) -> str:
    return escape(line.title or str(line.number))


_ITEM = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem {trappings} identifier="%s" title="%s"{lang}'
    f' adaptive="false" timeDependent="false" toolName="{TOOL}">%s'
    "<itemBody{dir}>%s</itemBody>%s</assessmentItem>\n"
)
_STIMULUS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<assessmentStimulus {trappings} identifier="%s" title="%s"{lang}'
    f' toolName="{TOOL}"><stimulusBody><div>%s</div></stimulusBody></assessmentStimulus>\n'
)
_REFERENCE = '<assessmentStimulusRef identifier="%s" href="%s"/>'
_OUTCOMES = (
    '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="%s"%s>'
    "<defaultValue><value>0</value></defaultValue></outcomeDeclaration>"
    '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">'
    "<defaultValue><value>%s</value></defaultValue></outcomeDeclaration>"
)
_FEEDBACK = '<outcomeDeclaration identifier="FEEDBACK" cardinality="single" baseType="identifier"/>'
