"""Canvas's HTML sanitiser, as far as its results show how it works (see docs/reference/importers.md#canvas-qti-12)."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml import html as lxml_html

REMOVED_WHOLE = frozenset({"script", "style", "noscript", "template"})
UNWRAPPED = frozenset({"form", "body", "html", "head", "title", "meta", "link", "base", "button", "textarea"})
NOT_IN_NEW_QUIZZES = frozenset({"form", "input", "button", "select", "option", "textarea"})
URL_ATTRIBUTES = frozenset({"src", "href", "data", "poster", "longdesc", "cite"})
UNSAFE_STYLE = re.compile(r"(?i)url\s*\(|expression|behavior|javascript:")
CONTAINERS = frozenset({"p", "div", "span"})
TAG_NAME = re.compile(r"[a-z][\w.-]*", re.IGNORECASE)
TAG = re.compile(r"</?[^>\n]*>")
NAMED_ENTITY = re.compile(r"&\w+;")
NUMERIC_ENTITY = re.compile(r"&#\d+;")
BLANKS = re.compile(r"[ \t\r\n\f\v]+")
IMAGE_SOURCE = re.compile(r"""(?i)<(?:img|audio|video|source|a)\b[^>]*?\b(?:src|href)\s*=\s*["']([^"']+)["']""")
BRACKETED_NAME = re.compile(r"\[[A-Za-z0-9_\-.]+\]")
FILEBASE = "$IMS-CC-FILEBASE$"


def sanitize(text: str) -> str:
    """HTML as Canvas Classic keeps it: no scripts, handlers, forms, or addresses but http, https and relative."""
    return _serialize(_clean(_fragment(text), UNWRAPPED, _keep_classic_style))


def sanitize_option(text: str) -> str:
    """HTML of an answer or a comment: sanitised, and without outer p, div and span that have no attributes."""
    root = _clean(_fragment(text), UNWRAPPED, _keep_classic_style)
    while _only_wraps(root):
        root = root[0]
    return _serialize(root)


def sanitize_new(text: str) -> str:
    """HTML as the New Quizzes reader keeps it: unsafe parts of styles and form controls are removed."""
    root = _clean(_fragment(text), UNWRAPPED | NOT_IN_NEW_QUIZZES, _keep_new_style)
    # its HTML 4 parser ends a paragraph where a form starts, which leaves an empty one after it
    return _serialize(root).replace("\N{NO-BREAK SPACE}", "&nbsp;")


def escape_names_in_attributes(text: str) -> str:
    """HTML whose attributes hold no ``[name]``, which would be a blank: the gem escapes the brackets once too often."""
    root = _fragment(text)
    for element in root.iterdescendants(etree.Element):
        for key, value in element.attrib.items():
            if BRACKETED_NAME.search(str(value)):
                element.attrib[key] = str(value).replace("[", "&#91;").replace("]", "&#93;")
    return _serialize(root).replace("\N{NO-BREAK SPACE}", "&nbsp;") if BRACKETED_NAME.search(text) else text


def clear_html(text: str) -> str:
    """Canvas's plain text of an answer: tags and named entities dropped, not decoded (hence "x &lt; 3" → "x 3")."""
    text = NUMERIC_ENTITY.sub(lambda reference: chr(int(reference[0][2:-1]) % 0x110000), TAG.sub("", text))
    return BLANKS.sub(" ", NAMED_ENTITY.sub("", text)).strip()


def plain(text: str) -> str:
    """Readable text of a piece of HTML, as a person sees it."""
    return " ".join(str(_fragment(text).text_content()).split())


def package_files(text: str) -> tuple[str, ...]:
    """Paths inside the package that a text points to by ``$IMS-CC-FILEBASE$``, decoded."""
    paths = (unquote(source).replace("%24", "$") for source in IMAGE_SOURCE.findall(text))
    return tuple(name.split(FILEBASE, 1)[1].lstrip("/").split("?")[0] for name in paths if FILEBASE in name)


def _fragment(text: str) -> lxml_html.HtmlElement:
    # a stray "<" is text (Canvas's escape_unmatched_brackets)
    text = re.sub(r"<(?![a-zA-Z/!?])", "&lt;", text)
    return lxml_html.fragment_fromstring(text, create_parent="div")


def _clean(
    root: lxml_html.HtmlElement, unwrapped: frozenset[str], keep_style: Callable[[str], str]
) -> lxml_html.HtmlElement:
    for element in list(root.iterdescendants()):
        name = element.tag.rpartition(":")[2] if isinstance(element.tag, str) else None
        if name is None or name in REMOVED_WHOLE:
            element.drop_tree()
        elif name in unwrapped or not TAG_NAME.fullmatch(name):
            element.drop_tag()
        else:
            element.tag = name
            _clean_attributes(element, keep_style)
    return root


def _clean_attributes(element: lxml_html.HtmlElement, keep_style: Callable[[str], str]) -> None:
    for key, value in list(element.attrib.items()):
        name, text = str(key), str(value)
        unsafe = name.startswith(("on", "xmlns:")) or (name in URL_ATTRIBUTES and not _safe_address(text))
        safe_text = keep_style(text) if name == "style" else text
        if unsafe or (name == "style" and not safe_text):
            del element.attrib[key]
        elif name == "style":
            element.attrib[key] = safe_text


def _keep_classic_style(style: str) -> str:
    return "" if UNSAFE_STYLE.search(style) else style


def _keep_new_style(style: str) -> str:
    return "".join(f"{part};" for part in style.split(";") if part.strip() and not UNSAFE_STYLE.search(part))


def _safe_address(address: str) -> bool:
    try:
        return urlsplit(address.strip()).scheme in ("", "http", "https")
    except ValueError:
        return False


def _only_wraps(root: lxml_html.HtmlElement) -> bool:
    if len(root) != 1 or (root.text or "").strip() or (root[0].tail or "").strip():
        return False
    return root[0].tag in CONTAINERS and not root[0].attrib


def _serialize(root: lxml_html.HtmlElement) -> str:
    inner = [escape(root.text or "")]
    inner += [str(etree.tostring(element, method="html", encoding="unicode")) for element in root]
    return "".join(inner).strip(" \t\r\n")


def escape(text: str) -> str:
    """Plain text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
