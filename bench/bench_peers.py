"""What :mod:`launch` measures this tool against. Peers, not examples: they leave out most of what a launch must check.

``bare`` is the least that a login and a launch can be. ``flow`` is PyLTI1p3's Flask flow with its configuration read
once and a one-word response. ``example`` does what the library's own Flask example does
(github.com/dmitry-viskov/pylti1.3-flask-example): the configuration is read from its file at each request, and the
launch answers with a page. Both have their state in this process.

The comparison favours the example. Left out are the page by which it checks cookies before each login, which is one
more request, and its debug print of all claims; and the key cache is on, whereas it downloads the LMS's keys at each
launch.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import jwt
import requests
from cachelib import SimpleCache
from flask import Flask, redirect, render_template, request
from jinja2 import DictLoader
from jwt import PyJWK
from pylti1p3.contrib.flask import FlaskCacheDataStorage, FlaskMessageLaunch, FlaskOIDCLogin, FlaskRequest
from pylti1p3.tool_config import ToolConfJsonFile
from werkzeug.wrappers import Response

CONFIG = os.environ["PYLTI_CONFIG"]
AUTHORIZE = "https://lms.example.org/auth"

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="UTF-8"><title>{{ title }}</title>
<link href="{{ url_for('static', filename='game.css') }}" rel="stylesheet">
<script>var user = "{{ name }}"; var launch = "{{ launch_id }}";</script>
<script src="{{ url_for('static', filename='game.js') }}"></script></head>
<body>{% if deep_linking %}<ul>{% for level in ("easy", "normal", "hard") %}
<li><a href="{{ url_for('configure', launch_id=launch_id, level=level) }}">{{ level }}</a></li>{% endfor %}</ul>
{% else %}<h3>Flask example</h3><div id="game"><table id="scores"></table><canvas width="800" height="500"></canvas>
</div>{% endif %}</body></html>"""


class _Cache:
    """What Flask-Caching's simple cache is to the example: get, set, pickled, in memory."""

    def __init__(self) -> None:
        self._cache = SimpleCache(threshold=100_000)

    def get(self, key: str) -> object:
        return self._cache.get(key)

    def set(self, key: str, value: object, exp: int | None = None) -> None:
        self._cache.set(key, value, timeout=exp or 3600)


def _pylti(
    name: str, configuration: Callable[[], ToolConfJsonFile], answer: Callable[[FlaskMessageLaunch], str]
) -> Flask:
    app, storage = Flask(name), FlaskCacheDataStorage(_Cache())
    app.jinja_loader = DictLoader({"game.html": PAGE})
    app.secret_key = secrets.token_hex(32)
    app.add_url_rule("/configure/<launch_id>/<level>/", "configure", lambda **_: "")

    @app.post("/lti/login")
    def login() -> Response:
        login_request = FlaskRequest()
        oidc_login = FlaskOIDCLogin(login_request, configuration(), launch_data_storage=storage)
        return oidc_login.redirect(login_request.get_param("target_link_uri"))

    @app.post("/lti/launch")
    def launch() -> str:
        message = FlaskMessageLaunch(FlaskRequest(), configuration(), launch_data_storage=storage)
        message.set_public_key_caching(storage, cache_lifetime=7200)
        return answer(message)

    return app


def _flow() -> Flask:
    configuration = ToolConfJsonFile(CONFIG)
    return _pylti("flow", lambda: configuration, lambda message: str(message.get_launch_data()["sub"]))


def _example() -> Flask:
    def page(message: FlaskMessageLaunch) -> str:
        claims = message.get_launch_data()
        facts = {"title": "Game", "name": claims.get("name", ""), "launch_id": message.get_launch_id()}
        return render_template("game.html", deep_linking=message.is_deep_link_launch(), **facts)

    return _pylti("example", lambda: ToolConfJsonFile(CONFIG), page)


def _bare() -> Flask:
    """Two requests, one signature, nothing checked but it."""
    app = Flask("bare")
    cache: dict[str, object] = {}

    @app.post("/lti/login")
    def login() -> Response:
        return redirect(f"{AUTHORIZE}?state={secrets.token_urlsafe(16)}&nonce={secrets.token_urlsafe(16)}")

    @app.post("/lti/launch")
    def launch() -> str:
        if "key" not in cache:
            registration = next(iter(json.loads(Path(CONFIG).read_text()).values()))[0]
            answer = requests.get(registration["key_set_url"], timeout=5).json()
            cache["key"] = PyJWK(answer["keys"][0]).key
        claims = jwt.decode(request.form["id_token"], cache["key"], algorithms=["RS256"], audience="client-1")
        return f"{claims['sub']} {time.time()}"

    return app


flow = _flow()
example = _example()
bare = _bare()
