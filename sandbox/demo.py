"""The demo: the tool, the sandbox's LMS and the sandbox's Examplary on one machine, each with its own host name."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.base_urls import BaseUrls
from sandbox.examplary import ExamplaryConfig, create_examplary
from sandbox.lms import CLIENT_IDS, DEPLOYMENT_IDS, FLAVOURS, LmsConfig, ToolRegistration, create_lms
from sandbox.lms.config import API_KEY_ID, API_KEY_SECRET, API_SCOPES, CANVAS_VARIABLES, ApiKey
from sandbox.localhost_names import LOOPBACK, localhost_names
from sandbox.serve import serve
from sandbox.tool_process import tool_process

API_KEY = "examp_" + "demo" * 8
"""API key of the sandbox's Examplary; worthless elsewhere."""


@dataclass(frozen=True, slots=True)
class DemoPorts:
    """Ports on the loopback interface; 0 means any free port."""

    lms: int = 0
    tool: int = 0
    examplary: int = 0


@contextmanager
def run_demo(folder: Path, examplary: ExamplaryConfig, ports: DemoPorts) -> Iterator[BaseUrls]:
    """Start all three, registered with each other, until the context ends. The tool keeps its data in ``folder``.

    A port that is taken is replaced by a free one. Nothing is reachable from other machines.
    """
    urls = BaseUrls(
        lms=f"http://lms.localhost:{_available_port(ports.lms)}",
        tool=f"http://tool.localhost:{_available_port(ports.tool)}",
        examplary=f"http://examplary.localhost:{_available_port(ports.examplary)}",
    )
    with ExitStack() as stack:
        stack.enter_context(localhost_names())
        stack.enter_context(serve(create_examplary(examplary), *_host_and_port(urls.examplary)))
        stack.enter_context(serve(create_lms(lms_config(urls)), *_host_and_port(urls.lms)))
        stack.enter_context(tool_process(folder, urls, examplary.api_key))
        yield urls


def lms_config(urls: BaseUrls) -> LmsConfig:
    """Return the LMS's configuration, with the tool registered in both of its flavours and an API key for it."""
    canvas, moodle = (
        ToolRegistration(
            client_id=CLIENT_IDS[flavour],
            deployment_id=DEPLOYMENT_IDS[flavour],
            initiate_login_uri=f"{urls.tool}/lti/login",
            redirect_uris=(f"{urls.tool}/lti/launch",),
            target_link_uri=f"{urls.tool}/lti/launch",
            jwks_uri=f"{urls.tool}/lti/jwks.json",
            custom=CANVAS_VARIABLES if flavour == "canvas" else {},
        )
        for flavour in FLAVOURS
    )
    key = ApiKey(API_KEY_ID, API_KEY_SECRET, (f"{urls.tool}/consent/callback",), scopes=API_SCOPES)
    return LmsConfig(base_url=urls.lms, canvas=canvas, moodle=moodle, control=True, moodle_plugin=True, canvas_key=key)


def _host_and_port(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)


def _available_port(preferred: int) -> int:
    """Return ``preferred`` if it is free, else any free port."""
    for port in (preferred, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on this machine")
