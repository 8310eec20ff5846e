"""Elements of Moodle XML. Facts: qti-targets §3, and the file that Moodle took whole.

Texts stand in CDATA: PHP's reader drops white space between character references otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lti_tool.exam.richtext import Node
from lti_tool.formats.moodle_xml.html import MoodleHtml
from lti_tool.formats.writing.xml_text import escape

NO_FEEDBACK = '<feedback format="html"><text></text></feedback>'
PENALTY = "0.3333333"
"""Of each further try; Moodle's own default. Without effect in an exam, which gives one try."""

_PENALTIES = {"truefalse": "1", "description": "0", "essay": "0"}
COMBINED_FEEDBACK = "".join(
    f'<{name} format="html"><text></text></{name}>'
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
)


FILE = "\0"
"""Stands around the path of a file whose content goes there; no text of an exam has it in it."""

_SIGNS: dict[int, str] = {ord("<"): "＜", ord(">"): "＞"}


def named(text: str) -> str:
    """Return a text for names, categories and tags, from which Moodle strips what looks like a tag."""
    return text.translate(_SIGNS) if "<" in text or ">" in text else text


def cdata(text: str) -> str:
    """Return text as character data; an end mark inside it is divided over two sections."""
    if not text:
        return "<text></text>"
    safe = text.replace("]]>", "]]]]><![CDATA[>") if "]]>" in text else text
    return f"<text><![CDATA[{safe}]]></text>"


def html(name: str, content: str) -> str:
    """Return an element with HTML; ``content`` is a text and its files."""
    return f'<{name} format="html">{content}</{name}>'


def flag(name: str, *, on: bool) -> str:
    """Return ``true`` or ``false``."""
    return f"<{name}>{'true' if on else 'false'}</{name}>"


def answer(fraction: str, content: str, more: str = "", *, html_text: bool = True) -> str:
    """Return an answer; ``fraction`` in percent (of an ordering: its place)."""
    kind = "html" if html_text else "moodle_auto_format"
    return f'<answer fraction="{fraction}" format="{kind}">{content}{NO_FEEDBACK}{more}</answer>'


def question(kind: str, *, name: str, text: str, points: str, ident: str, body: str, tags: Sequence[str]) -> str:
    """Return a question; ``text`` is its text with files, ``body`` what its type has beside."""
    penalty = _PENALTIES.get(kind, PENALTY)
    return (
        f'<question type="{kind}"><name>{cdata(name)}</name>{html("questiontext", text)}'
        f'<generalfeedback format="html"><text></text></generalfeedback><defaultgrade>{points}</defaultgrade>'
        f"<penalty>{penalty}</penalty><hidden>0</hidden><idnumber>{ident}</idnumber>{body}{_tags(tags)}</question>\n"
    )


def category(path: str, ident: str, info: str) -> str:
    """Return the category for all questions that follow; ``info`` is read by teachers, in the question bank."""
    return (
        f'<question type="category"><category>{cdata(path)}</category>'
        f'<info format="plain_text">{cdata(named(info))}</info>'
        f"<idnumber>{ident}</idnumber></question>\n"
    )


def _tags(tags: Sequence[str]) -> str:
    return f"<tags>{''.join(f'<tag>{cdata(tag)}</tag>' for tag in tags)}</tags>" if tags else ""


class Texts:
    """Makes texts together with the files that they show: their paths, between marks, in place of their content."""

    def __init__(self, renderer: MoodleHtml) -> None:
        self.renderer = renderer

    def of(self, nodes: Iterable[Node]) -> str:
        """Return a text element and its files."""
        text = cdata(self.renderer.render(nodes))
        files = self.renderer.shown()
        return text + "".join(map(self._file, files)) if files else text

    def _file(self, path: str) -> str:
        name = escape(path.rpartition("/")[2])
        return f'<file name="{name}" path="/" encoding="base64">{FILE}{path}{FILE}</file>'
