r"""Mathematics in running text: ``$…$``, ``$$…$$``, ``\(…\)`` and ``\[…\]``. Facts: examplary-api §5."""

from __future__ import annotations

import re

from lti_tool.exam.richtext import Math, Node, Text

_FORMULA = re.compile(
    r"(?<!\\)\$\$(?P<shown>[^$]{1,2000})\$\$"
    r"|\\\[(?P<bracket>.{1,1000}?)\\\]"
    r"|\\\((?P<paren>.{1,1000}?)\\\)"
    r"|(?<![\\$])\$(?=[^\s$])(?P<dollar>(?:\\.|[^$\\\n]){1,1000}?)(?<!\s)\$(?![\d$])",
    re.DOTALL,
)
_LINE = re.compile(r"(?<!\\)_{3,}")
_LATEX_SIGN = re.compile(r"[\\^_{}=]")
_MATHS_SIGN = re.compile(r"[\\^_={}<>+*/()|-]")


def split_mathematics(text: str) -> list[Node]:
    """Return ``text`` as text and formulas. Amounts of money (``$5 and $10``) stay text."""
    nodes: list[Node] = []
    position = 0
    for found in _FORMULA.finditer(text):
        node = _formula(found)
        if node is None:
            continue
        if found.start() > position:
            nodes.append(Text(text[position : found.start()]))
        nodes.append(node)
        position = found.end()
    if position < len(text):
        nodes.append(Text(text[position:]))
    return nodes


def clean_latex(latex: str) -> str:
    """Return LaTeX that can be set: a line to write on (``___``) would be an error."""
    return _LINE.sub(lambda line: r"\_" * len(line[0]), latex.strip()) if "___" in latex else latex.strip()


def _is_prose(latex: str) -> bool:
    return " " in latex and not _MATHS_SIGN.search(latex)


def _is_between_amounts(found: re.Match[str]) -> bool:
    """Tell whether the signs are those of two amounts (``5$–10$``), and nothing between them is surely mathematics."""
    before = found.string[found.start() - 1 : found.start()]
    return before.isdigit() and found["dollar"][-1].isdigit() and not _LATEX_SIGN.search(found["dollar"])


def _formula(found: re.Match[str]) -> Math | None:
    latex = clean_latex(next(group for group in found.groups() if group is not None))
    if not latex or (found["dollar"] and (_is_prose(latex) or _is_between_amounts(found))):
        return None
    return Math(latex, None, found["shown"] is not None or found["bracket"] is not None)
