"""The demo in this process: the tool, registered with both platforms of the sandbox's LMS, and the stand-ins."""

import secrets
from contextlib import contextmanager
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from flask_migrate import upgrade

from config.settings import Environment, Settings
from lti_tool import create_app, start_worker
from lti_tool.lms.canvas import scopes
from lti_tool.models import Deployment, Platform, db
from sandbox.base_urls import BaseUrls
from sandbox.demo import API_KEY, lms_config
from sandbox.examplary import ExamplaryConfig, create_examplary
from sandbox.lms import create_lms, describe_platforms
from sandbox.lms.config import API_KEY_ID, API_KEY_SECRET, other_name
from sandbox.localhost_names import localhost_names
from sandbox.serve import serve
from tests.support.servers import free_port


def free_urls(path=""):
    """Return addresses on free ports of this machine; the tool's ends in ``path``."""
    addresses = {name: f"http://{name}.localhost:{free_port()}" for name in ("lms", "tool", "examplary")}
    return BaseUrls(**addresses | {"tool": addresses["tool"] + path})


@contextmanager
def serve_stand_ins(urls, **examplary):
    """Serve the LMS and Examplary, with this configuration of Examplary."""
    config = ExamplaryConfig(api_key=API_KEY, control=True, **examplary)
    with (
        localhost_names(),
        serve(create_examplary(config), "examplary.localhost", urlsplit(urls.examplary).port),
        serve(create_lms(lms_config(urls)), "lms.localhost", urlsplit(urls.lms).port),
    ):
        yield


@contextmanager
def serve_tool(app, urls, wsgi_app=None):
    """Serve the tool, or ``wsgi_app`` around it, and run its worker."""
    worker = start_worker(app)
    try:
        with serve(wsgi_app or app, "tool.localhost", urlsplit(urls.tool).port):
            yield
    finally:
        worker.stop()


def build_tool(folder, urls, **changes):
    """Return the tool with its data in ``folder``, and with other settings."""
    app = create_app(_settings(folder, urls, **changes))
    with app.app_context():
        upgrade()
        app.extensions["services"].tool_keys.ensure()
        for platform in describe_platforms(urls.lms).values():
            db.session.add(_registration(platform))
        db.session.commit()
    return app


def set_canvas_key(app, urls):
    """Give the tool the API key of the Canvas-like LMS."""
    services = app.extensions["services"]
    with app.app_context():
        services.api_keys.set(
            db.session.query(Platform).filter_by(family="canvas").one(),
            family="canvas",
            base_url=urls.lms,
            client_id=API_KEY_ID,
            secret=API_KEY_SECRET,
            optional_scopes=scopes.OPTIONAL,
            insecure=urls.lms.startswith("http:"),
        )


def _settings(folder, urls, **changes):
    """Return the demo's settings, whatever the environment."""
    return Settings(
        _env_file=None,
        **changes,
        environment=Environment.DEMO,
        base_url=urls.tool,
        secret_key=secrets.token_urlsafe(48),
        encryption_keys=Fernet.generate_key().decode(),
        database_url=f"sqlite:///{folder / 'tool.sqlite3'}",
        queue_url=f"sqlite:///{folder / 'queue.sqlite3'}",
        package_cache_dir=folder / "packages",
        examplary_api_url=urls.examplary,
        examplary_api_key=API_KEY,
        trusted_media_hosts=",".join(urlsplit(url).netloc for url in (urls.examplary, other_name(urls.lms))),
        log_level="WARNING",
    )


def _registration(platform):
    return Platform(
        issuer=platform.issuer,
        client_id=platform.client_id,
        name=f"Stand-in {platform.family}",
        family=platform.family,
        authorization_url=platform.auth_url,
        jwks_url=platform.jwks_url,
        token_url=platform.token_url,
        deployments=[Deployment(deployment_id=platform.deployment_id)],
    )
