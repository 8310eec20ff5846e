"""Elements of Moodle XML. See docs/reference/importers.md#moodle-xml, and a file that Moodle imported completely.

Texts are CDATA: PHP's reader would drop white space between character references.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lti_tool.exam.richtext import Node
from lti_tool.formats.moodle_xml.html import GapHtml, MoodleHtml, ShortAnswerHtml
from lti_tool.formats.text.xml_text import escape
from lti_tool.formats.writing.media import MediaPaths, MediaUse

NO_FEEDBACK = '<feedback format="html"><text></text></feedback>'
PENALTY = "0.3333333"
"""Moodle's default for each further try. Without effect in an exam, which gives one try."""

_PENALTIES = {"truefalse": "1", "description": "0", "essay": "0"}
COMBINED_FEEDBACK = "".join(
    f'<{name} format="html"><text></text></{name}>'
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
)


FILE = "\0"
"""Delimits the path of a file where its content goes; the parser removes it from texts."""

_FULLWIDTH_BRACKETS: dict[int, str] = {ord("<"): "＜", ord(">"): "＞"}


def plain_name(text: str) -> str:
    """Return a text for names, categories and tags, without the angle brackets in which Moodle would see tags."""
    return text.translate(_FULLWIDTH_BRACKETS) if "<" in text or ">" in text else text


def cdata(text: str) -> str:
    """Return a text element with CDATA; an end mark inside the text is split over two sections."""
    if not text:
        return "<text></text>"
    safe = text.replace("]]>", "]]]]><![CDATA[>") if "]]>" in text else text
    return f"<text><![CDATA[{safe}]]></text>"


def html(name: str, content: str) -> str:
    """Return an element with HTML; ``content`` is a text element and its files."""
    return f'<{name} format="html">{content}</{name}>'


def flag(name: str, *, on: bool) -> str:
    """Return an element that says ``true`` or ``false``."""
    return f"<{name}>{'true' if on else 'false'}</{name}>"


def answer(fraction: str, content: str, more: str = "", *, html_text: bool = True) -> str:
    """Return an answer with its ``fraction`` in percent; in an ordering, its position."""
    text_format = "html" if html_text else "moodle_auto_format"
    return f'<answer fraction="{fraction}" format="{text_format}">{content}{NO_FEEDBACK}{more}</answer>'


def question(question_type: str, *, name: str, text: str, points: str, body: str, tags: Sequence[str]) -> str:
    """Return a question; ``text`` is its text with files, ``body`` the elements of its type."""
    penalty = _PENALTIES.get(question_type, PENALTY)
    return (
        f'<question type="{question_type}"><name>{cdata(name)}</name>{html("questiontext", text)}'
        f'<generalfeedback format="html"><text></text></generalfeedback><defaultgrade>{points}</defaultgrade>'
        f"<penalty>{penalty}</penalty><hidden>0</hidden>{body}{_tags(tags)}</question>\n"
    )


def category(path: str, info: str) -> str:
    """Return the question bank category for all questions that follow; teachers can read its ``info``."""
    return (
        f'<question type="category"><category>{cdata(path)}</category>'
        f'<info format="plain_text">{cdata(plain_name(info))}</info></question>\n'
    )


def _tags(tags: Sequence[str]) -> str:
    return f"<tags>{''.join(f'<tag>{cdata(tag)}</tag>' for tag in tags)}</tags>" if tags else ""


class TextElements:
    """Text elements of one question, each with the files that it shows (their paths, where the content goes)."""

    def __init__(self, media: MediaPaths, language: str | None) -> None:
        self._media = media
        self._language = language

    def text(self, nodes: Iterable[Node]) -> str:
        """Return a text and its files."""
        media = MediaUse(self._media)
        return _with_files(MoodleHtml(media, self._language).render(nodes), media)

    def short_answer_text(self, nodes: Iterable[Node]) -> str:
        """Return a text with a line in its blank, and its files."""
        media = MediaUse(self._media)
        return _with_files(ShortAnswerHtml(media, self._language).render(nodes), media)

    def text_with_gaps(self, nodes: Iterable[Node], gaps: Sequence[str]) -> str:
        """Return a text with ``gaps`` in its blanks, and its files."""
        media = MediaUse(self._media)
        return _with_files(GapHtml(media, self._language, gaps).render(nodes), media)


def _with_files(text: str, media: MediaUse) -> str:
    return cdata(text) + "".join(map(_file, media.files))


def _file(path: str) -> str:
    name = escape(path.rpartition("/")[2])
    return f'<file name="{name}" path="/" encoding="base64">{FILE}{path}{FILE}</file>'
