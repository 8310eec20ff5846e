"""The ways in which a launch can add an exam to its course, in the formats that the platform's settings allow.

The only place that asks a plugin for an offer, so that no page forgets the platform's settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti_tool.lms import Offer, plugin_for_family
from lti_tool.lms.teacher_choices import ALL_FORMATS
from lti_tool.lti import DeepLinkingSettings
from lti_tool.models import Launch, Platform
from lti_tool.services.platform_settings import PlatformSettings

StoredSettings = Mapping[str, Any]
"""Deep linking settings as :attr:`lti_tool.models.Launch.deep_linking` has them."""


def offer_of(launch: Launch) -> Offer:
    """Return the content that a response to ``launch`` would hold."""
    return offer_in(launch.platform, launch.family, launch.deep_linking)


def offer_in(platform: Platform, family: str, stored: StoredSettings | None) -> Offer:
    """Return the content for a launch of ``platform`` with these settings; ``None``: it asks for nothing."""
    return plugin_for_family(family).offer(_read(stored), PlatformSettings.of(platform).formats)


def offer_in_all_formats(family: str, stored: StoredSettings | None) -> Offer:
    """Return the content if no administrator had restricted the formats."""
    return plugin_for_family(family).offer(_read(stored), ALL_FORMATS)


def _read(stored: StoredSettings | None) -> DeepLinkingSettings | None:
    return DeepLinkingSettings.from_json(stored) if stored is not None else None
