"""Open edX (see docs/reference/lms-behaviour.md#other-lmss)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from lti_tool.errors import N_
from lti_tool.lms.generic import Generic
from lti_tool.lms.values import Wording


class OpenEdx(Generic):
    """Accepts links; can't import questions from files."""

    family = "openedx"
    display_name = "Open edX"
    preferred = ("qti21", "common-cartridge", "qti30", "canvas-qti", "moodle-xml")
    wording = Wording(
        add=N_("Add a link to the course"),
        sent=N_("A link to this exam was sent to your course."),
        questions=N_("Course outline"),
    )
    import_steps: Mapping[str, str] = MappingProxyType({})
    not_importable = N_("Open edX doesn't import question files. Send a link to the exam instead.")

    def matches(self, product_family: str, issuer: str) -> bool:
        """By product family, in any spelling."""
        return re.sub(r"[^a-z]", "", product_family.lower()) in ("openedx", "edx")


OPENEDX = OpenEdx()
