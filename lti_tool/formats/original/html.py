"""What students see of an item in Examplary's QTI 3 package, as HTML.

See docs/reference/examplary-api.md#qti-export.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from lxml import etree

from lti_tool.exam.html.sanitise import MATHML_TAGS, OWN_TAGS, TEXT_TAGS
from lti_tool.exam.richtext import BLOCKS
from lti_tool.formats.check.xml import descendants, get, name

_KEPT = TEXT_TAGS | OWN_TAGS | MATHML_TAGS
_NEVER_SHOWN = frozenset(
    {"feedbackBlock", "feedbackInline", "modalFeedback", "templateBlock", "templateInline", "printedVariable"}
    | {"stylesheet", "catalogInfo", "interactionMarkup", "interactionModules", "script", "style"}
)
_CUSTOM_INTERACTIONS = frozenset({"portableCustomInteraction", "customInteraction"})
_CHOICES = frozenset({"simpleChoice", "simpleAssociableChoice", "gapText", "gapImg", "inlineChoice"})
_PLACES = frozenset({"gap", "textEntryInteraction", "inlineChoiceInteraction"})
_TAG = re.compile(r"</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>", re.IGNORECASE)


def inner_html(element: etree._Element) -> str:
    """Return the HTML that a student sees of what is inside an element."""
    return "".join(_parts(element))


def _parts(element: etree._Element) -> Iterator[str]:
    yield escape(element.text or "", quote=False)
    for nested in element:
        yield _html(nested)
        yield escape(nested.tail or "", quote=False)


def _html(element: etree._Element) -> str:
    """Return the HTML that a student sees of an element: no key, no custom interaction, no note for the grader."""
    tag = name(element)
    if not tag or tag in _NEVER_SHOWN or (tag == "rubricBlock" and "candidate" not in get(element, "view").split()):
        return ""
    if tag in _CUSTOM_INTERACTIONS:
        return "".join(_prompt(prompt) for prompt in descendants(element, "prompt"))
    if tag == "prompt":
        return _prompt(element)
    if tag in _PLACES:
        return " ___ " + _choices(element)
    if any(name(nested) in _CHOICES for nested in element):
        return "".join(_html(nested) for nested in element if name(nested) not in _CHOICES) + _choices(element)
    return _kept(element, tag)


def _kept(element: etree._Element, tag: str) -> str:
    if tag not in _KEPT:
        return f"<div>{inner_html(element)}</div>" if _holds_blocks(element) else inner_html(element)
    attributes = "".join(f' {etree.QName(key).localname}="{escape(str(value))}"' for key, value in element.items())
    return f"<{tag}{attributes}>{inner_html(element)}" + ("" if tag in {"br", "hr", "img"} else f"</{tag}>")


def _holds_blocks(element: etree._Element) -> bool:
    return any(name(nested) in BLOCKS for nested in element)


def _prompt(element: etree._Element) -> str:
    """Return a prompt; Examplary's package escapes its HTML, once too often.

    See docs/reference/examplary-api.md#qti-export.
    """
    text = element.text or ""
    is_escaped = len(element) == 0 and _TAG.search(text)
    return f"<div>{text if is_escaped else inner_html(element)}</div>"


def _choices(element: etree._Element) -> str:
    """Return choices in alphabetical order: the package may have them in the correct order."""
    choices = sorted(inner_html(nested) for nested in element if name(nested) in _CHOICES)
    return f"<ul>{''.join(f'<li>{choice}</li>' for choice in choices)}</ul>" if choices else ""
