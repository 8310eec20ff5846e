"""Remarks for the teacher that only Moodle XML makes."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.remark import Remark

PARTIAL_TICKS = Remark(
    "moodle.partial-ticks",
    N_(
        "Students who tick some of the right answers and no wrong one get part of the points; "
        "in Examplary it is all or nothing."
    ),
)
UNEVEN_TICKS = Remark(
    "moodle.uneven-ticks",
    N_("Moodle knows only fixed parts of a mark: some right answers count more than others, some may count nothing."),
)
GAP_POINTS = Remark(
    "moodle.gap-points",
    N_("Each blank counts a whole number of points: together %(out)s instead of %(points)s. Change it in the quiz."),
)
GAP_SIGNS = Remark(
    "moodle.gap-signs", N_("The accepted answers are too long, or hold signs that Moodle would not compare rightly.")
)
VOICE = Remark(
    "moodle.voice", N_("Students record their voice with the microphone of Moodle's editor, or hand in a recording.")
)

BANK = Remark(
    "moodle.bank",
    N_("The questions arrive in the question bank, in “%(category)s”; add them to a quiz from there."),
)
AGAIN = Remark(
    "moodle.again", N_("Moodle adds the questions once more if you import the file again: delete the old ones first.")
)
TIME_LIMIT = Remark("moodle.time-limit", N_("Set the limit of %(minutes)s minutes in the quiz: the file cannot."))
NOTES = Remark(
    "moodle.notes",
    N_("Criteria and model answers arrive as information for graders of the questions that you mark yourself."),
)
ORDERING_VERSION = Remark(
    "moodle.ordering-version",
    N_("Ordering needs Moodle 4.4 or newer (or its plugin): an older Moodle takes nothing of the file."),
)
