"""Remarks for the teacher that only Moodle XML makes."""

from __future__ import annotations

from lti_tool.errors import N_, NN_
from lti_tool.exam.remark import Remark

PARTIAL_TICKS = Remark(
    "moodle.partial-ticks",
    N_(
        "Students who choose some of the correct answers and no wrong one earn partial points; in "
        "Examplary it's all or nothing."
    ),
)
UNEVEN_TICKS = Remark(
    "moodle.uneven-ticks",
    N_(
        "Moodle allows only fixed fractions of a mark, so some correct answers count more than "
        "others and some may count for nothing."
    ),
)
GAP_POINTS = Remark(
    "moodle.gap-points",
    N_(
        "Each blank is worth a whole number of points, %(out)s in total instead of %(points)s. You "
        "can change this in the quiz."
    ),
)
GAP_CHARACTERS = Remark(
    "moodle.gap-signs",
    N_("The accepted answers are too long, or contain characters that Moodle wouldn't compare correctly."),
)
VOICE = Remark(
    "moodle.voice", N_("Students record their voice with the microphone in Moodle's editor, or hand in a recording.")
)

BANK = Remark(
    "moodle.bank",
    N_("The questions arrive in the question bank, in “%(category)s”. Add them to a quiz from there."),
)
AGAIN = Remark(
    "moodle.again",
    N_("If you import the file again, Moodle adds the questions a second time. Delete the old ones first."),
)
TIME_LIMIT = Remark(
    "moodle.time-limit",
    *NN_(
        "Set the limit of %(minutes)s minute in the quiz: the file can't hold it.",
        "Set the limit of %(minutes)s minutes in the quiz: the file can't hold it.",
    ),
)
NOTES = Remark(
    "moodle.notes",
    N_("Criteria and model answers arrive as information for graders for the questions that you mark yourself."),
)
ORDERING_VERSION = Remark(
    "moodle.ordering-version",
    N_("Ordering questions need Moodle 4.4 or newer (or its plugin): an older Moodle imports nothing from this file."),
)
