"""A tool and a browser, as far as the behaviour tests need them.

The browser logs in to Moodle and opens the tool; the tool has an RSA key of its own, gets access tokens and calls
the service. Nothing of the product is used: these are the words of PROTOCOL.md, spoken by someone else.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import subprocess
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CLAIM = "https://purl.examplary.ai/lti/moodle/claim/"
SCOPE = "https://purl.examplary.ai/lti/moodle/scope/quizzes"
AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
PASSWORD = "Behave-2026!"


class MoodleSide:
    """The PHP process that prepares and looks."""

    def __init__(self, dirroot: str) -> None:
        script = Path(__file__).with_name("moodle_side.php")
        self._process = subprocess.Popen(
            ["php", "-d", "max_input_vars=5000", "-d", "display_errors=stderr", str(script), dirroot],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __getattr__(self, action: str) -> Any:
        def call(*arguments: Any) -> Any:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps([action, arguments]) + "\n")
            self._process.stdin.flush()
            for line in self._process.stdout:
                if line.startswith("=> "):
                    answer = json.loads(line[3:])
                    break
            else:
                raise RuntimeError(f"{action}: the PHP process ended")
            if "error" in answer:
                raise RuntimeError(f"{action}: {answer['error']}")
            return answer["result"]

        return call

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


class Key:
    """The tool's key."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def public(self) -> str:
        return (
            self._key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": "behaviour"})


def read_token(token: str) -> dict[str, Any]:
    """The claims of a JWT, unverified: what is under test is Moodle."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def fields_of(page: str) -> tuple[str, dict[str, str]]:
    """The action and the hidden fields of the form that a page posts by itself."""
    action = html.unescape(re.search(r'<form[^>]*action="([^"]*)"', page).group(1))
    inputs = re.findall(r'<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"', page)
    return action, {name: html.unescape(value) for name, value in inputs}


class Browser:
    """A person who is logged in."""

    def __init__(self, wwwroot: str, username: str) -> None:
        self.wwwroot = wwwroot
        self.session = requests.Session()
        page = self.session.get(f"{wwwroot}/login/index.php", timeout=60).text
        token = re.search(r'name="logintoken" value="([^"]+)"', page).group(1)
        answer = self.session.post(
            f"{wwwroot}/login/index.php",
            data={"username": username, "password": PASSWORD, "logintoken": token},
            timeout=60,
        )
        assert "loginerrormessage" not in answer.text, username

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        return self.session.get(self.wwwroot + path, timeout=60, **kwargs)

    def launch(self, path: str) -> dict[str, Any]:
        """Open the tool by a page of Moodle and return the claims of the launch."""
        page = self.get(path)
        action, hints = fields_of(page.text)
        assert action == "https://tool.example.org/lti/login", page.text[:500]
        answer = self.session.get(
            f"{self.wwwroot}/mod/lti/auth.php",
            params={
                "scope": "openid",
                "response_type": "id_token",
                "response_mode": "form_post",
                "prompt": "none",
                "client_id": hints["client_id"],
                "redirect_uri": "https://tool.example.org/lti/launch",
                "login_hint": hints["login_hint"],
                "lti_message_hint": hints["lti_message_hint"],
                "state": "state",
                "nonce": uuid.uuid4().hex,
            },
            timeout=60,
        )
        _, fields = fields_of(answer.text)
        return read_token(fields["id_token"])

    def open_from_form(self, typeid: int, courseid: int) -> dict[str, Any]:
        return self.launch(f"/mod/lti/contentitem.php?id={typeid}&course={courseid}")

    def open_from_course(self, typeid: int, courseid: int) -> dict[str, Any]:
        page = self.get(f"/mod/lti/service/examplary/open.php?course={courseid}&id={typeid}").text
        source = html.unescape(re.search(r'<iframe[^>]*src="([^"]*)"', page).group(1))
        return self.launch(source.removeprefix(self.wwwroot))


@dataclass
class Tool:
    """The tool's server."""

    wwwroot: str
    key: Key
    typeid: int
    client_id: str
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    _token: str = ""

    def ask_token(self, scope: str = SCOPE) -> requests.Response:
        now = int(time.time())
        endpoint = f"{self.wwwroot}/mod/lti/token.php"
        assertion = self.key.sign(
            {
                "iss": self.client_id,
                "sub": self.client_id,
                "aud": endpoint,
                "iat": now,
                "exp": now + 60,
                "jti": uuid.uuid4().hex,
            }
        )
        return requests.post(
            endpoint,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": assertion,
                "scope": scope,
            },
            timeout=60,
        )

    def token(self) -> str:
        if not self._token:
            answer = self.ask_token()
            assert answer.status_code == 200, answer.text
            self._token = answer.json()["access_token"]
        return self._token

    def call(
        self,
        method: str,
        url: str,
        handle: str,
        body: Any = None,
        *,
        token: str | None = None,
        compress: bool = False,
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        sent = {"Accept": "application/json", "Authorization": f"Bearer {self.token() if token is None else token}"}
        if handle:
            sent["Examplary-Handle"] = handle
        data = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
            if compress:
                sent["Content-Encoding"] = "gzip"
                data = gzip.compress(data)
        return requests.request(method, url, headers=sent | (headers or {}), data=data, timeout=300)


@dataclass
class Visit:
    """One launch, and what the tool can do with it."""

    tool: Tool
    claims: dict[str, Any]

    @property
    def url(self) -> str:
        return self.claims[CLAIM + "quizzes_url"]

    @property
    def handle(self) -> str:
        return self.claims[CLAIM + "handle"]

    def course(self, **kwargs: Any) -> requests.Response:
        return self.tool.call("GET", self.url, self.handle, **kwargs)

    def get(self, exam: Exam, **kwargs: Any) -> requests.Response:
        return self.tool.call("GET", f"{self.url}/{urllib.parse.quote(exam.id)}", self.handle, **kwargs)

    def put(self, exam: Exam, *, handle: str | None = None, url: str | None = None, **kwargs: Any) -> requests.Response:
        options = {name: kwargs.pop(name) for name in ("token", "compress", "headers") if name in kwargs}
        address = f"{url or self.url}/{urllib.parse.quote(exam.id)}"
        return self.tool.call(
            "PUT", address, self.handle if handle is None else handle, exam.body() | kwargs, **options
        )


@dataclass
class Question:
    id: str
    xml: str
    mark: float | str


@dataclass
class Exam:
    id: str
    name: str
    questions: list[Question]
    time_limit: int | None = 3600
    intro: str | None = None

    def body(self) -> dict[str, Any]:
        quiz: dict[str, Any] = {"name": self.name, "time_limit": self.time_limit}
        if self.intro is not None:
            quiz["intro"] = self.intro
        return {
            "quiz": quiz,
            "questions": [{"id": question.id, "mark": question.mark} for question in self.questions],
            "xml": "<quiz>" + "".join(question.xml for question in self.questions) + "</quiz>",
        }

    @property
    def total(self) -> float:
        return sum(float(question.mark) for question in self.questions)


def _question(kind: str, name: str, text: str, rest: str, mark: float | str) -> str:
    return (
        f'<question type="{kind}"><name><text><![CDATA[{name}]]></text></name>'
        f'<questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>'
        f"<defaultgrade>{mark}</defaultgrade>{rest}</question>"
    )


def choice(id: str, text: str = "Which?", mark: float | str = 1, right: str = "100", picture: bytes = b"") -> Question:
    image = file = ""
    if picture:
        image = '<img src="@@PLUGINFILE@@/picture.png" alt="">'
        file = f'<file name="picture.png" path="/" encoding="base64">{base64.b64encode(picture).decode()}</file>'
    rest = "<single>true</single><shuffleanswers>true</shuffleanswers>" + "".join(
        f'<answer fraction="{fraction}" format="html"><text><![CDATA[{answer}]]></text></answer>'
        for answer, fraction in (("Yes", right), ("No", "0"), ("Perhaps", "0"))
    )
    xml = _question("multichoice", f"{id} choice", text + image, rest, mark)
    if file:
        xml = xml.replace("]]></text></questiontext>", f"]]></text>{file}</questiontext>", 1)
    return Question(id, xml, mark)


def number(id: str, value: str = "42", mark: float | str = 1) -> Question:
    rest = f'<answer fraction="100"><text>{value}</text><tolerance>0</tolerance></answer>'
    return Question(id, _question("numerical", f"{id} number", "How many?", rest, mark), mark)


def blanks(id: str, mark: float | str = 2) -> Question:
    text = "The cat {1:SHORTANSWER:=sat} on the {1:SHORTANSWER:=mat} and {1:NUMERICAL:=3:0}."
    return Question(id, _question("cloze", f"{id} blanks", text, "", mark), mark)


def pairs(id: str, mark: float | str = 1.5) -> Question:
    rest = "".join(
        f'<subquestion format="html"><text>{stem}</text><answer><text>{answer}</text></answer></subquestion>'
        for stem, answer in (("one", "1"), ("two", "2"), ("three", "3"))
    )
    return Question(id, _question("matching", f"{id} pairs", "Match.", rest, mark), mark)


def essay(id: str, mark: float | str = 4, text: str = "Explain.") -> Question:
    return Question(id, _question("essay", f"{id} essay", text, "<responseformat>editor</responseformat>", mark), mark)


def heading(id: str, text: str = "Read this.") -> Question:
    return Question(id, _question("description", f"{id} text", text, "", 0), 0)


def exam_from_file(path: Path, **kwargs: Any) -> Exam:
    """An exam of a file of Moodle XML, with the marks that stand in it."""
    parts = re.findall(r'<question type="(?!category).*?</question>', path.read_text("utf-8"), re.S)
    questions = [
        Question(f"q{i}", part, re.search(r"<defaultgrade>([\d.]+)</defaultgrade>", part).group(1))
        for i, part in enumerate(parts, 1)
    ]
    return Exam(f"exam-{path.stem}", path.stem, questions, **kwargs)
