"""The sandbox's Examplary in tests: an API key, an exam, and a client for its control API."""

from __future__ import annotations

import requests

API_KEY = "examp_" + "test" * 8

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001"
    "00ffff03000006000557bfabd40000000049454e44ae426082"
)
"""A picture of one pixel."""

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


class ExamplaryControl:
    """Client of Examplary's ``/_control``."""

    def __init__(self, url):
        self.url = f"{url}/_control"

    def finish(self, session_id, exam_id=None, status="completed"):
        outputs = {"examId": exam_id} if exam_id else {}
        self._post(f"sessions/{session_id}", {"status": status, "outputs": outputs})

    def expire(self, session_id):
        self._post(f"sessions/{session_id}", {"expired": True})

    def faults(self, endpoint, *faults):
        self._post("faults", {"endpoint": endpoint, "faults": list(faults)})

    def forget_user(self, user_id):
        requests.delete(f"{self.url}/users/{user_id}", timeout=30)

    def count(self, endpoint):
        """Number of requests to this endpoint so far."""
        return requests.get(f"{self.url}/count", params={"endpoint": endpoint}, timeout=30).json()["count"]

    def reset(self):
        self._post("reset", {})

    def _post(self, path, body):
        response = requests.post(f"{self.url}/{path}", json=body, timeout=30)
        assert response.ok, response.text
