"""Plain labels for places that hold no markup: the menus of a matching, the items of an ordering.

Canvas Classic and Moodle show such a text unchanged, New Quizzes reads it as HTML; no LMS renders formulas in a menu.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lti_tool.exam.richtext import Element, Math, Node, RichText

MAX_LENGTH = 250
"""Characters. Moodle's column for the right side of a pair holds 255, and no menu is wider."""

_PASSED = frozenset({"strong", "b", "em", "i", "u", "s", "del", "ins", "small", "mark", "span", "code", "a"})
_SPACED = frozenset({"p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6"})
_PLAIN = frozenset({"p", "div", "span"})
_RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ")
_SCRIPTS = {"sup": _RAISED, "sub": _LOWERED}
_FULL_WIDTH = str.maketrans({"<": "＜", ">": "＞"})
_TAG = re.compile(r"<(?!\s)|<[^<>]*>")
"""Characters that some reader takes for a tag or its beginning (for PHP, any ``<`` but one before a space)."""

_REFERENCE = re.compile(r"&#?\w+;")
_SIMPLE = re.compile(r"[^\\{}_^$]+")
_POWER = re.compile(r"([\^_])([0-9n])")


def plain_label(text: RichText) -> str | None:
    """Return a text as a plain label, or ``None`` if that would lose something or be too long.

    Nothing in it looks like a tag or starts a character reference. Only shown, never compared.
    """
    label = _label(text)
    return None if label is None else _with_full_width_characters(label)


def has_full_width_characters(text: RichText) -> bool:
    """Return whether a label has full-width characters in place of those that a reader would take for markup."""
    label = _label(text)
    return label is not None and _with_full_width_characters(label) != label


def _label(text: RichText) -> str | None:
    parts: list[str] = []
    if not _collect_text(text.nodes, parts):
        return None
    label = " ".join("".join(parts).split())
    return label if 0 < len(label) <= MAX_LENGTH else None


def _with_full_width_characters(label: str) -> str:
    label = label.translate(_FULL_WIDTH) if "<" in label and _TAG.search(label) else label
    return label.replace("&", "＆") if "&" in label and _REFERENCE.search(label) else label


def plain_labels(column: Iterable[RichText]) -> tuple[str, ...] | None:
    """Return the labels of texts, or ``None`` if one has none or two have the same."""
    candidates = [plain_label(text) for text in column]
    labels = tuple(label for label in candidates if label is not None)
    return labels if len(set(labels)) == len(candidates) else None


def is_plain(text: RichText) -> bool:
    """Return whether a text loses nothing as a plain label."""
    if len(text.nodes) == 1 and isinstance(text.nodes[0], str):
        return True
    return all(isinstance(node, str) or (isinstance(node, Element) and _is_plain(node)) for node in text.walk())


def _is_plain(node: Element) -> bool:
    return node.tag in _PLAIN and "style" not in dict(node.attributes)


def has_words(text: RichText) -> bool:
    """Return whether a text has more than pictures and formulas."""
    return any(isinstance(node, str) and node.strip() for node in text.walk())


def _collect_text(nodes: Iterable[Node], parts: list[str]) -> bool:
    """Add the text of nodes to ``parts``; return whether nothing is lost."""
    for node in nodes:
        if isinstance(node, str):
            parts.append(node)
        elif not _append_text(node, parts):
            return False
    return True


def _append_text(node: Node, parts: list[str]) -> bool:
    match node:
        case Element(tag, _, children) if tag in _PASSED:
            return _collect_text(children, parts)
        case Element(tag, _, children) if tag in _SPACED:
            parts.append(" ")
            return _collect_text(children, parts)
        case Element(tag, _, children) if tag in _SCRIPTS:
            return _script("".join(_only_text(children)), tag, parts)
        case Math(latex) if latex is not None:
            return _formula(latex, parts)
    return False


def _only_text(nodes: Iterable[Node]) -> Iterable[str]:
    return (node if isinstance(node, str) else "\0" for node in nodes)


def _script(text: str, tag: str, parts: list[str]) -> bool:
    """Add raised or lowered text in the characters that Unicode has for it."""
    parts.append(text.translate(_SCRIPTS[tag]))
    return all(ord(character) in _SCRIPTS[tag] for character in text)


def _formula(latex: str, parts: list[str]) -> bool:
    """Add a formula that reads the same without being set, such as ``x^2 + 3``."""
    plain = _POWER.sub(lambda power: power[2].translate(_SCRIPTS["sup" if power[1] == "^" else "sub"]), latex)
    parts.append(plain)
    return _SIMPLE.fullmatch(plain) is not None and "_n" not in latex
