"""Names of the claims in the specifications (LTI Core 1.3 §5, Deep Linking 2.0 §4)."""

from __future__ import annotations

CORE = "https://purl.imsglobal.org/spec/lti/claim/"
EXAMPLARY = "https://purl.examplary.ai/lti/"
"""Our own namespace, for our plugins in an LMS."""
_DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"

MESSAGE_TYPE = f"{CORE}message_type"
VERSION = f"{CORE}version"
DEPLOYMENT_ID = f"{CORE}deployment_id"
TARGET_LINK_URI = f"{CORE}target_link_uri"
RESOURCE_LINK = f"{CORE}resource_link"
ROLES = f"{CORE}roles"
CONTEXT = f"{CORE}context"
CUSTOM = f"{CORE}custom"
LAUNCH_PRESENTATION = f"{CORE}launch_presentation"
TOOL_PLATFORM = f"{CORE}tool_platform"

DEEP_LINKING_SETTINGS = f"{_DEEP_LINKING}deep_linking_settings"
CONTENT_ITEMS = f"{_DEEP_LINKING}content_items"
DATA = f"{_DEEP_LINKING}data"
MSG = f"{_DEEP_LINKING}msg"
ERRORMSG = f"{_DEEP_LINKING}errormsg"

GRADES_AND_MEMBERS = ("https://purl.imsglobal.org/spec/lti-ags/", "https://purl.imsglobal.org/spec/lti-nrps/")
"""Beginnings of the claims and scopes of services that the tool does not use."""

LTI_VERSION = "1.3.0"
DEEP_LINKING_RESPONSE = "LtiDeepLinkingResponse"


def short(claim: str) -> str:
    """Return the short name of a claim: ``roles`` for ``https://…/claim/roles``."""
    return claim.rsplit("/", 1)[-1]
