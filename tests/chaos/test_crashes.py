"""A process may die by SIGKILL at any point: the exam arrives exactly once."""

import itertools
from datetime import timedelta

import pytest

from lti_tool.models import Chore, Exam, Generation, Launch, LmsUser, db, now
from tests.support.examplary import PNG
from tests.support.launch_settings import CANVAS_SETTINGS

QUESTION = {"id": "q_1", "type": "essay", "title": "Look.", "settings": {}}
CLICKS = {"hint": "I'm done", "cancel": "Discard it"}
MAINTENANCE = {"chores": "doing chores", "retention": "retention", "erase": "erasing a person"}
SHOWN = {"description": '<img src="https://uploads.stand-in.invalid/dot.png" alt="A dot">'}


@pytest.fixture
def finished(services, make_launch, store, finish):
    """Return a function that makes a generation whose embed session is completed."""

    def make():
        store.uploads["dot.png"] = PNG
        generation = services.generations.start(make_launch())
        finish(generation, questions=[QUESTION | SHOWN])
        return generation.id

    return make


def assert_arrived_once(generation_id, store):
    db.session.expire_all()
    generation = db.session.get(Generation, generation_id)
    exams = db.session.query(Exam).filter_by(generation_id=generation_id).all()
    assert (generation.state, [exam.id for exam in exams]) == ("ready", [generation.exam_id])
    assert exams[0].media[0].asset.data == PNG
    assert exams[0].original_sha256
    pending = db.session.query(Chore).filter(Chore.done_at.is_(None)).count()
    assert (pending, store.sessions, store.exams) == (0, {}, {})
    db.session.rollback()


def state_of(generation_id):
    db.session.expire_all()
    generation = db.session.get(Generation, generation_id)
    db.session.rollback()
    return generation.state if generation else "nothing yet"


@pytest.fixture
def survived(tally):
    return lambda event: tally(event, db.engine.dialect.name)


def sweep_up(crashing, time_passes):
    for _ in range(2):
        time_passes()
        assert not crashing.run("sweep")["failed"]


@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.chaos)])
def test_a_worker_may_die_at_any_point_of_collecting_an_exam(finished, crashing, time_passes, store, stride, survived):
    for die_at in itertools.count(1, stride):
        generation_id = finished()
        ended = crashing.run("advance", generation_id, die_at=die_at)
        assert not ended["failed"]
        state = state_of(generation_id)
        sweep_up(crashing, time_passes)
        assert_arrived_once(generation_id, store)
        if not ended["died"]:
            break
        survived(f"worker killed, “{state}”")
    assert die_at > 30, "not all points were reached"


@pytest.mark.chaos
@pytest.mark.parametrize("first", range(1, 40, 6))
def test_its_successor_may_die_too(finished, crashing, time_passes, store, first, survived):
    for second in range(1, 40, 5):
        generation_id = finished()
        crashing.run("advance", generation_id, die_at=first)
        time_passes()
        crashing.run("sweep", die_at=second)
        state = state_of(generation_id)
        sweep_up(crashing, time_passes)
        assert_arrived_once(generation_id, store)
        survived(f"worker and its successor killed, “{state}”")


@pytest.mark.parametrize("stride", [2, pytest.param(1, marks=pytest.mark.chaos)])
def test_a_page_may_die_at_any_point_of_starting_a_generation(
    make_launch, crashing, time_passes, store, control, services, stride, survived
):
    for die_at in itertools.count(1, stride):
        launch = make_launch(f"teacher-{die_at}")
        control.reset()
        ended = crashing.run("start", launch.id, die_at=die_at)
        assert not ended["failed"]
        sweep_up(crashing, time_passes)
        db.session.expire_all()
        generation = db.session.query(Generation).filter_by(launch_id=launch.id).one_or_none()
        # No second session is opened automatically: the teacher has to click again.
        assert control.count("POST /embed-sessions") <= 1
        if generation is not None and generation.state == "failed":
            assert generation.error_code == "examplary.answer_lost"
            services.generations.retry(generation)
            db.session.refresh(generation)
        assert generation is None or (generation.state, generation.error_code) == ("open", "")
        assert launch.user.examplary_user_id is None or launch.user.examplary_user_id in store.users
        if not ended["died"]:
            break
        survived("page killed, “New exam”")
    assert generation is not None
    assert die_at > 10, "not all points were reached"


@pytest.mark.parametrize(
    ("step", "stride"),
    [("hint", 13), ("cancel", 2), *(pytest.param(step, 1, marks=pytest.mark.chaos) for step in CLICKS)],
)
def test_a_page_may_die_at_any_point_of_a_hint_or_cancel(
    finished, crashing, time_passes, store, step, stride, survived
):
    for die_at in itertools.count(1, stride):
        generation_id = finished()
        ended = crashing.run(step, generation_id, die_at=die_at)
        sweep_up(crashing, time_passes)
        assert not ended["failed"]
        assert state_of(generation_id) == "ready" or step == "cancel"
        assert store.sessions == {}
        if not ended["died"]:
            break
        survived(f"page killed, “{CLICKS[step]}”")
    assert die_at > 2


