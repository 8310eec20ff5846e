r"""Mathematics in running text: ``$…$``, ``$$…$$``, ``\(…\)`` and ``\[…\]``.

See docs/reference/examplary-api.md#rich-text. The time is linear in the length, whatever is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from lti_tool.exam.html.formula_evidence import Evidence, formula_evidence
from lti_tool.exam.html.latex_commands import without_effect, without_unsafe_commands
from lti_tool.exam.richtext import Math, Node

_DELIMITER = re.compile(r"\\[\\$()\[\]]|\$\$?")
_PAIRS = {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}
_FAMILY = {"$": "$", "$$": "$", r"\(": "(", r"\)": "(", r"\[": "[", r"\]": "["}
"""A formula holds no other delimiter of its family, so that it begins at the nearest one before its end."""

_DISPLAYED = frozenset({"$$", r"\["})
_DIVISION = re.compile(r"\s*+(?:<br ?/?>|</p>\s*+<p>)\s*+")
_LINE = re.compile(r"(?<!\\)_{3,}")
_ESCAPED_DOLLAR = re.compile(r"""(?<![\\^/"'`=])\\\$(?=\s?[.,]?\d|[\s),.;:!?/–—-]|\Z)""")
_VARIABLE = re.compile(r"(?<!\\)\$[A-Za-z_{(@#*!]")


def split_mathematics(text: str) -> list[Node]:
    r"""Return ``text`` as text and formulas. Doubtful cases stay text; ``\$`` of an amount is a dollar."""
    nodes: list[Node] = []
    position = 0
    for start, end, formula in _formulas(text):
        if start > position:
            nodes.append(_as_text(text[position:start]))
        nodes.append(formula)
        position = end
    if position < len(text):
        nodes.append(_as_text(text[position:]))
    return nodes


def has_doubtful_mathematics(text: str) -> bool:
    """Return whether a text in which no formula was recognised holds something that may have been meant as one."""
    return any(evidence is Evidence.DOUBT for *_, evidence in _candidates(text))


def join_divided_formulas(html: str) -> str:
    r"""Return HTML in which a formula that an editor has divided, such as ``$$…<br>…$$``, is one text."""
    if "<" not in html or not ("$$" in html or "\\[" in html or "\\(" in html):
        return html
    parts: list[str] = []
    position = 0
    for opening, closing in _delimiters(html):
        inside = html[opening.end() : closing.start()]
        joined = _DIVISION.sub("\n", inside)
        if opening.start() < position or joined == inside or "<" in joined or '">' in joined:
            continue
        nodes = split_mathematics(f"{opening[0]}{unescape(joined)}{closing[0]}")
        if len(nodes) == 1 and isinstance(nodes[0], Math):
            parts += [html[position : opening.end()], joined]
            position = closing.start()
    return "".join(parts) + html[position:]


def clean_latex(latex: str) -> str:
    """Return LaTeX that renders and is harmless: a line to write on (``___``) would be an error."""
    latex = without_unsafe_commands(latex).strip() if "\\" in latex else latex.strip()
    return _LINE.sub(lambda line: r"\_" * len(line[0]), latex) if "___" in latex else latex


def _formulas(text: str) -> Iterator[tuple[int, int, Math]]:
    """Yield start, end and formula of each, in order."""
    for opening, closing, evidence in _candidates(text):
        if evidence is Evidence.FORMULA:
            latex = clean_latex(text[opening.end() : closing.start()])
            yield opening.start(), closing.end(), Math(latex, None, opening[0] in _DISPLAYED)


def _candidates(text: str) -> Iterator[tuple[re.Match[str], re.Match[str], Evidence]]:
    """Yield pairs of delimiters that may enclose a formula. A delimiter that closed a formula opens none."""
    used = -1
    for opening, closing in _delimiters(text):
        if opening.start() < used:
            continue
        evidence = formula_evidence(text, opening.start(), opening.end(), closing.start(), closing.end())
        if evidence is Evidence.FORMULA:
            used = closing.end()
        yield opening, closing, evidence


def _delimiters(text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Yield each delimiter with the one that closes what it opens."""
    delimiters = list(_DELIMITER.finditer(text))
    for opening, closing_place in zip(delimiters, _closing_places(delimiters), strict=True):
        if closing_place is not None:
            yield opening, delimiters[closing_place]


def _closing_places(delimiters: list[re.Match[str]]) -> list[int | None]:
    """Return for each delimiter which one closes what it opens, if the next of its family does."""
    places: list[int | None] = [None] * len(delimiters)
    upcoming: dict[str, int] = {}
    for place in range(len(delimiters) - 1, -1, -1):
        delimiter = delimiters[place][0]
        family = _FAMILY.get(delimiter)
        if family is None:
            continue
        following = upcoming.get(family)
        if following is not None and delimiters[following][0] == _PAIRS.get(delimiter):
            places[place] = following
        upcoming[family] = place
    return places


def _as_text(text: str) -> str:
    """Return text that we don't take for a formula, made harmless in case an LMS does."""
    return without_effect(_with_dollars(text))


def _with_dollars(text: str) -> str:
    r"""Return text with ``$`` for the ``\$`` of amounts, unless it has variables of a program."""
    if "\\$" not in text or _VARIABLE.search(text):
        return text
    return _ESCAPED_DOLLAR.sub("$", text)
