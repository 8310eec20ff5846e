"""A machine's clock jumps forward or back during a generation: nothing waits for a wrong time."""

import threading
import time

import pytest

from sandbox.faults import Fault
from tests.chaos.system import running_system
from tests.support.simulated_teachers import Teacher

pytestmark = pytest.mark.chaos

TWO_HOURS = 7200


class Clock:
    """The clock of all processes of a fleet (see tests/support/fast_app.py)."""

    def __init__(self, folder):
        self._file = folder / "clock"
        self.set(0)
        self.environment_variables = {"CHAOS_CLOCK": str(self._file)}

    def set(self, seconds):
        """Set it ``seconds`` ahead of the real time, or behind it if negative."""
        whole = self._file.with_suffix(".new")
        whole.write_text(str(seconds))
        whole.replace(self._file)


class Finishing(Teacher):
    """Calls ``happens`` after finishing in Examplary."""

    def __init__(self, *arguments, happens):
        super().__init__(*arguments, patience=60.0)
        self._happens = happens

    def _generate(self, page):
        super()._generate(page)
        self._happens()


@pytest.mark.parametrize("seconds", [TWO_HOURS, -TWO_HOURS], ids=["ahead", "behind"])
def test_a_clock_jumps_and_is_corrected(tmp_path, seconds, tally):
    clock = Clock(tmp_path)
    with running_system(tmp_path, environment_variables=clock.environment_variables) as system:

        def jump():
            clock.set(seconds)

        def jump_and_correct():
            clock.set(seconds)
            time.sleep(3.0)
            clock.set(0)

        teachers = []
        for happens in (jump, jump_and_correct):
            clock.set(0)
            teachers.append(Finishing(system.fleet.url, system.platform, f"teacher-{len(teachers)}", happens=happens))
            teachers[-1].walk()
        clock.set(0)
        system.assert_all_arrived_once(teachers)
        system.assert_no_pending_chores(60)
        tally("clock jumps two hours, and is corrected", "postgresql", len(teachers))


def test_a_worker_with_a_wrong_clock_delays_no_exam(tmp_path, tally):
    """It dies holding a lease that ends in two hours."""
    clock = Clock(tmp_path)
    with running_system(tmp_path, workers=1, environment_variables=clock.environment_variables) as system:
        system.faults.script("GET /exams/{id}", Fault(delay=6.0))
        pending = system.faults.pending

        def die():
            while pending["GET /exams/{id}"]:
                time.sleep(0.05)
            system.fleet.kill("worker-0")
            clock.set(0)
            system.fleet.start("worker-0")

        dying = threading.Thread(target=die)
        dying.start()
        teacher = Finishing(system.fleet.url, system.platform, "teacher-0", happens=lambda: clock.set(TWO_HOURS))
        teacher.walk()
        dying.join()
        system.assert_all_arrived_once([teacher])
        system.assert_no_pending_chores(60)
        tally("worker with a wrong clock killed", "postgresql")
