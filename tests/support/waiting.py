"""Waiting for what another thread or process does."""

import time

TIMEOUT = 60.0
"""Seconds after which it has failed; a busy machine is slow."""


def wait_until(condition, timeout=TIMEOUT):
    """Wait until ``condition()`` is true; fail after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
