"""One sentence for remarks of the same kind whose facts differ from question to question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lti_tool.errors import N_
from lti_tool.exam.remark import Remark

ADDED_UP = frozenset({"format.media-remote", "format.media-missing", "format.drawing-parts", "format.latex"})
"""Codes of remarks that count something: together, they count all of it."""

WITHOUT_FACTS: Mapping[str, str] = MappingProxyType(
    {
        "cartridge.whole-points": N_("A cartridge allows only whole points from 0 to 99, so the points change."),
        "cartridge.part-each": N_("Each part becomes a separate question."),
        "cartridge.too-few-points": N_(
            "With more points, it would become multiple-choice questions that are marked automatically."
        ),
        "moodle.gap-points": N_(
            "Each blank is worth a whole number of points, so the points change. You can change this in the quiz."
        ),
        "canvas.divided-text": N_(
            "Classic Quizzes holds no text this long, so it's divided there; New Quizzes shows it whole, beside its "
            "questions."
        ),
        "canvas.passage-before": N_(
            "The text is too long for a question in Classic Quizzes, so part of it comes before the question; New "
            "Quizzes shows that part beside the question."
        ),
        "format.text-above": N_(
            "This text is placed above a question, because many LMSs can't show a text without a question."
        ),
        "format.text-below": N_(
            "This text is placed below a question, because many LMSs can't show a text without a question."
        ),
        "exam.type-unknown": N_("This is a question type that we don't recognise."),
        "exam.interaction-read": N_(
            "This is a type of your own; its answers and its key come from Examplary's QTI export."
        ),
        "exam.options-alike": N_("Answers that would look the same were merged."),
        "exam.blanks-disagree": N_("The number of blanks differs from the number of correct answers."),
        "change.rubric-differs": N_("The criteria still add up to the points from before."),
    }
)
"""Sentences by code."""


def kind_of(remark: Remark) -> str | Remark:
    """Return what remarks of one kind have in common: their code, or all of a remark that has no such sentence."""
    return remark.code if remark.code in ADDED_UP or remark.code in WITHOUT_FACTS else remark


def together(remarks: Sequence[Remark]) -> Remark:
    """Return one remark for ``remarks``, which are all of one kind."""
    first = remarks[0]
    if first.code in ADDED_UP:
        ((name, _),) = first.facts
        return first.with_facts(**{name: sum(int(remark.facts[0][1]) for remark in remarks)})
    return first if len(set(remarks)) == 1 else Remark(first.code, WITHOUT_FACTS[first.code])
