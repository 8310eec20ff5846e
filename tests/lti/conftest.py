"""A database, an HTTP server for key sets, and a platform that can sign anything."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import jwt
import pytest
import requests
from cachelib import SimpleCache
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from flask import Flask
from jwt.algorithms import RSAAlgorithm
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from lti_tool.lti import LoginStates, PlatformKeys, ToolKeys, VerifiedLaunch, begin_login, verify_launch
from lti_tool.models import Deployment, Platform, db
from lti_tool.models.database.engine import engine_options
from lti_tool.security.encryption import Vault
from tests.support.addresses import query_of
from tests.support.databases import create_tables

REDIRECT_URI = "https://tool.example/lti/launch"
STATES = LoginStates("a secret key for tests of the login")
CORE = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"


@pytest.fixture
def database_url(empty_database: Callable[[str], str]) -> str:
    return empty_database("sqlite")


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """A Flask app with our tables."""
    app = Flask("lti_tests")
    app.config.update(SQLALCHEMY_DATABASE_URI=database_url, SQLALCHEMY_ENGINE_OPTIONS=engine_options(database_url))
    db.init_app(app)
    with app.app_context():
        create_tables()
        yield app
        db.session.remove()
        db.engine.dispose()


class QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


class JwksServer:
    """A key set server that responds with ``answer`` and records its requests."""

    def __init__(self) -> None:
        self.answer: Callable[[Request], Response] = lambda request: Response(status=404)
        self.requests: list[Request] = []
        self._server = make_server("127.0.0.1", 0, self._app, threaded=True, request_handler=QuietHandler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/jwks"

    def show(self, *jwks: dict[str, object]) -> None:
        self.answer = lambda request: Response(json.dumps({"keys": list(jwks)}), content_type="application/json")

    def _app(self, environ, start_response):
        request = Request(environ)
        self.requests.append(request)
        return self.answer(request)(environ, start_response)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def jwks_server() -> Iterator[JwksServer]:
    server = JwksServer()
    yield server
    server.close()


@dataclass(frozen=True)
class SigningKey:
    kid: str
    private: RSAPrivateKey

    def jwk(self, **changes: object) -> dict[str, object]:
        jwk = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"kty": "RSA", "kid": self.kid, "n": jwk["n"], "e": jwk["e"]} | changes


def _key(kid: str, bits: int = 2048) -> SigningKey:
    return SigningKey(kid, generate_private_key(public_exponent=65537, key_size=bits))


@pytest.fixture(scope="session")
def keyring() -> dict[str, SigningKey]:
    """Keys shared by all tests: generating one takes a tenth of a second."""
    return {"first": _key("first"), "second": _key("second"), "weak": _key("weak", 1024)}


def verified(form: dict[str, str], cookies: dict[str, str], **options: object) -> VerifiedLaunch:
    """Verify a launch and commit."""
    with db.engine.connect() as connection:
        launch = verify_launch(form, cookies, connection=connection, states=STATES, **options)
        connection.commit()
    return launch


@dataclass
class Lms:
    """A platform that can send and sign any claims."""

    row_id: str
    issuer: str
    client_id: str
    key: SigningKey
    keys: PlatformKeys
    cookies: dict[str, str] = field(default_factory=dict)

    def login(self, **changes: str) -> dict[str, str]:
        """Start a login, store the cookie like a browser, and return the authentication request."""
        params = {"iss": self.issuer, "client_id": self.client_id, "login_hint": "7", "lti_message_hint": "m"}
        redirect = begin_login(
            params | {"target_link_uri": REDIRECT_URI} | changes,
            states=STATES,
            redirect_uri=REDIRECT_URI,
            lifetime=timedelta(minutes=15),
        )
        self.cookies[redirect.cookie.name] = redirect.cookie.value
        return query_of(redirect.url)

    def claims(self, nonce: str) -> dict[str, object]:
        """Claims of a teacher's resource link launch from Moodle."""
        moment = int(time.time())
        return {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "user-1",
            "iat": moment,
            "exp": moment + 60,
            "nonce": nonce,
            "name": "Ada Lovelace",
            "email": "ada@school.example",
            f"{CORE}deployment_id": "2",
            f"{CORE}message_type": "LtiResourceLinkRequest",
            f"{CORE}version": "1.3.0",
            f"{CORE}target_link_uri": REDIRECT_URI,
            f"{CORE}roles": [INSTRUCTOR],
            f"{CORE}resource_link": {"id": "link-1"},
            f"{CORE}context": {"id": "course-1", "title": "Introduction to Testing"},
        }

    def sign(self, claims: object, *, key: SigningKey | None = None, **header: object) -> str:
        key = key or self.key
        headers = {"kid": key.kid} | header
        # PyJWS signs any payload, PyJWT only objects.
        return jwt.PyJWS().encode(json.dumps(claims).encode(), key.private, algorithm="RS256", headers=headers)

    def form(self, **changes: object) -> dict[str, str]:
        """Log in, and return the launch form. ``changes`` replace claims by their short names; None removes them."""
        request = self.login()
        return {"state": request["state"], "id_token": self.sign(changed(self.claims(request["nonce"]), changes))}

    def open(self, form: dict[str, str], **options: object) -> VerifiedLaunch:
        """Post the form to the tool."""
        options = {"trust_first_deployment": False, "cookies": self.cookies} | options
        cookies = options.pop("cookies")
        return verified(form, cookies, keys=self.keys, **options)

    def launch(self, **changes: object) -> VerifiedLaunch:
        return self.open(self.form(**changes))


