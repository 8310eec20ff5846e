"""Plugins, one per LMS family: content to return, preferred formats, and the LMS's own terms and steps."""

from __future__ import annotations

from lti_tool.lms.blackboard import BLACKBOARD
from lti_tool.lms.brightspace import BRIGHTSPACE
from lti_tool.lms.canvas import CANVAS
from lti_tool.lms.generic import GENERIC
from lti_tool.lms.moodle import MOODLE
from lti_tool.lms.openedx import OPENEDX
from lti_tool.lms.plugin import LmsPlugin
from lti_tool.lms.sakai import SAKAI
from lti_tool.lms.values import Course, Offer, OfferKind, StartingPoint, Step, Wording

__all__ = [
    "Course",
    "LmsPlugin",
    "Offer",
    "OfferKind",
    "StartingPoint",
    "Step",
    "Wording",
    "plugin_for",
    "plugin_for_family",
    "plugin_for_registration",
    "plugins",
]


def plugins() -> tuple[LmsPlugin, ...]:
    """Return all plugins, the generic one last."""
    return (CANVAS, MOODLE, BLACKBOARD, BRIGHTSPACE, SAKAI, OPENEDX, GENERIC)


def plugin_for(product_family: str, issuer: str) -> LmsPlugin:
    """Return the plugin for a platform's product family code and issuer."""
    return next(plugin for plugin in plugins() if plugin.matches(product_family, issuer))


def plugin_for_family(family: str) -> LmsPlugin:
    """Return the plugin called ``family``, or else the generic one."""
    return next((plugin for plugin in plugins() if plugin.family == family), GENERIC)


def plugin_for_registration(family: str, issuer: str) -> LmsPlugin:
    """Return the plugin of a registered platform: of its family, or if that is empty, of its issuer."""
    return plugin_for_family(family) if family else plugin_for("", issuer)
