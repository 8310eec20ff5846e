"""Flaws that the parser finds and repairs, as remarks for the teacher."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.remark import Remark

UNREADABLE = Remark("exam.question-unreadable", N_("Examplary's data for this question couldn't be read."))
STEM_EMPTY = Remark("exam.stem-empty", N_("The question has no text."))
PLAYER_LINKED = Remark("exam.player-linked", N_("Audio, video and embedded pages become links, which students open."))
RUBY = Remark("exam.ruby", N_("Readings above words (ruby) follow the words in parentheses."))
MARKUP_SHOWN = Remark("exam.markup-shown", N_("Text that may have been meant as HTML is shown as it was written."))
CONTENT_DROPPED = Remark(
    "exam.content-dropped",
    N_("Parts that LMSs don't display, such as scripts, comments and form fields, were left out."),
)
FORMULA_DOUBTFUL = Remark(
    "exam.formula-doubtful", N_("Text between dollar signs or backslashes may be a formula; it is shown as written.")
)
ID_MISSING = Remark("exam.id-missing", N_("Examplary gave this question no identifier."))
TYPE_UNKNOWN = Remark("exam.type-unknown", N_("“%(type)s” is a question type that we don't recognise."))
INTERACTION_READ = Remark(
    "exam.interaction-read",
    N_("“%(type)s” is a type of your own; its answers and its key come from Examplary's QTI export."),
)
POINTS_MISSING = Remark("exam.points-missing", N_("Examplary set no points, so this counts for 1 point."))
POINTS_NEGATIVE = Remark("exam.points-negative", N_("The points were below zero, so this counts for 0 points."))
POINTS_HUGE = Remark("exam.points-huge", N_("LMSs allow at most %(limit)s points, so this counts for %(limit)s."))
KEY_MISSING = Remark("exam.key-missing", N_("Examplary gave no correct answer."))
KEY_UNMATCHED = Remark("exam.key-unmatched", N_("The correct answer is not among the answers that can be chosen."))
KEY_AMBIGUOUS = Remark("exam.key-ambiguous", N_("More than one answer is correct, but only one can be chosen."))
KEY_UNREADABLE = Remark("exam.key-unreadable", N_("The correct answer couldn't be read."))
OPTIONS_MERGED = Remark("exam.options-merged", N_("Identical answers were merged."))
OPTIONS_ALIKE = Remark("exam.options-alike", N_("Answers that would look the same were merged: “%(answer)s”."))
OPTIONS_EMPTY = Remark("exam.options-empty", N_("Answers without text were left out."))
OPTIONS_FEW = Remark("exam.options-few", N_("There are fewer than two answers to choose from."))
PICTURE_BROKEN = Remark("exam.picture-broken", N_("One of the images has no valid address."))
LATEX_REMOVED = Remark(
    "exam.latex-removed",
    N_("Commands that are not mathematics, such as links and definitions, were removed from a formula."),
)
ITEMS_FEW = Remark("exam.items-few", N_("There are fewer than two items to put in order."))
ITEMS_SAME = Remark("exam.items-same", N_("Two items look the same, so more than one order is correct."))
BLANKS_NONE = Remark("exam.blanks-none", N_("The text has no blanks."))
BLANKS_DISAGREE = Remark(
    "exam.blanks-disagree",
    N_("The number of blanks (%(blanks)s) differs from the number of correct answers (%(answers)s)."),
)
PAIRS_UNREADABLE = Remark("exam.pairs-unreadable", N_("The pairs don't say what belongs to each item."))
LANGUAGE_UNKNOWN = Remark(
    "exam.language-unknown", N_("“%(language)s” is not a language code, so no language is passed on.")
)
TITLE_SHORTENED = Remark(
    "exam.title-shortened", N_("The exam's title has more than %(limit)s characters; the rest of it is left out.")
)
TITLE_MISSING = Remark("exam.title-missing", N_("The exam has no title."))