SHORT_NAMES = {
    name: f"{CORE}{name}"
    for name in (
        *("deployment_id", "message_type", "version", "target_link_uri", "roles", "resource_link", "context"),
        *("custom", "launch_presentation", "tool_platform"),
    )
} | {
    "deep_linking_settings": f"{DEEP_LINKING}deep_linking_settings",
    "ags": "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint",
}


def changed(claims: dict[str, object], changes: dict[str, object]) -> dict[str, object]:
    merged = claims | {SHORT_NAMES.get(name, name): value for name, value in changes.items()}
    return {name: value for name, value in merged.items() if value is not ABSENT}


ABSENT = object()
"""Marks a missing claim (None is JSON's null)."""


@pytest.fixture
def absent() -> object:
    return ABSENT


@pytest.fixture
def make_platform(app: Flask) -> Callable[..., Platform]:
    def make(issuer: str, client_id: str, *deployments: str, **more: object) -> Platform:
        values = {"authorization_url": f"{issuer}/auth", "jwks_url": f"{issuer}/jwks"} | more
        rows = [Deployment(deployment_id=deployment) for deployment in deployments]
        platform = Platform(issuer=issuer, client_id=client_id, deployments=rows, **values)
        db.session.add(platform)
        db.session.commit()
        return platform

    return make


@pytest.fixture
def platform_keys() -> PlatformKeys:
    return PlatformKeys(requests.Session(), SimpleCache(threshold=1000))


@pytest.fixture
def lms(make_platform, jwks_server: JwksServer, keyring, platform_keys: PlatformKeys) -> Lms:
    """A registered platform with one known deployment, "2"."""
    jwks_server.show(keyring["first"].jwk())
    issuer = "https://moodle.example"
    row = make_platform(issuer, "client-1", "2", jwks_url=jwks_server.url)
    return Lms(row.id, issuer, "client-1", keyring["first"], platform_keys)


@pytest.fixture
def deep_linking() -> dict[str, object]:
    """Changes that turn the claims into those of a deep linking launch."""
    settings = {
        "deep_link_return_url": "https://moodle.example/mod/lti/contentitem_return.php?course=2&sesskey=abc",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
    }
    return {"message_type": "LtiDeepLinkingRequest", "resource_link": ABSENT, "deep_linking_settings": settings}


@pytest.fixture
def tool_keys(app: Flask) -> ToolKeys:
    return ToolKeys(Vault(Fernet.generate_key().decode()))


def raw_token(header: object, claims: object, signature: bytes = b"x") -> str:
    """Build an unsigned token from any JSON."""
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@pytest.fixture
def raw() -> Callable[..., str]:
    return raw_token
