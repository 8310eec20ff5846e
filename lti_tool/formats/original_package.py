"""Texts of unknown question types, read from Examplary's own QTI 3 package.

A workspace's own type may keep its task in settings that only its author understands; its QTI item has it as text.

See docs/reference/examplary-api.md#qti-export.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape

from lxml import etree

from lti_tool.errors import PackageError
from lti_tool.exam.html.sanitise import MATHML_TAGS, OWN_TAGS, TEXT_TAGS
from lti_tool.exam.html.tree import parse_rich_text
from lti_tool.exam.model import Exam, Question, Unknown
from lti_tool.exam.parse.parser_remarks import STEM_EMPTY
from lti_tool.exam.parse.raw_question import LONGEST_TEXT
from lti_tool.exam.richtext import BLOCKS, Node, RichText
from lti_tool.formats.check.archive import Archive
from lti_tool.formats.check.xml import child, descendants, get, name
from lti_tool.formats.planning.stem import to_blocks

LONGEST_KNOWN_BY_CHANCE = 20
"""Characters. A shorter text may occur inside a longer one by coincidence."""

_KEPT = TEXT_TAGS | OWN_TAGS | MATHML_TAGS
_NEVER_SHOWN = frozenset(
    {"feedbackBlock", "feedbackInline", "modalFeedback", "templateBlock", "templateInline", "printedVariable"}
    | {"stylesheet", "catalogInfo", "interactionMarkup", "interactionModules", "script", "style"}
)
_CUSTOM_INTERACTIONS = frozenset({"portableCustomInteraction", "customInteraction"})
_CHOICES = frozenset({"simpleChoice", "simpleAssociableChoice", "gapText", "gapImg", "inlineChoice"})
_PLACES = frozenset({"gap", "textEntryInteraction", "inlineChoiceInteraction"})
_TAG = re.compile(r"</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>", re.IGNORECASE)


def with_original_texts(exam: Exam, package: bytes) -> Exam:
    """Return the exam with what the package says beyond the title and description of questions of unknown type.

    ``package`` is Examplary's own QTI 3 zip. A damaged or hostile package, or item, changes nothing.
    """
    if not has_unknown(exam):
        return exam
    try:
        archive = Archive(package)
    except PackageError:
        return exam
    return replace(exam, questions=tuple(_read(question, archive) for question in exam.questions))


def has_unknown(exam: Exam) -> bool:
    """Tell whether the original package could add anything to the exam."""
    return any(isinstance(question, Unknown) for question in exam.questions)


def _read(question: Question, archive: Archive) -> Question:
    document = f"item-{question.id}.xml"
    if not isinstance(question, Unknown) or document not in archive.names:
        return question
    try:
        body = child(archive.document(document), "itemBody")
    except PackageError:
        return question
    html = "" if body is None else _inside(body)
    return _with_text(question, parse_rich_text(html)) if len(html) <= LONGEST_TEXT else question


def _with_text(question: Unknown, text: RichText) -> Unknown:
    existing = [*to_blocks(question.title), *to_blocks(question.description)]
    more = tuple(block for block in to_blocks(text) if _is_new(block, existing))
    if not more:
        return question
    description = RichText((*to_blocks(question.description), *more))
    flaws = tuple(flaw for flaw in question.flaws if flaw.code != STEM_EMPTY.code)
    return replace(question, description=description, flaws=flaws)


def _is_new(block: Node, existing: list[Node]) -> bool:
    """Tell whether a block adds text or media; white space is ignored, since the package adds it anywhere."""
    words, media = _words(block), set(RichText((block,)).media())
    existing_words = [_words(node) for node in existing]
    within = len(words) > LONGEST_KNOWN_BY_CHANCE and words in "".join(existing_words)
    existing_media = {url for node in existing for url in RichText((node,)).media()}
    return (bool(words) and words not in existing_words and not within) or bool(media - existing_media)


def _words(node: Node) -> str:
    return "".join(RichText((node,)).plain_text().split())


def _inside(element: etree._Element) -> str:
    return "".join(_parts(element))


def _parts(element: etree._Element) -> Iterator[str]:
    yield escape(element.text or "", quote=False)
    for nested in element:
        yield _html(nested)
        yield escape(nested.tail or "", quote=False)


def _html(element: etree._Element) -> str:
    """Return the HTML that a student sees of an element: no key, no custom interaction, no note for the marker."""
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
        return f"<div>{_inside(element)}</div>" if _holds_blocks(element) else _inside(element)
    attributes = "".join(f' {etree.QName(key).localname}="{escape(str(value))}"' for key, value in element.items())
    return f"<{tag}{attributes}>{_inside(element)}" + ("" if tag in {"br", "hr", "img"} else f"</{tag}>")


def _holds_blocks(element: etree._Element) -> bool:
    return any(name(nested) in BLOCKS for nested in element)


def _prompt(element: etree._Element) -> str:
    """Return a prompt; Examplary's package escapes its HTML, once too often.

    See docs/reference/examplary-api.md#qti-export.
    """
    text = element.text or ""
    is_escaped = len(element) == 0 and _TAG.search(text)
    return f"<div>{text if is_escaped else _inside(element)}</div>"


def _choices(element: etree._Element) -> str:
    """Return choices in alphabetical order: the package may have them in the correct order."""
    choices = sorted(_inside(nested) for nested in element if name(nested) in _CHOICES)
    return f"<ul>{''.join(f'<li>{choice}</li>' for choice in choices)}</ul>" if choices else ""
