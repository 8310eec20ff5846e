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
    "programming": N_("Program"),
    "conversation": N_("Conversation"),
    "voice-recording": N_("Voice recording"),
    "sentence-analysis": N_("Sentence analysis"),
    "unknown": N_("Other type"),
}
"""Labels by :attr:`lti_tool.exam.Question.kind`."""

ORIGINAL_LABEL = N_("Examplary's original QTI 3")
ORIGINAL_AUDIENCE = N_("Examplary's own package, unmodified; most question types have no answer key")

VERDICTS = {
    "native": N_("Unchanged"),
    "adapted": N_("Adapted"),
    "left-out": N_("Left out"),
}
"""Labels by :class:`lti_tool.formats.Verdict`."""
