"""The sandbox's LMS and a tiny tool, both on real ports, and a client that submits forms."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urljoin

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, jsonify, redirect, request
from jwt.algorithms import RSAAlgorithm
from lxml import html as lxml_html

from sandbox.lms import LmsConfig, ToolRegistration, create_lms, lms_of, register_tool
from sandbox.lms.config import (
    API_KEY_ID,
    API_KEY_SECRET,
    API_SCOPES,
    CANVAS_VARIABLES,
    CLIENT_IDS,
    DEPLOYMENT_IDS,
    ApiKey,
    Flavour,
)
from sandbox.lms.state import Lms
from sandbox.serve import serve

ACCEPTED = Path(__file__).parents[2] / "fixtures" / "accepted"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
LTI_DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
REDIRECT_URI = "https://tool.example/callback"
SCOPES = (
    *API_SCOPES,
    "url:GET|/api/v1/courses/:id",
    "url:GET|/api/v1/users/:id",
    "url:GET|/api/v1/courses/:course_id/quizzes/:id",
    "url:GET|/api/v1/courses/:course_id/modules/:module_id/items",
)


class FakeTool:
    """A minimal LTI tool with its own key."""

    def __init__(self) -> None:
        self.kid = "fake-key"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.base_url = ""
        self.auth_urls: dict[str, str] = {}
        self.app = self._make_app()
        self.forget()

    def forget(self) -> None:
        self.logins: list[dict[str, str]] = []
        self.posted: list[dict[str, str]] = []
        self.package_requests: list[dict[str, str]] = []
        self.auth_changes: dict[str, str | None] = {}
        self.jwks_status = 200

    def _make_app(self) -> Flask:
        app = Flask(__name__)
        app.add_url_rule("/login", "login", self._login, methods=["GET", "POST"])
        app.add_url_rule("/launch", "launch", self._launch, methods=["POST"])
        app.add_url_rule("/jwks", "jwks", self._jwks)
        app.add_url_rule("/packages/<path:name>", "package", self._package)
        app.add_url_rule("/hop/<int:hops>/<name>", "hop", self._hop)
        return app

    def _login(self):
        login = request.values.to_dict()
        self.logins.append(login)
        parameters = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": login["client_id"],
            "redirect_uri": f"{self.base_url}/launch",
            "login_hint": login["login_hint"],
            "lti_message_hint": login["lti_message_hint"],
            "state": "the-state",
            "nonce": secrets.token_urlsafe(8),
        }
        changed = {**parameters, **self.auth_changes}
        present = {name: value for name, value in changed.items() if value is not None}
        return redirect(f"{self.auth_urls[login['iss']]}?{urlencode(present)}")

    def _launch(self):
        self.posted.append(request.form.to_dict())
        return "launched"

    def _jwks(self):
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return jsonify(keys=[{**public, "kid": self.kid, "alg": "RS256", "use": "sig"}]), self.jwks_status

    def _package(self, name: str):
        self.package_requests.append(dict(request.headers))
        return (ACCEPTED / Path(name).name).read_bytes()

    def _hop(self, hops: int, name: str):
        return redirect(f"/hop/{hops - 1}/{name}" if hops > 1 else f"/packages/{name}")

    def claims(self, launch: dict, items: list[dict], **changes: object) -> dict:
        """Return the claims of a valid deep linking response to a launch.

        A change to None removes a claim; a number for exp or iat is in seconds from now.
        """
        now = int(time.time())
        claims = {
            "iss": launch["aud"],
            "aud": launch["iss"],
            "iat": now - 5,
            "exp": now + 300,
            "nonce": secrets.token_urlsafe(8),
            LTI + "deployment_id": launch[LTI + "deployment_id"],
            LTI + "message_type": "LtiDeepLinkingResponse",
            LTI + "version": "1.3.0",
            LTI_DL + "content_items": items,
        }
        for name in ("exp", "iat"):
            if isinstance(changes.get(name), int):
                changes[name] += now
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def sign(self, claims: dict, *, kid: str | None = "fake-key", key: object = None) -> str:
        headers = {} if kid is None else {"kid": kid}
        return jwt.encode(claims, key or self.key, algorithm="RS256", headers=headers)


class Client:
    """A person without JavaScript: follows links and submits forms with their hidden inputs."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.session.get(urljoin(self.base_url, path), timeout=60)

    def post(self, path: str, **kwargs: object) -> requests.Response:
        return self.session.post(urljoin(self.base_url, path), timeout=60, **kwargs)

    def log_in(self, account: str) -> Client:
        assert self.post("/login", data={"account": account}).ok
        return self

    def submit(self, page: requests.Response, **changes: str) -> requests.Response:
        form = lxml_html.fromstring(page.text).xpath("//form[@data-autosubmit or @id]")[0]
        fields = dict(form.form_values()) | changes
        return self.session.post(urljoin(page.url, form.get("action")), data=fields, timeout=60)

    def launch(self, path: str) -> requests.Response:
        """Open a frame of the tool, up to the form with the id_token, which isn't submitted yet."""
        return self.submit(self.get(path))


