r"""Mathematics in running text: ``$…$``, ``$$…$$``, ``\(…\)`` and ``\[…\]``.

See docs/reference/examplary-api.md#rich-text.
"""

from __future__ import annotations

import re

from lti_tool.exam.richtext import Math, Node, Text

_FORMULA = re.compile(
    r"(?<!\\)\$\$(?P<display>[^$]{1,2000})\$\$"
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
    for match in _FORMULA.finditer(text):
        node = _formula(match)
        if node is None:
            continue
        if match.start() > position:
            nodes.append(Text(text[position : match.start()]))
        nodes.append(node)
        position = match.end()
    if position < len(text):
        nodes.append(Text(text[position:]))
    return nodes


def clean_latex(latex: str) -> str:
    """Return LaTeX that renders: a line to write on (``___``) would be an error."""
    return _LINE.sub(lambda line: r"\_" * len(line[0]), latex.strip()) if "___" in latex else latex.strip()


def _is_prose(latex: str) -> bool:
    return " " in latex and not _MATHS_SIGN.search(latex)


def _is_between_amounts(match: re.Match[str]) -> bool:
    """Tell whether the dollar signs belong to two amounts (``5$–10$``), with no clear mathematics between them."""
    before = match.string[match.start() - 1 : match.start()]
    return before.isdigit() and match["dollar"][-1].isdigit() and not _LATEX_SIGN.search(match["dollar"])


def _formula(match: re.Match[str]) -> Math | None:
    latex = clean_latex(next(group for group in match.groups() if group is not None))
    if not latex or (match["dollar"] and (_is_prose(latex) or _is_between_amounts(match))):
        return None
    return Math(latex, None, match["display"] is not None or match["bracket"] is not None)
