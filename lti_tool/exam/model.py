"""The exam as a typed value: one class per kind of question. Facts: examplary-api §5.

An answer key can be missing or unusable; then it is ``None`` and the question's ``flaws`` say why. A format must then
make something that is marked by the teacher: a guess would mark right answers wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from lti_tool.exam.open_questions import (
    Conversation,
    Formula,
    Information,
    LongText,
    MathNotebook,
    Unknown,
    Upload,
    VoiceRecording,
)
from lti_tool.exam.question import Question
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import RichText
from lti_tool.exam.value import named_value

Direction = Literal["ltr", "rtl"]

__all__ = [
    "Choice",
    "Conversation",
    "DateYear",
    "Direction",
    "Exam",
    "FillInBlank",
    "Formula",
    "Information",
    "LongText",
    "Matching",
    "MathNotebook",
    "Ordering",
    "Question",
    "SentenceAnalysis",
    "ShortText",
    "TrueFalse",
    "Unknown",
    "Upload",
    "VoiceRecording",
]


@named_value
class Choice(Question):
    """Single or multiple choice; ``pictures`` if every option is an image (picture-choice).

    ``correct`` are indices of ``options`` in ascending order: exactly one unless ``multiple``. Options differ.
    """

    kind: ClassVar[str] = "choice"

    options: tuple[RichText, ...]
    correct: tuple[int, ...] | None
    multiple: bool = False
    shuffle: bool = False
    pictures: bool = False

    def texts(self) -> Iterator[RichText]:
        """Yield the stem's texts, then the options."""
        yield from Question.texts(self)
        yield from self.options


@named_value
class TrueFalse(Question):
    """A statement that is true or false."""

    kind: ClassVar[str] = "true-false"

    correct: bool | None


@named_value
class ShortText(Question):
    """One line of text. Examplary marks it by rubric; ``accepted`` is set only where the exam lists exact answers."""

    kind: ClassVar[str] = "short-text"

    accepted: tuple[str, ...] | None = None
    max_length: int | None = None


@named_value
class DateYear(Question):
    """A year (``"1925"``) or a full date (``"1925-12-31"``)."""

    kind: ClassVar[str] = "date-year"

    full_date: bool
    correct: str | None


@named_value
class Ordering(Question):
    """Items to put in order. ``options`` stand in the right order.

    ``keyed`` is false if the order cannot be marked by a machine: fewer than two items, or two that look the same.
    """

    kind: ClassVar[str] = "ordering"

    options: tuple[RichText, ...]
    keyed: bool = True

    def texts(self) -> Iterator[RichText]:
        """Yield the stem's texts, then the items."""
        yield from Question.texts(self)
        yield from self.options


@named_value
class FillInBlank(Question):
    """A text with blanks: ``body`` holds :class:`Blank` nodes 0, 1, …; ``answers`` has the accepted texts of each.

    ``answers`` is ``None`` if blanks and answers disagree or there is no blank.
    """

    kind: ClassVar[str] = "fill-in-blank"

    body: RichText
    blanks: int
    answers: tuple[tuple[str, ...], ...] | None
    ignore_case: bool = True

    @property
    def minds_case(self) -> bool:
        """True if capitals can make an answer wrong: figures and many scripts have none."""
        texts = (text for accepted in self.answers or () for text in accepted)
        return not self.ignore_case and any(text.lower() != text.upper() for text in texts)

    def texts(self) -> Iterator[RichText]:
        """Yield the stem's texts, then the body."""
        yield from Question.texts(self)
        yield self.body


@named_value
class Matching(Question):
    """Pairs of ``left`` and ``right``; ``right`` may hold distractors, and may stand in the order of ``left``.

    So never show ``right`` as it stands: unless ``shuffle``, Examplary shows both columns by the alphabet.
    ``pairs`` are (left index, right index), one for each left item, or ``None``. The same right item may serve twice.
    """

    kind: ClassVar[str] = "matching"

    left: tuple[RichText, ...]
    right: tuple[RichText, ...]
    pairs: tuple[tuple[int, int], ...] | None
    shuffle: bool = False

    def texts(self) -> Iterator[RichText]:
        """Yield the stem's texts, then both columns."""
        yield from Question.texts(self)
        yield from self.left
        yield from self.right


@named_value
class SentenceAnalysis(Question):
    """A sentence to divide into labelled parts. ``segments`` are (words, label); empty if there is no key.

    ``finite_verb`` is set only where students must mark it. ``explanation`` is for the marker.
    """

    kind: ClassVar[str] = "sentence-analysis"

    sentence: str
    labels: tuple[str, ...] = ()
    segments: tuple[tuple[str, str], ...] = ()
    finite_verb: str | None = None
    explanation: str = ""


@named_value
class Exam:
    """An exam. ``language`` is a BCP 47 tag or ``None``; ``remarks`` tell what had to be mended in the whole."""

    id: str
    title: str
    language: str | None
    direction: Direction
    subject: str
    duration_minutes: int | None
    questions: tuple[Question, ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def points(self) -> Decimal:
        """Sum of the questions' points."""
        return sum((question.points for question in self.questions), Decimal(0))

    @property
    def media(self) -> tuple[str, ...]:
        """Addresses of all images and files, in order, each once."""
        found: dict[str, None] = {}
        for question in self.questions:
            for text in question.texts():
                for url in text.media():
                    found[url] = None
        return tuple(found)
