"""Remarks for the teacher about questions in a Common Cartridge."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.remark import Remark

TEXT_BEFORE = N_("Text with the question after it")
TEXT_AFTER = N_("Text with the question before it")

WHOLE_POINTS = Remark(
    "cartridge.whole-points", N_("A cartridge holds whole points from 0 to 99: it counts %(out)s, not %(points)s.")
)
PART_EACH = Remark("cartridge.part-each", N_("Each part becomes a question of its own, %(count)s in all."))
TOO_FEW_POINTS = Remark(
    "cartridge.too-few-points",
    N_(
        "Worth %(count)s points or more, it would become %(count)s multiple-choice questions, "
        "which the system marks by itself."
    ),
)
TEXT_MERGED = Remark("cartridge.text", N_("There are no texts between questions: it stands in the question beside it."))
TEXT_ALONE = Remark(
    "cartridge.text-alone", N_("The exam has no question that could hold this text, so it is one itself, for 0 points.")
)
ANSWER_ZERO = Remark("cartridge.zero", N_("Moodle overlooks an accepted answer that is just 0."))
ANSWER_REFERENCE = Remark(
    "cartridge.reference", N_("Moodle would read an accepted answer such as “&eacute;” as another text.")
)
ANSWER_STAR = Remark("cartridge.star", N_("In Moodle a * in an accepted answer would stand for any text."))
MOODLE_TICKS = Remark(
    "cartridge.moodle-ticks",
    N_(
        "In Moodle students get a part of the points for each right answer and lose none for wrong ones; "
        "there, import the Moodle file instead."
    ),
)

CANVAS = Remark(
    "cartridge.canvas",
    N_("Canvas reads every question from this file in its own type; what is said here holds for all other systems."),
)
MOODLE_SLOTS = Remark(
    "cartridge.moodle-slots", N_("Moodle gives each question 1 point in the restored quiz; set their points there.")
)
NOTES = Remark(
    "cartridge.notes", N_("Criteria and model answers are not in the cartridge, for students could see them there.")
)
