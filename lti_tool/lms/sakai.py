"""Sakai (see docs/reference/lms-behaviour.md#other-lmss and docs/reference/importers.md#other-targets)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lti_tool.errors import N_
from lti_tool.lms.generic import Generic
from lti_tool.lms.teacher_choices import FormatRules
from lti_tool.lms.values import Course, Offer, OfferKind, Step, Wording
from lti_tool.lti import DeepLinkingSettings

CARTRIDGE = "common-cartridge"
CARTRIDGES = tuple(f"application/vnd.ims.imsccv1p{minor}" for minor in (1, 2, 3))
"""Our cartridge is version 1.1; a Sakai that only lists later versions reads it, too."""


class Sakai(Generic):
    """Imports a Common Cartridge into Lessons, from the placement ``pl_importitem``."""

    family = "sakai"
    display_name = "Sakai"
    preferred = ("common-cartridge", "qti21", "canvas-qti", "qti30", "moodle-xml")
    wording = Wording(
        add=N_("Add to course"),
        sent=N_("The exam was passed to Sakai."),
        questions=N_("Tests & Quizzes"),
    )
    import_steps: Mapping[str, str] = MappingProxyType(
        {"common-cartridge": N_("In Sakai, open “Lessons” and find the import of a Common Cartridge.")}
    )
    after_registration = (
        Step(N_("In Sakai, open the tool in “External Tools” and check that it isn't hidden.")),
        Step(N_("Allow it to provide a Common Cartridge, so that exams can be added to Lessons.")),
    )
    not_importable = N_("Choose Common Cartridge for Sakai.")

    def matches(self, product_family: str, issuer: str) -> bool:
        """By product family."""
        return product_family.lower() == "sakai"

    def offer(self, settings: DeepLinkingSettings | None, rules: FormatRules) -> Offer:
        """A cartridge if the launch accepts cartridges by media type; other placements only attach files."""
        takes_file = settings is not None and "file" in settings.accept_types
        accepted = [
            media_type
            for media_type in CARTRIDGES
            if settings is not None and media_type in settings.accept_media_types
        ]
        if takes_file and accepted and CARTRIDGE in self.formats and CARTRIDGE in self.ranked_formats(rules):
            return Offer(OfferKind.FILE, CARTRIDGE, accepted[0])
        return super().offer(settings, rules)

    def next_steps(self, course: Course, format_name: str, offer: OfferKind) -> tuple[Step, ...]:
        """Lessons shows the imported exam."""
        if offer is OfferKind.FILE:
            return (
                Step(N_("Follow Sakai's steps to import the cartridge.")),
                Step(N_("Open “Lessons”: the exam is there.")),
            )
        return super().next_steps(course, format_name, offer)


SAKAI = Sakai()
