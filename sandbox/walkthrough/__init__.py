"""The whole road of an exam, walked over real HTTP through the pages that people see."""

from sandbox.walkthrough.canvas import walk_canvas
from sandbox.walkthrough.exam_request import Wish
from sandbox.walkthrough.moodle import walk_moodle
from sandbox.walkthrough.summary import Road, RoadSummary

__all__ = ["Road", "RoadSummary", "Wish", "walk_canvas", "walk_moodle"]
