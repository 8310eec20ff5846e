r"""Decide whether the text between two delimiters is a formula.

Dollar signs also mark amounts of money, variables (``$HOME``), cells (``$A$1``) and the end of a line in patterns, and
``\(`` marks groups in patterns. What two such signs enclose by chance ends in an operator, or the text goes on right
after the second one.
"""

from __future__ import annotations

import re
from enum import Enum, auto

MAX_FORMULA_LENGTH = 5_000
"""Characters. A longer one is a text with two delimiters far apart."""


class Evidence(Enum):
    """The kind of text between two delimiters. Doubtful formulas stay text."""

    FORMULA = auto()
    DOUBT = auto()
    TEXT = auto()


_TEXT_IN_FORMULA = re.compile(r"\\(?:text\w*|math[a-z]+|mbox|operatorname\*?|ce|pu|begin|end|tag|label)\s*\{[^{}]*\}")
_OWN_SYNTAX = re.compile(r"\\(?:ce|pu|cases|[pbvBV]?matrix)\s*\{|\\begin")
"""Commands in whose arguments ``&`` and ``->`` have a meaning."""

_SCRIPT = re.compile(r"[_^]\s*\{[^{}]*\}")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|[^A-Za-z])")
_LATEX_NAME = re.compile(r"\\[A-Za-z]{2,}")
_RAISED = re.compile(r"[\w)}\]|']\^[\w{(\\*+-]")
_LOWERED = re.compile(r"(?<![A-Za-z])[A-Za-z]_[\w{\\]")
_BLANK = re.compile(r"_{3,}|(?:\\_){3,}")
_LONE_OPERATORS = frozenset("<>=+-≤≥≠")
_BEGINNING = re.compile(r"[^\W_]|[\\(\[|+<>=√∑∫∂∇∞≤≥≈≠±{-]|\.\d|\^\{")
_BRACE_BEGINNING = re.compile(r"\{\}|\{[^{}]*\\")
_UNFINISHED = re.compile(r"(?<!\^)(?<!\^\{)[-+*]\Z|[/=<>,;:.&~?@#\"(\[{^_–—−€£…%]\Z|\\\Z")
_FINISHED_WITH_OPERATOR = re.compile(r"\\[%#&,;:!|.]\Z|[\w)}\]']!\Z|\\[a-zA-Z]{2,}\s*[.<>/(\[|]\Z")
_ESCAPE_SEQUENCE = re.compile(r"\\[ntrabefv0](?![A-Za-z])|\\[dwsDWSB](?![A-Za-z])|\\[xu][0-9A-Fa-f]{2,4}(?![A-Za-z])")
_PROGRAM = re.compile(r"[&\"`;#@€£¥]|==|::|->|=>|\+\+|//|(?<![\w)}\]'])'|'(?=[^\W\d_])|[|(\s]\^")
_QUOTED_PROGRAM = re.compile(r"\w{2}\\[ntr]")
_ORDINAL = re.compile(r"(?:th|st|nd|rd|e|er|ème|te|ten|de|ste)\b")
_PATTERN = re.compile(r"\.[*+?]|\[\^|\w-\w\]|\\[dwsDWSb1-9](?![A-Za-z])|\w\\\|\w|\[:")
_FUNCTION = re.compile(
    r"\b(?:arc)?(?:sin|cos|tan|cot|sec|csc)h?\b|\b(?:log|ln|exp|lim|max|min|mod|gcd|lcm|det|arg|deg|dim|ker|inf|sup|sgn)\b"
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_PROSE = re.compile(
    r"(?<![^\W\d_])(?:[^\W\d_]++[,;]?\s++[^\W\d_]{2}|[^\W\d_]{2,}+[,;]?\s++[^\W\d_])|(?<=\d)(?<!\s)\s++[^\W\d_]{2}"
    r"|(?<=[^\W\d_])\s++\d"
)
_LONG_PROSE = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]{3,}+[,;]?\s++[^\W\d_]{2}|[^\W\d_]{2,}+[,;]?\s++[^\W\d_]{3})")
"""Words beside a command of LaTeX; shorter ones may be products, as in ``x dx``."""

_IDENTIFIER = re.compile(
    r"(?<![A-Za-z])[a-z]{2,}+_\w|(?<![A-Za-z])[A-Za-z]{2,}+_[A-Za-z]{2}|__"
    r"|\A[a-z]{4,}\Z|\A[A-Z]{5,}\Z|\A[A-Z][a-z]+\Z|\A[a-z]{2,}[A-Z]\w*\Z"
)
_LATEX_CHARACTER = re.compile(r"[\\^_{}=]")


