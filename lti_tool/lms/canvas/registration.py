"""Canvas's placements and registration extensions (see docs/reference/lms-behaviour.md#canvas)."""

from __future__ import annotations

from lti_tool.lti.protocol.tool_registration import CUSTOM, DESCRIPTION, NAME, SCOPES, Message, ToolAddresses
from lti_tool.lti.protocol.verified_launch import MessageType

OWN = "https://canvas.instructure.com/lti/"
PRIVACY = "public"
"""Canvas has no level for name and e-mail without the picture. We use both, but need neither."""
TOOL_ID = "examplary"
CUSTOM_PARAMETERS = {
    "canvas_api_base_url": "$Canvas.api.baseUrl",
    "canvas_api_domain": "$Canvas.api.domain",
    "canvas_course_id": "$Canvas.course.id",
    "canvas_user_id": "$Canvas.user.id",
    "canvas_resource_type": "$com.instructure.Course.canvas_resource_type",
    "canvas_resource_id": "$com.instructure.Course.canvas_resource_id",
}
"""Custom parameters for the direct import. A variable that Canvas can't expand arrives as its own name."""

MESSAGES = (
    # Without this message type, Canvas sends launches of these placements that accept no content.
    Message(
        type=MessageType.DEEP_LINKING,
        placements=tuple(
            f"{OWN}{name}"
            # Only the first imports a file. From the others, Canvas takes a link, or the API makes the quiz: in the
            # module whose menu was used, or beside the assignment that is being made.
            for name in ("migration_selection", "assignment_selection", "module_menu_modal", "module_index_menu_modal")
        ),
    ),
    Message(
        type=MessageType.RESOURCE_LINK,
        placements=(f"{OWN}course_navigation",),
        # Teachers find their exams in the course menu; students don't see the entry.
        extensions={f"{OWN}course_navigation/default_enabled": True, f"{OWN}visibility": "admins"},
    ),
)
EXTENSIONS = {f"{OWN}privacy_level": PRIVACY, f"{OWN}tool_id": TOOL_ID}


def canvas_json(tool: ToolAddresses) -> dict[str, object]:
    """Return the configuration that Canvas reads when an administrator adds an LTI key with "Enter URL"."""
    placements = [_placement(tool, message.type, name) for message in MESSAGES for name in message.placements]
    return {
        "title": NAME,
        "description": DESCRIPTION,
        "oidc_initiation_url": tool.login,
        "target_link_uri": tool.launch,
        "scopes": list(SCOPES),
        "public_jwk_url": tool.jwks,
        "custom_fields": {**CUSTOM, **CUSTOM_PARAMETERS},
        "extensions": [
            {
                "domain": tool.domain,
                "tool_id": TOOL_ID,
                "platform": "canvas.instructure.com",
                "privacy_level": PRIVACY,
                "settings": {"text": NAME, "icon_url": tool.icon, "placements": placements},
            }
        ],
    }


def _placement(tool: ToolAddresses, message_type: MessageType, name: str) -> dict[str, object]:
    placement = {
        "placement": name.removeprefix(OWN),
        "message_type": str(message_type),
        "target_link_uri": tool.launch,
        "text": NAME,
        "icon_url": tool.icon,
        "enabled": True,
    }
    if message_type is MessageType.RESOURCE_LINK:
        return placement | {"default": "enabled", "visibility": "admins"}
    return placement | {"selection_width": 1000, "selection_height": 800}
