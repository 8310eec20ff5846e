"""The queue and its tasks: thin, they call services."""

from lti_tool.jobs.queue import HueyQueue
from lti_tool.jobs.worker import Worker, leave_with_the_process, start_worker

__all__ = ["HueyQueue", "Worker", "leave_with_the_process", "start_worker"]
