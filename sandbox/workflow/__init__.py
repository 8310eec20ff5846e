"""The workflow of one exam, from launch to import, over HTTP and through the pages that people use."""

from sandbox.workflow.canvas import run_canvas
from sandbox.workflow.canvas_direct import run_canvas_direct
from sandbox.workflow.exam_request import ExamRequest
from sandbox.workflow.moodle import run_moodle
from sandbox.workflow.moodle_direct import run_moodle_changed, run_moodle_direct
from sandbox.workflow.summary import WorkflowSummary

__all__ = [
    "ExamRequest",
    "WorkflowSummary",
    "run_canvas",
    "run_canvas_direct",
    "run_moodle",
    "run_moodle_changed",
    "run_moodle_direct",
]
