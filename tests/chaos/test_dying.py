"""A process may die by SIGKILL wherever it is on the road: the exam arrives, and arrives once."""

import itertools
from datetime import timedelta

import pytest

from lti_tool.models import Chore, Exam, Generation, Launch, LmsUser, db, now
from tests.support.launch_settings import CANVAS_SETTINGS

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001"
    "00ffff03000006000557bfabd40000000049454e44ae426082"
)
QUESTION = {"id": "q_1", "type": "essay", "title": "Look.", "settings": {}}
CLICKS = {"hint": "I'm done", "cancel": "Discard it"}
TIDYING = {"chores": "doing chores", "forget": "forgetting", "erase": "erasing a person"}
SHOWN = {"description": '<img src="https://uploads.stand-in.invalid/dot.png" alt="A dot">'}


@pytest.fixture
def finished(services, make_launch, store, secret_of, exam_at_examplary):
    """A teacher has finished in the embed."""

    def make():
        store.uploads["dot.png"] = PICTURE
        generation = services.generations.start(make_launch())
        session = store.sessions[secret_of(generation)]
        session.status = "completed"
        session.outputs = {"examId": exam_at_examplary(questions=[QUESTION | SHOWN])}
        return generation.id

    return make


def assert_arrived_once(generation_id, store):
    db.session.expire_all()
    generation = db.session.get(Generation, generation_id)
    exams = db.session.query(Exam).filter_by(generation_id=generation_id).all()
    assert (generation.state, [exam.id for exam in exams]) == ("ready", [generation.exam_id])
    assert exams[0].media[0].asset.data == PICTURE
    assert exams[0].original_sha256
    owed = db.session.query(Chore).filter(Chore.done_at.is_(None)).count()
    assert (owed, store.sessions, store.exams) == (0, {}, {})
    db.session.rollback()


def state_of(generation_id):
    db.session.expire_all()
    found = db.session.get(Generation, generation_id)
    db.session.rollback()
    return found.state if found else "nothing yet"


@pytest.fixture
def survived(tally):
    return lambda what: tally(what, db.engine.dialect.name)


def sweep_up(mortals, time_passes):
    for _ in range(2):
        time_passes()
        assert not mortals.do("sweep")["failed"]


@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.chaos)])
def test_a_worker_may_die_at_every_point_of_taking_an_exam_home(
    finished, mortals, time_passes, store, stride, survived
):
    for die_at in itertools.count(1, stride):
        generation_id = finished()
        ended = mortals.do("look", generation_id, die_at=die_at)
        assert not ended["failed"]
        state = state_of(generation_id)
        sweep_up(mortals, time_passes)
        assert_arrived_once(generation_id, store)
        if not ended["died"]:
            break
        survived(f"worker killed, “{state}”")
    assert die_at > 30, "there are points at which nobody died"


@pytest.mark.chaos
@pytest.mark.parametrize("first", range(1, 40, 6))
def test_its_heir_may_die_too(finished, mortals, time_passes, store, first, survived):
    for second in range(1, 40, 5):
        generation_id = finished()
        mortals.do("look", generation_id, die_at=first)
        time_passes()
        mortals.do("sweep", die_at=second)
        state = state_of(generation_id)
        sweep_up(mortals, time_passes)
        assert_arrived_once(generation_id, store)
        survived(f"worker and its heir killed, “{state}”")


@pytest.mark.parametrize("stride", [2, pytest.param(1, marks=pytest.mark.chaos)])
def test_a_page_may_die_at_every_point_of_beginning(
    make_launch, mortals, time_passes, store, control, services, stride, survived
):
    for die_at in itertools.count(1, stride):
        launch = make_launch(f"teacher-{die_at}")
        control.reset()
        ended = mortals.do("begin", launch.id, die_at=die_at)
        assert not ended["failed"]
        sweep_up(mortals, time_passes)
        db.session.expire_all()
        begun = db.session.query(Generation).filter_by(launch_id=launch.id).one_or_none()
        # Nobody opens a second session by himself: a teacher who wants one clicks again.
        assert control.count("POST /embed-sessions") <= 1
        if begun is not None and begun.state == "failed":
            assert begun.error_code == "examplary.answer_lost"
            services.generations.retry(begun)
            db.session.refresh(begun)
        assert begun is None or (begun.state, begun.error_code) == ("open", "")
        assert launch.user.examplary_user_id is None or launch.user.examplary_user_id in store.users
        if not ended["died"]:
            break
        survived("page killed, “New exam”")
    assert begun is not None
    assert die_at > 10, "there are points at which nobody died"


@pytest.mark.parametrize(
    ("step", "stride"),
    [("hint", 13), ("cancel", 2), *(pytest.param(step, 1, marks=pytest.mark.chaos) for step in CLICKS)],
)
def test_a_page_may_die_at_every_point_of_a_click(finished, mortals, time_passes, store, step, stride, survived):
    for die_at in itertools.count(1, stride):
        generation_id = finished()
        ended = mortals.do(step, generation_id, die_at=die_at)
        sweep_up(mortals, time_passes)
        assert not ended["failed"]
        assert state_of(generation_id) == "ready" or step == "cancel"
        assert store.sessions == {}
        if not ended["died"]:
            break
        survived(f"page killed, “{CLICKS[step]}”")
    assert die_at > 2


