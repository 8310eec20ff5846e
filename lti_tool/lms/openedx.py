"""Open edX (see docs/reference/lms-behaviour.md#other-lmss and docs/reference/importers.md#common-cartridge)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from lti_tool.errors import N_
from lti_tool.lms.generic import Generic
from lti_tool.lms.values import Course, OfferKind, Step, Wording


class OpenEdx(Generic):
    """Accepts links; imports a Common Cartridge after its own program cc2olx has converted it to a course."""

    family = "openedx"
    display_name = "Open edX"
    preferred = ("common-cartridge", "qti21", "qti30", "canvas-qti", "moodle-xml")
    wording = Wording(
        add=N_("Add a link to the course"),
        sent=N_("A link to this exam was sent to your course."),
        questions=N_("Course outline"),
    )
    import_steps: Mapping[str, str] = MappingProxyType({})
    not_importable = N_("Open edX doesn't import this format. Choose Common Cartridge.")

    def next_steps(self, course: Course, format_name: str, offer: OfferKind) -> tuple[Step, ...]:
        """Studio imports whole courses only, so the questions come in a course of their own."""
        if format_name != "common-cartridge" or offer is OfferKind.RESOURCE_LINK:
            return super().next_steps(course, format_name, offer)
        return (
            Step(N_("Download the file. Don't unzip it.")),
            Step(
                N_(
                    "Ask your Open edX administrator to convert it with the program cc2olx; the result is a course "
                    "(.tar.gz)."
                )
            ),
            Step(
                N_(
                    "In Studio, make a new course and import that file there (“Tools”, “Import”): an import replaces "
                    "everything that is in a course."
                )
            ),
            Step(
                N_(
                    "Delete the unit for teachers, which explains the conversion, and set the points of each problem: "
                    "each counts 1. Essays get an example rubric to replace."
                )
            ),
            Step(N_("Copy the problems to your course (or a library).")),
        )

    def matches(self, product_family: str, issuer: str) -> bool:
        """By product family, in any form."""
        return re.sub(r"[^a-z]", "", product_family.lower()) in ("openedx", "edx")


OPENEDX = OpenEdx()
