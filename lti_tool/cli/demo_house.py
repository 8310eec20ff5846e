"""The demo's three houses on one machine, each on a host name of its own: tool, stand-in LMS, stand-in Examplary."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from flask import Flask
from flask_migrate import upgrade

from config.settings import Environment, Settings
from lti_tool import create_app, start_worker
from lti_tool.models import Deployment, Platform, db
from sandbox.examplary import ExamplaryConfig, create_examplary
from sandbox.lms import (
    CLIENT_IDS,
    DEPLOYMENT_IDS,
    LmsConfig,
    PlatformDescription,
    ToolRegistration,
    create_lms,
    describe_platforms,
)
from sandbox.localhost_names import localhost_names
from sandbox.serve import serve
from sandbox.walkthrough import Road

API_KEY = "examp_" + "demo" * 8
"""The stand-in's key: it opens nothing anywhere else."""


@dataclass(frozen=True, slots=True)
class DemoPorts:
    """Ports on the loopback interface; 0 takes a free one."""

    lms: int = 0
    tool: int = 0
    examplary: int = 0

    def settled(self) -> DemoPorts:
        """Return the same with free ports instead of zeros, and instead of those that are taken."""
        return DemoPorts(_free(self.lms), _free(self.tool), _free(self.examplary))


@contextmanager
def demo_house(folder: Path, examplary: ExamplaryConfig, ports: DemoPorts) -> Iterator[Road]:
    """Start all three, register the tool in the LMS and the LMS in the tool, and stop them at the end.

    ``folder`` is where the tool keeps its database. Nothing is reachable from outside this machine.
    """
    ports = ports.settled()
    road = Road(
        lms=f"http://lms.localhost:{ports.lms}",
        tool=f"http://tool.localhost:{ports.tool}",
        examplary=f"http://examplary.localhost:{ports.examplary}",
    )
    with ExitStack() as stack:
        stack.enter_context(localhost_names())
        tool = build_tool(folder, road)
        worker = start_worker(tool)
        stack.callback(worker.stop, graceful=True)
        stack.enter_context(serve(create_examplary(examplary), "examplary.localhost", ports.examplary))
        stack.enter_context(serve(create_lms(lms_config(road)), "lms.localhost", ports.lms))
        stack.enter_context(serve(tool, "tool.localhost", ports.tool))
        yield road


def build_tool(folder: Path, road: Road) -> Flask:
    """Return the tool with a database in ``folder``, in which both platforms of the stand-in LMS are registered."""
    app = create_app(_settings(folder, road))
    with app.app_context():
        upgrade()
        app.extensions["services"].tool_keys.ensure()
        for platform in describe_platforms(road.lms).values():
            db.session.add(_registration(platform))
        db.session.commit()
    return app


def _settings(folder: Path, road: Road) -> Settings:
    """Return settings that nothing in the environment changes."""
    return Settings.model_validate(
        {
            "environment": Environment.DEMO,
            "base_url": road.tool,
            "secret_key": secrets.token_urlsafe(48),
            "encryption_keys": Fernet.generate_key().decode(),
            "database_url": f"sqlite:///{folder / 'tool.sqlite3'}",
            "queue_url": f"sqlite:///{folder / 'queue.sqlite3'}",
            "package_cache_dir": folder / "packages",
            "examplary_api_url": road.examplary,
            "examplary_api_key": API_KEY,
            "trusted_media_hosts": (urlsplit(road.examplary).netloc,),
            "log_level": "WARNING",
        }
    )


def _registration(platform: PlatformDescription) -> Platform:
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


def lms_config(road: Road) -> LmsConfig:
    """Return the stand-in LMS's settings, with the tool registered in both of its flavours."""

    def registration(flavour: str) -> ToolRegistration:
        return ToolRegistration(
            client_id=CLIENT_IDS["canvas" if flavour == "canvas" else "moodle"],
            deployment_id=DEPLOYMENT_IDS["canvas" if flavour == "canvas" else "moodle"],
            initiate_login_uri=f"{road.tool}/lti/login",
            redirect_uris=(f"{road.tool}/lti/launch",),
            target_link_uri=f"{road.tool}/lti/launch",
            jwks_uri=f"{road.tool}/lti/jwks.json",
        )

    return LmsConfig(base_url=road.lms, canvas=registration("canvas"), moodle=registration("moodle"), control=True)


def _free(wanted: int) -> int:
    """Return ``wanted`` if nobody listens there, else a free port."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on this machine")
