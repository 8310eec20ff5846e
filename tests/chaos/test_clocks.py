"""The clock of a machine jumps, forward and back, while exams are on the road: nothing waits for a wrong moment."""

import threading
import time

import pytest

from sandbox.examplary.faults import Fault
from tests.chaos.house import house
from tests.support.simulated_teachers import Teacher

pytestmark = pytest.mark.chaos

TWO_HOURS = 7200


class Clock:
    """The clock of all processes of a fleet (see tests/chaos/fast.py)."""

    def __init__(self, folder):
        self._file = folder / "clock"
        self.set(0)
        self.surroundings = {"CHAOS_CLOCK": str(self._file)}

    def set(self, seconds):
        """Let it go ``seconds`` ahead of the right time, or behind it."""
        whole = self._file.with_suffix(".new")
        whole.write_text(str(seconds))
        whole.replace(self._file)


class Finishing(Teacher):
    """Something happens when they have finished in Examplary."""

    def __init__(self, *arguments, happens):
        super().__init__(*arguments, patience=60.0)
        self._happens = happens

    def _generate(self, page):
        super()._generate(page)
        self._happens()


@pytest.mark.parametrize("seconds", [TWO_HOURS, -TWO_HOURS], ids=["ahead", "behind"])
def test_a_clock_jumps_in_the_middle_and_is_put_right(tmp_path, seconds, tally):
    clock = Clock(tmp_path)
    with house(tmp_path, surroundings=clock.surroundings) as school:

        def jump():
            clock.set(seconds)

        def jump_and_be_put_right():
            clock.set(seconds)
            time.sleep(3.0)
            clock.set(0)

        teachers = []
        for happens in (jump, jump_and_be_put_right):
            clock.set(0)
            teachers.append(Finishing(school.fleet.url, school.platform, f"teacher-{len(teachers)}", happens=happens))
            teachers[-1].walk()
        clock.set(0)
        school.assert_all_arrived_once(teachers)
        school.assert_nothing_stays_owed(60)
        tally("clock jumps two hours, and is put right", "postgresql", len(teachers))


def test_what_a_worker_with_a_wrong_clock_leaves_behind_holds_nobody_up(tmp_path, tally):
    """It dies with a lease that ends in two hours."""
    clock = Clock(tmp_path)
    with house(tmp_path, workers=1, surroundings=clock.surroundings) as school:
        school.faults.script("GET /exams/{id}", Fault(delay=6.0))
        pending = school.faults.pending

        def die():
            while pending["GET /exams/{id}"]:
                time.sleep(0.05)
            school.fleet.kill("worker-0")
            clock.set(0)
            school.fleet.start("worker-0")

        dying = threading.Thread(target=die)
        dying.start()
        teacher = Finishing(school.fleet.url, school.platform, "teacher-0", happens=lambda: clock.set(TWO_HOURS))
        teacher.walk()
        dying.join()
        school.assert_all_arrived_once([teacher])
        school.assert_nothing_stays_owed(60)
        tally("worker with a wrong clock killed", "postgresql")
