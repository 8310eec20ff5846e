"""An exam is done: told by a message, by the frame that returns, by the page that asks, or by all of them at once."""

import itertools
import threading
from datetime import timedelta

import pytest

from lti_tool.models import Chore, Exam, Generation, db, now
from lti_tool.security.tokens import Purpose
from tests.support.databases import DATABASES

CHANNELS = ("message", "return", "polling")


@pytest.fixture(params=DATABASES)
def database_url(request, empty_database):
    return empty_database(request.param)


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"delete_exam_at_examplary": True})


class Told:
    """One exam that is done at Examplary, and the ways to hear of it."""

    def __init__(self, app, own, generation_id, state, exam_id):
        self.app, self.generation_id = app, generation_id
        self._own, self._state, self._exam_id = own, state, exam_id

    def hear(self, channel):
        # A browser of its own for each: they come from different tabs, frames and connections.
        client = self.app.test_client()
        page = self._own.url(f"generations/{self.generation_id}")
        match channel:
            case "message":
                answer = client.post(f"{page}/hint", headers={"Accept": "application/json"})
            case "return":
                query = {"status": "completed", "examId": self._exam_id}
                answer = client.get(f"/embed/return/{self._state}", query_string=query)
            case _:
                answer = client.get(f"{page}/state")
        assert answer.status_code < 400, answer.text


@pytest.fixture
def told(app, pages, begin, services, store, secret_of, exam_at_examplary):
    """A teacher is done, and nobody has looked for a while."""

    def make():
        own = pages()
        generation = begin(own)
        session, exam_id = store.sessions[secret_of(generation)], exam_at_examplary()
        session.status, session.outputs = "completed", {"examId": exam_id}
        generation.checked_at = now() - timedelta(minutes=1)
        db.session.commit()
        return Told(app, own, generation.id, services.tokens.sign(Purpose.EMBED_RETURN, generation.id), exam_id)

    return make


def assert_one_of_everything(told, store, control):
    db.session.expire_all()
    generation = db.session.get(Generation, told.generation_id)
    exams = db.session.query(Exam).filter_by(generation_id=told.generation_id).all()
    assert (generation.state, [exam.id for exam in exams]) == ("ready", [generation.exam_id])
    chores = db.session.query(Chore).order_by(Chore.kind).all()
    assert [chore.kind for chore in chores] == ["delete_exam", "delete_session"]
    assert all(chore.done_at for chore in chores)
    assert (store.sessions, store.exams) == ({}, {})
    for endpoint in ("GET /exams/{id}", "POST /exams/{id}/export/qti3-zip", "DELETE /exams/{id}"):
        assert control.count(endpoint) == 1
    assert control.count("DELETE /embed-sessions/{id}") == 1


@pytest.mark.parametrize("order", list(itertools.permutations(CHANNELS)), ids="-".join)
def test_told_in_any_order_and_again_there_is_one_exam(told, store, control, order):
    one = told()
    for channel in (*order, *reversed(order)):
        one.hear(channel)
    assert_one_of_everything(one, store, control)


def test_told_by_all_at_once_and_again_there_is_one_exam(told, services, store, control):
    one, ready, troubles = told(), threading.Barrier(9, timeout=20), []

    def hear(channel):
        try:
            ready.wait()
            one.hear(channel)
        except BaseException as error:
            troubles.append(repr(error))

    threads = [threading.Thread(target=hear, args=(channel,)) for channel in CHANNELS * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    services.chores.run_due()
    assert_one_of_everything(one, store, control)
