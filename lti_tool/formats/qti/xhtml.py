"""Rich text as the XHTML of QTI: valid where its schemas allow it, never less than what can be read.

QTI's content models are stricter than HTML's: a list holds only items, a table only rows, a paragraph no block, a
quotation (in 2.1) nothing but blocks. Facts: qti-targets §5; QTI 2.1 and 3.0 ASI, XHTML elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lti_tool.exam.model import Exam
from lti_tool.exam.richtext import Attachment, Blank, Element, Image, Math, Node, PageClipping, RichText, Text
from lti_tool.formats.qti import content_model as trees
from lti_tool.formats.qti.text_direction import ISOLATES, direction_of, isolated
from lti_tool.formats.qti.uri import web_reference
from lti_tool.formats.writing.media import MediaFiles
from lti_tool.formats.writing.phrases import phrase
from lti_tool.formats.writing.xml_text import escape

_CONTAINERS = frozenset({"p", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
"""Blocks that hold running text only."""

_INLINE = frozenset({"strong", "b", "em", "i", "sub", "sup", "small", "code", "span"})
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_SCOPES = frozenset({"row", "col", "rowgroup", "colgroup"})


@dataclass(frozen=True, slots=True)
class Markup:
    """How a version of QTI says what HTML says otherwise.

    ``marks`` are the elements that QTI does not know: the element that stands for each, and its class.
    ``directions`` is true if a text may say by an attribute in which direction it runs; else signs of Unicode say it.
    """

    marks: Mapping[str, tuple[str, str]]
    directions: bool


@dataclass(slots=True)
class Seen:
    """What was met while writing one text.

    ``files`` are those that it shows, each once; ``latex`` counts formulas that stay in LaTeX, ``restyled`` marks that
    QTI does not know.
    """

    files: dict[str, None] = field(default_factory=dict)
    latex: int = 0
    restyled: int = 0


class Xhtml:
    """Writes rich texts; what it meets is noted in ``seen``, which its user renews for each item."""

    def __init__(self, markup: Markup, media: MediaFiles, exam: Exam) -> None:
        self.seen = Seen()
        self._markup, self._media = markup, media
        self._missing_picture = phrase("missing_picture", exam.language)
        self._direction: str = exam.direction
        self._language = exam.language
        self._blank: Callable[[int], str] | None = None
        self._written: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}

    def blocks(self, nodes: Iterable[Node]) -> str:
        """Return nodes as blocks only: what stands loose is put into paragraphs."""
        parts: list[str] = []
        for piece in trees.pieces(nodes):
            if isinstance(piece, Element):
                parts.append(self._block(piece))
            elif not trees.is_nothing(piece):
                parts.append(f"<p>{self._run(trees.without_end_breaks(piece))}</p>")
        return "".join(parts)

    def option(self, text: RichText) -> str:
        """Return a text that stands alone: without the paragraph around it if there is but one."""
        nodes = text.nodes
        while len(nodes) == 1 and isinstance(nodes[0], Element) and nodes[0].tag == "p" and not nodes[0].attributes:
            nodes = nodes[0].children
        return self._run(nodes) if trees.is_run(nodes) else self.blocks(nodes)

    def with_blanks(self, body: RichText, blank: Callable[[int], str]) -> str:
        """Return a text as blocks with ``blank(index)`` in place of each blank."""
        self._blank = blank
        try:
            return self.blocks(body.nodes)
        finally:
            self._blank = None

    def _flow(self, nodes: Iterable[Node]) -> str:
        """Return what may stand in a list item or a table's cell: running text and blocks side by side."""
        return "".join(
            [self._block(piece) if isinstance(piece, Element) else self._run(piece) for piece in trees.pieces(nodes)]
        )

    def _run(self, nodes: Sequence[Node]) -> str:
        """Return running text in the direction that holds here."""
        if len(nodes) == 1 and isinstance(nodes[0], Text):
            inner = escape(nodes[0].value)
        else:
            inner = "".join([self._inline(node) for node in nodes])
        if self._markup.directions or self._direction == "ltr" or not inner:
            return inner
        return isolated(inner, self._direction)

    def _block(self, node: Element) -> str:
        return self._turned(node, self._block_element)

    def _part(self, node: Element) -> str:
        """Return a list's item or a table's cell."""
        return self._turned(node, self._part_element)

    def _turned(self, node: Element, write: Callable[[Element], str]) -> str:
        """Write a node in the direction that it says it has."""
        turned = direction_of(node) if node.attributes and not self._markup.directions else None
        if turned is None:
            return write(node)
        outer, self._direction = self._direction, turned
        try:
            return write(node)
        finally:
            self._direction = outer

    def _block_element(self, node: Element) -> str:
        tag, attributes = node.tag, self._attributes(node)
        if tag in _CONTAINERS:
            return f"<{tag}{attributes}>{self._run(trees.flattened(node.children))}</{tag}>"
        if tag in ("ul", "ol"):
            return f"<{tag}{attributes}>{''.join(map(self._part, trees.items(node.children)))}</{tag}>"
        if tag == "li":
            return f"<ul>{self._part_element(node)}</ul>"
        if tag == "table":
            return self._table(attributes, trees.table(node.children))
        if tag == "hr":
            return "<hr/>"
        outer = "blockquote" if tag == "blockquote" else "div"
        return f"<{outer}{attributes}>{self.blocks(node.children)}</{outer}>"

    def _part_element(self, node: Element) -> str:
        return f"<{node.tag}{self._attributes(node)}>{self._flow(node.children)}</{node.tag}>"

    def _table(self, attributes: str, parts: trees.Table) -> str:
        loose = self.blocks(parts.loose)
        caption = "".join(self._run(trees.flattened(one.children)) for one in parts.captions[:1])
        if not parts.rows["tbody"]:
            return loose + (f"<p>{caption}</p>" if caption else "")
        groups = [f"<{name}>{''.join(map(self._row, rows))}</{name}>" for name, rows in parts.rows.items() if rows]
        head = f"<caption>{caption}</caption>" if caption else ""
        return f"{loose}<table{attributes}>{head}{''.join(groups)}</table>"

    def _row(self, row: Element) -> str:
        cells = (self._part(cell) for cell in row.children if isinstance(cell, Element))
        return f"<tr>{''.join(cells)}</tr>"

    def _inline(self, node: Node) -> str:
        if isinstance(node, Text):
            return escape(node.value)
        return self._inline_element(node) if isinstance(node, Element) else self._special(node)

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
                return self._blank(index) if self._blank else "_____"

    def _inline_element(self, node: Element) -> str:
        tag = node.tag
        if tag in ("br", "hr"):
            return "<br/>"
        inner = "".join([self._inline(child) for child in node.children])
        turned = direction_of(node) if node.attributes and not self._markup.directions else None
        if turned and turned != self._direction and inner:
            inner = isolated(inner, turned)
        if tag == "a":
            return self._link(node, inner)
        attributes = self._attributes(node)
        if tag in self._markup.marks:
            self.seen.restyled += 1
            tag, name = self._markup.marks[tag]
            return f'<{tag} class="{name}"{attributes}>{inner}</{tag}>'
        plain = tag not in _INLINE or (tag == "span" and not attributes)
        return inner if plain else f"<{tag}{attributes}>{inner}</{tag}>"

    def _link(self, node: Element, inner: str) -> str:
        address = web_reference(dict(node.attributes).get("href", ""))
        return f'<a href="{escape(address)}"{self._attributes(node)}>{inner}</a>' if address else inner

    def _math(self, node: Math) -> str:
        from lti_tool.formats.qti.mathml import mathml  # noqa: PLC0415 -- two libraries, of use to formulas only

        found = mathml(node)
        if found is not None:
            return found
        self.seen.latex += 1
        if node.latex is not None:
            return escape(rf"\[{node.latex}\]" if node.display else rf"\({node.latex}\)")
        return escape(re.sub(r"<[^>]*>", " ", node.mathml or "").strip())

    def _image(self, node: Image) -> str:
        source = self._reference(node.url)
        if source is None:
            return f"<em>{escape(node.alt or self._missing_picture)}</em>"
        size = f' height="{node.height}"' if node.height else ""
        size += f' width="{node.width}"' if node.width else ""
        return f'<img src="{escape(source)}" alt="{escape(node.alt)}"{size}/>'

    def _attachment(self, node: Attachment) -> str:
        title = escape(node.title or node.url or "…")
        address = self._reference(node.url) if node.url else None
        return f'<a href="{escape(address)}">{title}</a>' if address else title

    def _reference(self, url: str) -> str | None:
        """Return where a file is: in the package, or else on the web."""
        path = self._media.path(url)
        if path is None:
            return web_reference(url) if url.startswith("http") else None
        self.seen.files[path] = None
        return path

    def _attributes(self, node: Element) -> str:
        if not node.attributes:
            return ""
        key = node.tag, node.attributes
        if key not in self._written:
            self._written[key] = "".join([self._attribute(node.tag, name, value) for name, value in node.attributes])
        return self._written[key]

    def _attribute(self, tag: str, name: str, value: str) -> str:
        if name == "lang" and value != self._language and _LANGUAGE.fullmatch(value):
            return f' lang="{value}" xml:lang="{value}"' if self._markup.directions else f' xml:lang="{value}"'
        if name == "dir" and self._markup.directions and value in ISOLATES:
            return f' dir="{value}"'
        if name in ("colspan", "rowspan") and tag in trees.CELLS and value.isdecimal() and int(value) > 1:
            return f' {name}="{int(value)}"'
        return f' scope="{value}"' if name == "scope" and tag in trees.CELLS and value in _SCOPES else ""
