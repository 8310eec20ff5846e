"""Base classes of all errors that people see.

An error has a stable ``code`` for support, a plain ``sentence`` for the person, ``advice`` on what to do next, an HTTP
``status``, and a ``detail`` for the log that is never shown. Concrete classes live next to the code that raises them
(``lti_tool/lti/protocol/errors.py``, for example). Sentences are marked with :func:`N_` and translated when shown.

::

    ToolError
    ├── LaunchError       a launch can't be trusted or understood          4xx
    ├── AccessError       this person may not do this, or the link has expired      403, 404, 410
    ├── ExamplaryError    Examplary rejects a call, is busy or unreachable     502, 503
    ├── ExamError         the exam itself: empty, unreadable, too large             422
    ├── PackageError      a package can't be written or read                       422
    └── SettingsError     the operator's settings are invalid                        the tool does not start
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


def N_(text: str) -> str:  # noqa: N802 -- gettext's own name for "translate me later"
    """Mark a text for translation without translating it."""
    return text


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 -- like N_, for a text about a number
    """Mark both forms of a text for translation without translating them."""
    return singular, plural


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a sentence, marked with ``N_``; ``facts`` fill its ``%(name)s`` placeholders."""

    text: str
    facts: Mapping[str, str | int | list[str] | tuple[str, ...]] = field(default_factory=dict)


Fact = str | int | list[str] | tuple[str, ...] | Phrase
"""The value of a placeholder. Lists, numbers and phrases are written in the language of the page."""


def in_english(text: str, facts: Mapping[str, Fact]) -> str:
    """Return a text marked with ``N_`` in English, with its facts."""
    return text % {name: _spelled(fact) for name, fact in facts.items()}


def _spelled(fact: Fact) -> str | int:
    if isinstance(fact, Phrase):
        return in_english(fact.text, fact.facts)
    return ", ".join(fact) if isinstance(fact, list | tuple) else fact


class ToolError(Exception):
    """Base class. ``facts`` fill the ``%(name)s`` placeholders of sentence and advice."""

    code: ClassVar[str] = "tool.error"
    sentence: ClassVar[str] = N_("Something went wrong.")
    advice: ClassVar[str] = N_("Close this page and open Examplary again from your course.")
    status: ClassVar[int] = 400

    def __init__(self, detail: str = "", **facts: Fact) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.facts = facts

    def plain(self) -> str:
        """Sentence and advice in English, for the command line and the log."""
        return f"{in_english(self.sentence, self.facts)} {in_english(self.advice, self.facts)} ({self.code})"


class LaunchError(ToolError):
    """A launch that can't be trusted or understood (4xx)."""

    code = "lti.launch"
    sentence = N_("Your LMS couldn't open Examplary.")
    handover_id: str = ""
    """The frame that waits for this launch and must be notified of its failure; empty if there is none."""
    token_verified: bool = False
    """Whether the launch was refused only after its token's signature was verified."""


class AccessError(ToolError):
    """This person may not do this, or the link has expired."""

    code = "access.denied"
    sentence = N_("You don't have access to this page.")
    status = 403


class ExamplaryError(ToolError):
    """A call to Examplary failed. ``retry_after`` is in seconds, if Examplary sends it."""

    code = "examplary.error"
    sentence = N_("Examplary didn't respond as expected.")
    advice = N_("Nothing is lost. Wait a minute and try again.")
    status = 502
    retryable: ClassVar[bool] = False
    was_sent: ClassVar[bool] = True
    """Whether a request was sent. If not, our own limits held it back, and it does not count as an attempt."""

    def __init__(self, detail: str = "", *, retry_after: float | None = None, **facts: Fact) -> None:
        super().__init__(detail, **facts)
        self.retry_after = retry_after


class ExamError(ToolError):
    """The exam itself can't be used."""

    code = "exam.error"
    sentence = N_("This exam can't be used.")
    status = 422


class PackageError(ToolError):
    """A package for an LMS can't be written or read."""

    code = "package.error"
    sentence = N_("The package couldn't be created.")
    status = 422


class SettingsError(ToolError):
    """The operator's settings are invalid; the tool does not start."""

    code = "settings.error"
    sentence = N_("The settings are not valid.")
    advice = N_("Correct the setting named above and start again.")
    status = 500

    def plain(self) -> str:
        """The sentence with the problem, which names the setting; with the advice if nothing more is known."""
        next_step = self.detail or in_english(self.advice, self.facts)
        return f"{in_english(self.sentence, self.facts)} {next_step} ({self.code})"


def error_by_code(code: str) -> ToolError:
    """Return an error of the class with this code, as stored in the database."""
    classes = list(ToolError.__subclasses__())
    while classes:
        error_class = classes.pop()
        if error_class.code == code:
            return error_class()
        classes += error_class.__subclasses__()
    return ToolError(code)
