"""Text for XML. Everything that comes through the parser is free of characters that XML forbids."""

from __future__ import annotations

from decimal import Decimal

from lti_tool.exam.model import Exam


def escape(text: str) -> str:
    """Return ``text`` as element content or as an attribute value in double quotes."""
    if not ("<" in text or "&" in text or '"' in text or ">" in text):
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def format_decimal(points: Decimal) -> str:
    """Return a number as importers read it: no exponent, no needless zeros."""
    plain = str(points)
    if plain.isdigit():
        return plain
    plain = format(points, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def keyword_elements(exam: Exam, prefix: str = "") -> str:
    """Return the keywords as elements of LOM's ``general`` (IEEE 1484.12.1 §1.5); ``prefix`` includes its colon."""
    return "".join(
        f"<{prefix}keyword><{prefix}string>{escape(keyword)}</{prefix}string></{prefix}keyword>"
        for keyword in exam.keywords
    )
