"""The whole road of an exam, walked over real HTTP through the pages that people see."""

from lti_tool.sandbox.road.canvas import walk_canvas
from lti_tool.sandbox.road.moodle import walk_moodle
from lti_tool.sandbox.road.summary import Road, RoadSummary
from lti_tool.sandbox.road.wish import Wish

__all__ = ["Road", "RoadSummary", "Wish", "walk_canvas", "walk_moodle"]
