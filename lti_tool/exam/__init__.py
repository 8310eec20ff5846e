"""The exam as a value: typed questions, scoring, rich text. No Flask, no database, no network."""

from __future__ import annotations

from lti_tool.errors import ExamError
from lti_tool.exam.errors import ExamEmpty, ExamTooLarge, ExamTooManyQuestions, ExamUnreadable, QuestionTooLarge
from lti_tool.exam.media import Asset, Assets
from lti_tool.exam.model import (
    Choice,
    Conversation,
    DateYear,
    Exam,
    FillInBlank,
    Formula,
    Information,
    LongText,
    Matching,
    MathNotebook,
    Ordering,
    Programming,
    Question,
    SentenceAnalysis,
    ShortText,
    TrueFalse,
    Unknown,
    Upload,
    VoiceRecording,
)
from lti_tool.exam.parse.exam import parse_exam
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import RichText
from lti_tool.exam.scoring import Criterion, Level, Rubric

__all__ = [
    "Asset",
    "Assets",
    "Choice",
    "Conversation",
    "Criterion",
    "DateYear",
    "Exam",
    "ExamEmpty",
    "ExamError",
    "ExamTooLarge",
    "ExamTooManyQuestions",
    "ExamUnreadable",
    "FillInBlank",
    "Formula",
    "Information",
    "Level",
    "LongText",
    "Matching",
    "MathNotebook",
    "Ordering",
    "Programming",
    "Question",
    "QuestionTooLarge",
    "Remark",
    "RichText",
    "Rubric",
    "SentenceAnalysis",
    "ShortText",
    "TrueFalse",
    "Unknown",
    "Upload",
    "VoiceRecording",
    "parse_exam",
]
