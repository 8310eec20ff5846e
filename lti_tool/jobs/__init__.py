"""The job queue and its workers: thin entry points to the services."""

from lti_tool.jobs.queue import HueyQueue
from lti_tool.jobs.worker import Worker, start_worker, stop_on_sigterm

__all__ = ["HueyQueue", "Worker", "start_worker", "stop_on_sigterm"]
