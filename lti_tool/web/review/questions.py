"""Contents of the review page: every question with its line of the conversion report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from lti_tool import exam as exams
from lti_tool import formats
from lti_tool.exam.changes import Changed
from lti_tool.exam.remark import Remark
from lti_tool.formats import LmsView, Report, ReportLine, Verdict
from lti_tool.formats.canvas_qti import ORDERED_BY_MENUS
from lti_tool.formats.remark_kinds import kind_of, together
from lti_tool.models import Exam, now
from lti_tool.services.exams.snapshot_capture import is_late
from lti_tool.web.current_launch import services

PER_PAGE = 50
"""Questions per page: a thousand at once would be slow to show and to read."""

LINKED_AT_ONCE = 12
"""Questions to which a reason links before the others are folded away."""

LATE_FOR = timedelta(days=7)
"""How long the tool keeps trying to download late images; after that they count as missing."""


@dataclass(frozen=True, slots=True)
class ReviewedQuestion:
    """A question and its line of the report; it has none if the teacher left the question out."""

    question: exams.Question
    line: ReportLine | None

    @property
    def is_compared(self) -> bool:
        """Whether the LMS shows the question in another way than Examplary."""
        line = self.line
        return line is not None and (line.verdict is Verdict.ADAPTED or ORDERED_BY_MENUS in line.remarks)


@dataclass(frozen=True, slots=True)
class QuestionLink:
    """A question by its ID and number, and the page of the review that shows it."""

    id: str
    number: int
    page: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A remark, and the questions that it is about.

    ``by_question`` has the remark of each question, if they differ; ``remark`` then sums them up.
    """

    remark: Remark
    questions: tuple[QuestionLink, ...]
    by_question: tuple[tuple[QuestionLink, Remark], ...]

    @property
    def first(self) -> tuple[QuestionLink, ...]:
        """The questions to link to at once."""
        return self.questions[:LINKED_AT_ONCE]

    @property
    def rest(self) -> tuple[QuestionLink, ...]:
        """The questions to fold away."""
        return self.questions[LINKED_AT_ONCE:]


@dataclass(frozen=True, slots=True)
class Review:
    """One page of an exam in one format. ``page`` counts from 1; ``changed_only`` hides what arrives unchanged.

    ``changes`` are the reasons why questions are adapted or left out; ``notes`` concern unchanged questions only.
    ``previous`` is the id of the question before those of this page, empty on the first one.
    """

    exam: exams.Exam
    report: Report
    entries: tuple[ReviewedQuestion, ...]
    changes: tuple[Reason, ...]
    notes: tuple[Reason, ...]
    page: int
    pages: int
    changed_only: bool
    previous: str

    @property
    def native(self) -> int:
        """Number of unchanged questions."""
        return self.report.counts[Verdict.NATIVE]

    @property
    def adapted(self) -> int:
        """Number of adapted questions."""
        return self.report.counts[Verdict.ADAPTED]

    @property
    def left_out(self) -> int:
        """Number of questions left out."""
        return self.report.counts[Verdict.LEFT_OUT]


def review_of(changed: Changed, report: Report, *, page: int, changed_only: bool) -> Review:
    """Return the requested ``page``, or the nearest one that exists."""
    exam, lines = changed.exam, {line.question_id: line for line in report.lines}
    entries = [
        ReviewedQuestion(arranged.question, None if arranged.left_out else lines[arranged.question.id])
        for arranged in changed.arrangement
        if arranged.left_out or arranged.question.id in lines
    ]
    if changed_only:
        entries = [entry for entry in entries if entry.line is None or entry.line.verdict is not Verdict.NATIVE]
    pages = max(1, ceil(len(entries) / PER_PAGE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PER_PAGE
    on_page = tuple(entries[start : start + PER_PAGE])
    previous = entries[start - 1].question.id if start else ""
    changes, notes = _reasons(entries)
    return Review(exam, report, on_page, changes, notes, page, pages, changed_only, previous)


def _reasons(entries: Sequence[ReviewedQuestion]) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Group the remarks of ``entries`` by kind: those that change a question, and those about unchanged ones only.

    The reason with the most questions comes first.
    """
    remarks_by_kind: dict[str | Remark, list[tuple[QuestionLink, Remark]]] = {}
    changing_kinds: set[str | Remark] = set()
    for index, entry in enumerate(entries):
        if entry.line is None:
            continue
        link = QuestionLink(entry.question.id, entry.line.number, index // PER_PAGE + 1)
        for remark in entry.line.remarks:
            kind = kind_of(remark)
            remarks_by_kind.setdefault(kind, []).append((link, remark))
            if entry.line.verdict is not Verdict.NATIVE:
                changing_kinds.add(kind)
    reasons = [(kind, _reason(by_question)) for kind, by_question in remarks_by_kind.items()]
    reasons.sort(key=lambda pair: len(pair[1].questions), reverse=True)
    changes = tuple(reason for kind, reason in reasons if kind in changing_kinds)
    notes = tuple(reason for kind, reason in reasons if kind not in changing_kinds)
    return changes, notes


def _reason(by_question: Sequence[tuple[QuestionLink, Remark]]) -> Reason:
    questions = tuple(dict.fromkeys(link for link, _ in by_question))
    remarks = [remark for _, remark in by_question]
    return Reason(together(remarks), questions, tuple(by_question) if len(set(remarks)) > 1 else ())


def lms_views(row: Exam, review: Review, format_name: str) -> dict[str, LmsView]:
    """Return the questions of the page that the LMS shows in another way, as it shows them, by their ID."""
    compared = [entry.question for entry in review.entries if entry.is_compared]
    assets = services().exam_reader.assets(row) if compared else {}
    return {question.id: formats.get(format_name).lms_view(question, review.exam, assets) for question in compared}


def late_media(row: Exam) -> int:
    """Return the number of images and files that are still being downloaded."""
    return sum(map(is_late, row.media)) if now() - row.created_at < LATE_FOR else 0


def missing_media(row: Exam) -> int:
    """Return the number of images and files that couldn't be downloaded."""
    return sum(1 for media in row.media if media.asset_sha256 is None) - late_media(row)
