"""Slow image servers: an exam's media share a budget, and what is late is filled in."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lti_tool.examplary import AddressRules, Fetcher
from lti_tool.models import Chore, ChoreKind, Exam, Generation, GenerationState, db, now
from lti_tool.services.exams.snapshot_capture import MediaLimits
from tests.support.examplary import PNG

SECONDS = 3.0


class _Images(BaseHTTPRequestHandler):
    dripping = True
    dripped_bytes = 0

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(PNG)))
        self.end_headers()
        for byte in PNG:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if _Images.dripping and "slow" in self.path:
                _Images.dripped_bytes += 1
                time.sleep(0.5)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"delete_exam_at_examplary": True})


@pytest.fixture
def images():
    _Images.dripping, _Images.dripped_bytes = True, 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Images)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def generation(services, canvas, finish, images):
    """A finished exam whose images are slow, but for the first and the last."""
    names = ("first", "slow-1", "slow-2", "slow-3", "last")
    text = "".join(f'<img src="{images}/{name}.png" alt="{name}">' for name in names)
    question = {"id": "q_2", "type": "essay", "title": "Look.", "description": text, "settings": {}, "tags": []}
    snapshots = services.collector._snapshots
    snapshots._fetcher = Fetcher(AddressRules(trusted_hosts=frozenset({"127.0.0.1"}), allow_insecure=True))
    snapshots._limits = MediaLimits(10_000, 100_000, SECONDS)
    generation = services.generations.start(canvas.launch)
    finish(generation, questions=[question])
    return generation


def run_chores(services):
    chore = db.session.query(Chore).filter_by(kind=ChoreKind.FETCH_MEDIA).one()
    chore.due_at = now()
    db.session.commit()
    services.chores.run_due()
    db.session.expire_all()
    return db.session.query(Chore).filter_by(kind=ChoreKind.FETCH_MEDIA).one()


def test_slow_images_cost_a_bounded_time_and_are_filled_in(services, canvas, generation):
    services.collector.advance(generation.id)
    # Of the three slow images, less arrived than one has: a byte every half second, while their time lasted.
    assert 3 <= _Images.dripped_bytes < len(PNG)
    db.session.expire_all()
    assert db.session.get(Generation, generation.id).state == GenerationState.READY
    exam = db.session.query(Exam).one()
    problems = {file.url.rsplit("/", 1)[1]: file.problem for file in exam.media}
    assert problems["first.png"] == ""
    assert [problems[f"slow-{number}.png"] for number in (1, 2, 3)] == ["fetch.timeout"] * 3
    page = canvas.get(f"exams/{exam.id}").text
    assert "still being downloaded" in page
    assert db.session.query(Chore).filter_by(kind=ChoreKind.DELETE_EXAM).count() == 0
    assert exam.at_examplary

    assert run_chores(services).done_at is None
    _Images.dripping = False
    assert run_chores(services).done_at is not None
    assert all(file.asset is not None and file.problem == "" for file in db.session.query(Exam).one().media)
    assert "still being downloaded" not in canvas.get(f"exams/{exam.id}").text
    assert db.session.query(Chore).filter_by(kind=ChoreKind.DELETE_EXAM).count() == 1
    assert not db.session.query(Exam).one().at_examplary


def test_the_bytes_are_shared_too(services, canvas, generation):
    _Images.dripping = False
    services.collector._snapshots._limits = MediaLimits(10_000, 2 * len(PNG), SECONDS)
    services.collector.advance(generation.id)
    exam = db.session.query(Exam).one()
    assert [file.problem for file in exam.media].count("fetch.too_large") == 3
    assert "couldn&#39;t be downloaded" in canvas.get(f"exams/{exam.id}").text
