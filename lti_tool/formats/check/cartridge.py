"""Checks of a Common Cartridge only.

See docs/reference/moodle.md#common-cartridge and docs/reference/importers.md#common-cartridge.
"""

from __future__ import annotations

from lxml import etree

from lti_tool.formats.check.archive import Archive
from lti_tool.formats.check.manifest import MANIFEST, Manifest
from lti_tool.formats.check.report import CheckReport
from lti_tool.formats.check.xml import child, descendants, text

PROFILES = {
    "cc.multiple_choice": "multiple choice",
    "cc.multiple_response": "multiple answers",
    "cc.true_false": "true or false",
    "cc.fib": "short answer",
    "cc.pattern_match": "short answer",
    "cc.essay": "essay",
}
_FOR_MOODLE = ("1.0", "1.1")
_HEAD_BYTES = 1024
_MAX_POINTS = 99
MAX_TITLE_LENGTH = 243
"""Characters: Moodle makes of a quiz's title a category named "Quiz Bank '…'", which may have 255."""


def check_cartridge(manifest: Manifest, archive: Archive, report: CheckReport) -> None:
    """Report what keeps Moodle from restoring the cartridge at all."""
    namespace = etree.QName(manifest.root).namespace or ""
    if not manifest.version.startswith(_FOR_MOODLE):
        report.add(MANIFEST, f"It is of version {manifest.version}.", "Moodle restores 1.0 and 1.1.", serious=False)
    elif f'xmlns="{namespace}"'.encode() not in archive.read(MANIFEST)[:_HEAD_BYTES]:
        problem = "Its namespace isn't in the first 1024 bytes."
        report.add(MANIFEST, problem, "Moodle doesn't recognise it as a cartridge.")
    _check_titles(manifest, report)


def _check_titles(manifest: Manifest, report: CheckReport) -> None:
    metadata = child(manifest.root, "metadata")
    if "<" in text(next(descendants(metadata, "string", "langstring"), None)):
        report.add(MANIFEST, "Its title contains “<”.", "Moodle refuses the whole cartridge.")
    quizzes = {resource.ident for resource in manifest.of_type("imsqti_xmlv1p2")}
    for item in descendants(manifest.root, "item"):
        title = text(child(item, "title"))
        if item.get("identifierref") in quizzes and len(title) > MAX_TITLE_LENGTH:
            problem = f"The title of a quiz has {len(title)} characters."
            report.add(MANIFEST, problem, f"Moodle refuses a cartridge in which one has more than {MAX_TITLE_LENGTH}.")


def check_profile(item: etree._Element, metadata: dict[str, str], place: str, report: CheckReport) -> None:
    """Report where an item breaks the rules of the common profile."""
    profile = metadata.get("cc_profile", "").partition(".v")[0]
    if profile not in PROFILES:
        report.add(place, "Cartridges have no such question type.", "Systems other than Canvas leave it out.")
    weight = metadata.get("cc_weighting", "1")
    if not weight.isdecimal() or int(weight) > _MAX_POINTS:
        report.add(place, f"Its points are “{weight[:20]}”.", "A cartridge holds whole points from 0 to 99.")
    if profile == "cc.pattern_match":
        report.add(place, "It matches a pattern.", "Moodle gives a hundred times its points.", serious=False)
    if profile == "cc.multiple_response" and not any(
        test.get("case") == "Yes" for test in descendants(item, "varequal")
    ):
        report.add(place, "No right answer has case=“Yes”.", "Moodle gives no points for any answer.", serious=False)
    idents = {str(label.get("ident")) for label in descendants(item, "response_label")}
    if profile == "cc.true_false" and idents != {"true", "false"}:
        report.add(place, "Its choices are not named “true” and “false”.", "Moodle's restore ends with an error.")
