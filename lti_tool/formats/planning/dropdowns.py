"""Sentence analysis as a text with menus, which most LMSs can mark automatically.

The stem shows the parts of the sentence; students choose the name of each from a menu, and the finite verb where
Examplary asks for it. See docs/reference/importers.md#targets and docs/reference/examplary-api.md#question-types.
"""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.exam.model import SentenceAnalysis
from lti_tool.exam.richtext import Blank, Element, Node
from lti_tool.exam.value import value
from lti_tool.formats.text.phrases import phrase

MAX_CHOICES = 10_000
"""Of all menus of a question together. Each has all names in it, so they grow with the square of the question."""

_AROUND = ".,;:!?…\"'“”‘’()[]«»"

_NAMES = {
    "OW": "onderwerp",
    "WG": "werkwoordelijk gezegde",
    "NG": "naamwoordelijk gezegde",
    "LV": "lijdend voorwerp",
    "MV": "meewerkend voorwerp",
    "VV": "voorzetselvoorwerp",
    "BWB": "bijwoordelijke bepaling",
    "BVB": "bijvoeglijke bepaling",
    "DB": "dubbelverbonden bepaling",
    "VW": "voegwoord",
}
"""Of Dutch grammar, which is what Examplary's type is for; it shows them beside its codes in every language."""


@value
class Dropdown:
    """``options`` to choose from, of which the one at ``right`` is the right one, for ``words`` of the sentence.

    Without words it asks for the finite verb.
    """

    words: str
    options: tuple[str, ...]
    right: int


def dropdowns(question: SentenceAnalysis) -> tuple[Dropdown, ...]:
    """Return a menu for each part, and one for the finite verb; none where menus could not ask all of it."""
    codes = tuple(dict.fromkeys((*question.labels, *(label for _, label in question.segments))))
    names = tuple(map(sentence_part_name, codes))
    if len(codes) < 2 or not 0 < len(codes) * len(question.segments) <= MAX_CHOICES:
        return ()
    parts = tuple(Dropdown(words, names, codes.index(label)) for words, label in question.segments)
    if question.finite_verb is None:
        return parts
    words = tuple(dict.fromkeys(filter(None, (word.strip(_AROUND) for word in question.sentence.split()))))
    verb = question.finite_verb.strip(_AROUND)
    return (*parts, Dropdown("", words, words.index(verb))) if verb in words and len(words) > 1 else ()


def sentence_part_name(code: str) -> str:
    """Return the name of a part of a sentence, its code first."""
    return f"{code} ({_NAMES[code]})" if code in _NAMES else code


def dropdown_paragraphs(menus: Sequence[Dropdown], language: str | None) -> tuple[Element, ...]:
    """Return the paragraphs that hold the menus, each as a :class:`Blank`."""
    sentence: list[Node] = []
    verb: list[Node] = []
    for place, menu in enumerate(menus):
        if menu.words:
            sentence += [Element("strong", (), (menu.words,)), " ", Blank(place), " "]
        else:
            verb = [f"{phrase('finite_verb', language)} ", Blank(place)]
    return tuple(Element("p", (), tuple(nodes)) for nodes in (sentence, verb) if nodes)
