"""Launches per second and CPU per launch, compared with PyLTI1p3's Flask example. Run with: make bench-launch.

All tools run under gunicorn in separate processes and are measured in short turns in the same run, so that other load
on the machine affects them equally. The ratio compares the turns of one round, and is the median of the rounds: another
program that begins or ends changes it less than the milliseconds. A launch is the whole exchange: login, the LMS's
response and optionally the first page. The LMS's work (signing the id_token) is not counted: CPU is that of the tool's
workers, from /proc.

The peers keep their state in the memory of one process and check little (see :mod:`bench_peers`); this tool keeps its
state in a database and checks everything. At the end, each budget is met or missed; if one is missed, the exit status
is 1.

Use an idle machine, because other load raises the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import jwt
import requests
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask, Response, jsonify
from jwt.algorithms import RSAAlgorithm

from bench.budgets import Budget, exit_by
from sandbox.serve import serve
from tests.support.addresses import query_of
from tests.support.databases import drop_database, make_database, reachable

ROOT = Path(__file__).resolve().parent.parent
CORE = "https://purl.imsglobal.org/spec/lti/claim/"
ISSUER, CLIENT = "https://lms.example.org", "client-1"
KEY = generate_private_key(public_exponent=65537, key_size=2048)
TICKS = os.sysconf("SC_CLK_TCK")
EXAMPLE = "PyLTI1p3's Flask example"
OURS = "wsgi:app"
SQLITE, POSTGRESQL = "ours, SQLite", "ours, PostgreSQL"
SQLITE_BUDGET = 1.3
"""Login and launch cost at most this many times the CPU of PyLTI1p3's example: on SQLite, with one worker."""

POSTGRESQL_BUDGET = 1.7
"""The same on PostgreSQL."""

OUR_GUNICORN_SETTINGS = ROOT / "config" / "gunicorn.conf.py"
"""This tool runs as in production: it logs each request as JSON and counts it. The peers do neither."""


@dataclass(frozen=True)
class Tool:
    """A tool under test and its gunicorn process."""

    name: str
    base_url: str
    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """Return the CPU seconds used by the workers."""
        return sum(_cpu_of(pid) for pid in _children(self.process.pid))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def launch(http: requests.Session, tool: Tool, *, first_page: bool) -> None:
    """Open the tool as a teacher."""
    login = {"iss": ISSUER, "client_id": CLIENT, "login_hint": "7", "target_link_uri": f"{tool.base_url}/lti/launch"}
    response = http.post(f"{tool.base_url}/lti/login", data=login, allow_redirects=False)
    request = query_of(response.headers["Location"])
    form = {"state": request["state"], "id_token": _id_token(request["nonce"], f"{tool.base_url}/lti/launch")}
    # Cookies are Secure, so requests does not send them over plain http; browsers do on localhost.
    cookies = "; ".join(f"{name}={value}" for name, value in _cookies(response).items())
    answer = http.post(f"{tool.base_url}/lti/launch", data=form, headers={"Cookie": cookies}, allow_redirects=False)
    if answer.status_code not in (200, 303):
        raise SystemExit(f"{tool.name}: {answer.status_code} {answer.text[:300]}")
    if first_page and answer.status_code == 303:
        cookies = "; ".join(f"{name}={value}" for name, value in _cookies(answer).items())
        page = http.get(tool.base_url + answer.headers["Location"], headers={"Cookie": cookies})
        page.raise_for_status()


def _cookies(response: requests.Response) -> dict[str, str]:
    headers = response.raw.headers.getlist("Set-Cookie")
    return dict(header.split(";", 1)[0].split("=", 1) for header in headers)


def _id_token(nonce: str, target: str) -> str:
    moment = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": f"teacher-{secrets.randbelow(50)}",
        "iat": moment,
        "exp": moment + 60,
        "nonce": nonce,
        "name": "Tess Teacher",
        "email": "tess@school.example",
        f"{CORE}deployment_id": "1",
        f"{CORE}message_type": "LtiResourceLinkRequest",
        f"{CORE}version": "1.3.0",
        f"{CORE}target_link_uri": target,
        f"{CORE}roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"],
        f"{CORE}resource_link": {"id": "link-1"},
        f"{CORE}context": {"id": "course-1", "title": "Biology 101"},
        f"{CORE}launch_presentation": {"locale": "en", "return_url": "https://lms.example.org/courses/1"},
        f"{CORE}tool_platform": {"product_family_code": "moodle", "version": "2024100706"},
    }
    return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "1"})


class KeySet:
    """The LMS's public keys on a real port; ``requests`` counts the downloads."""

    def __init__(self) -> None:
        self.app = Flask("bench_keys")
        self.requests = 0
        self.url = ""
        self._jwk = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "1", "alg": "RS256", "use": "sig"}
        self.app.add_url_rule("/jwks", view_func=self._show)

    def _show(self) -> Response:
        self.requests += 1
        return jsonify(keys=[self._jwk])


