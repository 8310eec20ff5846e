"""Run the tool as an operator does: by its commands and its settings, in separate processes."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import requests
from cryptography.fernet import Fernet

from sandbox.base_urls import BaseUrls
from sandbox.lms import PlatformDescription, describe_platforms
from sandbox.lms.config import API_KEY_ID, API_KEY_SECRET, other_name

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
STOP_SECONDS = 10.0
PREFIX = "LTI_TOOL_"


class ToolProcessError(Exception):
    """A command of the tool failed. The message is its output."""


@contextmanager
def tool_process(folder: Path, urls: BaseUrls, api_key: str) -> Iterator[None]:
    """Run the tool at ``urls.tool`` with its data in ``folder`` and both platforms of the LMS registered."""
    environment = _environment(folder, urls, api_key)
    _run("migrate", environment=environment)
    for platform in describe_platforms(urls.lms).values():
        _run("platforms", "add", *_registration(platform), environment=environment)
    canvas = describe_platforms(urls.lms)["canvas"]
    _run("platforms", "canvas-api", "set", *_api_key(canvas, urls.lms), environment=environment, text=API_KEY_SECRET)
    with _serve(environment, urls.tool):
        yield


def _environment(folder: Path, urls: BaseUrls, api_key: str) -> dict[str, str]:
    """Return the environment of this process with the demo's settings instead of the operator's."""
    settings = {
        "BIND": f"127.0.0.1:{urlsplit(urls.tool).port}",
        "WEB_PROCESSES": "1",
        "ENVIRONMENT": "demo",
        "ENV_FILE": str(folder / "none"),
        "BASE_URL": urls.tool,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "DATABASE_URL": f"sqlite:///{folder / 'tool.sqlite3'}",
        "QUEUE_URL": f"sqlite:///{folder / 'queue.sqlite3'}",
        "PACKAGE_CACHE_DIR": str(folder / "packages"),
        "EXAMPLARY_API_URL": urls.examplary,
        "EXAMPLARY_API_KEY": api_key,
        # Canvas stores uploaded files on a host of its own.
        "TRUSTED_MEDIA_HOSTS": f"{urlsplit(urls.examplary).netloc},{urlsplit(other_name(urls.lms)).netloc}",
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "console",
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    metrics = {"PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics")}
    return others | metrics | {PREFIX + name: value for name, value in settings.items()}


def _registration(platform: PlatformDescription) -> list[str]:
    """Return the options of ``platforms add``; ``--insecure`` because the demo has no TLS."""
    options = {
        "--issuer": platform.issuer,
        "--client-id": platform.client_id,
        "--deployment-id": platform.deployment_id,
        "--name": f"Stand-in {platform.family}",
        "--family": platform.family,
        "--authorization-url": platform.auth_url,
        "--jwks-url": platform.jwks_url,
        "--token-url": platform.token_url,
    }
    return [*(part for option in options.items() for part in option), "--insecure"]


def _api_key(platform: PlatformDescription, url: str) -> list[str]:
    """Return the options of ``platforms canvas-api set``; the secret comes by standard input."""
    registration = ["--issuer", platform.issuer, "--client-id", platform.client_id]
    key = ["--url", url, "--key-id", API_KEY_ID, "--secret-file", "-", "--all-scopes", "--insecure"]
    return [*registration, *key]


def _run(*arguments: str, environment: dict[str, str], text: str = "") -> None:
    # Commands may call the LMS, by its name below .localhost.
    command = [sys.executable, "-m", "sandbox.localhost_names", "lti_tool", *arguments]
    result = subprocess.run(command, cwd=ROOT, env=environment, input=text, capture_output=True, text=True, check=False)
    if result.returncode:
        raise ToolProcessError(f"“{' '.join(command[3:6])}” failed: {result.stderr.strip()}")


@contextmanager
def _serve(environment: dict[str, str], url: str) -> Iterator[None]:
    """Run gunicorn with the tool's own configuration until the context ends."""
    gunicorn = ["gunicorn", "-c", "config/gunicorn.conf.py", "--log-level", "warning", "wsgi:app"]
    command = [sys.executable, "-m", "sandbox.localhost_names", *gunicorn]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            _wait_until_ready(process, f"{url}/healthz")
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_ready(process: subprocess.Popen[bytes], health_url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if requests.get(health_url, timeout=5).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            pass
        time.sleep(0.1)
    raise ToolProcessError("The tool did not start; its log is above.")
