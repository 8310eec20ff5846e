"""Deep linking settings of Canvas and Moodle.

See docs/reference/lms-behaviour.md#canvas-placements and docs/reference/moodle.md.
"""

CANVAS_SETTINGS = {
    "deep_link_return_url": "https://lms.example.org/courses/1/deep_linking_response?data=abc",
    "accept_types": ["file"],
    "accept_media_types": "application/vnd.ims.imsccv1p1,application/zip,application/xml",
    "accept_multiple": False,
}
MOODLE_SETTINGS = {
    "deep_link_return_url": "https://lms.example.org/mod/lti/contentitem_return.php?course=2&sesskey=k",
    "accept_types": ["ltiResourceLink"],
    "accept_multiple": True,
}
