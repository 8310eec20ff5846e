"""The tool as it is, but in a hurry: what takes minutes takes seconds, so that a test can wait for it.

As a module of gunicorn (``tests.support.fast_app:app``) it is the web process, as a program the worker. Where
``CHAOS_CLOCK`` names a file, the clock goes as many seconds ahead, or behind, as stand in it; the one that only counts
(``time.monotonic``) goes on as it is, as on a machine whose clock is set. (libfaketime cannot do this to Python: it
takes ``time.sleep`` for a wait until a wrong moment.)
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
from lti_tool.services.generations import examplary_limits as guard
from lti_tool.services.generations import examplary_users as provisioning
from lti_tool.services.generations import generations
from lti_tool.services.generations import leases as states
from lti_tool.services.generations import retry_policy as stumbling
from lti_tool.services.operations import chores
from lti_tool.services.operations import sweeper as sweeping

# All shorter by the same rule: a lease outlasts the longest step here, which is the slowest answer of the stand-in.
states.LEASE = timedelta(seconds=4)
sweeping.RHYTHM = ((timedelta(days=365), timedelta(seconds=2)),)
worker_module.SWEEP_SECONDS = 1.0
stumbling.FAILED_PAUSE = timedelta(seconds=3)
chores.FIRST_PAUSE = timedelta(seconds=1)
chores.LONGEST_PAUSE = timedelta(seconds=10)
provisioning.LEASE = timedelta(seconds=10)
guard.OPEN_SECONDS = 2
generations.ASK_AGAIN_AFTER = generations.GO_ON_AFTER = timedelta(seconds=2)
if "CHAOS_PAUSE" in os.environ:
    stumbling.pause_after = lambda attempts: min(2.0**attempts, float(os.environ["CHAOS_PAUSE"]))

if "CHAOS_CLOCK" in os.environ:
    right_time, wrong = time.time, Path(os.environ["CHAOS_CLOCK"])

    class SetClock(datetime):
        """A datetime whose now() is what the clock of this machine shows."""

        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(time.time(), tz or UTC)

    time.time = lambda: right_time() + float(wrong.read_text())
    for module in (base, tokens):
        module.datetime = SetClock

if __name__ == "__main__":
    main(["worker", "--threads", "4"])
else:
    from wsgi import app

    __all__ = ["app"]
