"""PostgreSQL, MariaDB and Redis for the tests.

``python -m tests.support.servers COMMAND …`` starts the servers that do not answer, on free ports, runs COMMAND with
their URLs in the environment, and stops them. As root on Debian it installs missing servers first. Without a server,
the tests that need it are skipped; with ``CI=true`` that is an error.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from redis import Redis as RedisClient
from redis.exceptions import RedisError
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

SECONDS = 60.0
"""Time for a server to answer."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(name):
    """Return the path of a program; Debian keeps PostgreSQL's out of PATH."""
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), "/usr/sbin", "/usr/local/sbin"]
    return next(filter(None, (shutil.which(name, path=str(place)) for place in places)), None) or shutil.which(name)


def _with_path(command):
    """Return the command with the path of its program."""
    return [program(command[0]), *command[1:]]


class Server:
    """A server with its own folder and port."""

    needs: tuple[str, ...]
    package: str
    variable: str
    """The environment variable with the URL of a running server."""
    default_url: str
    """The URL that is tried without the variable."""
    user = ""
    """The user to run as if we are root, as some servers refuse to."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.port = free_port()
        self.process = None

    @classmethod
    def is_installed(cls):
        return all(program(name) for name in cls.needs)

    @classmethod
    def shared_url(cls):
        """Return the URL of the server that all tests share, whether it runs or not."""
        return os.environ.get(cls.variable, cls.default_url)

    @classmethod
    def answers(cls, url):
        engine = create_engine(url)
        try:
            with engine.connect():
                return True
        except DBAPIError:
            return False
        finally:
            engine.dispose()

    @property
    def url(self):
        raise NotImplementedError

    def make(self):
        """Prepare the new folder."""

    def command(self):
        raise NotImplementedError

    def start(self):
        """Start or restart the server with its data, and wait until it answers."""
        if not self.folder.exists():
            self.folder.mkdir(parents=True, mode=0o755)
            self._give(self.folder)
            self.make()
        self.process = self._spawn(self.command())
        deadline = time.monotonic() + SECONDS
        while not self.answers(self.url):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.package} didn't start: {(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.1)
        return self

    def stop(self, number=signal.SIGTERM):
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)
            self.process.wait(timeout=SECONDS)
            self.process = None

    def kill(self):
        """Stop the server with SIGKILL, as in a power failure."""
        self.stop(signal.SIGKILL)

    def _run(self, command):
        """Run a program of the server until it ends; raise ``CalledProcessError`` if it fails."""
        with self._log() as log:
            subprocess.run(_with_path(command), check=True, **self._options(log))

    def _spawn(self, command):
        """Start a program of the server in the background."""
        with self._log() as log:
            return subprocess.Popen(_with_path(command), **self._options(log))

    def _log(self):
        log = (self.folder / "log").open("ab")
        self._give(self.folder / "log")
        return log

    def _options(self, log):
        as_user = {"user": self.user} if self.user and os.getuid() == 0 else {}
        return {"stdout": log, "stderr": log, "cwd": "/"} | as_user

    def _give(self, path):
        if self.user and os.getuid() == 0:
            owner = pwd.getpwnam(self.user)
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error):
        self.stop(signal.SIGINT if isinstance(self, PostgreSQL) else signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgreSQL(Server):
    needs = ("initdb", "postgres")
    package = "postgresql"
    variable = "TEST_POSTGRESQL_URL"
    default_url = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
    user = "postgres"

    @property
    def url(self):
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def make(self):
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run(["initdb", "-D", str(self.folder / "data"), *options])

    def command(self):
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-k", str(self.folder)]
        return ["postgres", "-D", str(self.folder / "data"), *place, "-c", "max_connections=200"]


class MariaDB(Server):
    needs = ("mariadb-install-db", "mariadbd")
    package = "mariadb-server"
    variable = "TEST_MARIADB_URL"
    default_url = "mariadb+pymysql://root@127.0.0.1:3306/mysql"
    user = "mysql"

    @property
    def url(self):
        return f"mariadb+pymysql://root@127.0.0.1:{self.port}/mysql"

    def make(self):
        options = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        self._run(["mariadb-install-db", "--no-defaults", f"--datadir={self.folder / 'data'}", *options])

    def command(self):
        files = [f"--socket={self.folder / 'socket'}", f"--pid-file={self.folder / 'pid'}"]
        place = ["--bind-address=127.0.0.1", f"--port={self.port}", "--max-connections=300"]
        return ["mariadbd", "--no-defaults", f"--datadir={self.folder / 'data'}", *files, *place]


class Redis(Server):
    needs = ("redis-server",)
    package = "redis-server"
    variable = "TEST_REDIS_URL"
    default_url = "redis://127.0.0.1:6379/9"

    @classmethod
    def answers(cls, url):
        client = RedisClient.from_url(url, socket_connect_timeout=2)
        try:
            return bool(client.ping())
        except RedisError:
            return False
        finally:
            client.close()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/9"

    def command(self):
        # Without persistence: a restart loses everything.
        return ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]


SERVERS = {"postgresql": PostgreSQL, "mariadb": MariaDB, "redis": Redis}


def install(missing):
    """Install Debian packages, if we are root and apt is available."""
    if missing and shutil.which("apt-get") and os.getuid() == 0:
        sys.stderr.write(f"Installing {', '.join(missing)} for the tests …\n")
        quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], check=True, **quiet)


def main(command):
    missing = [kind for kind in SERVERS.values() if not kind.answers(kind.shared_url())]
    install([kind.package for kind in missing if not kind.is_installed()])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="examplary-servers-", dir="/tmp")))
        folder.chmod(0o755)
        for kind in missing:
            if kind.is_installed():
                server = stack.enter_context(kind(folder / kind.package))
                os.environ[kind.variable] = server.url
            elif os.environ.get("CI") == "true":
                sys.exit(f"{kind.package} is required but not installed.")
            else:
                sys.stderr.write(f"{kind.package} is not installed; the tests that need it are skipped.\n")
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
