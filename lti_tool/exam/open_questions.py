"""Kinds of questions without a key: a person marks them, or they ask nothing. Facts: examplary-api §5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from lti_tool.exam.question import Question
from lti_tool.exam.richtext import RichText
from lti_tool.exam.value import named_value


@named_value
class LongText(Question):
    """Several lines, or an essay with limits in words."""

    kind: ClassVar[str] = "long-text"

    essay: bool = False
    min_words: int | None = None
    max_words: int | None = None


@named_value
class Information(Question):
    """A text to read, without an answer and without points."""

    kind: ClassVar[str] = "information"

    role: Literal["paragraph", "intro", "outro"] = "paragraph"


@named_value
class Upload(Question):
    """A file to hand in. ``extensions`` in lower case without dot (``("pdf",)``); none means any file."""

    kind: ClassVar[str] = "upload"

    accept: str = ""
    extensions: tuple[str, ...] = ()

    @property
    def takes_any(self) -> bool:
        """True if Examplary takes every kind of file."""
        return not self.accept or "*/*" in self.accept


@named_value
class Formula(Question):
    """A mathematical expression as the answer."""

    kind: ClassVar[str] = "formula"


@named_value
class MathNotebook(Question):
    """A calculation in steps. ``prefix`` stands before the last one, such as ``€`` or ``y =``."""

    kind: ClassVar[str] = "math-notebook"

    initial_lines: int | None = None
    prefix: str = ""


@named_value
class Conversation(Question):
    """A talk with an AI. ``prompt`` and ``criteria`` are for the machine and the marker, never for the student."""

    kind: ClassVar[str] = "conversation"

    prompt: RichText
    criteria: RichText
    ai_starts: bool = False
    max_turns: int | None = None


@named_value
class VoiceRecording(Question):
    """A spoken answer of at most ``max_seconds``."""

    kind: ClassVar[str] = "voice-recording"

    max_seconds: int | None = None


@named_value
class Unknown(Question):
    """A type that we do not know: a workspace's own, or newer than us. ``settings`` are kept as they came."""

    kind: ClassVar[str] = "unknown"

    settings: Mapping[str, object]
