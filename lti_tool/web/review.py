"""Contents of the review page: every question with its line of the conversion report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from lti_tool import exam as exams
from lti_tool.exam.changes import Changed
from lti_tool.formats import Report, ReportLine, Verdict
from lti_tool.models import Exam, now
from lti_tool.services.exams.snapshot_capture import is_late

PER_PAGE = 100
"""Questions per page: a thousand at once would be slow to show and to read."""


LATE_FOR = timedelta(days=7)
"""How long late images are tried for; after that they are missing."""


@dataclass(frozen=True, slots=True)
class ReviewedQuestion:
    """A question and its line of the report; it has none if the teacher left the question out."""

    question: exams.Question
    line: ReportLine | None


@dataclass(frozen=True, slots=True)
class Review:
    """One page of an exam in one format. ``page`` counts from 1; ``changed_only`` hides unchanged questions."""

    exam: exams.Exam
    report: Report
    entries: tuple[ReviewedQuestion, ...]
    page: int
    pages: int
    changed_only: bool

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
        ReviewedQuestion(each.question, None if each.left_out else lines[each.question.id])
        for each in changed.arrangement
        if each.left_out or each.question.id in lines
    ]
    if changed_only:
        entries = [entry for entry in entries if entry.line is not None and entry.line.verdict is not Verdict.NATIVE]
    pages = max(1, -(-len(entries) // PER_PAGE))
    page = min(max(page, 1), pages)
    on_page = tuple(entries[(page - 1) * PER_PAGE : page * PER_PAGE])
    return Review(exam, report, on_page, page, pages, changed_only)


def late_media(row: Exam) -> int:
    """Return the number of images and files that are still being downloaded."""
    return sum(map(is_late, row.media)) if now() - row.created_at < LATE_FOR else 0


def missing_media(row: Exam) -> int:
    """Return the number of images and files that couldn't be downloaded."""
    return sum(1 for media in row.media if media.asset_sha256 is None) - late_media(row)
