"""All processes of all machines share the rate limit of one API key."""

import pytest

from sandbox.examplary.config import RateLimit
from tests.chaos.system import running_system

A_MINUTE = 6


@pytest.mark.chaos
def test_all_processes_share_the_keys_rate_limit(tmp_path, tally):
    # Examplary's minute is a little shorter: ours starts when we send, its when it receives.
    limits = {name: RateLimit(A_MINUTE, 59.0) for name in ("POST /users", "POST /embed-sessions")}
    with running_system(tmp_path, settings={"examplary_calls_per_minute": str(A_MINUTE)}, limits=limits) as system:
        teachers = system.run_teachers(A_MINUTE + 3, patience=150)
        system.assert_all_arrived_once(teachers)
        assert [call for call in system.faults.journal if call.status == 429] == []
        assert system.faults.count("POST /users") == len(teachers)
        tally("more teachers than the key's limit allows in a minute", "postgresql", len(teachers))
