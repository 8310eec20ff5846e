"""Remarks for the teacher about changes that only QTI makes."""

from __future__ import annotations

from lti_tool.errors import N_, NN_
from lti_tool.exam.model import LongText, Upload
from lti_tool.exam.remark import Remark
from lti_tool.formats.planning.plan import ItemKind, Plan
from lti_tool.formats.planning.remarks import ENGLISH, FILE_TYPES, WORD_LIMITS
from lti_tool.formats.qti.dialect import Dialect
from lti_tool.formats.qti.partial_credit import has_levels_between, has_parts
from lti_tool.formats.qti.uploads import media_types
from lti_tool.formats.qti.xhtml import TextNotes
from lti_tool.formats.text.phrases import has_phrases

TEXT_ABOVE = Remark(
    "format.text-above",
    N_("This text is placed above question %(number)s, because many LMSs can't show a text without a question."),
)
TEXT_BELOW = Remark(
    "format.text-below",
    N_("This text is placed below question %(number)s, because many LMSs can't show a text without a question."),
)
TEXT_ALONE = Remark("format.text-alone", N_("This text is separate from any question; some LMSs may leave it out."))
PARTS = Remark(
    "format.parts",
    N_("Each correct part earns an equal share of the points, because your criteria have intermediate levels."),
)
NO_PARTS = Remark(
    "format.no-parts", N_("It's all or nothing here: an LMS can't use the intermediate levels of your criteria.")
)
LATEX = Remark(
    "format.latex",
    *NN_(
        "%(count)s formula couldn't be converted to MathML and stays as LaTeX.",
        "%(count)s formulas couldn't be converted to MathML and stay as LaTeX.",
    ),
)
MARKS = Remark(
    "format.marks",
    N_("Underlined and highlighted words are shown in italics, and struck-through words are not struck through."),
)
STYLES = Remark(
    "format.styles",
    N_("Colours, and list numbers other than 1, 2, 3, are in a style sheet of the package, which some systems ignore."),
)
LONG_FOR_CANVAS = Remark("format.long-for-canvas", N_("Canvas can't show a text this long; other systems can."))
CANVAS = Remark(
    "format.canvas-has-its-own",
    N_(
        "For Canvas, choose the Canvas package. From this one, Canvas leaves out file uploads, texts with "
        "several blanks, sentence analyses and all accepted answers but the first; true or false, and several "
        "answers of which one is right, become single choice; formulas lose their formatting, and characters "
        "such as & may show as codes."
    ),
)

TIME_LIMIT = Remark(
    "format.time-limit",
    *NN_(
        "The time limit is %(minutes)s minute. You can change this in your LMS.",
        "The time limit is %(minutes)s minutes. You can change this in your LMS.",
    ),
)

MAX_CANVAS_LENGTH = 16_000
"""Characters. See docs/reference/importers.md#long-texts."""

_KEYED = frozenset({ItemKind.SINGLE, ItemKind.TRUE_FALSE, ItemKind.SHORT_ANSWER, ItemKind.ORDERING, ItemKind.BLANKS})


def changes(plan: Plan, language: str | None) -> tuple[Remark, ...]:
    """Return the changes to a question: levels between where QTI gives all points or none, words in English."""
    no_parts = plan.kind in _KEYED and not has_parts(plan) and has_levels_between(plan.question)
    is_foreign = plan.kind is ItemKind.TRUE_FALSE and not has_phrases(language)
    return (*((NO_PARTS,) if no_parts else ()), *((ENGLISH,) if is_foreign else ()))


def notes(plan: Plan, dialect: Dialect) -> tuple[Remark, ...]:
    """Return notes that don't count as a change."""
    question = plan.question
    remarks: list[Remark] = []
    if has_parts(plan) and has_levels_between(question):
        remarks.append(PARTS)
    if isinstance(question, LongText) and (question.min_words or question.max_words):
        remarks.append(WORD_LIMITS)
    if isinstance(question, Upload) and not question.takes_any:
        count = len(media_types(question.accept))
        if not count or (count > 1 and not dialect.several_media_types):
            remarks.append(FILE_TYPES)
    return tuple(remarks)


def text_changes(text_notes: TextNotes) -> tuple[Remark, ...]:
    """Return what a question's texts lost: files that aren't there, formulas that stay LaTeX."""
    count = text_notes.latex_formulas
    return (*text_notes.media.remarks(), *((LATEX.with_facts(count=count),) if count else ()))


def look_notes(text_notes: TextNotes, dialect: Dialect) -> tuple[Remark, ...]:
    """Return what changes in the look of a question's texts, not in their content."""
    marks = (MARKS,) if text_notes.restyled_marks and not dialect.can_underline else ()
    return (*marks, STYLES) if text_notes.styles else marks
