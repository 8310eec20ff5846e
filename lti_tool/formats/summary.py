"""The fidelity report in short, for the file's own description, where only teachers read it.

In English, as the labels of the formats are: a package is the same bytes whoever asks for it.
"""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.remark import Remark
from lti_tool.formats.report import Report, Verdict
from lti_tool.formats.xmltext import decimal

MOST_QUESTIONS = 40
"""Named one by one; a description of thousands of lines helps nobody."""

COUNTS = Remark(
    "summary.counts",
    N_("%(native)s of %(all)s questions arrive as they are, %(adapted)s are adapted, %(left_out)s are left out."),
)
POINTS = Remark("summary.points", N_("Points: %(out)s of %(in)s."))
QUESTION = Remark("summary.question", N_("Question %(number)s: %(what)s"))
MORE = Remark("summary.more", N_("%(count)s more questions change; the report in Examplary names them."))
_LEFT_OUT = N_("Left out")


def summary(report: Report) -> str:
    """Return the report as a few plain sentences, a line each."""
    counts = report.counts
    changed = [line for line in report.lines if line.verdict is not Verdict.NATIVE]
    said = [
        COUNTS.with_facts(
            native=counts[Verdict.NATIVE],
            all=len(report.lines),
            adapted=counts[Verdict.ADAPTED],
            left_out=counts[Verdict.LEFT_OUT],
        ),
        POINTS.with_facts(**{"out": decimal(report.points_out), "in": decimal(report.points_in)}),
    ]
    for line in changed[:MOST_QUESTIONS]:
        what = " ".join([f"{line.becomes or _LEFT_OUT}.", *(remark.plain() for remark in line.remarks)])
        said.append(QUESTION.with_facts(number=line.number, what=what))
    if len(changed) > MOST_QUESTIONS:
        said.append(MORE.with_facts(count=len(changed) - MOST_QUESTIONS))
    return "\n".join(remark.plain() for remark in said)
