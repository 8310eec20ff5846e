"""A page or a worker may die at any point of a direct import: there is one quiz, and the teacher gets to it."""

import itertools
import json

import pytest

from lti_tool.models import Exam, Import, db, now
from sandbox.faults import Fault
from sandbox.lms import LmsConfig, create_lms, lms_of
from sandbox.lms.config import CLIENT_IDS, ToolRegistration
from sandbox.serve import serve
from tests.support.canvas_api import canvas_api

__all__ = ["canvas_api"]

HANDLES = {"sodium:teacher": "teacher", "sodium:colleague": "teacher2"}


@pytest.fixture
def settings(settings):
    """Trust the second name of the sandbox's Canvas, to which files are uploaded."""
    return settings.model_copy(update={"trusted_media_hosts": (*settings.trusted_media_hosts, "localhost")})


@pytest.fixture
def moodle(services, platform):
    """A Moodle-like LMS with the plugin, registered as ``platform``."""
    app = create_lms(LmsConfig(moodle_plugin=True))
    lms = lms_of(app)
    lms.register("moodle", ToolRegistration(CLIENT_IDS["moodle"], "2", "", (), "", jwks_uri=""))
    lms.tool_keys["moodle"] = {key["kid"]: key for key in services.tool_keys.jwks()["keys"]}
    expires = lms.now() + 3600
    lms.handles.update({handle: (account, expires) for handle, account in HANDLES.items()})
    with serve(app, "127.0.0.1") as server:
        lms.base_url = server.base_url
        platform.issuer = lms.issuer("moodle")
        platform.client_id = CLIENT_IDS["moodle"]
        platform.token_url = f"{platform.issuer}/mod/lti/token.php"
        db.session.commit()
        yield lms


@pytest.fixture
def open_moodle(moodle, make_launch, services, platform):
    def launch(sub="1", handle="sodium:teacher"):
        grant = {
            "quizzes_url": f"{platform.issuer}/mod/lti/services.php/2/examplary/quizzes",
            "handle": handle,
            "handle_expires": str(int(now().timestamp()) + 3600),
            "protocol": "1",
            "placement": "course_page",
        }
        secret = services.vault.encrypt(json.dumps(grant))
        return make_launch(sub, family="moodle", import_grant_encrypted=secret)

    return launch


@pytest.fixture
def exam(make_exam):
    return make_exam()


def empty_moodle(moodle):
    """Start with an empty course and no imports."""
    moodle.moodle.quiz_store.quizzes.clear()
    db.session.rollback()
    db.session.query(Import).delete()
    db.session.commit()


def state_of_import():
    """Return the state of the import that is under test; "earlier" is the name of one before it."""
    db.session.rollback()
    row = db.session.query(Import).filter(Import.id != "earlier").one_or_none()
    state = row.state if row else "nothing yet"
    db.session.rollback()
    return state


def finish_import(crashing, time_passes, launch_id, exam_id):
    """Click again if the first click left nothing, and let the sweeper do what is left."""
    if state_of_import() == "nothing yet":
        assert not crashing.run("import", launch_id, exam=exam_id)["failed"]
    for _ in range(2):
        time_passes()
        assert not crashing.run("sweep")["failed"]


@pytest.mark.parametrize("faults", [[], ["lost"], ["down"], ["busy"]], ids=["answered", "lost", "down", "busy"])
@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.chaos)])
def test_one_quiz_in_moodle_wherever_the_page_dies(
    moodle, open_moodle, exam, crashing, time_passes, stride, faults, tally
):
    launch_id, exam_id = open_moodle().id, exam.id
    for die_at in itertools.count(1, stride):
        empty_moodle(moodle)
        moodle.moodle_faults = list(faults)
        ended = crashing.run("import", launch_id, die_at=die_at, exam=exam_id)
        assert not ended["failed"]
        state = state_of_import()
        finish_import(crashing, time_passes, launch_id, exam_id)
        row = db.session.query(Import).one()
        assert (row.state, row.error_code, row.grant_encrypted, row.open_key) == ("done", "", None, None)
        (quiz,) = moodle.moodle.quiz_store.quizzes
        assert row.quiz_url == quiz.url
        assert len(quiz.questions) == db.session.get(Exam, exam_id).question_count
        if not ended["died"]:
            break
        tally(f"import killed, “{state}”", db.engine.dialect.name)
    assert die_at > 8, "not all points were reached"


@pytest.mark.parametrize("choice", ["new", "update"])
@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.chaos)])
def test_a_decision_is_carried_out_once(moodle, open_moodle, exam, crashing, time_passes, stride, choice):
    first_id = open_moodle().id
    second_id = open_moodle("2", "sodium:colleague").id
    exam_id = exam.id
    for die_at in itertools.count(1, stride):
        empty_moodle(moodle)
        crashing.run("import", first_id, exam=exam_id)
        (quiz,) = moodle.moodle.quiz_store.quizzes
        quiz.changed = [quiz.questions[0].question.name]
        db.session.query(Import).delete()
        db.session.commit()
        crashing.run("import", second_id, exam=exam_id)
        row = db.session.query(Import).one()
        assert row.state == "waiting"
        row_id, values = row.id, [offered["value"] for offered in row.question["choices"]]
        value = next(value for value in values if value.startswith(choice))
        db.session.rollback()
        ended = crashing.run("decide", row_id, die_at=die_at, choice=value)
        assert not ended["failed"]
        if state_of_import() == "waiting":
            assert not crashing.run("decide", row_id, choice=value)["failed"]
        finish_import(crashing, time_passes, second_id, exam_id)
        assert state_of_import() == "done"
        assert len(moodle.moodle.quiz_store.quizzes) == (2 if choice == "new" else 1)
        if not ended["died"]:
            break
    assert die_at > 4, "not all points were reached"


