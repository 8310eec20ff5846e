"""A remark: one coded sentence about a question or an exam, translated where it is shown."""

from __future__ import annotations

from collections.abc import Callable
from gettext import NullTranslations
from typing import Protocol

from lti_tool.exam.value import value

Facts = tuple[tuple[str, str | int], ...]


class Catalogue(Protocol):
    """The translations of one language, as gettext has them."""

    def gettext(self, message: str) -> str:
        """Return the translation of a text."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the translation of a text in the form for a number."""


ENGLISH: Catalogue = NullTranslations()
"""No translations: every text as it is in the code."""


@value
class Remark:
    """``message`` is marked with ``N_``; ``facts`` fill its ``%(name)s`` places.

    A message about a number has a ``plural`` (both are marked with ``NN_``); the first fact chooses between them.
    """

    code: str
    message: str
    plural: str = ""
    facts: Facts = ()

    def plain(self, catalogue: Catalogue = ENGLISH, spell: Callable[[str, str | int], str | int] | None = None) -> str:
        """Return the sentence in the language of ``catalogue``; ``spell(name, fact)`` writes facts, such as numbers."""
        facts = {name: spell(name, fact) if spell else fact for name, fact in self.facts}
        if not self.plural:
            return catalogue.gettext(self.message) % facts
        number = self.facts[0][1] if self.facts else 1
        return catalogue.ngettext(self.message, self.plural, int(number)) % facts

    def with_facts(self, **facts: str | int) -> Remark:
        """Return the same remark about these facts."""
        return Remark(self.code, self.message, self.plural, tuple(facts.items()))
