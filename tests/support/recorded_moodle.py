"""Moodle's plugin as it was recorded: a server that repeats one answer of ``integrations/moodle/tests/recorded``."""

import gzip
import json
from pathlib import Path

from flask import Flask, Response, request

RECORDED = Path(__file__).parents[2] / "integrations" / "moodle" / "tests" / "recorded"
ISSUER = "https://moodle.example.org"


def recording(name):
    """Return a recorded exchange: ``recording("06")``."""
    (path,) = RECORDED.glob(f"{name}-*.json")
    return json.loads(path.read_text())


class RecordedMoodle:
    """Answers a token request with a token, and everything else with ``answers``, one after the other."""

    def __init__(self):
        self.base_url = ""
        self.answers = []
        self.requests = []
        self.tokens = 0
        self.token_answer = None
        self.app = Flask("recorded_moodle")
        self.app.add_url_rule("/mod/lti/token.php", "token", self._token, methods=["POST"])
        self.app.add_url_rule("/<path:path>", "any", self._any, methods=["GET", "PUT"])

    def will_answer(self, *names):
        """Answer the next requests as recorded."""
        for name in names:
            response = recording(name)["response"]
            # The addresses in it are of the recorded site.
            text = json.dumps(response["body"]).replace(ISSUER, self.base_url)
            self.answers.append(Response(text, response["status"], response["headers"]))

    @property
    def latest(self):
        """The latest request: its headers and its JSON."""
        headers, body = self.requests[-1]
        return headers, json.loads(gzip.decompress(body))

    def _token(self):
        self.tokens += 1
        answer = self.token_answer or recording("02")["response"]
        body = answer["body"] | ({"access_token": f"token-{self.tokens}"} if answer["status"] == 200 else {})
        return Response(json.dumps(body), answer["status"], answer["headers"])

    def _any(self, path):
        self.requests.append((dict(request.headers), request.get_data()))
        return self.answers.pop(0)
