"""An exam's rich text as HTML for our pages. The tree is sanitised; images come from our own URLs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup, escape

from lti_tool.errors import N_
from lti_tool.exam import RichText
from lti_tool.exam.richtext import VOID, Attachment, Blank, Element, Image, Math, Node, PageClipping
from lti_tool.formats.text.phrases import phrase
from lti_tool.formats.writing.mathml import mathml
from lti_tool.models import Exam
from lti_tool.web.files import INLINE

HEADINGS = {"h1": "h4", "h2": "h5", "h3": "h6", "h4": "h6", "h5": "h6"}
"""Demotes a question's headings below those of the page."""

NOT_COLOURED = frozenset({"ul", "ol", "table", "thead", "tbody", "tfoot", "tr"})
"""Elements that may contain certain elements only, and so no ``font`` or ``mark``, which show colours."""

SCROLLING = {"table": "a_table", "pre": "some_code"}
"""Elements that may be wider than the page, with the word that names them for people who scroll them by keyboard."""

WORDS = {
    "a_blank": N_("blank"),
    "a_file": N_("File"),
    "a_formula": N_("Formula"),
    "a_picture": N_("Image"),
    "a_table": N_("Table"),
    "missing_file": N_("File missing"),
    "missing_image": N_("Image missing"),
    "page_part": N_("Part of a page"),
    "some_code": N_("Code"),
}
"""Words that we add to a text, by the name of the same phrase in the exam's language."""

COMBINING_ARROW, ARROW = "\u20d7", "\u2192"
"""The arrow of a vector. Browsers put the combining character beside its letter, and an arrow above it."""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A stored file. If not ``inline``, it is offered as a download only (SVG can contain scripts)."""

    url: str
    inline: bool


Media = Mapping[str, MediaFile]
"""Stored files by their URL in the exam; files that couldn't be downloaded are missing."""

BlankAnswers = tuple[tuple[str, ...], ...]
"""Accepted answers of each blank."""


def media_of(row: Exam) -> dict[str, MediaFile]:
    """Return the stored images and files of an exam by their URL in it."""
    return {
        file.url: MediaFile(
            url_for("exams.media", exam_id=row.id, sha256=file.asset.sha256), file.asset.media_type in INLINE
        )
        for file in row.media
        if file.asset is not None
    }


def rich(text: RichText, media: Media, answers: BlankAnswers | None = None) -> Markup:
    """Return ``text`` as HTML, with ``answers`` filled into its blanks."""
    return _Writer(media, answers or ()).nodes(text.nodes)


def rich_on_paper(text: RichText, media: Media, language: str | None) -> Markup:
    """Return ``text`` as HTML in which our own words are in the language of the exam."""
    return _PaperWriter(media, language).nodes(text.nodes)


