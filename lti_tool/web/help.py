"""Help: the guides of ``docs/`` as pages of the tool, with the tool's own addresses in them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import count
from pathlib import Path

from flask import Blueprint, redirect, render_template, send_from_directory, url_for
from markdown_it import MarkdownIt
from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from lti_tool.web.current_launch import services

bp = Blueprint("help", __name__, url_prefix="/help")

PAGES = {
    "administrators": "For LMS administrators",
    "teachers": "For teachers",
    "operators": "For operators",
    "formats": "Formats",
    "security": "Security",
    "privacy": "Privacy",
}
"""Guides by name, in the order in which they are listed. They are in English only."""

LMS_PAGES = {
    "canvas": "Canvas",
    "moodle": "Moodle",
    "blackboard": "Blackboard",
    "brightspace": "Brightspace",
    "sakai": "Sakai",
    "openedx": "Open edX",
}
"""The administrators' pages for one LMS each."""

NAMES = PAGES | LMS_PAGES

PLACEHOLDER = "https://your-tool"
"""The tool's address as the guides call it."""

_INSTALLED, _CHECKOUT = Path(__file__).parents[1] / "docs", Path(__file__).parents[2] / "docs"
FOLDER = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
_GUIDE_LINK = re.compile(r"(?:\./)?([a-z-]+)\.md(#.*)?")


@bp.get("/")
def index() -> Response:
    """Begin with the guide for administrators."""
    return redirect(url_for("help.show", name="administrators"), 302)


@bp.get("/<name>")
def show(name: str) -> str:
    """Show a guide."""
    if name not in NAMES:
        raise NotFound
    body = guide(name, services().settings.base_url, url_for("help.show", name=""))
    return render_template("help.html", name=name, pages=PAGES, lms_pages=LMS_PAGES, body=Markup(body))  # noqa: S704 -- our own guide, without raw HTML  # nosec B704


@bp.get("/images/<path:name>")
def image(name: str) -> Response:
    """Send a picture of a guide."""
    return send_from_directory(FOLDER / "images", name, max_age=3600)


@cache
def guide(name: str, base_url: str, help_url: str) -> str:
    """Return a guide as HTML, with the tool's own address, and links that lead to the other guides here."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8").replace(PLACEHOLDER, base_url)
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor_of(tokens[index + 1].content))
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _target(str(child.attrGet("href")), help_url))
            elif child.type == "image":
                child.attrSet("src", f"{help_url}{child.attrGet('src')}")
                child.attrSet("loading", "lazy")
    html: str = markdown.renderer.render(tokens, markdown.options, {})
    return _scrollable(html)


_REGION = '<div class="table-scroll" role="region" aria-label="Table {number}" tabindex="0"><table class="table">'
_CODE = '<pre role="region" aria-label="Code {number}" tabindex="0">'
"""Each region has a name of its own, because screen readers list regions by name."""


def _scrollable(html: str) -> str:
    """Let people without a mouse scroll wide tables and commands."""
    numbers = count(1)
    html = re.sub("<table>", lambda _: _REGION.format(number=next(numbers)), html).replace("</table>", "</table></div>")
    codes = count(1)
    html = re.sub("<pre>", lambda _: _CODE.format(number=next(codes)), html)
    # A column of names needs no heading, but an empty one is read out.
    return html.replace("<th></th>", "<td></td>")


def anchor_of(heading: str) -> str:
    """Return the anchor of a heading, as GitHub makes it."""
    text = unicodedata.normalize("NFC", re.sub(r"[`*]", "", heading)).lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def _target(href: str, help_url: str) -> str:
    """Return where a link of a guide leads. A file that isn't a guide is not here: the administrators' guide, then."""
    match = _GUIDE_LINK.fullmatch(href)
    if match and match[1] in NAMES:
        return f"{help_url}{match[1]}{match[2] or ''}"
    return href if href.startswith(("https://", "#")) else f"{help_url}administrators"
