"""The tool with short intervals, so that tests can wait for what takes minutes.

As a module of gunicorn (``tests.support.fast_app:app``) it is the web process, as a program the worker. The file in
``CHAOS_CLOCK`` contains the seconds by which the clock is wrong; ``time.monotonic`` is right, as on a machine whose
clock was set. (libfaketime can't do this for Python: ``time.sleep`` then waits until a wrong time.)
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lti_tool.cli import main
from lti_tool.jobs import worker as worker_module
from lti_tool.models.database import base
from lti_tool.security import tokens
from lti_tool.services import chores, leases
from lti_tool.services.generations import examplary_limits, examplary_users, generations, retry_policy
from lti_tool.services.operations import sweeper

# As in production, a lease outlasts the longest step, which is Examplary's slowest response.
leases.LEASE = timedelta(seconds=4)
sweeper.CHECK_INTERVALS = ((timedelta(days=365), timedelta(seconds=2)),)
worker_module.SWEEP_SECONDS = 1.0
retry_policy.FAILED_PAUSE = timedelta(seconds=3)
chores.FIRST_PAUSE = timedelta(seconds=1)
chores.MAX_PAUSE = timedelta(seconds=10)
examplary_users.LEASE = timedelta(seconds=10)
examplary_limits.OPEN_SECONDS = 2
generations.ASK_AGAIN_AFTER = generations.ABANDONED_AFTER = timedelta(seconds=2)
if "CHAOS_PAUSE" in os.environ:
    retry_policy.pause_after = lambda attempts: min(2.0**attempts, float(os.environ["CHAOS_PAUSE"]))

if "CHAOS_CLOCK" in os.environ:
    system_time, offset = time.time, Path(os.environ["CHAOS_CLOCK"])

    class WrongClock(datetime):
        """A datetime whose now() uses the wrong clock."""

        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(time.time(), tz or UTC)

    time.time = lambda: system_time() + float(offset.read_text())
    for module in (base, tokens):
        module.datetime = WrongClock

if __name__ == "__main__":
    main(["worker", "--threads", "4"])
else:
    from wsgi import app

    __all__ = ["app"]
