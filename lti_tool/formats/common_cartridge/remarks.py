"""Remarks for the teacher about questions in a Common Cartridge."""

from __future__ import annotations

from lti_tool.errors import N_, NN_
from lti_tool.exam.remark import Remark

MOODLE_GRADES_SENTENCE = N_(
    "Moodle computes wrong grades for the restored quiz: before students begin, set the points of each "
    "question on the quiz's page “Questions”. If all are worth 1 point, change one to 2 and back to 1."
)

TEXT_BEFORE = N_("Text with the question after it")
TEXT_AFTER = N_("Text with the question before it")

WHOLE_POINTS = Remark(
    "cartridge.whole-points",
    N_("A cartridge allows only whole points from 0 to 99, so this counts for %(out)s instead of %(points)s."),
)
PART_EACH = Remark(
    "cartridge.part-each",
    *NN_(
        "The part becomes %(count)s separate question.",
        "Each part becomes a separate question, %(count)s in total.",
    ),
)
TOO_FEW_POINTS = Remark(
    "cartridge.too-few-points",
    *NN_(
        "Worth at least %(count)s point, it would become %(count)s multiple-choice question that is marked "
        "automatically.",
        "Worth at least %(count)s points, it would become %(count)s multiple-choice questions that are marked "
        "automatically.",
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
        "In Moodle, wrong answers aren't penalised here, so students who tick every option get full marks. "
        "Import the Moodle file there instead."
    ),
)

CANVAS = Remark(
    "cartridge.canvas",
    N_(
        "Canvas reads its own version of each question from this file. This report is about all other systems, but "
        "says where Canvas changes a question, too."
    ),
)
IN_CANVAS = Remark(
    "cartridge.in-canvas", N_("Canvas changes this question in its own way; the report of the Canvas file says how.")
)
MOODLE_GRADES = Remark("cartridge.moodle-grades", MOODLE_GRADES_SENTENCE)
NOTES = Remark(
    "cartridge.notes", N_("Criteria and model answers are not in the cartridge, because students could see them there.")
)
