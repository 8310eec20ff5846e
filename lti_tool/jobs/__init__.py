"""The queue and its tasks: thin, they call services."""

from lti_tool.jobs.queue import HueyQueue, start_worker

__all__ = ["HueyQueue", "start_worker"]
