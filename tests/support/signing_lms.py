"""An LMS that signs launches, and the client in which it opens the tool."""

import time
from contextlib import contextmanager

import jwt
from flask import Flask, jsonify
from flask.testing import FlaskClient
from jwt.algorithms import RSAAlgorithm

from lti_tool.models import db
from sandbox.serve import serve
from tests.support.addresses import query_of

CORE = "https://purl.imsglobal.org/spec/lti/claim/"


class Browser(FlaskClient):
    """A test client with an app context per request, as on a server."""

    def open(self, *arguments, **options):
        with self.application.app_context():
            return super().open(*arguments, **options | {"buffered": True})


class SigningLms:
    """An LMS that signs any claims."""

    def __init__(self, client: FlaskClient, key: object) -> None:
        self.client = client
        self._key = key

    def request(self, **changes):
        """The parameters with which this LMS starts a login."""
        return {"iss": "https://lms.example.org", "client_id": "client-1", "login_hint": "7"} | changes

    def login(self, **changes):
        return self.client.post("/lti/login", data=self.request(**changes))

    def form(self, response, **claims):
        """The form that this LMS posts after the login that ``response`` started."""
        request = query_of(response.location)
        return {"state": request["state"], "id_token": self._sign(request["nonce"], claims)}

    def launch(self, **claims):
        return self.client.post("/lti/launch", data=self.form(self.login(), **claims))

    def _sign(self, nonce, changes):
        moment = int(time.time())
        claims = {
            "iss": "https://lms.example.org",
            "aud": "client-1",
            "sub": "teacher-7",
            "iat": moment,
            "exp": moment + 60,
            "nonce": nonce,
            "name": "Tess Teacher",
            f"{CORE}deployment_id": "1",
            f"{CORE}message_type": "LtiResourceLinkRequest",
            f"{CORE}version": "1.3.0",
            f"{CORE}target_link_uri": "http://tool.localhost:5000/lti/launch",
            f"{CORE}roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"],
            f"{CORE}resource_link": {"id": "link-1"},
            f"{CORE}context": {"id": "course-1", "title": "Biology 101"},
        }
        return jwt.encode(claims | changes, self._key, algorithm="RS256", headers={"kid": "1"})


@contextmanager
def signing_lms(client, platform, key):
    """Serve the key set of ``platform`` on a real port while the LMS is in use."""
    keys = Flask("lms_keys")
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "1", "alg": "RS256", "use": "sig"}
    keys.add_url_rule("/jwks", view_func=lambda: jsonify(keys=[jwk]))
    with serve(keys, "lms.localhost") as server:
        platform.jwks_url = f"{server.base_url}/jwks"
        db.session.commit()
        yield SigningLms(client, key)
