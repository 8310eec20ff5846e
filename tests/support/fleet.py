"""Many processes of the tool on one database and one queue, as on several machines."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests
from cryptography.fernet import Fernet

from tests.support.examplary import API_KEY
from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]


@dataclass
class Fleet:
    """``machines`` gunicorns on one port, among which the kernel distributes connections, and ``workers``."""

    folder: Path
    database_url: str
    queue_url: str
    cache_url: str
    examplary_url: str
    machines: int = 2
    processes: int = 1
    workers: int = 2
    web: str = "tests.support.fast_app:app"
    worker: tuple[str, ...] = ("-m", "tests.support.fast_app")
    settings: dict[str, str] = field(default_factory=dict)
    environment_variables: dict[str, str] = field(default_factory=dict)
    """Additional environment variables of every process."""
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen] = field(default_factory=dict)
    encryption_key: str = field(default_factory=lambda: Fernet.generate_key().decode())

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def names(self):
        return [f"web-{n}" for n in range(self.machines)] + [f"worker-{n}" for n in range(self.workers)]

    def environment(self, name):
        host = self.examplary_url.removeprefix("http://")
        plain = {
            "environment": "test",
            "base_url": self.url,
            "secret_key": "the fleet's secret, which is long enough",
            "encryption_keys": self.encryption_key,
            "database_url": self.database_url,
            "queue_url": self.queue_url,
            "cache_url": self.cache_url,
            "embedded_worker": "false" if self.workers else "true",
            # Machines share no disk.
            "package_cache_dir": str(self.folder / name / "packages"),
            "examplary_api_url": self.examplary_url,
            "examplary_api_key": API_KEY,
            "trusted_media_hosts": host,
            "examplary_calls_per_minute": "100000",
            "web_processes": str(self.processes),
            "bind": f"127.0.0.1:{self.port}",
        } | self.settings
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("LTI_TOOL_")}
        return (
            inherited
            | {f"LTI_TOOL_{key.upper()}": value for key, value in plain.items()}
            | {"CHAOS_PAUSE": "4"}
            | self.environment_variables
        )

    def migrate(self):
        subprocess.run(
            [sys.executable, "-m", "lti_tool", "migrate"],
            cwd=ROOT,
            env=self.environment("starter"),
            check=True,
            capture_output=True,
            timeout=300,
        )

    def start(self, name):
        """Start one of :attr:`names`; its log is ``<name>.log``."""
        options = ["-c", "config/gunicorn.conf.py", "--reuse-port", self.web]
        command = ["-m", "gunicorn", *options] if name.startswith("web") else list(self.worker)
        (self.folder / name).mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment(name),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def memory(self, name):
        """Return the resident megabytes of each process of ``name``, by process id."""
        megabytes = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if os.getpgid(int(folder.name)) == self.running[name].pid:
                    pages = int((folder / "statm").read_text().split()[1])
                    megabytes[int(folder.name)] = pages * os.sysconf("SC_PAGESIZE") / 1e6
        return megabytes

    def kill(self, name):
        """Kill the process and its children with SIGKILL, as in a power failure."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait(self, seconds=60.0):
        """Wait until the tool answers."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(requests.RequestException):
                if requests.get(f"{self.url}/readyz", timeout=30).ok:
                    return
            time.sleep(0.1)
        raise TimeoutError(self.log())

    def log(self):
        return "\n".join(file.read_text()[-3000:] for file in sorted(self.folder.glob("*.log")))

    def events(self):
        """Return the names of all logged events."""
        names = set()
        for file in self.folder.glob("*.log"):
            for line in file.read_text().splitlines():
                with suppress(ValueError):
                    event = json.loads(line)
                    names |= {event.get("event")} if isinstance(event, dict) else set()
        return names

    def stop(self):
        """Stop all processes; kill those that don't stop in time."""
        for process in self.running.values():
            process.terminate()
        ended = {}
        for name, process in self.running.items():
            try:
                ended[name] = process.wait(timeout=45)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                ended[name] = process.wait()
        self.running.clear()
        return ended

    def __enter__(self):
        with ExitStack() as stack:
            stack.callback(self.stop)
            self.migrate()
            for name in self.names:
                self.start(name)
            self.wait()
            stack.pop_all()
        return self

    def __exit__(self, *error):
        self.stop()


def random_name(prefix):
    return f"{prefix}_{os.getpid()}_{secrets.token_hex(3)}"
