"""Fixtures of the use cases."""

import pytest
import requests

from lti_tool.models import Exam, db
from sandbox.examplary.store import new_id
from tests.databases import NAMES


@pytest.fixture(params=NAMES)
def database_url(request, empty_database):
    """The use cases are tested on every database."""
    return empty_database(request.param)


@pytest.fixture
def control(examplary):
    """Steers the stand-in Examplary."""

    class Control:
        def finish(self, session_id, exam_id=None, status="completed"):
            outputs = {"examId": exam_id} if exam_id else {}
            self._post(f"/_control/sessions/{session_id}", {"status": status, "outputs": outputs})

        def expire(self, session_id):
            self._post(f"/_control/sessions/{session_id}", {"expired": True})

        def faults(self, endpoint, *faults):
            self._post("/_control/faults", {"endpoint": endpoint, "faults": list(faults)})

        def forget_user(self, user_id):
            requests.delete(f"{examplary.local_url}/_control/users/{user_id}", timeout=5)

        def count(self, endpoint):
            found = requests.get(f"{examplary.local_url}/_control/count", params={"endpoint": endpoint}, timeout=5)
            return found.json()["count"]

        def reset(self):
            self._post("/_control/reset", {})

        def _post(self, path, body):
            answer = requests.post(f"{examplary.local_url}{path}", json=body, timeout=5)
            assert answer.ok, answer.text

    return Control()


QUESTIONS = [
    {
        "id": "q_1",
        "v": 1,
        "type": "multiple-choice-single-answer",
        "title": "What is the powerhouse of the cell?",
        "description": "",
        "settings": {"options": ["Nucleus", "Mitochondrion"], "correctAnswer": "Mitochondrion"},
        "scoring": {
            "rubricType": "analytical",
            "criteria": [{"id": "c", "title": "Right", "levels": [{"id": "l", "title": "Yes", "points": 2}]}],
        },
        "tags": [],
        "metadata": {},
    }
]


@pytest.fixture
def secret_of(services):
    """The embed session's id of a generation, which pages never show."""

    def read(generation):
        db.session.refresh(generation)
        return services.vault.decrypt(generation.session_id_encrypted)

    return read


@pytest.fixture
def store(examplary_app):
    """What the stand-in Examplary remembers."""
    return examplary_app.extensions["examplary"]


@pytest.fixture
def exam_at_examplary(store):
    """Put an exam into Examplary; return its id."""

    def make(**fields):
        exam_id = new_id("exam")
        store.exams[exam_id] = {"id": exam_id, "name": "Cells", "language": "en", "questions": QUESTIONS} | fields
        return exam_id

    return make


@pytest.fixture
def make_exam(services, make_launch, store, secret_of, exam_at_examplary):
    """Take an exam home, as a teacher in course-1 would have it."""

    def make(**fields):
        generation = services.generations.begin(make_launch())
        session = store.sessions[secret_of(generation)]
        session.status, session.outputs = "completed", {"examId": exam_at_examplary(**fields)}
        services.collecting.look(generation.id)
        db.session.refresh(generation)
        assert generation.state == "ready", generation.error_code
        return db.session.get(Exam, generation.exam_id)

    return make


@pytest.fixture
def exam(make_exam):
    return make_exam()
