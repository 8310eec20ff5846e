"""Blackboard Learn (see docs/reference/lms-behaviour.md#other-lmss and docs/reference/importers.md#other-targets)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lti_tool.errors import N_
from lti_tool.lms.generic import Generic
from lti_tool.lms.values import Step, Wording

ISSUER = "https://blackboard.com"


class Blackboard(Generic):
    """Accepts links; teachers import questions by hand from a QTI 2.1 package."""

    family = "blackboard"
    display_name = "Blackboard"
    preferred = ("qti21", "common-cartridge", "canvas-qti", "qti30", "moodle-xml")
    wording = Wording(
        add=N_("Add a link to the course"),
        sent=N_("A link to this exam was sent to your course."),
        questions=N_("Question banks"),
    )
    import_steps: Mapping[str, str] = MappingProxyType(
        {
            "qti21": N_("In Blackboard, find the import of questions or pools and choose the QTI 2.1 package."),
            "common-cartridge": N_("In Blackboard, find the import of course content and choose Common Cartridge."),
        }
    )
    after_registration = (
        Step(
            N_(
                "In Blackboard, open “Administrator Tools”, then “LTI Tool Providers”. Approve the "
                "tool if it's pending there."
            )
        ),
        Step(N_("Add a placement of the type “Deep Linking content tool”, so that teachers can find Examplary.")),
    )
    not_importable = N_("Blackboard doesn't import this format. Choose QTI 2.1.")

    def matches(self, product_family: str, issuer: str) -> bool:
        """By product family (``BlackboardLearn``), or by the issuer that all Blackboard sites share."""
        return product_family.lower().startswith("blackboard") or (not product_family and issuer == ISSUER)


BLACKBOARD = Blackboard()
