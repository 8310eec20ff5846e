r"""LaTeX to MathML that all readers of QTI take: math-core's, without what only a browser's style sheet knows.

What math-core refuses (``\substack``, ``\rlap``, commands that a formula defines) is left to latex2mathml, which takes
sixty times as long and knows less well what is a relation, a limit or a fence. The result is still to be checked.
"""

from __future__ import annotations

import re

from latex2mathml import exceptions
from latex2mathml.converter import convert
from math_core import LatexError, LatexToMathML

LONGEST = 5_000
"""Characters. The time of latex2mathml grows faster than its input."""

DEEPEST = 60
"""Braces inside one another; both recurse."""

_BAD_LATEX: tuple[type[Exception], ...] = (
    *(one for one in vars(exceptions).values() if isinstance(one, type) and issubclass(one, Exception)),
    *(ArithmeticError, AttributeError, LookupError, RecursionError, StopIteration, TypeError, ValueError),
)
"""What latex2mathml raises for LaTeX that it does not understand: its own errors, and those that it overlooks."""

_MATH_CORE = LatexToMathML(xml_namespace=True, fancy_error=False, allow_unreliable_rendering=True, max_expansions=100)

_NESTING = re.compile(r"\\(?:begin|left|end|right)(?![a-zA-Z])|[{}^_]")
_OPENING = frozenset({"{", "\\begin", "\\left", "^", "_"})
_DEFINING = re.compile(r"\\(?:[egx]?def|let|(?:new|renew|provide)command)(?![A-Za-z])")
_NUMBERED = re.compile(r"\\(begin|end)\{(align|alignat|equation|flalign|gather|multline)\}")
"""Environments whose lines LaTeX numbers; in an exam nothing refers to the numbers, and Examplary shows none."""

_EMPTY = re.compile(r'<mtd style="width: [0-9.]+%"></mtd>|<mrow class="menclose-[a-z]*"></mrow>')
"""Cells and rows that only a style sheet fills."""

_FOR_BROWSERS = re.compile(
    r' (?:lspace|rspace|scriptlevel|style|class|minsize|maxsize|movablelimits|symmetric)="[^"]*"(?=[^<>]*>)'
)
"""Spaces and sizes that readers know by themselves."""

_DECIMAL_COMMA = re.compile(r'(?<=[0-9])</mn><mo rspace="0">,</mo><mn>(?=[0-9])')
_DOTS = re.compile(r"(?:<mo[^>]*>\.</mo>){3}")
_STYLED = re.compile(r"<mtext><(b|i|code)>([^<]*)</\1></mtext>|<mtext><span[^>]*>([^<]*)</span></mtext>")
_ROOT_EMS = re.compile(r'(?<= width=")([0-9.]+)rem(?="[^<>]*>)')
_VARIANTS = {"b": "bold", "i": "italic", "code": "monospace"}
_SIGNS = {
    "&ApplyFunction;": "\u2061",
    "&InvisibleTimes;": "\u2062",
    '"true">\u0332<': '"true">\u2015<',  # the line over or under an expression, as MathJax has it
    "<mrow><mspace/>": "<mrow>",
    "\ufe00": "",  # another shape of the sign before it
    "\ufe01": "",
}


def is_bounded(latex: str) -> bool:
    """Tell whether LaTeX is short and flat enough for both."""
    if len(latex) > LONGEST:
        return False
    return sum(map(latex.count, "{^_\\")) <= DEEPEST or _depth(latex) <= DEEPEST


def by_math_core(latex: str, *, display: bool) -> str | None:
    """Return LaTeX as a ``math`` element with nothing in it that only browsers know; ``None`` if it is refused."""
    if _DEFINING.search(latex):
        return None
    if "\\begin" in latex:
        latex = _NUMBERED.sub(r"\\\1{\2*}", latex)
    try:
        found = _MATH_CORE.convert_with_local_state(latex, displaystyle=display)
    except LatexError:
        return None
    return _for_all_readers(found) if found.count("<") > 2 else None  # nothing but a comment


def by_latex2mathml(latex: str, *, display: bool) -> str | None:
    """Return LaTeX as a ``math`` element that may hold commands not understood; ``None`` if it is refused."""
    try:
        return str(convert(latex, display="block" if display else "inline"))
    except _BAD_LATEX:
        return None


def _depth(latex: str) -> int:
    r"""Return how deep braces, ``\left`` and environments stand inside one another."""
    deepest = depth = 0
    for sign in _NESTING.findall(latex):
        depth += 1 if sign in _OPENING else -1
        deepest = max(deepest, depth)
        depth = max(depth, 0)
    return deepest


def _for_all_readers(found: str) -> str:
    """Return MathML that says by elements and signs what math-core says by spaces and styles."""
    if "," in found:
        found = _DECIMAL_COMMA.sub(",", found)
    if ">.<" in found:
        found = _DOTS.sub("<mo>…</mo>", found)
    if "<mtext><" in found:
        found = _STYLED.sub(_styled, found)
    if 'rem"' in found:
        found = _ROOT_EMS.sub(r"\1em", found)
    if 'style="width' in found or "menclose-" in found:
        found = _EMPTY.sub("", found)
    for sign, other in _SIGNS.items():
        found = found.replace(sign, other)
    return _FOR_BROWSERS.sub("", found)


def _styled(text: re.Match[str]) -> str:
    if text[1] is None:
        return f"<mtext>{text[3]}</mtext>"
    return f'<mtext mathvariant="{_VARIANTS[text[1]]}">{text[2]}</mtext>'
