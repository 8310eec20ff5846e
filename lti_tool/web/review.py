"""What the review page shows: every question, its key, and what this LMS will make of it."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool import exam as exams
from lti_tool import formats
from lti_tool.formats import Report, ReportLine, Verdict
from lti_tool.models import Exam

PER_PAGE = 100
"""Questions on one page: a thousand of them would be slow to show and to read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question and what becomes of it."""

    question: exams.Question
    line: ReportLine


@dataclass(frozen=True, slots=True)
class Review:
    """One page of an exam in one format. ``page`` counts from 1; ``changed_only`` leaves out what arrives as it is."""

    exam: exams.Exam
    report: Report
    entries: tuple[Entry, ...]
    page: int
    pages: int
    changed_only: bool

    @property
    def native(self) -> int:
        """Questions that arrive as they are."""
        return self.report.counts[Verdict.NATIVE]

    @property
    def adapted(self) -> int:
        """Questions that change."""
        return self.report.counts[Verdict.ADAPTED]

    @property
    def left_out(self) -> int:
        """Questions that stay behind."""
        return self.report.counts[Verdict.LEFT_OUT]


def review_of(exam: exams.Exam, report: Report, *, page: int, changed_only: bool) -> Review:
    """Return the ``page`` that is asked for, or the nearest there is."""
    lines = {line.question_id: line for line in report.lines}
    entries = [Entry(question, lines[question.id]) for question in exam.questions if question.id in lines]
    if changed_only:
        entries = [entry for entry in entries if entry.line.verdict is not Verdict.NATIVE]
    pages = max(1, -(-len(entries) // PER_PAGE))
    page = min(max(page, 1), pages)
    shown = tuple(entries[(page - 1) * PER_PAGE : page * PER_PAGE])
    return Review(exam, report, shown, page, pages, changed_only)


def format_for(launch_formats: tuple[str, ...], offered: str, asked: str) -> str:
    """Return the format to show: the one asked for, else the one that is sent, else the best for this LMS."""
    names = formats.names()
    return next(name for name in (asked, offered, *launch_formats, *names) if name in names)


def missing_media(row: Exam) -> int:
    """Return how many images and files could not be had."""
    return sum(1 for media in row.media if media.asset_sha256 is None)
