r"""LaTeX to MathML that all readers of QTI accept: math-core's, without what only a browser's style sheet supports.

latex2mathml converts what math-core refuses (``\substack``, ``\rlap``, commands that a formula defines). It takes sixty
times as long and is worse at relations, limits and fences. The caller checks the result.
"""

from __future__ import annotations

import re

from latex2mathml import exceptions
from latex2mathml.converter import convert
from math_core import LatexError, LatexToMathML

MAX_LENGTH = 5_000
"""Characters. The time of latex2mathml grows faster than its input."""

MAX_DEPTH = 60
"""Levels of braces; both libraries recurse."""

_BAD_LATEX: tuple[type[Exception], ...] = (
    *(error for error in vars(exceptions).values() if isinstance(error, type) and issubclass(error, Exception)),
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
)
"""Raised by latex2mathml for LaTeX that it doesn't understand: its own errors, and unhandled ones."""

_MATH_CORE = LatexToMathML(xml_namespace=True, fancy_error=False, allow_unreliable_rendering=True, max_expansions=100)

_NESTING = re.compile(r"\\(?:begin|left|end|right)(?![a-zA-Z])|[{}^_]")
_OPENING = frozenset({"{", "\\begin", "\\left", "^", "_"})
_DEFINING = re.compile(r"\\(?:[egx]?def|let|(?:new|renew|provide)command)(?![A-Za-z])")
_NUMBERED = re.compile(r"\\(begin|end)\{(align|alignat|equation|flalign|gather|multline)\}")
"""Environments with numbered lines; nothing in an exam refers to the numbers, and Examplary shows none."""

_EMPTY = re.compile(r'<mtd style="width: [0-9.]+%"></mtd>|<mrow class="menclose-[a-z]*"></mrow>')
"""Cells and rows that only a style sheet fills."""

_FOR_BROWSERS = re.compile(
    r' (?:lspace|rspace|scriptlevel|style|class|minsize|maxsize|movablelimits|symmetric)="[^"]*"(?=[^<>]*>)'
)
"""Spaces and sizes that every reader sets correctly without them."""

_DECIMAL_COMMA = re.compile(r'(?<=[0-9])</mn><mo rspace="0">,</mo><mn>(?=[0-9])')
_DOTS = re.compile(r"(?:<mo[^>]*>\.</mo>){3}")
_STYLED = re.compile(r"<mtext><(b|i|code)>([^<]*)</\1></mtext>|<mtext><span[^>]*>([^<]*)</span></mtext>")
_ROOT_EMS = re.compile(r'(?<= width=")([0-9.]+)rem(?="[^<>]*>)')
_VARIANTS = {"b": "bold", "i": "italic", "code": "monospace"}
_REPLACEMENTS = {
    "&ApplyFunction;": "\u2061",
    "&InvisibleTimes;": "\u2062",
    '"true">\u0332<': '"true">\u2015<',  # the line over or under an expression, as MathJax has it
    "<mrow><mspace/>": "<mrow>",
    "\ufe00": "",  # another shape of the character before it
    "\ufe01": "",
}


def is_bounded(latex: str) -> bool:
    """Return whether LaTeX is short and flat enough for both libraries."""
    if len(latex) > MAX_LENGTH:
        return False
    return sum(map(latex.count, "{^_\\")) <= MAX_DEPTH or _depth(latex) <= MAX_DEPTH


def by_math_core(latex: str, *, display: bool) -> str | None:
    """Return LaTeX as a ``math`` element for all readers, or ``None`` if math-core refuses it."""
    if _DEFINING.search(latex):
        return None
    if "\\begin" in latex:
        latex = _NUMBERED.sub(r"\\\1{\2*}", latex)
    try:
        mathml = _MATH_CORE.convert_with_local_state(latex, displaystyle=display)
    except LatexError:
        return None
    return _for_all_readers(mathml) if mathml.count("<") > 2 else None  # only a comment


def by_latex2mathml(latex: str, *, display: bool) -> str | None:
    """Return LaTeX as a ``math`` element that may contain unknown commands, or ``None`` if latex2mathml refuses it."""
    try:
        return str(convert(latex, display="block" if display else "inline"))
    except _BAD_LATEX:
        return None


def _depth(latex: str) -> int:
    r"""Return how deeply braces, ``\left`` and environments are nested."""
    deepest = depth = 0
    for sign in _NESTING.findall(latex):
        depth += 1 if sign in _OPENING else -1
        deepest = max(deepest, depth)
        depth = max(depth, 0)
    return deepest


def _for_all_readers(mathml: str) -> str:
    """Return MathML with elements and characters in place of math-core's spaces and styles."""
    if "," in mathml:
        mathml = _DECIMAL_COMMA.sub(",", mathml)
    if ">.<" in mathml:
        mathml = _DOTS.sub("<mo>…</mo>", mathml)
    if "<mtext><" in mathml:
        mathml = _STYLED.sub(_styled, mathml)
    if 'rem"' in mathml:
        mathml = _ROOT_EMS.sub(r"\1em", mathml)
    if 'style="width' in mathml or "menclose-" in mathml:
        mathml = _EMPTY.sub("", mathml)
    for text, replacement in _REPLACEMENTS.items():
        mathml = mathml.replace(text, replacement)
    return _FOR_BROWSERS.sub("", mathml)


def _styled(text: re.Match[str]) -> str:
    if text[1] is None:
        return f"<mtext>{text[3]}</mtext>"
    return f'<mtext mathvariant="{_VARIANTS[text[1]]}">{text[2]}</mtext>'
