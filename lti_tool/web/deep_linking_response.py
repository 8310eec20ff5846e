"""The page that posts the deep linking response to the LMS."""

from __future__ import annotations

from flask import Response, make_response, render_template

from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.security.headers import PagePolicy
from lti_tool.services.delivery.deep_linking_response import DeepLinkingResponse
from lti_tool.web.current_launch import current_launch, set_policy


def response_page(response: DeepLinkingResponse, *, cancelled: bool = False) -> Response:
    """Return a page that posts ``response`` from this frame: Moodle loses a response from another tab."""
    frame_ancestors = current_launch().frame_ancestors
    set_policy(
        PagePolicy(
            frame_ancestors=frame_ancestors,
            # Browsers apply form-action to the LMS's redirects too.
            form_targets=(origin_of(response.return_url), *frame_ancestors),
            # The LMS sees the tool's origin, but not the page's secret URL.
            referrer="strict-origin",
        )
    )
    return make_response(render_template("deep_linking_response.html", response=response, cancelled=cancelled))
