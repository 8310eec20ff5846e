"""A remark: one coded sentence about a question or an exam, translated where it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from lti_tool.exam.value import value

Facts = tuple[tuple[str, str | int], ...]


@value
class Remark:
    """``message`` is marked with ``N_``; ``facts`` fill its ``%(name)s`` places."""

    code: str
    message: str
    facts: Facts = field(default=())

    def plain(self, translate: Callable[[str], str] = str) -> str:
        """Return the sentence in the language of ``translate`` (a gettext function)."""
        return translate(self.message) % dict(self.facts)

    def with_facts(self, **facts: str | int) -> Remark:
        """Return the same remark about these facts."""
        return Remark(self.code, self.message, tuple(facts.items()))
