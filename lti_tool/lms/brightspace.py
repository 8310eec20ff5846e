"""D2L Brightspace (see docs/reference/lms-behaviour.md#other-lmss and docs/reference/importers.md#other-targets)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from lti_tool.errors import N_
from lti_tool.lms.generic import Generic
from lti_tool.lms.values import Step, Wording

NAMES = ("brightspace", "d2l", "desire2learn")


class Brightspace(Generic):
    """Accepts links; imports Common Cartridge, and perhaps QTI.

    It also accepts files and HTML to embed in a text, but that would show the answer key to students.
    """

    family = "brightspace"
    display_name = "Brightspace"
    preferred = ("common-cartridge", "qti21", "canvas-qti", "qti30", "moodle-xml")
    wording = Wording(
        add=N_("Add a link to the course"),
        sent=N_("A link to this exam was sent to your course."),
        questions=N_("Question Library"),
    )
    import_steps: Mapping[str, str] = MappingProxyType(
        {
            "common-cartridge": N_("In Brightspace, find the import of course components and choose the file."),
        }
    )
    after_registration = (
        Step(N_("In Brightspace, open “Manage Extensibility”, then “LTI Advantage”, and enable the registration.")),
        Step(N_("Open its deployments and create one for the parts of your organisation that use it.")),
        Step(
            N_(
                "In the deployment, add a link of the type “Deep Linking Quicklink”, so that "
                "teachers can find Examplary."
            )
        ),
    )
    not_importable = N_("We don't know whether Brightspace imports this format. Choose Common Cartridge.")

    def matches(self, product_family: str, issuer: str) -> bool:
        """By product family, or by the vendor's domain."""
        host = urlsplit(issuer).hostname or ""
        return product_family.lower() in NAMES or (not product_family and host.endswith(".brightspace.com"))


BRIGHTSPACE = Brightspace()
