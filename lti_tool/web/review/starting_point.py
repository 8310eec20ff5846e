"""The effect of "Add to course", depending on where in the LMS the teacher opened the tool."""

from __future__ import annotations

from lti_tool.lms import StartingPoint, plugin_for_family
from lti_tool.services.launch_offers import offer_of
from lti_tool.web.current_launch import current_launch, services
from lti_tool.web.review.downloads import course_from


def starting_point() -> StartingPoint:
    """Return the starting point of the current launch, as its LMS family describes it."""
    launch = current_launch().launch
    place = services().import_availability.place(launch)
    return plugin_for_family(launch.family).starting_point(course_from(launch), offer_of(launch).kind, place)
