"""Formulas as MathML, for QTI packages (valid in 2.1 and 3.0) and for our own pages."""

from __future__ import annotations

import re

from lxml import etree

from lti_tool.exam.richtext import Math
from lti_tool.formats.writing.latex import by_latex2mathml, by_math_core, is_bounded

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
_ARITY = {
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
"""How many children an element must have (MathML 2 and 3, §3.1.3.2)."""

_INFERRED_ROW = frozenset({"msqrt", "mstyle", "merror", "mpadded", "mphantom", "menclose", "mtd", "math", "mrow"})
_TOKENS = frozenset({"mi", "mn", "mo", "mtext", "ms"})
_EMPTY = frozenset({"mspace", "mprescripts", "none"})
_MAY_BE_DISPLAYED = frozenset({"mstyle", "mtable"})
_PARENTS = {"mtable": "mtr", "mtr": "mtd"}
"""The only children that an element may have."""

_UNKNOWN_COMMAND = re.compile(r"\\[A-Za-z]")
"""A command that latex2mathml doesn't know, which it leaves in the text."""

_NOTATION = (
    "(?:longdiv|actuarial|radical|box|roundedbox|circle|left|right|top|bottom"
    "|(?:up|down)diagonalstrike|(?:vertical|horizontal)strike)"
)
_ATTRIBUTES = {
    "display": re.compile(r"inline|block"),
    "mathvariant": re.compile(r"(?:normal|bold|italic|bold-italic|double-struck|script|fraktur|sans-serif|monospace)"),
    "stretchy": re.compile(r"true|false"),
    "fence": re.compile(r"true|false"),
    "separator": re.compile(r"true|false"),
    "form": re.compile(r"prefix|infix|postfix"),
    "linethickness": re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})?(?:px|em|pt)?"),
    "columnspan": re.compile(r"[1-9][0-9]?"),
    "rowspan": re.compile(r"[1-9][0-9]?"),
    "displaystyle": re.compile(r"true|false"),
    "accent": re.compile(r"true|false"),
    "accentunder": re.compile(r"true|false"),
    "notation": re.compile(rf"{_NOTATION}(?: {_NOTATION})*"),
    "width": re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,8})?(?:em|cm|mm|pt)"),
}
"""The attributes to keep, with the values that both schemas allow."""

_UNUSUAL = re.compile(
    r"<(?!/|m(?:[ino]|row|frac|sqrt|su[bp])>"  # the most common ones first
    rf'|math xmlns="{NAMESPACE}"(?: display="block")?>|mtable displaystyle="(?:true|false)">'
    r"|m(?:i|n|o|row|text|frac|sqrt|root|sub|sup|subsup|under|over|underover|space|phantom|table|tr|td)"
    r'(?: stretchy="(?:true|false)")?(?: form="(?:pre|in|post)fix")?'
    r'(?: (?:accent(?:under)?="true"|mathvariant="normal"|linethickness="0"|width="[0-9.]+em"))?/?>)'
)
"""An element of math-core's that has to be checked: any that is not certain to be valid."""

_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot);)")


def mathml(node: Math) -> str | None:
    """Return a formula as a ``math`` element with its default namespace, or ``None`` if it cannot be converted."""
    if node.mathml is not None and (own := _checked(node.mathml, node.display)) is not None:
        return own
    return _from_latex(node.latex, node.display) if node.latex else None


def _from_latex(latex: str, display: bool) -> str | None:
    if not is_bounded(latex):
        return None
    mathml = by_math_core(latex, display=display)
    if mathml is not None and not _UNUSUAL.search(mathml) and ("&" not in mathml or not _ENTITY.search(mathml)):
        return mathml
    valid = None if mathml is None else _checked(mathml, display)
    if valid is None and (mathml := by_latex2mathml(latex, display=display)) is not None:
        valid = _checked(mathml, display)
    return valid


def _checked(text: str, display: bool) -> str | None:
    """Return MathML with only what the schemas allow, or ``None`` if it is not well-formed."""
    try:
        root = etree.fromstring(text, _PARSER)
    except etree.XMLSyntaxError:
        return None
    if not _is_valid(root, 0):
        return None
    root.attrib.clear()
    if display:
        root.set("display", "block")
    return etree.tostring(root, encoding="unicode", with_tail=False)


def _is_valid(element: etree._Element, depth: int) -> bool:
    """Return whether an element and its children are valid, after removing unknown attributes and annotations."""
    if not isinstance(element.tag, str) or depth > 100:
        return False
    namespace, _, name = element.tag[1:].partition("}")
    if namespace != NAMESPACE:
        return False
    if name == "semantics":
        _unwrap_semantics(element)
        return len(element) == 1 and _is_valid(element[0], depth + 1)
    for key, value in element.attrib.items():
        shape = _ATTRIBUTES.get(str(key))
        if shape is None or not shape.fullmatch(str(value)):
            if key == "notation":  # the default would be a division sign
                return False
            del element.attrib[key]
    if "displaystyle" in element.attrib and name not in _MAY_BE_DISPLAYED:
        _put_into_style(element)
    return _has_right_children(element, name) and all(_is_valid(child, depth + 1) for child in element)


def _put_into_style(element: etree._Element) -> None:
    """Move ``displaystyle`` to an ``mstyle`` around the element; before MathML Core only that could have it."""
    style = etree.Element(f"{{{NAMESPACE}}}mstyle", {"displaystyle": str(element.attrib.pop("displaystyle"))})
    if (parent := element.getparent()) is not None:
        parent.replace(element, style)
        style.append(element)


def _unwrap_semantics(element: etree._Element) -> None:
    """Turn ``semantics`` into a plain row: some readers show annotations or read them aloud."""
    for child in list(element)[1:]:
        element.remove(child)
    element.tag = f"{{{NAMESPACE}}}mrow"
    element.attrib.clear()


def _has_right_children(element: etree._Element, name: str) -> bool:
    if name in _TOKENS:
        return len(element) == 0 and not _UNKNOWN_COMMAND.match(element.text or "")
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        return False
    if name in _EMPTY:
        return len(element) == 0
    if name in _PARENTS:
        child_tag = f"{{{NAMESPACE}}}{_PARENTS[name]}"
        return len(element) > 0 and all(child.tag == child_tag for child in element)
    if name in _ARITY:
        return len(element) == _ARITY[name]
    return name in _INFERRED_ROW and (name != "mstyle" or len(element) > 0)
