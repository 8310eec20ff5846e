"""A finished exam is collected once, whether a message, the return page, polling or all of them report it."""

import itertools
from datetime import timedelta
from functools import partial

import pytest

from lti_tool.models import Chore, Exam, Generation, db, now
from lti_tool.security.tokens import Purpose
from tests.support.databases import DATABASES
from tests.support.threads import run_at_once

CHANNELS = ("message", "return", "polling")


@pytest.fixture(params=DATABASES)
def database_url(request, empty_database):
    return empty_database(request.param)


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"delete_exam_at_examplary": True})


class FinishedExam:
    """An exam that is finished at Examplary, and the channels that report it."""

    def __init__(self, app, own, generation_id, state, exam_id):
        self.app = app
        self.generation_id = generation_id
        self._own = own
        self._state = state
        self._exam_id = exam_id

    def report(self, channel):
        # A separate client each, because the channels use different connections of the browser.
        client = self._own.bind(self.app.test_client())
        page = self._own.url(f"generations/{self.generation_id}")
        match channel:
            case "message":
                response = client.post(f"{page}/hint", headers={"Accept": "application/json"})
            case "return":
                query = {"status": "completed", "examId": self._exam_id}
                response = client.get(f"/embed/return/{self._state}", query_string=query)
            case _:
                response = client.get(f"{page}/state")
        assert response.status_code < 400, response.text


@pytest.fixture
def finished_exam(app, pages, begin, services, finish):
    """Create exams that are finished and were last checked a minute ago."""

    def make():
        own = pages()
        generation = begin(own)
        exam_id = finish(generation)
        generation.checked_at = now() - timedelta(minutes=1)
        db.session.commit()
        return FinishedExam(app, own, generation.id, services.tokens.sign(Purpose.EMBED_RETURN, generation.id), exam_id)

    return make


def assert_collected_once(exam, store, control):
    db.session.expire_all()
    generation = db.session.get(Generation, exam.generation_id)
    rows = db.session.query(Exam).filter_by(generation_id=exam.generation_id).all()
    assert (generation.state, [row.id for row in rows]) == ("ready", [generation.exam_id])
    chores = db.session.query(Chore).order_by(Chore.kind).all()
    assert [chore.kind for chore in chores] == ["delete_exam", "delete_session"]
    assert all(chore.done_at for chore in chores)
    assert (store.sessions, store.exams) == ({}, {})
    for endpoint in ("GET /exams/{id}", "POST /exams/{id}/export/qti3-zip", "DELETE /exams/{id}"):
        assert control.count(endpoint) == 1
    assert control.count("DELETE /embed-sessions/{id}") == 1


@pytest.mark.one_database
@pytest.mark.parametrize("order", list(itertools.permutations(CHANNELS)), ids="-".join)
def test_reports_in_any_order_and_repeated_collect_one_exam(finished_exam, store, control, order):
    exam = finished_exam()
    for channel in (*order, *reversed(order)):
        exam.report(channel)
    assert_collected_once(exam, store, control)


def test_simultaneous_reports_collect_one_exam(finished_exam, services, store, control):
    exam = finished_exam()
    run_at_once([partial(exam.report, channel) for channel in CHANNELS * 3])
    services.chores.run_due()
    assert_collected_once(exam, store, control)