@contextmanager
def key_set() -> Iterator[KeySet]:
    """Serve the LMS's keys."""
    keys = KeySet()
    with serve(keys.app, "127.0.0.1") as server:
        keys.url = f"{server.base_url}/jwks"
        yield keys


@contextmanager
def gunicorn(name: str, target: str, workers: int, environment: dict[str, str], folder: Path) -> Iterator[Tool]:
    """Run ``target`` under gunicorn until the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-w", str(workers), "--threads", "2"]
    settings = str(OUR_GUNICORN_SETTINGS if target == OURS else "/dev/null")
    command += ["-c", settings, "--log-level", "error", "--chdir", str(ROOT), target]
    environment = {**os.environ, **environment, "PORT": str(port), "PYTHONPATH": f"{ROOT}:{ROOT / 'bench'}"}
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stderr=log, stdout=log)
    tool = Tool(name, f"http://127.0.0.1:{port}", process)
    try:
        _wait(tool, folder / f"{name}.log")
        yield tool
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait(tool: Tool, log: Path) -> None:
    for _ in range(150):
        try:
            requests.get(f"{tool.base_url}/lti/jwks.json", timeout=30)
        except requests.ConnectionError:
            if tool.process.poll() is not None:
                break
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"{tool.name} does not start:\n{log.read_text()[-2000:]}")


def ours(folder: Path, jwks: str, database_url: str) -> dict[str, str]:
    """Return the environment of this tool, with a database in which the LMS is registered."""
    environment = {
        "LTI_TOOL_ENVIRONMENT": "test",
        "LTI_TOOL_BASE_URL": "http://tool.localhost",
        "LTI_TOOL_SECRET_KEY": secrets.token_urlsafe(40),
        "LTI_TOOL_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "LTI_TOOL_DATABASE_URL": database_url,
        "LTI_TOOL_QUEUE_URL": f"sqlite:///{folder / 'queue.sqlite3'}",
        "LTI_TOOL_EMBEDDED_WORKER": "false",
        "LTI_TOOL_PACKAGE_CACHE_DIR": str(folder),
        "LTI_TOOL_ENV_FILE": "/dev/null",
        "LTI_TOOL_LOG_FORMAT": "json",
    }
    run = [sys.executable, "-m", "lti_tool"]
    add = ["platforms", "add", "--issuer", ISSUER, "--client-id", CLIENT, "--deployment-id", "1", "--jwks-url", jwks]
    add += ["--authorization-url", f"{ISSUER}/auth", "--insecure"]
    for command in (["migrate"], add):
        subprocess.run([*run, *command], env={**os.environ, **environment}, check=True, cwd=ROOT, capture_output=True)
    return environment


def theirs(folder: Path, jwks: str) -> dict[str, str]:
    """Return the environment of PyLTI1p3's Flask flow: configuration in a file, state in memory."""
    private = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "private.pem").write_bytes(private)
    registration = {
        "default": True,
        "client_id": CLIENT,
        "auth_login_url": f"{ISSUER}/auth",
        "auth_token_url": f"{ISSUER}/token",
        "key_set_url": jwks,
        "key_set": None,
        "private_key_file": "private.pem",
        "deployment_ids": ["1"],
    }
    (folder / "tool.json").write_text(json.dumps({ISSUER: [registration]}))
    return {"PYLTI_CONFIG": str(folder / "tool.json")}


def measure(tool: Tool, seconds: float, *, first_page: bool) -> tuple[float, float]:
    """Return launches per second, and milliseconds of CPU per launch, with as many browsers as there are workers."""
    counts: list[int] = []

    def browse(until: float) -> None:
        http, count = requests.Session(), 0
        while time.perf_counter() < until:
            http.cookies.clear()
            launch(http, tool, first_page=first_page)
            count += 1
        counts.append(count)

    cpu, began = tool.cpu(), time.perf_counter()
    browsers = [threading.Thread(target=browse, args=(began + seconds,)) for _ in _children(tool.process.pid)]
    for browser in browsers:
        browser.start()
    for browser in browsers:
        browser.join()
    total = sum(counts)
    return total / (time.perf_counter() - began), (tool.cpu() - cpu) / total * 1000


def compare(tools: list[Tool], rounds: int, seconds: float, *, first_page: bool) -> dict[str, float]:
    """Measure in turns, each round in the other order, and print the medians.

    Return the CPU of each tool as a multiple of the example's, if that is one of them.
    """
    results: dict[str, list[tuple[float, float]]] = {tool.name: [] for tool in tools}
    for tool in tools:
        measure(tool, 1.0, first_page=first_page)
    for number in range(rounds):
        for tool in tools if number % 2 else tools[::-1]:
            results[tool.name].append(measure(tool, seconds, first_page=first_page))
    ratios = {name: ratio(figures, results[EXAMPLE]) for name, figures in results.items() if EXAMPLE in results}
    for name, figures in results.items():
        rate, cpu = (statistics.median(column) for column in zip(*figures, strict=True))
        spread = f"{min(cpu for _, cpu in figures):.1f} to {max(cpu for _, cpu in figures):.1f}"
        comparison = f"{ratios[name]:5.2f} x the example" if ratios else ""
        say(f"  {name:32} {rate:7.1f} launches/s   {cpu:5.2f} ms CPU ({spread}) {comparison}")
    return ratios


