r"""LaTeX without commands that are not mathematics: links, styles, identifiers, extensions, definitions, files.

MathJax and KaTeX carry them out in the page of an LMS: ``\href`` makes a link (also a ``javascript:`` one), ``\style``
covers the page, ``\require`` loads an extension, and ``\def`` changes what all later formulas mean. The content
of a command stays, and a definition replaces each use of its name. See docs/reference/importers.md#independent-judges.
"""

from __future__ import annotations

import re

from lti_tool.exam.value import value

MAX_EXPANSION_LENGTH = 5_000
"""Characters of a formula after its definitions are applied; if it grows longer, they are only removed."""

_MAX_PASSES = 8
_MAX_COMMANDS = 50
"""In one formula; of more, or of those that passes leave, only the names are removed, so that the time is bounded."""

_KEEPS_LAST = {
    **dict.fromkeys(("href", "style", "class", "cssId", "data", "htmlClass", "htmlId", "htmlStyle", "htmlData"), 2),
    "mmlToken": 2,
}
"""Commands whose last argument is what they show, with the number of arguments."""

_REMOVED = {"url": 1, "require": 1, "includegraphics": 1, "input": 1, "include": 1}
"""Commands that are removed with their arguments."""

_DEFINING = frozenset({"newcommand", "renewcommand", "providecommand", "def", "gdef", "edef", "xdef", "let"})
_OPERATOR = "DeclareMathOperator"
_DECLARING = {
    **dict.fromkeys(("DeclareRobustCommand", "newcolumntype"), 2),
    **dict.fromkeys(("newenvironment", "renewenvironment", "DeclarePairedDelimiter", "DeclarePairedDelimiters"), 3),
    "futurelet": 3,
}
_NAMES = "|".join((*_KEEPS_LAST, *_REMOVED, *sorted(_DEFINING), _OPERATOR, *_DECLARING))
_UNSAFE = re.compile(rf"\\({_NAMES})(\*?)(?![A-Za-z])")
_MAY_BE_FORMULA = re.compile(r"\\[(\[]|\$\$|\\begin\b")
_WORD_JOINER = "\u2060"
_STYLED_BOX = re.compile(r"(\\bbox\s*\[)([^\]]*:[^\]]*)\]")
_SKIPPED = r"(?:\s|%[^\n]*\n)*+"
_TOKEN = re.compile(rf"{_SKIPPED}(\\(?:[A-Za-z]+|.)|[^\\{{}}])", re.DOTALL)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_OPENING_BRACE = re.compile(rf"{_SKIPPED}\{{")
_COUNT = re.compile(rf"{_SKIPPED}\[\s*([0-9])\s*\]")
_OPTION = re.compile(rf"{_SKIPPED}\[[^\[\]]*\]")
_PARAMETERS = re.compile(r"\s*((?:#[1-9])*)\s*")
_EQUALS = re.compile(rf"{_SKIPPED}=?")
_PARAMETER = re.compile(r"#([1-9])")


@value
class _Definition:
    r"""A command such as ``\R``, the number of its arguments, and the LaTeX that replaces it."""

    command: str
    arguments: int
    body: str


def without_unsafe_commands(latex: str) -> str:
    """Return LaTeX that only says what is shown."""
    if _UNSAFE.search(latex):
        for _ in range(_MAX_PASSES):
            if not 0 < len(_UNSAFE.findall(latex)) <= _MAX_COMMANDS:
                break
            latex = _one_pass(latex)
        latex = _UNSAFE.sub(" ", latex)
    return _STYLED_BOX.sub(_without_styles, latex) if "\\bbox" in latex else latex


def without_effect(text: str) -> str:
    """Return a text whose unsafe commands have an invisible character in their names, so that no LMS runs them."""
    if "\\" not in text or not _MAY_BE_FORMULA.search(text):
        return text
    return _UNSAFE.sub(lambda command: f"\\{_WORD_JOINER}{command[0][1:]}", text)


def count_unsafe_commands(text: str) -> int:
    """Return how many commands of a text :func:`without_unsafe_commands` changes."""
    return len(_UNSAFE.findall(text)) + len(_STYLED_BOX.findall(text)) if "\\" in text else 0


