"""Labels of question types, verdicts and formats."""

from __future__ import annotations

from lti_tool.errors import N_

KINDS = {
    "choice": N_("Multiple choice"),
    "true-false": N_("True or false"),
    "short-text": N_("Short answer"),
    "date-year": N_("Date or year"),
    "long-text": N_("Open question"),
    "information": N_("Text"),
    "ordering": N_("Ordering"),
    "upload": N_("File upload"),
    "fill-in-blank": N_("Fill in the blanks"),
    "matching": N_("Matching"),
    "formula": N_("Formula"),
    "math-notebook": N_("Calculation"),
    "conversation": N_("Conversation"),
    "voice-recording": N_("Voice recording"),
    "sentence-analysis": N_("Sentence analysis"),
    "unknown": N_("Other type"),
}
"""Labels by :attr:`lti_tool.exam.Question.kind`."""

AUDIENCES = {
    "canvas-qti": N_("Quizzes in Canvas, Classic and New"),
    "moodle-xml": N_("Moodle's question bank"),
    "common-cartridge": N_("A ready-made quiz, through “Restore” in Moodle or course import elsewhere"),
    "qti21": N_("Many LMSs and item banks, such as Blackboard, OpenOLAT and TAO"),
    "qti30": N_("Newer item banks and assessment systems"),
    "examplary-qti3": N_("Examplary's own package, unmodified; most question types have no answer key"),
}
"""Who a format is for, by its name."""

ORIGINAL_LABEL = N_("Examplary's original QTI 3")

VERDICTS = {
    "native": N_("Unchanged"),
    "adapted": N_("Adapted"),
    "left-out": N_("Left out"),
}
"""Labels by :class:`lti_tool.formats.Verdict`."""