def budgets(ratios: dict[str, float]) -> Iterator[Budget]:
    """Yield the budgets of login and launch for the databases that were measured beside the example."""
    for name, most in ((SQLITE, SQLITE_BUDGET), (POSTGRESQL, POSTGRESQL_BUDGET)):
        if name in ratios:
            result = f"{name}, login and launch: {ratios[name]:.2f} x the example (at most {most})"
            yield Budget(result, met=ratios[name] <= most)


def ratio(figures: list[tuple[float, float]], reference: list[tuple[float, float]]) -> float:
    """Return the median of the rounds' ratios of CPU per launch."""
    return statistics.median(cpu / other for (_, cpu), (_, other) in zip(figures, reference, strict=True))


def sign_answers(environment: dict[str, str], count: int = 300) -> None:
    """Print how long signing a deep linking response takes, in a separate process with the key loaded."""
    script = f"""
import time
from statistics import median
from lti_tool import create_app
from lti_tool.lti import DeepLinkingSettings, FileItem, sign_deep_linking_response
app = create_app()
with app.app_context():
    keys = app.extensions["services"].tool_keys
    settings = DeepLinkingSettings(return_url="https://lms.example.org/return", accept_types=frozenset(["file"]))
    item = FileItem(url="https://tool.example.org/packages/x/exam.zip", title="An exam")
    facts = dict(issuer="{ISSUER}", client_id="{CLIENT}", deployment_id="1", settings=settings, items=[item])
    def sign():
        began = time.process_time()
        sign_deep_linking_response(**facts, keys=keys)
        return time.process_time() - began
    sign()
    print(f"{{median(sign() for _ in range({count})) * 1000:.2f}}")
"""
    result = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **environment}, cwd=ROOT, capture_output=True, check=True
    )
    say(f"A deep linking response is signed in {result.stdout.decode().strip()} ms CPU")


def say(line: str) -> None:
    """Print without buffering: a run takes minutes."""
    print(line, flush=True)


def warn_if_busy() -> None:
    """Say so if other programs keep the processors busy."""
    load = os.getloadavg()[0]
    if load > (os.cpu_count() or 1) / 2:
        say(f"The machine is busy (load {load:.1f}): the ratios are higher than on an idle one, and vary")


def peers(folder: Path, keys: KeySet, workers: int) -> list[tuple[str, str, dict[str, str]]]:
    """Return name, target and environment of the peers."""
    environment = theirs(folder, keys.url)
    tools = [("bare Flask", "bench_peers:bare", environment)]
    if workers > 1:
        # PyLTI1p3's example keeps its state in one process: with two, half of its launches would fail.
        return tools
    return [
        *tools,
        ("PyLTI1p3's flow, no page", "bench_peers:flow", environment),
        (EXAMPLE, "bench_peers:example", environment),
    ]


def databases(folder: Path, postgresql: str, stack: ExitStack) -> dict[str, str]:
    """Return the databases; PostgreSQL's is created for this run."""
    urls = {SQLITE: f"sqlite:///{folder / 'tool.sqlite3'}"}
    if postgresql == "none" or not reachable("postgresql"):
        say("PostgreSQL is left out: TEST_POSTGRESQL_URL names a server on which a database may be made")
        return urls
    name = f"examplary_lms_bench_{os.getpid()}"
    urls[POSTGRESQL] = make_database("postgresql", name)
    stack.callback(drop_database, "postgresql", name)
    return urls


def main() -> None:
    """Run all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--postgresql", choices=["auto", "none"], default="auto")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        keys = stack.enter_context(key_set())
        warn_if_busy()
        urls = databases(folder, options.postgresql, stack)
        environments = {name: ours(folder, keys.url, url) for name, url in urls.items()}
        ratios: dict[str, float] = {}
        for workers in options.workers:
            with ExitStack() as running:
                peer_programs = peers(folder, keys, workers)
                our_programs = [(name, OURS, environment) for name, environment in environments.items()]
                tools = [
                    running.enter_context(gunicorn(name, target, workers, environment, folder))
                    for name, target, environment in [*peer_programs, *our_programs]
                ]
                say(f"{workers} worker(s): login, launch")
                ratios |= compare(tools, options.rounds, options.seconds, first_page=False)
                requests_before = keys.requests
                say(f"{workers} worker(s): login, launch, first page (the example answers the launch with its page)")
                # Of the peers, only the example has a first page.
                with_page = [tool for tool in tools if tool.name == EXAMPLE or tool.name in environments]
                compare(with_page, options.rounds, options.seconds, first_page=True)
                say(f"  the LMS was asked for its keys {keys.requests - requests_before} times")
        sign_answers(environments[SQLITE])
    exit_by(budgets(ratios))


if __name__ == "__main__":
    main()