def _one_pass(latex: str) -> str:
    """Remove the outermost commands, and apply the definitions among them."""
    parts: list[str] = []
    definitions: list[_Definition] = []
    position = 0
    while command := _UNSAFE.search(latex, position):
        parts.append(latex[position : command.start()])
        if command[1] in _DEFINING or command[1] == _OPERATOR:
            definition, position = _definition(latex, command)
            definitions += [definition] if definition else []
            parts.append(" ")  # so that the letters around it form no other command
        else:
            replacement, position = _replacement(latex, command)
            parts.append(replacement)
    text = "".join([*parts, latex[position:]])
    for definition in definitions:
        text = _applied(text, definition)
    return text


def _replacement(latex: str, command: re.Match[str]) -> tuple[str, int]:
    """Return what stays of a command that defines nothing, and where it ends."""
    name = command[1]
    count = _KEEPS_LAST.get(name) or _REMOVED.get(name) or _DECLARING[name]
    arguments, end = _arguments(latex, command.end(), count, skip_options=True)
    is_shown = name in _KEEPS_LAST and len(arguments) == count
    return (f"{{{arguments[-1]}}}" if is_shown else " "), end


def _definition(latex: str, command: re.Match[str]) -> tuple[_Definition | None, int]:
    """Return the definition that a command makes (``None`` if only TeX could read it) and where it ends."""
    names, end = _arguments(latex, command.end(), 1)
    name = names[0].strip() if names else ""
    count = 0
    if command[1] == "let":
        end = _end_of(_EQUALS, latex, end)
    elif command[1].endswith("def"):
        parameters = _PARAMETERS.match(latex, end)
        count, end = (len(parameters[1]) // 2, parameters.end()) if parameters else (0, end)
    elif number := _COUNT.match(latex, end):
        count, end = int(number[1]), number.end()
    has_default = _OPTION.match(latex, end) is not None
    bodies, end = _arguments(latex, _end_of(_OPTION, latex, end), 1)
    if not bodies or has_default or not re.fullmatch(r"\\(?:[A-Za-z]+|[^A-Za-z])", name):
        return None, end
    body = rf"\operatorname{command[2]}{{{bodies[0]}}}" if command[1] == _OPERATOR else f"{{{bodies[0]}}}"
    return _Definition(name, count, body), end


def _applied(latex: str, definition: _Definition) -> str:
    """Return LaTeX with the body of a definition where its command was, unless it would grow too long."""
    uses = re.compile(re.escape(definition.command) + ("(?![A-Za-z])" if definition.command[1:].isalpha() else ""))
    parts: list[str] = []
    position = 0
    while use := uses.search(latex, position):
        arguments, end = _arguments(latex, use.end(), definition.arguments)
        parts += [latex[position : use.start()], _filled(definition.body, arguments)]
        position = end
        if sum(map(len, parts)) > MAX_EXPANSION_LENGTH:
            return latex
    return "".join([*parts, latex[position:]])


def _filled(body: str, arguments: list[str]) -> str:
    return _PARAMETER.sub(lambda number: "".join(arguments[int(number[1]) - 1 : int(number[1])]), body)


def _arguments(latex: str, start: int, count: int, *, skip_options: bool = False) -> tuple[list[str], int]:
    """Return at most ``count`` arguments without their braces, and where the last one ends."""
    arguments: list[str] = []
    end = start
    while len(arguments) < count:
        end = _end_of(_OPTION, latex, end) if skip_options else end
        if brace := _OPENING_BRACE.match(latex, end):
            closing = _closing_brace(latex, brace.end())
            if closing is None:
                break
            arguments.append(latex[brace.end() : closing])
            end = closing + 1
        elif token := _TOKEN.match(latex, end):
            arguments.append(token[1])
            end = token.end()
        else:
            break
    return arguments, end


def _closing_brace(latex: str, start: int) -> int | None:
    """Return the place of the brace that closes the group in which ``start`` is."""
    depth = 1
    for brace in _BRACE.finditer(latex, start):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return brace.start()
    return None


def _end_of(pattern: re.Pattern[str], latex: str, start: int) -> int:
    """Return where a pattern ends that may be at ``start``."""
    match = pattern.match(latex, start)
    return match.end() if match else start


def _without_styles(box: re.Match[str]) -> str:
    parts = [part for part in box[2].split(",") if ":" not in part]
    return f"{box[1]}{','.join(parts)}]"