@dataclass
class World:
    """An LMS and a tool, registered with each other."""

    lms: Lms
    tool: FakeTool
    base_url: str
    clients: list[Client] = field(default_factory=list)

    def person(self, account: str) -> Client:
        client = Client(self.base_url).log_in(account)
        self.clients.append(client)
        return client

    def claims(self, client: Client, path: str) -> dict:
        """Launch the tool and return the claims of the id_token, verified with the LMS's published key."""
        client.submit(client.launch(path))
        token = self.tool.posted[-1]["id_token"]
        flavour: Flavour = "canvas" if "/canvas/" in path else "moodle"
        described = self.lms.describe()[flavour]
        keys = {key["kid"]: key for key in requests.get(described.jwks_url, timeout=30).json()["keys"]}
        public = RSAAlgorithm.from_jwk(json.dumps(keys[jwt.get_unverified_header(token)["kid"]]))
        return jwt.decode(token, public, ["RS256"], audience=described.client_id, issuer=described.issuer)

    def state(self) -> dict:
        return requests.get(f"{self.base_url}/_state", timeout=30).json()


def register(app: Flask, tool: FakeTool, flavour: Flavour) -> None:
    register_tool(
        app,
        flavour,
        ToolRegistration(
            client_id=CLIENT_IDS[flavour],
            deployment_id=DEPLOYMENT_IDS[flavour],
            initiate_login_uri=f"{tool.base_url}/login",
            redirect_uris=(f"{tool.base_url}/launch",),
            target_link_uri=f"{tool.base_url}/launch",
            # A name below .localhost, which the LMS must resolve itself.
            jwks_uri=tool.base_url.replace("127.0.0.1", "tool.localhost") + "/jwks",
            custom=CANVAS_VARIABLES if flavour == "canvas" else {},
        ),
    )


@dataclass(frozen=True)
class Servers:
    """Both apps, running for all tests; each test gets an LMS without data."""

    app: Flask
    tool: FakeTool
    lms_url: str


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    tool, app = FakeTool(), create_lms(LmsConfig(control=True))
    with serve(tool.app, host_name="127.0.0.1") as tool_server, serve(app, host_name="127.0.0.1") as lms_server:
        tool.base_url = tool_server.local_url
        yield Servers(app, tool, lms_server.local_url)


class Clock:
    """The LMS's time, which tests may move on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(servers: Servers, clock: Clock) -> Iterator[World]:
    tool, keys = servers.tool, lms_of(servers.app).keys
    key = ApiKey(API_KEY_ID, API_KEY_SECRET, (REDIRECT_URI,), scopes=SCOPES)
    lms = Lms(LmsConfig(base_url=servers.lms_url, control=True, canvas_key=key, now=clock))
    lms.keys = keys
    servers.app.extensions["lms"] = lms
    tool.forget()
    for flavour, described in lms.describe().items():
        register(servers.app, tool, flavour)
        tool.auth_urls[described.issuer] = described.auth_url
    world = World(lms, tool, servers.lms_url)
    yield world
    for client in world.clients:
        client.session.close()