LOST_IN_CANVAS = {
    "answered": {},
    "start lost": {"POST /api/v1/courses/{id}/content_migrations": Fault(lost=True)},
    "upload lost": {"POST /files_api": Fault(lost=True)},
    "upload down": {"POST /files_api": Fault(html=True)},
}


@pytest.fixture
def open_canvas(canvas_api, make_launch, services, platform):
    return canvas_api.launcher(services, platform, make_launch)


def empty_canvas(canvas_api):
    """Start with an empty course and no imports."""
    canvas_api.course.quizzes.clear()
    canvas_api.course.migrations.clear()
    canvas_api.lms.faults.clear()
    db.session.rollback()
    db.session.query(Import).delete()
    db.session.commit()


def sweep_until_ended(crashing, time_passes, *, most=25):
    """Run the sweeper, which takes one step at a time, until the import has ended."""
    for _ in range(most):
        if state_of_import() not in ("asked", "sending", "queued", "importing"):
            return
        time_passes()
        assert not crashing.run("sweep")["failed"]


@pytest.mark.parametrize(
    "lost",
    [
        "answered",
        "upload lost",
        *(pytest.param(name, marks=pytest.mark.chaos) for name in ("start lost", "upload down")),
    ],
)
@pytest.mark.parametrize("stride", [13, pytest.param(1, marks=pytest.mark.chaos)])
def test_one_quiz_in_canvas_wherever_the_page_dies(
    canvas_api, open_canvas, exam, crashing, time_passes, stride, lost, tally
):
    """The page, or the worker in its place, prepares the import and sends the exam."""
    launch_id, exam_id = open_canvas().id, exam.id
    for die_at in itertools.count(1, stride):
        empty_canvas(canvas_api)
        for endpoint, fault in LOST_IN_CANVAS[lost].items():
            canvas_api.lms.faults.script(endpoint, fault)
        ended = crashing.run("import", launch_id, die_at=die_at, exam=exam_id)
        assert not ended["failed"]
        state = state_of_import()
        if state == "nothing yet":
            assert not crashing.run("import", launch_id, exam=exam_id)["failed"]
        sweep_until_ended(crashing, time_passes)
        assert_one_quiz(canvas_api, exam_id)
        if not ended["died"]:
            break
        tally(f"import into Canvas killed, “{state}”", db.engine.dialect.name)
    assert die_at > 20, "not all points were reached"


@pytest.mark.parametrize("step", [2, pytest.param(1, marks=pytest.mark.chaos)])
@pytest.mark.parametrize("stride", [13, pytest.param(1, marks=pytest.mark.chaos)])
def test_one_quiz_in_canvas_wherever_a_worker_dies(
    canvas_api, open_canvas, exam, crashing, time_passes, stride, step, tally
):
    """A worker follows the import, and finds the quiz at the second step."""
    launch_id, exam_id = open_canvas().id, exam.id
    for die_at in itertools.count(1, stride):
        empty_canvas(canvas_api)
        assert not crashing.run("import", launch_id, exam=exam_id)["failed"]
        for _ in range(step - 1):
            time_passes()
            crashing.run("sweep")
        time_passes()
        state = state_of_import()
        ended = crashing.run("sweep", die_at=die_at)
        assert not ended["failed"]
        sweep_until_ended(crashing, time_passes)
        assert_one_quiz(canvas_api, exam_id)
        if not ended["died"]:
            break
        tally(f"import into Canvas killed, “{state}”", db.engine.dialect.name)
    assert die_at > 1, "no worker died"


@pytest.mark.parametrize("choice", ["replace", pytest.param("new", marks=pytest.mark.chaos)])
@pytest.mark.parametrize("stride", [13, pytest.param(1, marks=pytest.mark.chaos)])
def test_a_decision_about_canvas_is_carried_out_once(
    canvas_api, open_canvas, exam, crashing, time_passes, stride, choice
):
    launch_id, exam_id = open_canvas().id, exam.id
    for die_at in itertools.count(1, stride):
        empty_canvas(canvas_api)
        crashing.run("import", launch_id, exam=exam_id)
        sweep_until_ended(crashing, time_passes)
        first = db.session.query(Import).one()
        first.id = "earlier"
        db.session.commit()
        crashing.run("import", launch_id, exam=exam_id, form_id="second form")
        row = db.session.query(Import).filter(Import.id != "earlier").one()
        assert row.state == "waiting"
        row_id, values = row.id, [offered["value"] for offered in row.question["choices"]]
        value = next(value for value in values if value.startswith(choice))
        db.session.rollback()
        ended = crashing.run("decide", row_id, die_at=die_at, choice=value)
        assert not ended["failed"]
        if state_of_import() == "waiting":
            assert not crashing.run("decide", row_id, choice=value)["failed"]
        sweep_until_ended(crashing, time_passes)
        assert state_of_import() == "done"
        assert len(canvas_api.quizzes) == (2 if choice == "new" else 1)
        if not ended["died"]:
            break
    assert die_at > 10, "not all points were reached"


def assert_one_quiz(canvas_api, exam_id):
    db.session.rollback()
    row = db.session.query(Import).one()
    assert (row.state, row.error_code, row.grant_encrypted, row.open_key) == ("done", "", None, None)
    (quiz,) = canvas_api.quizzes
    assert row.quiz_url == f"{canvas_api.base_url}/courses/1/quizzes/{quiz.ident}"
    assert len(quiz.quiz.questions) == db.session.get(Exam, exam_id).question_count