@pytest.mark.parametrize("stride", [13, pytest.param(2, marks=pytest.mark.chaos)])
def test_a_page_may_die_at_every_point_of_trying_again(
    finished, mortals, time_passes, store, control, stride, survived
):
    for die_at in itertools.count(1, stride):
        generation_id = finished()
        control.faults("GET /exams/{id}", {"status": 401})
        mortals.do("look", generation_id)
        assert state_of(generation_id) == "failed"
        ended = mortals.do("retry", generation_id, die_at=die_at)
        assert not ended["failed"]
        if state_of(generation_id) == "failed":
            assert not mortals.do("retry", generation_id)["failed"]
        sweep_up(mortals, time_passes)
        assert_arrived_once(generation_id, store)
        if not ended["died"]:
            break
        survived("page killed, “Try again”")
    assert die_at > 20


def test_a_page_may_die_at_every_point_of_sending_the_exam(finished, make_launch, mortals, survived):
    generation_id = finished()
    mortals.do("look", generation_id)
    exam_id = db.session.get(Generation, generation_id).exam_id
    for die_at in itertools.count(1):
        launch = make_launch(
            family="canvas", message_type="LtiDeepLinkingRequest", deep_linking=CANVAS_SETTINGS, frame_origins=[]
        )
        launch_id = launch.id
        ended = mortals.do("add", launch_id, die_at=die_at, exam=exam_id)
        again = mortals.do("add", launch_id, exam=exam_id)
        assert not again["failed"], "the teacher cannot send the exam any more"
        db.session.expire_all()
        assert db.session.get(Launch, launch_id).answered_with == exam_id
        db.session.rollback()
        if not ended["died"]:
            break
        survived("page killed, “Add to course”")
    assert state_of(generation_id) == "returned"


def test_a_page_may_die_at_every_point_of_a_launch(lms, mortals, survived):
    for die_at in itertools.count(1):
        begun = lms.login()
        cookie = begun.headers["Set-Cookie"].split(";")[0]
        form = lms.form(begun)
        ended = mortals.do("request", "/lti/launch", die_at=die_at, method="POST", form=form, cookie=cookie)
        assert not ended["failed"]
        # The same launch once more, as a browser that reloads; and a new one, as a teacher who clicks again.
        assert lms.client.post("/lti/launch", data=form, headers={"Cookie": cookie}).status_code in (303, 400)
        assert lms.launch().status_code == 303
        assert db.session.query(LmsUser).count() == 1
        db.session.rollback()
        if not ended["died"]:
            break
        survived("page killed, login and launch")
    assert die_at > 4, "there are points at which nobody died"


def test_a_page_may_die_at_every_point_of_sending_a_package(services, make_exam, make_launch, mortals, survived):
    link = services.packages.link(make_exam(), "canvas-qti", make_launch())
    db.session.commit()
    path = link.removeprefix(services.settings.base_url)
    whole = services.packages.fetch(path.split("/")[2], count=False).path.read_bytes()
    db.session.rollback()
    for die_at in itertools.count(1):
        for file in services.settings.package_cache_dir.glob("*.zip"):
            file.unlink()
        ended = mortals.do("request", path, die_at=die_at, method="GET")
        assert not ended["failed"]
        assert services.packages.fetch(path.split("/")[2], count=False).path.read_bytes() == whole
        db.session.rollback()
        if not ended["died"]:
            break
        survived("page killed, package fetched")
    assert die_at > 1


@pytest.mark.parametrize("stride", [9, pytest.param(1, marks=pytest.mark.chaos)])
@pytest.mark.parametrize("work", ["chores", "forget", "erase"])
def test_a_worker_or_a_command_may_die_at_every_point_of_tidying_up(
    finished, mortals, time_passes, store, control, work, stride, survived
):
    for die_at in itertools.count(1, stride):
        generation_id = finished()
        # Nothing is deleted at once, so that it stays owed.
        for endpoint in ("DELETE /embed-sessions/{id}", "DELETE /exams/{id}"):
            control.faults(endpoint, {"status": 400})
        mortals.do("look", generation_id)
        person_id = db.session.get(Generation, generation_id).lms_user_id
        db.session.query(Launch).update({"expires_at": now() - timedelta(days=500)})
        db.session.commit()
        time_passes()
        ended = mortals.do(work, person_id, die_at=die_at)
        assert not ended["failed"]
        if work == "erase" and db.session.get(LmsUser, person_id, populate_existing=True) is not None:
            assert not mortals.do(work, person_id)["failed"]
        assert not mortals.do("forget")["failed"]
        sweep_up(mortals, time_passes)
        owed = db.session.query(Chore).filter(Chore.done_at.is_(None), Chore.kind != "delete_user").count()
        assert (owed, store.sessions, store.exams) == (0, {}, {})
        assert db.session.query(Launch).count() == 0
        assert db.session.query(Exam).filter_by(generation_id=generation_id).count() == (work != "erase")
        db.session.rollback()
        if not ended["died"]:
            break
        survived(f"worker killed, {TIDYING[work]}")
    assert die_at > 2
