"""HTML as readers of a cartridge take it."""

from __future__ import annotations

from urllib.parse import quote

from lti_tool.formats.html import HtmlRenderer

WEB_RESOURCES = "web_resources"
"""Folder of the package that holds its files."""


class CartridgeHtml(HtmlRenderer):
    """Files by their way from the assessment's folder, as Moodle and Sakai resolve them."""

    def address(self, path: str) -> str:
        """Return how texts name a file."""
        return f"$IMS-CC-FILEBASE$../{WEB_RESOURCES}/{quote(path)}"