class _Writer:
    def __init__(self, media: Media, answers: BlankAnswers) -> None:
        self._media = media
        self._answers = answers

    def _word(self, name: str, text: str = "") -> str:
        """Return one of :data:`WORDS` in the page's language, as the label of ``text`` if there is one."""
        word = str(gettext(WORDS[name]))
        return f"{gettext('%(label)s:', label=word)} {text}" if text else word

    def nodes(self, nodes: Iterable[Node]) -> Markup:
        return Markup("").join(self._node(node) for node in nodes)

    def _node(self, node: Node) -> Markup:
        if isinstance(node, str):
            return escape(node)
        return self._element(node) if isinstance(node, Element) else self._special(node)

    def _special(self, node: Math | Image | PageClipping | Attachment | Blank) -> Markup:
        match node:
            case Math():
                return self._math(node)
            case Image():
                return self._image(node.url, node.alt, _size(node))
            case PageClipping():
                return self._image(node.image_url, self._word("page_part"), Markup(""))
            case Attachment():
                return self._attachment(node)
            case Blank(index):
                return self._blank(index)

    def _element(self, node: Element) -> Markup:
        tag = HEADINGS.get(node.tag, node.tag)
        style = dict(node.attributes).get("style", "")
        unstyled = [attribute for attribute in node.attributes if attribute[0] != "style"]
        attributes = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in unstyled)
        if node.tag == "a":
            attributes += Markup(' target="_blank" rel="noopener noreferrer"')
        start = Markup("<{}{}>").format(tag, attributes)
        if node.tag in VOID:
            return start
        inner = self.nodes(node.children)
        element = start + (inner if tag in NOT_COLOURED else _coloured(inner, style)) + Markup("</{}>").format(tag)
        return _scrolling(element, self._word(SCROLLING[tag])) if tag in SCROLLING else element

    def _image(self, url: str, alt: str, size: Markup) -> Markup:
        file = MediaFile(url, inline=True) if url.startswith("data:") else self._media.get(url)
        if file is None:
            return _missing("icon-image", self._word("missing_image", alt))
        if not file.inline:
            return _download(file, alt or self._word("a_picture"))
        return Markup('<img src="{}" alt="{}" decoding="async"{}>').format(file.url, alt, size)

    def _attachment(self, node: Attachment) -> Markup:
        file = self._media.get(node.url)
        if file is None:
            return _missing("icon-file", self._word("missing_file", node.title))
        return _download(file, node.title or self._word("a_file"))

    def _blank(self, index: int) -> Markup:
        if index >= len(self._answers):
            return Markup('<span class="blank">{}</span>').format(self._word("a_blank"))
        return Markup('<span class="blank key">{}</span>').format(" / ".join(self._answers[index]))

    def _math(self, node: Math) -> Markup:
        """Return MathML, or the LaTeX source if it can't be converted."""
        markup = mathml(node)
        if markup is not None:
            formula = Markup(markup.replace(COMBINING_ARROW, ARROW))  # noqa: S704 -- checked in lti_tool.formats.writing.mathml  # nosec B704
            return _scrolling_formula(formula, self._word("a_formula")) if node.display else formula
        return Markup('<code class="latex">{}</code>').format(node.latex or "")


class _PaperWriter(_Writer):
    def __init__(self, media: Media, language: str | None) -> None:
        super().__init__(media, ())
        self._language = language

    def _word(self, name: str, text: str = "") -> str:
        word = phrase(name, self._language)
        return phrase("labelled", self._language, label=word, text=text) if text else word


def _scrolling(element: Markup, name: str) -> Markup:
    """Return an element in a box that scrolls and takes the keyboard (WCAG 2.2, 2.1.1)."""
    box = Markup('<div class="table-scroll" tabindex="0" role="group" aria-label="{}">{}</div>')
    return box.format(name, element)


def _coloured(inner: Markup, style: str) -> Markup:
    """Return HTML in the colours of a style, which our Content-Security-Policy forbids as an attribute."""
    colours = dict(declaration.split(": ") for declaration in style.split("; ") if declaration)
    if "color" in colours:
        inner = Markup('<font color="{}">{}</font>').format(colours["color"], inner)
    return Markup("<mark>{}</mark>").format(inner) if "background-color" in colours else inner


def _missing(icon: str, message: str) -> Markup:
    return Markup('<span class="missing"><span class="icon {}" aria-hidden="true"></span>{}</span>').format(
        icon, message
    )


def _download(file: MediaFile, title: str) -> Markup:
    # No "download" attribute: Chromium fetches such links without the cookies of a frame.
    return Markup('<a class="attachment" href="{}">{}</a>').format(file.url, title)


def _size(image: Image) -> Markup:
    width = Markup(' width="{}"').format(image.width) if image.width else Markup("")
    return width + (Markup(' height="{}"').format(image.height) if image.height else Markup(""))


def _scrolling_formula(formula: Markup, name: str) -> Markup:
    """Return a formula on a line of its own in a box that scrolls; a ``span``, because it may be in a paragraph."""
    box = Markup('<span class="formula-scroll" tabindex="0" role="group" aria-label="{}">{}</span>')
    return box.format(name, formula)
