"""Try an installed wheel: ``python check_wheel.py EXAM.json`` with the interpreter of the environment it is in.

Prints a line per step; exits with a traceback at the first one that fails. It runs in an empty folder, so that nothing
of a checkout can be imported by accident, and needs only what the wheel installs.
"""

import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests
from cryptography.fernet import Fernet

BIN = Path(sys.executable).parent
PLATFORM = "https://lms.example.org"


def environment(folder, port):
    settings = {
        "BIND": f"127.0.0.1:{port}",
        "WEB_PROCESSES": "1",
        "ENVIRONMENT": "test",
        "ENV_FILE": "none",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "DATABASE_URL": f"sqlite:///{folder / 'tool.sqlite3'}",
        "QUEUE_URL": f"sqlite:///{folder / 'queue.sqlite3'}",
        "PACKAGE_CACHE_DIR": str(folder / "packages"),
        "EXAMPLARY_API_URL": "http://127.0.0.1:1",
        "EXAMPLARY_API_KEY": "examp_wheel",
        "LOG_FORMAT": "console",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LTI_TOOL_", "PYTHON"))}
    return inherited | {f"LTI_TOOL_{name}": value for name, value in settings.items()}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command, folder, settings):
    result = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
    return result.stdout


@contextmanager
def serve(folder, settings, url):
    """Run gunicorn with the configuration from the wheel."""
    command = [BIN / "gunicorn", "-c", str(files("config") / "gunicorn.conf.py"), "wsgi:app"]
    with subprocess.Popen(command, cwd=folder, env=settings) as process:
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    assert requests.get(f"{url}/healthz", timeout=30).ok
                    break
                except requests.ConnectionError:
                    assert process.poll() is None, "gunicorn did not start"
                    assert time.monotonic() < deadline, "gunicorn does not answer"
                    time.sleep(0.1)
            yield
        finally:
            process.terminate()


def check_pages(url):
    english = requests.get(url, timeout=30)
    assert english.ok
    assert requests.get(url, headers={"Accept-Language": "nl"}, timeout=30).text != english.text, "no translations"
    for path in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', english.text)):
        assert requests.get(url + path, timeout=30).ok, path
        assert "/static/" in path


def check_login(url):
    login = {"iss": PLATFORM, "client_id": "client-1", "login_hint": "7", "target_link_uri": f"{url}/lti/launch"}
    response = requests.post(f"{url}/lti/login", data=login, allow_redirects=False, timeout=30)
    assert response.status_code == 302, response.text
    target = urlsplit(response.headers["Location"])
    assert response.headers["Location"].startswith(f"{PLATFORM}/auth")
    assert {"state", "nonce", "redirect_uri"} <= set(parse_qs(target.query))


def main(exam):
    import lti_tool

    assert Path(lti_tool.__file__).is_relative_to(Path(sys.prefix).resolve()), lti_tool.__file__
    assert (files("lti_tool") / "py.typed").is_file()
    assert not list(Path(lti_tool.__file__).parents[1].glob("sandbox*"))
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        settings, url = environment(folder, port), f"http://127.0.0.1:{port}"

        def tool(*arguments):
            output = run(str(BIN / "examplary-lms"), *arguments, folder=folder, settings=settings)
            print(f"examplary-lms {' '.join(arguments[:2])}: works")
            return output

        assert lti_tool.__version__ in tool("--version")
        tool("migrate")
        tool("convert", exam, "--to", "canvas-qti", "--out", str(folder / "exam.zip"))
        assert "imsmanifest.xml" in zipfile.ZipFile(folder / "exam.zip").namelist()
        endpoints = [f"--authorization-url={PLATFORM}/auth", f"--jwks-url={PLATFORM}/jwks"]
        tool("platforms", "add", f"--issuer={PLATFORM}", "--client-id=client-1", *endpoints)
        with serve(folder, settings, url):
            check_pages(url)
            print("start page, translations and static files: work")
            check_login(url)
            print("login: works")


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()))
