"""The exam as a typed value: one class per kind of question. See docs/reference/examplary-api.md#exam-json.

An answer key can be missing or unusable; then it is ``None`` and the question's ``flaws`` say why. A format must then
let the teacher mark the question, because a guess would mark right answers wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import ClassVar, Literal

from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import RichText
from lti_tool.exam.scoring import NO_RUBRIC, Rubric
from lti_tool.exam.value import named_value

Direction = Literal["ltr", "rtl"]


@named_value
class Question:
    """Common fields of all questions.

    ``id`` is Examplary's, made unique and never empty; ``number`` counts from 1; ``type_id`` is Examplary's full name
    of the type. The stem is ``title`` followed by ``description``: generators use either, so show both.
    ``flaws`` are the parser's repairs.
    """

    kind: ClassVar[str] = "question"

    id: str
    number: int
    type_id: str
    title: RichText
    description: RichText
    points: Decimal
    rubric: Rubric = NO_RUBRIC
    tags: tuple[str, ...] = ()
    flaws: tuple[Remark, ...] = ()

    def name(self) -> str:
        """Return the title, or else the description, as plain text; empty if neither has any."""
        return self.title.plain_text() or self.description.plain_text()

    def texts(self) -> Iterator[RichText]:
        """Yield all rich texts that can hold images or files."""
        yield self.title
        yield self.description
        yield self.rubric.model_answer


@named_value
class Choice(Question):
    """Single or multiple choice; ``pictures`` if every option is an image (picture-choice).

    ``correct`` are indices of ``options`` in ascending order: exactly one unless ``multiple``. Options are distinct.
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
    """One line of text. Examplary scores it by rubric; ``accepted`` is set only if the exam lists exact answers."""

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
    """Items to put in order. ``options`` are in the right order.

    ``keyed`` is false if the order cannot be scored automatically: fewer than two items, or two that look the same.
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
    """A text with blanks: ``body`` contains :class:`Blank` nodes 0, 1, …; ``answers`` has the accepted texts of each.

    ``answers`` is ``None`` if blanks and answers disagree or there is no blank.
    """

    kind: ClassVar[str] = "fill-in-blank"

    body: RichText
    blanks: int
    answers: tuple[tuple[str, ...], ...] | None
    ignore_case: bool = True

    @property
    def is_case_sensitive(self) -> bool:
        """Return whether capitals can make an answer wrong; digits and many scripts have none."""
        texts = (text for accepted in self.answers or () for text in accepted)
        return not self.ignore_case and any(text.lower() != text.upper() for text in texts)

    def texts(self) -> Iterator[RichText]:
        """Yield the stem's texts, then the body."""
        yield from Question.texts(self)
        yield self.body


@named_value
class Matching(Question):
    """Pairs of ``left`` and ``right``. ``right`` may contain distractors, and may be in the order of ``left``.

    So never show ``right`` in its own order: unless ``shuffle``, Examplary sorts both columns alphabetically.
    ``pairs`` are (left index, right index), one for each left item, or ``None``. Pairs may share a right item.
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

    ``finite_verb`` is set only if students must mark it. ``explanation`` is for graders.
    """

    kind: ClassVar[str] = "sentence-analysis"

    sentence: str
    labels: tuple[str, ...] = ()
    segments: tuple[tuple[str, str], ...] = ()
    finite_verb: str | None = None
    explanation: str = ""


@named_value
class LongText(Question):
    """Several lines of text, or an essay with word limits."""

    kind: ClassVar[str] = "long-text"

    essay: bool = False
    min_words: int | None = None
    max_words: int | None = None


@named_value
class Information(Question):
    """A text to read: no answer, no points."""

    kind: ClassVar[str] = "information"

    role: Literal["paragraph", "intro", "outro"] = "paragraph"


@named_value
class Upload(Question):
    """A file to hand in. ``extensions`` are in lower case without a dot (``("pdf",)``); none means any file."""

    kind: ClassVar[str] = "upload"

    accept: str = ""
    extensions: tuple[str, ...] = ()

    @property
    def takes_any(self) -> bool:
        """Return whether Examplary accepts every kind of file."""
        return not self.accept or "*/*" in self.accept


@named_value
class Formula(Question):
    """A mathematical expression as the answer."""

    kind: ClassVar[str] = "formula"


@named_value
class MathNotebook(Question):
    """A calculation in steps. ``prefix`` precedes the last one, such as ``€`` or ``y =``."""

    kind: ClassVar[str] = "math-notebook"

    prefix: str = ""


@named_value
class Programming(Question):
    """A program to write in ``language``.

    ``starter_code`` is what the editor begins with, ``checks`` the names of the tests, which students see.
    ``assertions`` are the tests themselves, with the expected results: never for students.
    """

    kind: ClassVar[str] = "programming"

    language: str
    starter_code: str = ""
    checks: tuple[str, ...] = ()
    assertions: str = ""


@named_value
class Conversation(Question):
    """A conversation with an AI. ``prompt`` and ``criteria`` are for the AI and the grader, never for students."""

    kind: ClassVar[str] = "conversation"

    prompt: RichText
    criteria: RichText


@named_value
class VoiceRecording(Question):
    """A spoken answer of at most ``max_seconds``."""

    kind: ClassVar[str] = "voice-recording"

    max_seconds: int | None = None


@named_value
class Unknown(Question):
    """An unknown type: a workspace's own, or newer than this tool. ``settings`` are kept unchanged."""

    kind: ClassVar[str] = "unknown"

    settings: Mapping[str, object]


@named_value
class Exam:
    """An exam. ``language`` is a BCP 47 tag or ``None``; ``remarks`` are repairs of the exam as a whole.

    ``keywords`` describe all of it, such as its origin; formats write them where they have a place for them.
    """

    id: str
    title: str
    language: str | None
    direction: Direction
    subject: str
    duration_minutes: int | None
    questions: tuple[Question, ...]
    remarks: tuple[Remark, ...] = ()
    keywords: tuple[str, ...] = ()

    @property
    def points(self) -> Decimal:
        """Sum of the questions' points."""
        return sum((question.points for question in self.questions), Decimal(0))

    def question(self, identifier: str) -> Question | None:
        """Return the question with this identifier; ``None`` if there is none."""
        return next((question for question in self.questions if question.id == identifier), None)

    @property
    def media(self) -> tuple[str, ...]:
        """Addresses of all images and files, in order, each once."""
        texts = (text for question in self.questions for text in question.texts())
        return tuple(dict.fromkeys(url for text in texts for url in text.media()))
