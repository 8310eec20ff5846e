"""Items and stimuli of QTI as documents. Facts: qti-targets §2, §5."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lti_tool.exam.media import Assets
from lti_tool.exam.model import Exam
from lti_tool.exam.value import value
from lti_tool.formats.idents import ident
from lti_tool.formats.media import MediaFiles
from lti_tool.formats.notes import grading_notes
from lti_tool.formats.plan import Form, Plan
from lti_tool.formats.qti import remarks
from lti_tool.formats.qti.answers import Answer, answer
from lti_tool.formats.qti.dialect import TOOL, Dialect
from lti_tool.formats.qti.order import Entry
from lti_tool.formats.qti.xhtml import Seen, Xhtml
from lti_tool.formats.report import Line, Remark
from lti_tool.formats.stem import stem
from lti_tool.formats.xmltext import decimal, escape


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


class ItemWriter:
    """Writes the documents of one exam, and the lines of its report."""

    def __init__(self, exam: Exam, assets: Assets, dialect: Dialect) -> None:
        self.media = MediaFiles(assets)
        self.lines: dict[int, Line] = {}
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
        known: dict[int, Document] = {}
        for entry in entries:
            if self._dialect.stimuli:
                for plan in entry.before:
                    if plan.question.number not in known:
                        known[plan.question.number], text = self._write_stimulus(plan)
                        yield known[plan.question.number], text
            yield self._write_item(entry, known)

    def leave_out(self, plan: Plan) -> None:
        """Note that a question becomes nothing."""
        self.lines[plan.question.number] = plan.line()

    def _write_stimulus(self, plan: Plan) -> tuple[Document, str]:
        body, seen = self._text(plan)
        line = self.lines[plan.question.number]
        name = self._ident(plan, "stimulus")
        text = self._stimulus % (name, _title(line), body)
        return Document("stimulus", name, f"stimulus-{name}.xml", tuple(seen.files)), text

    def _write_item(self, entry: Entry, known: dict[int, Document]) -> tuple[Document, str]:
        files: dict[str, None] = {}
        above, needs = "", []
        for plan in entry.before:
            if self._dialect.stimuli:
                needs.append(known[plan.question.number])
            else:
                above += self._neighbour(plan, remarks.TEXT_ABOVE, entry.plan.question.number, files)
        found, body, seen = self._question(entry.plan, above)
        files.update(seen.files)
        below = "".join(
            self._neighbour(plan, remarks.TEXT_BELOW, entry.plan.question.number, files) for plan in entry.after
        )
        return self._document(entry.plan, found, body + below, tuple(files), needs)

    def _document(
        self, plan: Plan, found: Answer, body: str, files: tuple[str, ...], needs: list[Document]
    ) -> tuple[Document, str]:
        name, points = self._ident(plan, "item"), decimal(plan.question.points)
        references = "".join(self._dialect.spell(_REFERENCE) % (one.ident, one.name) for one in needs)
        outcomes = ""
        if plan.form is not Form.TEXT:
            human = "" if found.processing else self._dialect.human
            outcomes = self._outcomes % (points, human, points) + (self._feedback if found.processing else "")
        title = _title(self.lines[plan.question.number])
        text = self._item % (name, title, found.declarations + outcomes + references, body, found.processing)
        about = Document(
            "item",
            name,
            f"item-{name}.xml",
            files,
            tuple(one.ident for one in needs),
            points,
            ordering=plan.form is Form.ORDERING,
        )
        return about, text

    def _question(self, plan: Plan, above: str) -> tuple[Answer, str, Seen]:
        """Return answer and body of a question, and note its line."""
        seen = self._begin()
        told = self._xhtml.blocks(stem(plan, self._exam))
        found = answer(plan, self._dialect, self._xhtml, self._exam.language)
        body = f"{self._notes(plan, found)}<div>{above}{told}{found.inside}</div>{found.interaction}"
        if plan.form is Form.TEXT:
            self._note(plan, seen, remarks.TEXT_ALONE)
        else:
            long = (remarks.LONG_FOR_CANVAS,) if self._is_long(above, told, found.inside) else ()
            self._note(plan, seen, *remarks.changes(plan), notes=(*remarks.notes(plan, self._dialect), *long))
        return found, body, seen

    def _is_long(self, *texts: str) -> bool:
        together = sum(map(len, texts))
        if self._dialect.stimuli or together * 4 < remarks.LONGEST_IN_CANVAS:
            return False
        return sum(len(text.encode()) for text in texts) >= remarks.LONGEST_IN_CANVAS

    def _notes(self, plan: Plan, found: Answer) -> str:
        """Return what the one who marks should know; only where a person marks, and never for students."""
        if found.processing or plan.form is Form.TEXT:
            return ""
        notes = grading_notes(plan.question, self._exam.language)
        return self._rubric % "".join(f"<p>{escape(one)}</p>" for one in notes.splitlines()) if notes else ""

    def _neighbour(self, plan: Plan, remark: Remark, number: int, files: dict[str, None]) -> str:
        """Return a text that stands in the item of question ``number``."""
        body, seen = self._text(plan, remark.with_facts(number=number))
        files.update(seen.files)
        return f"<div>{body}</div>"

    def _text(self, plan: Plan, *changed: Remark) -> tuple[str, Seen]:
        seen = self._begin()
        body = self._xhtml.blocks(stem(plan, self._exam))
        self._note(plan, seen, *changed)
        return body, seen

    def _begin(self) -> Seen:
        self.media.start()
        self._xhtml.seen = Seen()
        return self._xhtml.seen

    def _note(self, plan: Plan, seen: Seen, *changed: Remark, notes: tuple[Remark, ...] = ()) -> None:
        changed = (*changed, *self.media.remarks(), *remarks.of_text(seen))
        notes = (*notes, *remarks.of_looks(seen, self._dialect))
        self.lines[plan.question.number] = (plan.with_remarks(*changed) if changed else plan).line(notes)

    def _ident(self, plan: Plan, role: str) -> str:
        return ident(self._exam.id, plan.question.id, role)


def _title(line: Line) -> str:
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
