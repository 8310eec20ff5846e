"""A short fidelity report for the description of a package, which only teachers read.

It is in the exam's language where the tool has a translation, so that a package does not depend on the requester.
"""

from __future__ import annotations

from lti_tool.errors import N_, NN_
from lti_tool.exam.remark import Remark
from lti_tool.formats.report import Report, Verdict
from lti_tool.formats.text.xml_text import format_decimal
from lti_tool.languages import catalogue

MAX_QUESTIONS = 40
"""Questions listed individually; a description of thousands of lines would not be read."""

COUNTS = Remark(
    "summary.counts",
    N_("Questions that arrive unchanged: %(native)s of %(all)s. Adapted: %(adapted)s. Left out: %(left_out)s."),
)
POINTS = Remark("summary.points", N_("Points: %(out)s of %(in)s."))
QUESTION = Remark("summary.question", N_("Question %(number)s: %(what)s"))
MORE = Remark(
    "summary.more",
    *NN_(
        "%(count)s more question changes; see the report in Examplary.",
        "%(count)s more questions change; see the report in Examplary.",
    ),
)
LEFT_OUT = N_("Left out")


def summary(report: Report, language: str | None) -> str:
    """Return the report as a few plain sentences, a line each."""
    texts = catalogue(language)
    changed = [line for line in report.lines if line.verdict is not Verdict.NATIVE]
    lines = list(totals(report))
    for line in changed[:MAX_QUESTIONS]:
        becomes = texts.gettext(line.becomes or LEFT_OUT)
        change = " ".join([f"{becomes}.", *(remark.plain(texts) for remark in line.remarks)])
        lines.append(QUESTION.with_facts(number=line.number, what=change))
    if len(changed) > MAX_QUESTIONS:
        lines.append(MORE.with_facts(count=len(changed) - MAX_QUESTIONS))
    return "\n".join(remark.plain(texts) for remark in lines)


def totals(report: Report) -> tuple[Remark, Remark]:
    """Return how many questions arrive in which way, and with how many points."""
    counts = report.counts
    questions = COUNTS.with_facts(
        native=counts[Verdict.NATIVE],
        all=len(report.lines),
        adapted=counts[Verdict.ADAPTED],
        left_out=counts[Verdict.LEFT_OUT],
    )
    points = {"out": format_decimal(report.points_out), "in": format_decimal(report.points_in)}
    return questions, POINTS.with_facts(**points)