@pytest.mark.parametrize("stride", [13, pytest.param(2, marks=pytest.mark.chaos)])
def test_a_page_may_die_at_any_point_of_a_retry(finished, crashing, time_passes, store, control, stride, survived):
    for die_at in itertools.count(1, stride):
        generation_id = finished()
        control.faults("GET /exams/{id}", {"status": 401})
        crashing.run("advance", generation_id)
        assert state_of(generation_id) == "failed"
        ended = crashing.run("retry", generation_id, die_at=die_at)
        assert not ended["failed"]
        if state_of(generation_id) == "failed":
            assert not crashing.run("retry", generation_id)["failed"]
        sweep_up(crashing, time_passes)
        assert_arrived_once(generation_id, store)
        if not ended["died"]:
            break
        survived("page killed, “Try again”")
    assert die_at > 20


def test_a_page_may_die_at_any_point_of_the_deep_linking_response(finished, make_launch, crashing, survived):
    generation_id = finished()
    crashing.run("advance", generation_id)
    exam_id = db.session.get(Generation, generation_id).exam_id
    for die_at in itertools.count(1):
        launch = make_launch(
            family="canvas", message_type="LtiDeepLinkingRequest", deep_linking=CANVAS_SETTINGS, frame_origins=[]
        )
        launch_id = launch.id
        ended = crashing.run("add", launch_id, die_at=die_at, exam=exam_id)
        again = crashing.run("add", launch_id, exam=exam_id)
        assert not again["failed"], "the teacher can no longer send the exam"
        db.session.expire_all()
        assert db.session.get(Launch, launch_id).answered_with == exam_id
        db.session.rollback()
        if not ended["died"]:
            break
        survived("page killed, “Add to course”")
    assert state_of(generation_id) == "returned"


def test_a_page_may_die_at_any_point_of_a_launch(lms, crashing, survived):
    for die_at in itertools.count(1):
        login = lms.login()
        cookie = login.headers["Set-Cookie"].split(";")[0]
        form = lms.form(login)
        ended = crashing.run("request", "/lti/launch", die_at=die_at, method="POST", form=form, cookie=cookie)
        assert not ended["failed"]
        # The same launch again, as after a reload; and a new one, as after another click.
        assert lms.client.post("/lti/launch", data=form, headers={"Cookie": cookie}).status_code in (303, 400)
        assert lms.launch().status_code == 303
        assert db.session.query(LmsUser).count() == 1
        db.session.rollback()
        if not ended["died"]:
            break
        survived("page killed, login and launch")
    assert die_at > 4, "not all points were reached"


def test_a_page_may_die_at_any_point_of_serving_a_package(services, make_exam, make_launch, crashing, survived):
    link = services.packages.link(make_exam(), "canvas-qti", make_launch())
    db.session.commit()
    path = link.removeprefix(services.settings.base_url)
    whole = services.packages.fetch(path.split("/")[2], count=False).path.read_bytes()
    db.session.rollback()
    for die_at in itertools.count(1):
        for file in services.settings.package_cache_dir.glob("*.zip"):
            file.unlink()
        ended = crashing.run("request", path, die_at=die_at, method="GET")
        assert not ended["failed"]
        assert services.packages.fetch(path.split("/")[2], count=False).path.read_bytes() == whole
        db.session.rollback()
        if not ended["died"]:
            break
        survived("page killed, package fetched")
    assert die_at > 1


@pytest.mark.parametrize("stride", [9, pytest.param(1, marks=pytest.mark.chaos)])
@pytest.mark.parametrize("work", ["chores", "retention", "erase"])
def test_a_worker_or_command_may_die_at_any_point_of_maintenance(
    finished, crashing, time_passes, store, control, work, stride, survived
):
    for die_at in itertools.count(1, stride):
        generation_id = finished()
        # Let the deletions fail, so that the chores stay pending.
        for endpoint in ("DELETE /embed-sessions/{id}", "DELETE /exams/{id}"):
            control.faults(endpoint, {"status": 400})
        crashing.run("advance", generation_id)
        person_id = db.session.get(Generation, generation_id).lms_user_id
        db.session.query(Launch).update({"expires_at": now() - timedelta(days=500)})
        db.session.commit()
        time_passes()
        ended = crashing.run(work, person_id, die_at=die_at)
        assert not ended["failed"]
        if work == "erase" and db.session.get(LmsUser, person_id, populate_existing=True) is not None:
            assert not crashing.run(work, person_id)["failed"]
        assert not crashing.run("retention")["failed"]
        sweep_up(crashing, time_passes)
        pending = db.session.query(Chore).filter(Chore.done_at.is_(None), Chore.kind != "delete_user").count()
        assert (pending, store.sessions, store.exams) == (0, {}, {})
        assert db.session.query(Launch).count() == 0
        assert db.session.query(Exam).filter_by(generation_id=generation_id).count() == (work != "erase")
        db.session.rollback()
        if not ended["died"]:
            break
        survived(f"worker killed, {MAINTENANCE[work]}")
    assert die_at > 2
