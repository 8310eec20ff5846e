"""What :mod:`launch` measures this tool against: peers, not examples. PyLTI1p3's flow leaves out most checks."""

from __future__ import annotations

import os
import secrets
import time

import jwt
import requests
from cachelib import SimpleCache
from flask import Flask, redirect, request
from jwt import PyJWK
from pylti1p3.contrib.flask import FlaskCacheDataStorage, FlaskMessageLaunch, FlaskOIDCLogin, FlaskRequest
from pylti1p3.tool_config import ToolConfJsonFile
from werkzeug.wrappers import Response

CONFIG = os.environ["PYLTI_CONFIG"]
AUTHORIZE = "https://lms.example.org/auth"


class _Cache:
    """What Flask-Caching is to PyLTI1p3's example: get, set, in memory."""

    def __init__(self) -> None:
        self._cache = SimpleCache(threshold=100_000)

    def get(self, key: str) -> object:
        return self._cache.get(key)

    def set(self, key: str, value: object, exp: int | None = None) -> None:
        self._cache.set(key, value, timeout=exp or 3600)


def _pylti() -> Flask:
    """PyLTI1p3's own Flask example with its key cache on: state in this process's memory (so: one worker)."""
    app, cache = Flask("pylti"), _Cache()
    app.secret_key = secrets.token_hex(32)
    conf = ToolConfJsonFile(CONFIG)
    storage = FlaskCacheDataStorage(cache)

    @app.post("/lti/login")
    def login() -> Response:
        given = FlaskRequest()
        return FlaskOIDCLogin(given, conf, launch_data_storage=storage).redirect(given.get_param("target_link_uri"))

    @app.post("/lti/launch")
    def launch() -> str:
        message = FlaskMessageLaunch(FlaskRequest(), conf, launch_data_storage=storage)
        message.set_public_key_caching(storage, cache_lifetime=7200)
        return str(message.get_launch_data()["sub"])

    return app


def _bare() -> Flask:
    """The least that a login and a launch can be: two requests, one signature, nothing checked but it."""
    app = Flask("bare")
    held: dict[str, object] = {}

    @app.post("/lti/login")
    def login() -> Response:
        return redirect(f"{AUTHORIZE}?state={secrets.token_urlsafe(16)}&nonce={secrets.token_urlsafe(16)}")

    @app.post("/lti/launch")
    def launch() -> str:
        if "key" not in held:
            registration = next(iter(ToolConfJsonFile(CONFIG)._config.values()))[0]
            answer = requests.get(registration["key_set_url"], timeout=5).json()
            held["key"] = PyJWK(answer["keys"][0]).key
        claims = jwt.decode(request.form["id_token"], held["key"], algorithms=["RS256"], audience="client-1")
        return f"{claims['sub']} {time.time()}"

    return app


pylti, bare = _pylti(), _bare()
