"""deploy/nginx.conf: requests that are sent byte by byte wait in nginx and don't stop the pages."""

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
import requests
from flask import Flask, request

from sandbox.serve import serve

CONFIGURATION = (Path(__file__).parents[2] / "deploy" / "nginx.conf").read_text()
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


@pytest.fixture
def received():
    """Requests that reached the tool."""
    return []


@pytest.fixture
def proxy(tmp_path, received):
    """nginx with the shipped configuration in front of an app; without TLS, which needs a certificate."""
    app = Flask("behind_nginx")

    @app.route("/<path:path>", methods=["GET", "POST"])
    def answer(path):
        received.append((path, dict(request.headers), len(request.get_data())))
        return "fine"

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with serve(app, "tool.localhost") as tool:
        site = CONFIGURATION.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};").replace(
            "127.0.0.1:5000", f"127.0.0.1:{tool.port}"
        )
        site = re.sub(r"ssl_certificate.*;", "", site.partition("server {\n    listen 80;")[0])
        folders = "".join(
            f"{kind}_temp_path {tmp_path / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (tmp_path / "nginx.conf").write_text(
            f"daemon off; pid {tmp_path / 'pid'}; error_log stderr; events {{}}\nhttp {{ {folders}\n{site} }}"
        )
        command = [NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
        tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert tested.returncode == 0, tested.stderr
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            _wait_for(port)
            yield port
            process.terminate()


def test_half_sent_requests_do_not_reach_the_tool(proxy, received):
    incomplete_request = b"POST /lti/launch HTTP/1.1\r\nHost: exams.example.org\r\nContent-Length: 1000\r\n\r\nstate="
    slow = [socket.create_connection(("127.0.0.1", proxy)) for _ in range(20)]
    try:
        for connection in slow:
            connection.sendall(incomplete_request)
        assert requests.post(f"http://127.0.0.1:{proxy}/lti/launch", {"state": "x"}, timeout=60).text == "fine"
        assert [size for _, _, size in received] == [len("state=x")]
    finally:
        for connection in slow:
            connection.close()


def test_the_browsers_address_replaces_the_header_of_the_client(proxy, received):
    headers = {"X-Forwarded-For": "198.51.100.1"}
    requests.get(f"http://127.0.0.1:{proxy}/lti/jwks.json", headers=headers, timeout=60)
    ((_, passed, _),) = received
    assert passed["X-Forwarded-For"] == "127.0.0.1"


def test_logins_with_long_hints_pass(proxy):
    hint = "h" * 7900
    response = requests.get(f"http://127.0.0.1:{proxy}/lti/login?lti_message_hint={hint}", timeout=60)
    assert response.status_code == 200


def test_requests_beyond_the_tools_limit_are_refused(proxy, received):
    assert requests.post(f"http://127.0.0.1:{proxy}/lti/launch", b"x" * 2_200_000, timeout=60).status_code == 413
    assert not received


def _wait_for(port):
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return
