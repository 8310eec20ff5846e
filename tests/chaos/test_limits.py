"""What one API key may do in a minute is shared by all processes of all machines."""

import pytest

from sandbox.examplary.config import RateLimit
from tests.chaos.house import house

A_MINUTE = 6


@pytest.mark.chaos
def test_all_processes_together_keep_to_the_limit_of_the_key_and_everybody_gets_their_exam(tmp_path, tally):
    # Examplary's own minute is a bit shorter: ours begins when we send, its when it hears.
    limits = {name: RateLimit(A_MINUTE, 59.0) for name in ("POST /users", "POST /embed-sessions")}
    with house(tmp_path, settings={"examplary_calls_per_minute": str(A_MINUTE)}, limits=limits) as school:
        teachers = school.walk(A_MINUTE + 3, patience=150)
        school.assert_all_arrived_once(teachers)
        assert [call for call in school.faults.journal if call.status == 429] == []
        assert school.faults.count("POST /users") == len(teachers)
        tally("more teachers than the key's limit allows in a minute", "postgresql", len(teachers))
