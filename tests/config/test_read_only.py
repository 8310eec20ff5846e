"""A read-only file system with one writable volume is enough."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet

ROOT = Path(__file__).parents[2]
UNSHARE = shutil.which("unshare")

# A bind mount of the volume stays writable when everything else becomes read-only, in this namespace only.
READ_ONLY = """
set -e
mount --make-rprivate /
mount --bind "$VOLUME" "$VOLUME"
mount -o remount,bind,ro /
[ ! -d /tmp ] || ! mountpoint -q /tmp || mount -o remount,bind,ro /tmp
! touch /tmp/lti-tool-probe 2>/dev/null
cd "$TOOL"
exec "$@"
"""


def _may_unshare():
    return UNSHARE and subprocess.run([UNSHARE, "-m", "true"], check=False, capture_output=True).returncode == 0


pytestmark = [pytest.mark.slow, pytest.mark.skipif(not _may_unshare(), reason="mount namespaces are not allowed here")]


@pytest.fixture
def volume(tmp_path):
    (tmp_path / "tmp").mkdir()
    return tmp_path


@pytest.fixture
def environment(volume):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings = {
        "ENVIRONMENT": "test",
        "SECRET_KEY": "s" * 40,
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "DATABASE_URL": f"sqlite:///{volume / 'tool.sqlite3'}",
        "QUEUE_URL": f"sqlite:///{volume / 'queue.sqlite3'}",
        "PACKAGE_CACHE_DIR": str(volume / "packages"),
        "BIND": f"127.0.0.1:{port}",
        "WEB_PROCESSES": "1",
        "ENV_FILE": str(volume / "none"),
    }
    others = {name: value for name, value in os.environ.items() if name not in ("TMPDIR", "TEMP", "TMP")}
    return (
        others
        | {f"LTI_TOOL_{name}": value for name, value in settings.items()}
        | {
            "PROMETHEUS_MULTIPROC_DIR": str(volume / "metrics"),
            "VOLUME": str(volume),
            "TOOL": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
    )


def read_only(*command):
    return [UNSHARE, "-m", "sh", "-c", READ_ONLY, "sh", sys.executable, *command]


GUNICORN = ("-m", "gunicorn", "-c", "config/gunicorn.conf.py", "wsgi:app")


def test_the_tool_runs_with_one_writable_volume_and_tmpdir(environment, volume):
    environment |= {"TMPDIR": str(volume / "tmp")}
    migrated = subprocess.run(
        read_only("-m", "lti_tool", "migrate"), env=environment, capture_output=True, text=True, check=False
    )
    assert migrated.returncode == 0, migrated.stderr
    address = f"http://{environment['LTI_TOOL_BIND']}"
    with subprocess.Popen(read_only(*GUNICORN), env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert _get(process, f"{address}/healthz") == 200, process.stderr.read()
            assert _get(process, f"{address}/readyz") == 200
            assert _get(process, f"{address}/nothing") == 404
            assert "page.not_found" in requests.get(f"{address}/metrics", timeout=60).text
            assert list((volume / "metrics").glob("*.db"))
            assert not list((volume / "tmp").glob("lti-tool-metrics-*"))
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=300)


def test_a_missing_folder_for_temporary_files_is_reported_in_one_sentence(environment):
    done = subprocess.run(
        read_only(*GUNICORN), env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 1
    assert "set TMPDIR" in done.stderr
    assert "Traceback" not in done.stderr


def _get(process, address):
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return requests.get(address, timeout=60).status_code
        except requests.ConnectionError:
            time.sleep(0.1)
    return None
