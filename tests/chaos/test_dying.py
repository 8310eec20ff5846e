"""A process may die by SIGKILL wherever it is on the road: the exam arrives, and arrives once."""

import itertools

import pytest

from lti_tool.models import Chore, Exam, Generation, Launch, db
from tests.settings_of_launches import CANVAS_SETTINGS

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001"
    "00ffff03000006000557bfabd40000000049454e44ae426082"
)
QUESTION = {"id": "q_1", "type": "essay", "title": "Look.", "settings": {}}
SHOWN = {"description": '<img src="https://uploads.stand-in.invalid/dot.png" alt="A dot">'}


@pytest.fixture
def finished(services, make_launch, store, secret_of, exam_at_examplary):
    """A teacher has finished in the embed."""

    def make():
        store.uploads["dot.png"] = PICTURE
        generation = services.generations.begin(make_launch())
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


def sweep_up(mortals, time_passes):
    for _ in range(2):
        time_passes()
        assert not mortals.do("sweep")["failed"]


@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.chaos)])
def test_a_worker_may_die_at_every_point_of_taking_an_exam_home(finished, mortals, time_passes, store, stride):
    for die_at in itertools.count(1, stride):
        generation_id = finished()
        ended = mortals.do("look", generation_id, die_at=die_at)
        assert not ended["failed"]
        sweep_up(mortals, time_passes)
        assert_arrived_once(generation_id, store)
        if not ended["died"]:
            break
    assert die_at > 30, "there are points at which nobody died"


@pytest.mark.chaos
@pytest.mark.parametrize("first", range(1, 40, 4))
def test_its_heir_may_die_too(finished, mortals, time_passes, store, first):
    for second in range(1, 40, 3):
        generation_id = finished()
        mortals.do("look", generation_id, die_at=first)
        time_passes()
        mortals.do("sweep", die_at=second)
        sweep_up(mortals, time_passes)
        assert_arrived_once(generation_id, store)


@pytest.mark.parametrize("stride", [2, pytest.param(1, marks=pytest.mark.chaos)])
def test_a_page_may_die_at_every_point_of_beginning(
    make_launch, mortals, time_passes, store, control, services, stride
):
    for die_at in itertools.count(1, stride):
        launch = make_launch(f"teacher-{die_at}")
        control.reset()
        ended = mortals.do("begin", launch.id, die_at=die_at)
        assert not ended["failed"]
        for _ in range(2):
            time_passes()
            assert not mortals.do("sweep")["failed"]
        db.session.expire_all()
        begun = db.session.query(Generation).filter_by(launch_id=launch.id).one_or_none()
        # Nobody opens a second session by himself: a teacher who wants one clicks again.
        assert control.count("POST /embed-sessions") <= 1
        if begun is not None and begun.state == "failed":
            assert begun.error_code == "examplary.answer_lost"
            services.generations.try_again(begun)
            db.session.refresh(begun)
        assert begun is None or (begun.state, begun.error_code) == ("open", "")
        assert launch.user.examplary_user_id is None or launch.user.examplary_user_id in store.users
        if not ended["died"]:
            break
    assert begun is not None
    assert die_at > 10, "there are points at which nobody died"


@pytest.mark.parametrize(
    ("step", "stride"), [("hint", 9), ("cancel", 1), pytest.param("hint", 1, marks=pytest.mark.chaos)]
)
def test_a_page_may_die_at_every_point_of_a_click(finished, mortals, time_passes, store, step, stride):
    for die_at in itertools.count(1, stride):
        generation_id = finished()
        ended = mortals.do(step, generation_id, die_at=die_at)
        sweep_up(mortals, time_passes)
        db.session.expire_all()
        state = db.session.get(Generation, generation_id).state
        db.session.rollback()
        assert not ended["failed"]
        assert state == "ready" or step == "cancel"
        assert store.sessions == {}
        if not ended["died"]:
            break
    assert die_at > 2


def test_a_page_may_die_at_every_point_of_sending_the_exam(finished, make_launch, mortals, time_passes):
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
    assert db.session.get(Generation, generation_id).state == "returned"
