"""Any other LMS."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lti_tool.errors import N_
from lti_tool.lms.plugin import LmsPlugin
from lti_tool.lms.values import Course, OfferKind, Step, Wording

IMPORT_STEPS = {
    "qti21": N_("Look for “Import” where your LMS keeps quizzes or question banks, and choose QTI 2.1."),
    "qti30": N_("Look for “Import” where your LMS keeps quizzes or question banks, and choose QTI 3."),
    "canvas-qti": N_("Look for “Import” where your LMS keeps quizzes or question banks, and choose QTI 1.2."),
    "common-cartridge": N_("Look for “Import course content” and choose Common Cartridge."),
    "moodle-xml": N_("Look for “Import” in the question bank and choose Moodle XML."),
}


class Generic(LmsPlugin):
    """Standards first: most LMSs import QTI 2.1 or Common Cartridge.

    See docs/reference/lms-behaviour.md#other-lmss.
    """

    import_steps: Mapping[str, str] = MappingProxyType(IMPORT_STEPS)
    """How to import each format that the LMS is known to import."""
    not_importable = N_("Look for “Import” in your LMS.")
    family = "generic"
    display_name = "LMS"
    preferred = ("qti21", "common-cartridge", "qti30", "canvas-qti", "moodle-xml")
    wording = Wording(
        add=N_("Add to course"),
        sent=N_("A link to this exam was sent to your course."),
        questions=N_("question bank"),
    )

    def matches(self, product_family: str, issuer: str) -> bool:
        """Any platform: this plugin is tried last."""
        return True

    def next_steps(self, course: Course, format_name: str, offer: OfferKind) -> tuple[Step, ...]:
        """Describe how to find the import, whatever its name is."""
        if offer is OfferKind.RESOURCE_LINK:
            return (
                Step(
                    N_(
                        "Save the link in your course. Students may see its title, but can't open the exam; hide it "
                        "from them if your LMS allows that."
                    )
                ),
                Step(N_("Open it there whenever you want to download the questions.")),
            )
        if format_name not in self.import_steps:
            return (Step(self.not_importable),)
        return (
            Step(N_("Download the file. Don't unzip it.")),
            Step(N_("Go back to your course."), course.return_url),
            Step(self.import_steps[format_name]),
            Step(N_("Choose the downloaded file and start the import.")),
        )


GENERIC = Generic()
