"""A process that runs tasks in forks, each of which kills itself with SIGKILL at its N-th critical point.

Critical points are before and after every commit and every HTTP exchange, and in a migration every statement. The app
is created once, and the forks share no connections with it. Tasks are JSON lines on standard input, such as
``{"do": "advance", "id": "…", "die_at": 3}``; the result is ``{"died": true, "points": 3}``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import contextmanager

from flask_migrate import upgrade
from sqlalchemy import event
from sqlalchemy.engine import Engine
from urllib3 import HTTPConnectionPool

from config.settings import Settings
from lti_tool import create_app
from lti_tool.models import Exam, Generation, Import, Launch, LmsUser, db
from lti_tool.net.connections import Pinned
from sandbox.localhost_names import localhost_names


class CrashPoint:
    """Counts critical points and kills the process at one of them. A pipe keeps the count."""

    def __init__(self, die_at, pipe):
        self._die_at = die_at
        self._pipe = pipe
        self.points = 0

    def point(self):
        self.points += 1
        os.write(self._pipe, b".")
        if self.points == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


def watch(crash):
    """Count every commit and every HTTP exchange."""

    @event.listens_for(Engine, "engine_connect")
    def _(connection):
        dialect = connection.dialect
        if getattr(dialect, "watched", False):
            return
        dialect.watched = True
        commit = dialect.do_commit

        def do_commit(dbapi_connection):
            crash.point()
            commit(dbapi_connection)
            crash.point()

        dialect.do_commit = do_commit

    urlopen = HTTPConnectionPool.urlopen

    def exchange(pool, *arguments, **options):
        crash.point()
        answer = urlopen(pool, *arguments, **options)
        crash.point()
        return answer

    HTTPConnectionPool.urlopen = exchange
    pinned = Pinned.open

    @contextmanager
    def open_pinned(connector, *arguments):
        crash.point()
        with pinned(connector, *arguments) as response:
            crash.point()
            yield response

    Pinned.open = open_pinned


def count_statements(crash):
    """Count every statement."""

    @event.listens_for(Engine, "before_cursor_execute")
    def _(*_):
        crash.point()

    @event.listens_for(Engine, "after_cursor_execute")
    def _(*_):
        crash.point()


def request(app, command):
    """Handle a request of a browser or an LMS."""
    with app.test_client(use_cookies=False) as client:
        answer = client.open(
            command["id"],
            method=command["method"],
            data=command.get("form"),
            headers={"Cookie": command.get("cookie", "")},
        )
        assert answer.get_data() is not None
        assert answer.status_code < 500, answer.get_data(as_text=True)


def work(app, command):
    """Run a task of a worker or a page."""
    if command["do"] == "request":
        request(app, command)
        return
    services = app.extensions["services"]
    with app.app_context():
        match command["do"]:
            case "upgrade":
                upgrade()
            case "advance":
                services.collector.advance(command["id"])
            case "sweep":
                services.sweeper.sweep()
            case "start":
                services.generations.start(db.session.get_one(Launch, command["id"]))
            case "hint":
                services.generations.hint(db.session.get_one(Generation, command["id"]))
            case "cancel":
                services.generations.cancel(db.session.get_one(Generation, command["id"]))
            case "retry":
                services.generations.retry(db.session.get_one(Generation, command["id"]))
            case "chores":
                services.chores.run_due()
            case "retention":
                services.retention.apply()
            case "erase":
                services.privacy.erase(db.session.get_one(LmsUser, command["id"]))
            case "import":
                launch = db.session.get_one(Launch, command["id"])
                exam = db.session.get_one(Exam, command["exam"])
                services.direct_imports.start(launch, exam, command.get("form_id", "form"))
            case "decide":
                row = db.session.get_one(Import, command["id"])
                launch = db.session.get_one(Launch, row.launch_id)
                services.direct_imports.decide(row, launch, command["choice"])
            case "add":
                launch = db.session.get_one(Launch, command["id"])
                services.deep_linking.add(launch, db.session.get_one(Exam, command["exam"]))
            case unknown:
                raise ValueError(f"no task {unknown}")


def run_in_fork(app, command):
    """Run the task in a fork; return how it ended."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        crash = CrashPoint(command.get("die_at"), write_end)
        watch(crash)
        if command["do"] == "upgrade":
            count_statements(crash)
        status = 1
        try:
            work(app, command)
            status = 0
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(write_end)
    points = b""
    while part := os.read(read_end, 1000):
        points += part
    os.close(read_end)
    _, status = os.waitpid(child, 0)
    died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return {"died": died, "points": len(points), "failed": not died and os.WEXITSTATUS(status) != 0}


def main():
    app = create_app(Settings(_env_file=None, **json.loads(sys.stdin.readline())))
    with localhost_names():
        for line in sys.stdin:
            sys.stdout.write(json.dumps(run_in_fork(app, json.loads(line))) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
