"""A teacher's changes to an exam: operations beside the exam, never in it, and the function that applies them."""

from __future__ import annotations

from lti_tool.exam.changes.apply import Arranged, Changed, Note, apply, by_target
from lti_tool.exam.changes.chips import Chip, ChipKind, with_labels, without_labels
from lti_tool.exam.changes.descriptions import describe, full_value
from lti_tool.exam.changes.editable_parts import Part, part, parts
from lti_tool.exam.changes.editable_text import EditableText, editable, edited, same_text
from lti_tool.exam.changes.operations import (
    Change,
    LeaveOut,
    Move,
    Operation,
    QuestionOperation,
    SetAnswers,
    SetCorrect,
    SetDate,
    SetDuration,
    SetIgnoreCase,
    SetPairs,
    SetPoints,
    SetShuffle,
    SetText,
    SetTitle,
    SetTruth,
    TakeBack,
    Target,
    UnknownOperation,
    question_of,
)
from lti_tool.exam.changes.original_values import original_operation, same_value
from lti_tool.exam.changes.rebase import CHANGED_THERE, means_the_same, overruled, rebase
from lti_tool.exam.changes.rejected_changes import DoesNotFit
from lti_tool.exam.changes.stored import fingerprint, from_json, to_json

__all__ = [
    "CHANGED_THERE",
    "Arranged",
    "Change",
    "Changed",
    "Chip",
    "ChipKind",
    "DoesNotFit",
    "EditableText",
    "LeaveOut",
    "Move",
    "Note",
    "Operation",
    "Part",
    "QuestionOperation",
    "SetAnswers",
    "SetCorrect",
    "SetDate",
    "SetDuration",
    "SetIgnoreCase",
    "SetPairs",
    "SetPoints",
    "SetShuffle",
    "SetText",
    "SetTitle",
    "SetTruth",
    "TakeBack",
    "Target",
    "UnknownOperation",
    "apply",
    "by_target",
    "describe",
    "editable",
    "edited",
    "fingerprint",
    "from_json",
    "full_value",
    "means_the_same",
    "original_operation",
    "overruled",
    "part",
    "parts",
    "question_of",
    "rebase",
    "same_text",
    "same_value",
    "to_json",
    "with_labels",
    "without_labels",
]
