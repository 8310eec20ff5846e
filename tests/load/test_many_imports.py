"""Many teachers add an exam to Canvas in the same minute: the imports are paced, and none is doubled."""

import os
import time

import pytest

from lti_tool.jobs.worker import start_worker
from lti_tool.models import Import, db
from tests.support.canvas_api import canvas_api

__all__ = ["canvas_api"]

TEACHERS = int(os.environ.get("TEACHERS", "8"))
"""``TEACHERS=200`` is what we measure by hand: it takes some minutes."""


@pytest.fixture
def settings(settings, tmp_path):
    """A queue on disk, as a small installation has it, and the sandbox's place for files trusted."""
    changes = {
        "queue_url": f"sqlite:///{tmp_path}/queue.sqlite",
        "trusted_media_hosts": (*settings.trusted_media_hosts, "localhost"),
    }
    return settings.model_copy(update=changes)


@pytest.mark.slow
def test_imports_at_once_are_paced_and_none_is_doubled(app, services, canvas_api, platform, make_launch, make_exam):
    exam = make_exam()
    open_canvas = canvas_api.launcher(services, platform, make_launch)
    began, clicks = time.monotonic(), []
    launches = [open_canvas(str(number), context_id=f"course-{number}") for number in range(10, 10 + TEACHERS)]
    for launch in launches:
        at = time.monotonic()
        services.direct_imports.start(launch, exam, "form")
        services.direct_imports.start(launch, exam, "form")
        clicks.append(time.monotonic() - at)
    clicked = time.monotonic()
    worker = start_worker(app.extensions["jobs"])
    try:
        while not all_done() and time.monotonic() - clicked < 30 + 5 * TEACHERS:
            time.sleep(0.5)
    finally:
        worker.stop()
    states = [row.outcome or row.error_code or row.state for row in db.session.query(Import)]
    print(
        f"{TEACHERS} imports: clicks {max(clicks):.2f} s at most, all done after {time.monotonic() - clicked:.0f} s, "
        f"{len(canvas_api.lms.faults.journal)} calls; {time.monotonic() - began:.0f} s in all"
    )
    assert len(states) == TEACHERS
    # Quizzes of one title that appear at the same time look alike: the sandbox has one course.
    assert set(states) <= {"unpublished", "elsewhere"}
    assert len(canvas_api.course.migrations) == len(canvas_api.quizzes) == TEACHERS


def all_done():
    db.session.rollback()
    done = db.session.query(Import).filter(Import.state.in_(("done", "done_with_warnings", "failed"))).count()
    db.session.rollback()
    return done == TEACHERS
