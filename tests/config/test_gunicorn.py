"""gunicorn's configuration: log lines without paths, and workers in server processes only."""

import importlib.util
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet

from lti_tool import create_app

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def conf():
    spec = importlib.util.spec_from_file_location("gunicorn_conf", ROOT / "config" / "gunicorn.conf.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """Settings with an embedded worker."""
    monkeypatch.setenv("LTI_TOOL_ENVIRONMENT", "test")
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("LTI_TOOL_ENCRYPTION_KEYS", Fernet.generate_key().decode())
    monkeypatch.setenv("LTI_TOOL_DATABASE_URL", f"sqlite:///{tmp_path / 'tool.sqlite3'}")
    monkeypatch.setenv("LTI_TOOL_QUEUE_URL", f"sqlite:///{tmp_path / 'queue.sqlite3'}")
    monkeypatch.setenv("LTI_TOOL_PACKAGE_CACHE_DIR", str(tmp_path / "packages"))
    monkeypatch.setenv("LTI_TOOL_EMBEDDED_WORKER", "true")


@pytest.fixture
def _signals_restored():
    handler = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    yield
    signal.signal(signal.SIGTERM, handler)


@pytest.mark.parametrize(
    ("message", "arguments", "logged"),
    [
        ("Error handling request %s %s", ("POST", "/l/secret-token/hint"), "Error handling request"),
        ("Error handling request (no URI read)", (), "Error handling request"),
        ("Invalid request from ip=10.1.2.3: GET /l/secret-token", (), "Invalid request from"),
        ("Booting worker with pid: %s", (7,), "Booting worker with pid: 7"),
    ],
)
def test_gunicorns_log_lines_contain_no_paths_and_addresses(conf, message, arguments, logged):
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "", 0, message, arguments, None)
    assert conf.without_paths(record)
    assert record.getMessage() == logged


# The memory storage of limits cleans itself with short-lived timers.
COUNT = "import threading; print(sum(type(t) is not threading.Timer for t in threading.enumerate()), 'thread')"


def running_threads():
    return {thread for thread in threading.enumerate() if type(thread) is not threading.Timer}


@pytest.mark.parametrize(
    "command",
    [
        ["-c", f"import wsgi; {COUNT}"],
        ["-m", "flask", "--app", "wsgi", "shell"],
    ],
)
def test_importing_the_app_starts_no_worker(environment, command):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ,
        input=COUNT,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert "1 thread\n" in done.stdout
    assert "worker.started" not in done.stderr


@pytest.mark.usefixtures("environment", "_signals_restored")
def test_a_server_process_starts_the_embedded_worker(conf, monkeypatch):
    at_exit = []
    monkeypatch.setattr("atexit.register", lambda function, **arguments: at_exit.append((function, arguments)))
    app = create_app()
    # Other tests of this process may have workers of their own.
    before = running_threads()
    conf.post_worker_init(SimpleNamespace(pid=os.getpid(), wsgi=app))
    try:
        assert "Sweeper" in {thread.name for thread in running_threads() - before}
    finally:
        ((stop, arguments),) = at_exit
        assert arguments == {"graceful": True}
        stop(**arguments)
    assert "Sweeper" not in {thread.name for thread in running_threads() - before}


@pytest.mark.usefixtures("environment")
def test_no_worker_is_embedded_if_it_is_turned_off(conf, monkeypatch):
    monkeypatch.setenv("LTI_TOOL_EMBEDDED_WORKER", "false")
    before = running_threads()
    conf.post_worker_init(SimpleNamespace(pid=os.getpid(), wsgi=create_app()))
    assert running_threads() <= before


def test_request_lines_may_be_as_long_as_gunicorn_allows(conf):
    assert conf.limit_request_line == 8190


def test_a_given_folder_for_metrics_is_emptied_and_used(conf, monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "metrics"))
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "old.db").touch()
    monkeypatch.setattr(conf.tempfile, "mkdtemp", None)
    conf.on_starting(None)
    assert not list((tmp_path / "metrics").iterdir())
    conf.on_exit(None)
    assert (tmp_path / "metrics").is_dir()


def test_a_folder_made_for_metrics_is_removed_at_the_end(conf, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    conf.on_starting(None)
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    assert folder.is_dir()
    conf.on_exit(None)
    assert not folder.exists()
