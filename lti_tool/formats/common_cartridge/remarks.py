"""Remarks for the teacher about questions in a Common Cartridge."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.remark import Remark

TEXT_BEFORE = N_("Text with the question after it")
TEXT_AFTER = N_("Text with the question before it")

WHOLE_POINTS = Remark(
    "cartridge.whole-points",
    N_("A cartridge allows only whole points from 0 to 99, so this counts for %(out)s instead of %(points)s."),
)
PART_EACH = Remark("cartridge.part-each", N_("Each part becomes a separate question, %(count)s in total."))
TOO_FEW_POINTS = Remark(
    "cartridge.too-few-points",
    N_(
        "Worth at least %(count)s points, it would become %(count)s multiple-choice questions that "
        "are marked automatically."
    ),
)
TEXT_MERGED = Remark(
    "cartridge.text", N_("Texts between questions aren't possible here, so it's part of a neighbouring question.")
)
TEXT_ALONE = Remark(
    "cartridge.text-alone",
    N_("No question in the exam could hold this text, so it becomes a separate question worth 0 points."),
)
ANSWER_ZERO = Remark("cartridge.zero", N_("Moodle ignores an accepted answer that is just 0."))
ANSWER_REFERENCE = Remark(
    "cartridge.reference", N_("Moodle would read an accepted answer such as “&eacute;” as different text.")
)
ANSWER_STAR = Remark("cartridge.star", N_("In Moodle, a * in an accepted answer would match any text."))
MOODLE_TICKS = Remark(
    "cartridge.moodle-ticks",
    N_(
        "In Moodle, students earn part of the points for each correct answer and lose none for "
        "wrong ones. Import the Moodle file there instead."
    ),
)

CANVAS = Remark(
    "cartridge.canvas",
    N_("Canvas imports every question in this file as its native type; this report applies to all other systems."),
)
MOODLE_SLOTS = Remark(
    "cartridge.moodle-slots", N_("In the restored quiz, Moodle gives each question 1 point. Set the points there.")
)
NOTES = Remark(
    "cartridge.notes", N_("Criteria and model answers are not in the cartridge, because students could see them there.")
)
