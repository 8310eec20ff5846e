"""One exam with slow images never holds all workers: the exam of another teacher arrives at the same time."""

import threading
import time

import pytest
from flask import Flask, Response

from lti_tool import create_app, start_worker
from lti_tool.examplary import AddressRules, Fetcher
from lti_tool.models import Chore, ChoreKind, Generation, db
from lti_tool.services.exams.snapshot_capture import MediaLimits
from sandbox.serve import serve
from tests.support.databases import create_tables

THREADS = 2
TIMEOUT = 120.0
"""Seconds after which a test fails; nothing else depends on them."""


pytestmark = pytest.mark.one_database


@pytest.fixture
def settings(settings, tmp_path):
    return settings.model_copy(update={"queue_url": f"sqlite:///{tmp_path / 'queue.sqlite3'}"})


class DrippingImages:
    """Sends a byte now and then, until it is released; ``request_arrived`` is set by a request for an image."""

    def __init__(self):
        self.request_arrived = threading.Event()
        self.released = threading.Event()
        self.requests = 0
        self.app = Flask("dripping")
        self.app.add_url_rule("/<name>", "image", lambda name: Response(self.drip(), mimetype="image/png"))

    def drip(self):
        self.requests += 1
        self.request_arrived.set()
        while not self.released.wait(0.1):
            yield b"\x89"


@pytest.fixture
def images():
    dripping = DrippingImages()
    with serve(dripping.app, "images.localhost") as server:
        dripping.base_url = server.local_url
        yield dripping
        dripping.released.set()


@pytest.fixture
def snapshots(services):
    """What fetches the images, allowed to reach this machine."""
    snapshots = services.collector._snapshots
    snapshots._fetcher = Fetcher(AddressRules(trusted_hosts=frozenset({"127.0.0.1"}), allow_insecure=True))
    return snapshots


@pytest.fixture
def work(app, images, snapshots):
    """Start a worker of two threads, as gunicorn's processes embed it; images may take ``TIMEOUT`` now."""
    workers = []

    def start():
        snapshots._limits = MediaLimits(10_000_000, 100_000_000, TIMEOUT)
        workers.append(start_worker(app, THREADS))

    yield start
    images.released.set()
    for worker in workers:
        worker.stop()


@pytest.fixture
def app(settings):
    app = create_app(settings)
    with app.app_context():
        create_tables()
        app.extensions["services"].tool_keys.ensure()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def finish_with_images(services, make_launch, finish):
    """A teacher says "I'm done" with an exam that shows these images; return the generation's id."""

    def do(teacher, *images):
        text = "".join(f'<img src="{image}" alt="">' for image in images)
        question = {"id": "q_1", "type": "essay", "title": "Look.", "description": text, "settings": {}, "tags": []}
        generation = services.generations.start(make_launch(sub=teacher))
        if generation.state == "opening":
            services.collector.advance(generation.id)
        wait_for(generation.id, "open")
        db.session.refresh(generation)
        finish(generation, questions=[question])
        return generation.id

    return do


def state_of(generation_id):
    db.session.rollback()
    return db.session.get(Generation, generation_id, populate_existing=True).state


def wait_for(generation_id, state):
    deadline = time.monotonic() + TIMEOUT
    while state_of(generation_id) != state:
        assert time.monotonic() < deadline, state_of(generation_id)
        time.sleep(0.05)


def three_of(images):
    return [f"{images.base_url}/{number}.png" for number in range(3)]


def test_another_teachers_exam_does_not_wait_behind_three_dripping_images(services, work, images, finish_with_images):
    slow, plain = finish_with_images("slow", *three_of(images)), finish_with_images("plain")
    work()
    services.queue.advance(slow)
    assert images.request_arrived.wait(TIMEOUT)
    services.queue.advance(plain)
    wait_for(plain, "ready")
    # The images still drip, so the other exam did not wait for them.
    assert state_of(slow) == "collecting"
    assert images.requests == 1


def test_another_teachers_exam_does_not_wait_behind_the_chore_that_downloads_them_later(
    services, work, images, finish_with_images, snapshots
):
    slow, plain = finish_with_images("slow", *three_of(images)), finish_with_images("plain")
    snapshots._limits = MediaLimits(10_000_000, 100_000_000, 0.5)
    services.collector.advance(slow)
    assert state_of(slow) == "ready"
    assert db.session.query(Chore).filter_by(kind=ChoreKind.FETCH_MEDIA).count() == 1
    images.request_arrived.clear()
    work()
    services.queue.chores()
    assert images.request_arrived.wait(TIMEOUT)
    services.queue.advance(plain)
    wait_for(plain, "ready")
    assert db.session.query(Chore).filter_by(kind=ChoreKind.FETCH_MEDIA).count() == 1
