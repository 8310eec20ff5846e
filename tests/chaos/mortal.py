"""A process that does one piece of work and dies by SIGKILL at the N-th point where dying could matter.

Points are: before and after every commit, before and after every HTTP exchange; of a migration, every statement.
Everything is imported and wired once; each piece of work runs in a fork, which shares no connection with it. Commands
are JSON lines on standard input, such as ``{"do": "look", "id": "…", "die_at": 3}``; the answer is
``{"died": true, "points": 3}``.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from flask_migrate import upgrade
from sqlalchemy import event
from sqlalchemy.engine import Engine
from urllib3 import HTTPConnectionPool

from config.settings import Settings
from lti_tool import create_app
from lti_tool.models import Exam, Generation, Launch, LmsUser, db
from sandbox.localhost_names import localhost_names


class Fate:
    """Counts points, and strikes at one of them. The count outlives the process in a pipe."""

    def __init__(self, die_at, told):
        self._die_at, self._told, self.points = die_at, told, 0

    def point(self):
        self.points += 1
        os.write(self._told, b".")
        if self.points == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


def watch(fate):
    """Make a point of every commit and of every exchange."""

    @event.listens_for(Engine, "engine_connect")
    def _(connection):
        dialect = connection.dialect
        if getattr(dialect, "watched", False):
            return
        dialect.watched, commit = True, dialect.do_commit

        def do_commit(dbapi_connection):
            fate.point()
            commit(dbapi_connection)
            fate.point()

        dialect.do_commit = do_commit

    urlopen = HTTPConnectionPool.urlopen

    def exchange(pool, *arguments, **options):
        fate.point()
        answer = urlopen(pool, *arguments, **options)
        fate.point()
        return answer

    HTTPConnectionPool.urlopen = exchange


def watch_statements(fate):
    """Make a point of every statement."""

    @event.listens_for(Engine, "before_cursor_execute")
    def _(*_):
        fate.point()

    @event.listens_for(Engine, "after_cursor_execute")
    def _(*_):
        fate.point()


def request(app, command):
    """Do what a browser or an LMS asks for."""
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
    """Do what a worker or a page would do."""
    if command["do"] == "request":
        request(app, command)
        return
    services = app.extensions["services"]
    with app.app_context():
        if command["do"] == "upgrade":
            upgrade()
        elif command["do"] == "look":
            services.collector.advance(command["id"])
        elif command["do"] == "sweep":
            services.sweeper.sweep()
        elif command["do"] == "begin":
            services.generations.start(db.session.get_one(Launch, command["id"]))
        elif command["do"] == "hint":
            services.generations.hint(db.session.get_one(Generation, command["id"]))
        elif command["do"] == "cancel":
            services.generations.cancel(db.session.get_one(Generation, command["id"]))
        elif command["do"] == "retry":
            services.generations.retry(db.session.get_one(Generation, command["id"]))
        elif command["do"] == "chores":
            services.chores.run_due()
        elif command["do"] == "forget":
            services.retention.apply()
        elif command["do"] == "erase":
            services.privacy.erase(db.session.get_one(LmsUser, command["id"]))
        elif command["do"] == "add":
            exam = db.session.query(Exam).filter_by(id=command["exam"]).one()
            services.deep_linking.add(db.session.get_one(Launch, command["id"]), exam)


def mortal(app, command):
    """Fork, work, and tell how it ended."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        fate = Fate(command.get("die_at"), write_end)
        watch(fate)
        if command["do"] == "upgrade":
            watch_statements(fate)
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
            sys.stdout.write(json.dumps(mortal(app, json.loads(line))) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
