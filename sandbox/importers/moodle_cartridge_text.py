"""Texts in Moodle's restore of a cartridge (backup/cc/entities.class.php, run in PHP 8.2).

* The text of a question goes through PHP's HTML reader, which takes UTF-8 for Latin-1: only references survive.
* Addresses in it are resolved from the assessment's folder, also that of a link without one; those in answers are not.
* A picture without an alternative text or a title gets the name of its file as one.
* A line break in a question is written as ``<br></br>``, which browsers show as two.
* White space between two tags is dropped, and each newline becomes a line break (``text_to_html``), in answers too.
* References are decoded once too often, and then one that XML doesn't define ends the restore.
"""

from __future__ import annotations

import re
from html.entities import html5
from posixpath import basename, join, normpath, splitext
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html

from sandbox.importers.archive import ImportRefused

FILE_BASE = "$IMS-CC-FILEBASE$"
COURSE_FILE = "$@FILEPHP@$/"
REFERENCE = re.compile(r"&(#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
WHITE_SPACE_BETWEEN_TAGS = re.compile(r">[ \t\n\r\f\v]+<")
OF_XML = frozenset({"lt", "gt", "amp", "quot", "apos"})
BROKEN = "Error: the XML of the restore is not well-formed (undefined entity)"


def question_text(text: str, folder: str) -> str:
    """The text of a question as it is stored."""
    if not text.strip():
        return ""
    root = lxml_html.fragment_fromstring(text.encode().decode("latin-1"), create_parent="div")
    for element in root.iter("img", "a"):
        name = "src" if element.tag == "img" else "href"
        address = element.get(name) or ""
        if not urlsplit(address).scheme:
            element.set(name, COURSE_FILE + _resolved(address, folder))
    for image in root.iter("img"):
        for name in ("alt", "title"):
            image.set(name, image.get(name) or splitext(basename(image.get("src", "")))[0])
    html = str(etree.tostring(root, method="html", encoding="ascii").decode())
    html = html.removeprefix("<div>").removesuffix("</div>").replace("<br>", "<br></br>")
    return text_to_html(unescaped(html))


def text_to_html(text: str) -> str:
    """A text that Moodle takes for its own "auto-format"."""
    text = WHITE_SPACE_BETWEEN_TAGS.sub("><", text)
    text = re.sub(r">[\n\r]", "> ", re.sub(r"[\n\r]<", " <", text))
    return text.replace("\n", "<br />\n")


def unescaped(text: str) -> str:
    """A text after Moodle's ``safexml``, and after the XML that it is written to was read."""
    once = REFERENCE.sub(_decoded, text)
    unknown_name = next((reference[1] for reference in REFERENCE.finditer(once) if _is_unknown(reference[1])), None)
    if unknown_name is not None:
        raise ImportRefused(BROKEN)
    return REFERENCE.sub(_decoded, once)


def _resolved(address: str, folder: str) -> str:
    return normpath(join(folder, address.replace(FILE_BASE, ""))).lstrip("/")


def _decoded(reference: re.Match[str]) -> str:
    name = reference[1]
    if name.startswith("#"):
        number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        return chr(number) if 0 < number < 0x110000 else reference[0]
    return html5.get(f"{name};", reference[0])


def _is_unknown(name: str) -> bool:
    return not name.startswith("#") and name not in OF_XML and f"{name};" in html5