def formula_evidence(text: str, before: int, start: int, end: int, after: int) -> Evidence:
    """Return what ``text[start:end]`` is; its delimiters begin at ``before`` and end at ``after``."""
    if end - start > MAX_FORMULA_LENGTH:
        return Evidence.TEXT
    delimiter, inside = text[before:start], text[start:end]
    if delimiter == "$" and (inside != inside.strip() or "\n" in inside):
        return Evidence.TEXT
    inside = _BLANK.sub("x", inside).strip()
    if not inside or not _is_complete(inside):
        return Evidence.TEXT
    previous, following = text[before - 1 : before] if before else "", text[after : after + 1]
    if delimiter in {r"\(", r"\["}:
        return _between_brackets(inside, previous, following)
    return _between_dollars(inside, previous, "" if _ORDINAL.match(text, after) else following)


def _between_dollars(inside: str, previous: str, following: str) -> Evidence:
    is_latex = bool(_LATEX_NAME.search(inside) or _RAISED.search(inside))
    if following.isdigit() or (following and following in "$_{") or previous in {"^", "$", "\\"}:
        return Evidence.TEXT
    if previous.isdigit() and _is_amount(inside):
        return Evidence.TEXT
    if not is_latex and (following.isalpha() or following == "("):
        return Evidence.DOUBT if following == "(" or len(inside) == 1 else Evidence.TEXT
    if previous and previous == following and previous in "\"'`":
        return Evidence.DOUBT if not is_latex or _QUOTED_PROGRAM.search(inside) else _by_content(inside)
    return _by_content(inside)


def _between_brackets(inside: str, previous: str, following: str) -> Evidence:
    r"""Judge ``\(…\)`` and ``\[…\]``, which are formulas unless they are groups and brackets of a pattern."""
    is_pattern = previous in {"^", "/", "\\"} or (following and following in "*+?{") or _PATTERN.search(inside)
    if is_pattern:
        return Evidence.DOUBT if _LATEX_NAME.search(inside) else Evidence.TEXT
    return _by_content(inside)


def _is_complete(inside: str) -> bool:
    """Return whether braces are balanced, and neither the first nor the last character needs something beside it."""
    if inside in _LONE_OPERATORS:
        return True
    depth = 0
    for brace in re.findall(r"\\.|[{}]", inside, re.DOTALL):
        depth += (brace == "{") - (brace == "}")
        if depth < 0:
            return False
    begins = _BRACE_BEGINNING.match(inside) if inside[0] == "{" else _BEGINNING.match(inside)
    if depth or not begins:
        return False
    if inside.endswith("|") and inside.count("|") % 2:
        return bool(_FINISHED_WITH_OPERATOR.search(inside))
    if inside.endswith("!"):
        return bool(_FINISHED_WITH_OPERATOR.search(inside))
    return not _UNFINISHED.search(inside) or bool(_FINISHED_WITH_OPERATOR.search(inside))


def _is_amount(inside: str) -> bool:
    """Return whether the first dollar sign belongs to an amount before it (``5$–10$``)."""
    return (inside[-1].isdigit() and not _LATEX_CHARACTER.search(inside)) or inside[0] in "=<>"


def _by_content(inside: str) -> Evidence:
    bare = _SCRIPT.sub("", _TEXT_IN_FORMULA.sub(r"\\quad{}", inside))
    if _is_program(inside, bare):
        return Evidence.TEXT
    words = _FUNCTION.sub("", _COMMAND.sub(" ; ", bare))
    if (_LONG_PROSE if _LATEX_NAME.search(inside) else _PROSE).search(words):
        is_doubtful = _LATEX_CHARACTER.search(inside) or not _WORD.search(words)
        return Evidence.DOUBT if is_doubtful else Evidence.TEXT
    if inside[0].isdigit() and _WORD.search(words) and not _LATEX_NAME.search(inside):
        return Evidence.TEXT
    return Evidence.DOUBT if _IDENTIFIER.search(words) else Evidence.FORMULA


def _is_program(inside: str, bare: str) -> bool:
    r"""Return whether characters of a program or of a pattern occur: ``"``, ``->``, ``\n``."""
    if _ESCAPE_SEQUENCE.search(bare):
        return True
    if _OWN_SYNTAX.search(inside):
        return False
    unescaped = _COMMAND.sub(" x", bare)
    return bool(_PROGRAM.search(unescaped))
