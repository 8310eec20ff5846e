"""Flaws that the parser finds and repairs, as remarks for the teacher."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.remark import Remark

UNREADABLE = Remark("exam.question-unreadable", N_("Examplary sent no readable question here."))
STEM_EMPTY = Remark("exam.stem-empty", N_("The question has no text."))
PLAYER_LINKED = Remark("exam.player-linked", N_("Sound, video and embedded pages become links, which students open."))
ID_MISSING = Remark("exam.id-missing", N_("Examplary gave this question no identifier of its own."))
TYPE_UNKNOWN = Remark("exam.type-unknown", N_("“%(type)s” is a question type that we do not know."))
POINTS_MISSING = Remark("exam.points-missing", N_("Examplary gave no points; it counts for 1 point."))
POINTS_NEGATIVE = Remark("exam.points-negative", N_("The points were below zero; it counts for 0 points."))
POINTS_HUGE = Remark("exam.points-huge", N_("More than %(limit)s points fit no LMS; it counts for %(limit)s."))
KEY_MISSING = Remark("exam.key-missing", N_("Examplary gave no right answer."))
KEY_UNMATCHED = Remark("exam.key-unmatched", N_("The right answer is none of the answers that can be chosen."))
KEY_AMBIGUOUS = Remark("exam.key-ambiguous", N_("More than one answer is right where only one can be chosen."))
KEY_UNREADABLE = Remark("exam.key-unreadable", N_("The right answer could not be read."))
OPTIONS_MERGED = Remark("exam.options-merged", N_("Answers that are the same were put together."))
OPTIONS_EMPTY = Remark("exam.options-empty", N_("Answers without text were left away."))
OPTIONS_FEW = Remark("exam.options-few", N_("There are fewer than two answers to choose from."))
PICTURE_BROKEN = Remark("exam.picture-broken", N_("One of the pictures has no usable address."))
ITEMS_FEW = Remark("exam.items-few", N_("There are fewer than two items to put in order."))
ITEMS_SAME = Remark("exam.items-same", N_("Two items look the same, so that more than one order is right."))
BLANKS_NONE = Remark("exam.blanks-none", N_("The text has no blanks."))
BLANKS_DISAGREE = Remark(
    "exam.blanks-disagree", N_("The text has %(blanks)s blanks, and there are %(answers)s right answers.")
)
PAIRS_UNREADABLE = Remark("exam.pairs-unreadable", N_("The pairs do not say for each item what belongs to it."))
LANGUAGE_UNKNOWN = Remark("exam.language-unknown", N_("“%(language)s” is no language code; none is passed on."))
TITLE_MISSING = Remark("exam.title-missing", N_("The exam has no title."))
