"""The page that posts the answer to the LMS."""

from __future__ import annotations

from flask import Response, make_response, render_template

from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.security.headers import PagePolicy
from lti_tool.services.delivery.deep_linking_response import DeepLinkingResponse
from lti_tool.web.current_launch import set_policy, visit


def answer_page(answer: DeepLinkingResponse, *, cancelled: bool = False) -> Response:
    """Return a page that posts ``answer`` from this very frame: from another tab Moodle loses it."""
    set_policy(
        PagePolicy(
            frame_ancestors=visit().origins,
            # And where the LMS may lead it from there: browsers hold redirects to this too.
            form_targets=(origin_of(answer.return_url), *visit().origins),
            # The LMS sees from which tool the form came, and not the address of the page.
            referrer="strict-origin",
        )
    )
    return make_response(render_template("answer.html", answer=answer, cancelled=cancelled))
