"""LTI 1.3 on PyLTI1p3, hardened through its extension points (see docs/reference/pylti1p3.md#extension-points).

Functions take plain mappings and return values; the web pages are in ``lti_tool.web``.
"""

from lti_tool.lti.deep_linking import sign_deep_linking_response
from lti_tool.lti.launch import verify_launch
from lti_tool.lti.login import (
    LoginRedirect,
    StorageLookup,
    begin_login,
    resume_login,
    storage_lookup,
    waiting_handover,
)
from lti_tool.lti.protocol.content_items import ContentItem, FileItem, ResourceLinkItem, content_title
from lti_tool.lti.protocol.deep_linking_settings import DeepLinkingSettings
from lti_tool.lti.protocol.login_state import BrowserProof, LoginStates, proof_name
from lti_tool.lti.protocol.request_summary import describe_launch, describe_login
from lti_tool.lti.protocol.role_overrides import CountsAs, override_problem, read_overrides
from lti_tool.lti.protocol.roles import Role, canonical, role_of
from lti_tool.lti.protocol.verified_launch import MessageType, VerifiedLaunch
from lti_tool.lti.store.platform_keys import PlatformKeys
from lti_tool.lti.store.tool_keys import ToolKeys

__all__ = [
    "BrowserProof",
    "ContentItem",
    "CountsAs",
    "DeepLinkingSettings",
    "FileItem",
    "LoginRedirect",
    "LoginStates",
    "MessageType",
    "PlatformKeys",
    "ResourceLinkItem",
    "Role",
    "StorageLookup",
    "ToolKeys",
    "VerifiedLaunch",
    "begin_login",
    "canonical",
    "content_title",
    "describe_launch",
    "describe_login",
    "override_problem",
    "proof_name",
    "read_overrides",
    "resume_login",
    "role_of",
    "sign_deep_linking_response",
    "storage_lookup",
    "verify_launch",
    "waiting_handover",
]
