"""Rich text as the XHTML of QTI: valid by its schemas, with nothing of the text lost.

QTI's content models are stricter than HTML's: a list holds only items, a table only rows, a paragraph no block, a
quotation (in 2.1) nothing but blocks. See docs/reference/importers.md#pitfalls; QTI 2.1 and 3.0 ASI, XHTML elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from lti_tool.exam.model import Exam
from lti_tool.exam.richtext import Attachment, Blank, Element, Image, Math, Node, PageClipping, RichText
from lti_tool.exam.value import value
from lti_tool.formats.qti import content_model
from lti_tool.formats.qti.style_sheet import classes_of, style_of
from lti_tool.formats.qti.text_direction import ISOLATES, direction_of, isolated
from lti_tool.formats.text.phrases import phrase
from lti_tool.formats.text.xml_text import escape
from lti_tool.formats.writing.media import NO_MEDIA, MediaNode, MediaNotes, MediaPaths, MediaUse

_TEXT_BLOCKS = frozenset({"p", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
"""Blocks that hold inline content only."""

_MARKS = frozenset({"strong", "b", "em", "i", "sub", "sup", "small", "code"})
_INLINE = _MARKS | {"span"}
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_SCOPES = frozenset({"row", "col", "rowgroup", "colgroup"})


@dataclass(frozen=True, slots=True)
class Markup:
    """Replacements for the HTML elements and attributes that a version of QTI lacks.

    ``marks`` maps each unknown element to the element and the class that replace it. ``has_dir`` is true if there is a
    ``dir`` attribute; otherwise Unicode's isolating characters give the direction.
    """

    marks: Mapping[str, tuple[str, str]]
    has_dir: bool


@value
class TextNotes:
    """Facts about the rendered texts, for the package and the report.

    ``files`` are the paths that they show, each once; ``media`` what the report says about media; ``latex_formulas``
    counts formulas that stay LaTeX, ``restyled_marks`` elements that QTI does not know; ``styles`` are the
    declarations that became classes.
    """

    files: tuple[str, ...] = ()
    media: MediaNotes = NO_MEDIA
    latex_formulas: int = 0
    restyled_marks: int = 0
    styles: frozenset[str] = frozenset()


NO_NOTES = TextNotes()


def combine_notes(all_notes: Iterable[TextNotes]) -> TextNotes:
    """Return the notes on several texts as one."""
    several = [notes for notes in all_notes if notes is not NO_NOTES]
    if len(several) < 2:
        return several[0] if several else NO_NOTES
    return TextNotes(
        tuple(dict.fromkeys(path for notes in several for path in notes.files)),
        sum((notes.media for notes in several), NO_MEDIA),
        sum(notes.latex_formulas for notes in several),
        sum(notes.restyled_marks for notes in several),
        frozenset().union(*(notes.styles for notes in several)),
    )


class XhtmlRenderer:
    """Renders the texts of one question, and notes what they need. ``blanks`` are the interactions that fill blanks.

    ``direction`` is that of the block around the nodes.
    """

    def __init__(self, markup: Markup, media: MediaPaths, exam: Exam, blanks: Sequence[str] = ()) -> None:
        self._markup = markup
        self._package_media = media
        self._exam = exam
        self._blanks = blanks
        self._language = exam.language
        self._exam_language_only = (("lang", exam.language),)
        self._media = MediaUse(media)
        self._latex_formulas = self._restyled_marks = 0
        self._styles: set[str] = set()

    def with_blanks(self, blanks: Sequence[str]) -> XhtmlRenderer:
        """Return a renderer for another text of the question, whose blanks these interactions fill."""
        return XhtmlRenderer(self._markup, self._package_media, self._exam, blanks)

    @property
    def notes(self) -> TextNotes:
        """Facts about the texts rendered so far."""
        if not (self._media.is_used or self._latex_formulas or self._restyled_marks or self._styles):
            return NO_NOTES
        return TextNotes(
            tuple(self._media.files),
            self._media.notes,
            self._latex_formulas,
            self._restyled_marks,
            frozenset(self._styles),
        )

    def blocks(self, nodes: Iterable[Node]) -> str:
        """Return nodes as blocks in the exam's direction, inline content in paragraphs."""
        return self._blocks(nodes, self._exam.direction)

    def option(self, option: RichText) -> str:
        """Return the text of an option: its inline content, or blocks if it has several."""
        nodes, direction = option.nodes, self._exam.direction
        while len(nodes) == 1 and isinstance(nodes[0], Element) and nodes[0].tag == "p" and not nodes[0].attributes:
            nodes = nodes[0].children
        is_inline = content_model.is_inline(nodes)
        return self._inline_content(nodes, direction) if is_inline else self._blocks(nodes, direction)

    def _blocks(self, nodes: Iterable[Node], direction: str) -> str:
        """Return nodes as blocks only: inline content is put into paragraphs."""
        parts: list[str] = []
        for piece in content_model.pieces(nodes):
            if isinstance(piece, Element):
                parts.append(self._block(piece, direction))
            elif not content_model.is_white_space(piece):
                inline = self._inline_content(content_model.without_trailing_breaks(piece), direction)
                parts.append(f"<p>{inline}</p>")
        return "".join(parts)

    def _inline_content(self, nodes: Sequence[Node], direction: str) -> str:
        """Return inline content in the direction of its block."""
        inner = self._inlines(nodes, direction)
        if self._markup.has_dir or direction == "ltr" or not inner:
            return inner
        return isolated(inner, direction)

    def _flow(self, nodes: Sequence[Node], direction: str) -> str:
        """Return the content of a list item or a table's cell: inline content and blocks side by side."""
        if _is_text(nodes) or content_model.is_inline(nodes):
            return self._inline_content(nodes, direction)
        return "".join(
            [
                self._block(piece, direction) if isinstance(piece, Element) else self._inline_content(piece, direction)
                for piece in content_model.pieces(nodes)
            ]
        )

    def _own_direction(self, node: Element) -> str | None:
        """Return the direction that an element gives itself, where no attribute can say it."""
        return direction_of(node) if node.attributes and not self._markup.has_dir else None

    def _block(self, node: Element, outer_direction: str) -> str:
        tag, attributes = node.tag, self._attributes(node) if node.attributes else ""
        direction = self._own_direction(node) or outer_direction
        if tag in _TEXT_BLOCKS:
            return f"<{tag}{attributes}>{self._flattened(node, direction)}</{tag}>"
        if tag in ("ul", "ol"):
            items = [self._cell(item, direction) for item in content_model.list_items(node.children)]
            return f"<{tag}{attributes}>{''.join(items)}</{tag}>"
        if tag == "li":
            return f"<ul>{self._cell(node, direction)}</ul>"
        if tag == "table":
            return self._table(attributes, content_model.table(node.children), direction)
        if tag == "hr":
            return "<hr/>"
        container = "blockquote" if tag == "blockquote" else "div"
        return f"<{container}{attributes}>{self._blocks(node.children, direction)}</{container}>"

    def _flattened(self, node: Element, direction: str) -> str:
        nodes = node.children if _is_text(node.children) else content_model.flattened(node.children)
        return self._inline_content(nodes, direction)

    def _cell(self, node: Element, outer_direction: str) -> str:
        """Return a list's item or a table's cell."""
        if not node.attributes:
            return f"<{node.tag}>{self._flow(node.children, outer_direction)}</{node.tag}>"
        direction = self._own_direction(node) or outer_direction
        return f"<{node.tag}{self._attributes(node)}>{self._flow(node.children, direction)}</{node.tag}>"

    def _table(self, attributes: str, table: content_model.Table, direction: str) -> str:
        before = self._blocks(table.misplaced, direction) if table.misplaced else ""
        caption = "".join(self._flattened(element, direction) for element in table.captions[:1])
        if not table.rows["tbody"]:
            return before + (f"<p>{caption}</p>" if caption else "")
        groups = [
            f"<{name}>{''.join([self._row(row, direction) for row in rows])}</{name}>"
            for name, rows in table.rows.items()
            if rows
        ]
        head = f"<caption>{caption}</caption>" if caption else ""
        return f"{before}<table{attributes}>{head}{''.join(groups)}</table>"

    def _row(self, row: Element, direction: str) -> str:
        cells = (self._cell(cell, direction) for cell in row.children if isinstance(cell, Element))
        return f"<tr>{''.join(cells)}</tr>"

    def _inlines(self, nodes: Sequence[Node], direction: str) -> str:
        if len(nodes) == 1 and isinstance(nodes[0], str):
            return escape(nodes[0])
        return "".join(
            [
                escape(node)
                if isinstance(node, str)
                else self._inline_element(node, direction)
                if isinstance(node, Element)
                else self._special(node)
                for node in nodes
            ]
        )

    def _special(self, node: Math | Image | Attachment | PageClipping | Blank) -> str:
        match node:
            case Math():
                return self._math(node)
            case Image():
                return self._image(node)
            case Attachment():
                return self._attachment(node)
            case PageClipping():
                return self._image(Image(node.image_url))
            case Blank(index):
                return self._blanks[index] if self._blanks else "_____"

    def _inline_element(self, node: Element, direction: str) -> str:
        tag = node.tag
        if tag in ("br", "hr"):
            return "<br/>"
        inner = self._inlines(node.children, direction)
        if not node.attributes and tag in _MARKS:
            return f"<{tag}>{inner}</{tag}>"
        own_direction = self._own_direction(node)
        if own_direction and own_direction != direction and inner:
            inner = isolated(inner, own_direction)
        if tag == "a":
            return self._link(node, inner)
        if tag in self._markup.marks:
            self._restyled_marks += 1
            tag, class_name = self._markup.marks[tag]
            return f"<{tag}{self._attributes(node, class_name)}>{inner}</{tag}>"
        attributes = self._attributes(node)
        is_plain = tag not in _INLINE or (tag == "span" and not attributes)
        return inner if is_plain else f"<{tag}{attributes}>{inner}</{tag}>"

    def _link(self, node: Element, inner: str) -> str:
        address = web_reference(dict(node.attributes).get("href", ""))
        return f'<a href="{escape(address)}"{self._attributes(node)}>{inner}</a>' if address else inner

    def _math(self, node: Math) -> str:
        from lti_tool.formats.writing.mathml import mathml  # noqa: PLC0415 -- two libraries that only formulas need

        formula = mathml(node)
        if formula is not None:
            return formula
        self._latex_formulas += 1
        if node.latex is not None:
            return escape(rf"\[{node.latex}\]" if node.display else rf"\({node.latex}\)")
        return escape(re.sub(r"<[^>]*>", " ", node.mathml or "").strip())

    def _image(self, node: Image) -> str:
        source = self._reference(node)
        if source is None:
            words = f"{node.alt} {phrase('missing_picture', self._language)}".strip()
            return f"<em>{escape(words)}</em>"
        size = f' height="{node.height}"' if node.height else ""
        size += f' width="{node.width}"' if node.width else ""
        return f'<img src="{escape(source)}" alt="{escape(node.alt)}"{size}/>'

    def _attachment(self, node: Attachment) -> str:
        title = escape(node.title or node.url or "…")
        address = self._reference(node)
        return f'<a href="{escape(address)}">{title}</a>' if address else title

    def _reference(self, node: MediaNode) -> str | None:
        """Return the path of a file in the package, or else its address on the web."""
        path = self._media.path(node)
        if path is not None:
            return path
        return web_reference(node.url) if node.url.startswith("http") else None

    def _attributes(self, node: Element, class_name: str = "") -> str:
        """Return the attributes of an element; ``class_name`` is its class, beside those of its colours."""
        if not node.attributes or node.attributes == self._exam_language_only:  # the language of the whole document
            return f' class="{class_name}"' if class_name else ""
        if style := style_of(node):
            self._styles.add(style)
            class_name = f"{class_name} {classes_of(style)}".strip()
        attributes = [self._attribute(node.tag, name, text) for name, text in node.attributes]
        return (f' class="{class_name}"' if class_name else "") + "".join(attributes)

    def _attribute(self, tag: str, name: str, text: str) -> str:
        if name == "lang" and text != self._language and _LANGUAGE.fullmatch(text):
            return f' lang="{text}" xml:lang="{text}"' if self._markup.has_dir else f' xml:lang="{text}"'
        if name == "dir" and self._markup.has_dir and text in ISOLATES:
            return f' dir="{text}"'
        if name in ("colspan", "rowspan") and tag in content_model.CELLS and text.isdecimal() and int(text) > 1:
            return f' {name}="{int(text)}"'
        return f' scope="{text}"' if name == "scope" and tag in content_model.CELLS and text in _SCOPES else ""


def _is_text(nodes: Sequence[Node]) -> bool:
    """Return whether nodes are one text, as most are."""
    return len(nodes) == 1 and isinstance(nodes[0], str)


def web_reference(url: str) -> str | None:
    """Return a web address as ``xs:anyURI`` takes it, or ``None`` if no reader could follow it."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        return None
    if not url or "[" in url or "]" in url:
        return None
    return quote(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url), safe="%/:?#@!$&'()*+,;=-._~")
