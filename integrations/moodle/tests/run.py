"""Behaviour tests of the plugin over HTTP, against a Moodle that runs.

    python run.py http://127.0.0.1:8500 /path/to/moodle [--exams FOLDER] [--only WORD] [--record FOLDER]

The Moodle must have the plugin and serve nothing else: the tests make users, courses and a tool in it. Needs
Python with requests and PyJWT[crypto], and the PHP with which Moodle runs. FOLDER holds exams as Moodle XML, such as
`python -m lti_tool convert EXAM.json --to moodle-xml` writes.
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import behaviour
from client import Browser, Key, MoodleSide, Tool, Visit
from record import record


class World:
    """One Moodle, and what the tests share."""

    def __init__(self, wwwroot: str, dirroot: str, exams: Path | None) -> None:
        self.wwwroot = wwwroot.rstrip("/")
        self.side = MoodleSide(dirroot)
        self.exams = exams
        self.key = Key()
        self._browsers: dict[str, Browser] = {}
        for name in ("teacher", "colleague", "student", "assistant"):
            self.side.user(f"b_{name}", name.capitalize(), "Behaviour")
        self._more_tools: set[int] = set()
        self.tool = self.add_tool("Behaviour tool", {"ltiservice_examplary": 1})
        self._more_tools.clear()

    def add_tool(self, name: str, config: dict[str, Any] | None = None) -> Tool:
        made = self.side.tool(name, self.key.public, config or {})
        self._more_tools.add(made["id"])
        return Tool(self.wwwroot, self.key, made["id"], made["client_id"])

    def clear(self) -> None:
        """Delete the tools that a test added."""
        while self._more_tools:
            self.side.tool_gone(self._more_tools.pop())

    def course(self, **fields: Any) -> int:
        roles = {
            "b_teacher": "editingteacher",
            "b_colleague": "editingteacher",
            "b_student": "student",
            "b_assistant": "teacher",
        }
        return self.side.course(roles, fields or {})

    def browser(self, name: str) -> Browser:
        if name not in self._browsers:
            self._browsers[name] = Browser(self.wwwroot, name)
        return self._browsers[name]

    def visit(self, courseid: int, username: str = "b_teacher", tool: Tool | None = None) -> Visit:
        tool = tool or self.tool
        return Visit(tool, self.browser(username).open_from_form(tool.typeid, courseid))

    @staticmethod
    def together(calls: list[Callable[[], Any]]) -> list[Any]:
        results: list[Any] = [None] * len(calls)

        def work(i: int) -> None:
            results[i] = calls[i]()

        threads = [threading.Thread(target=work, args=(i,)) for i in range(len(calls))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    @staticmethod
    def new_id() -> str:
        return f"exam_{uuid.uuid4().hex[:14]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wwwroot")
    parser.add_argument("dirroot")
    parser.add_argument("--exams", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--record", type=Path, help="write the conversation down in this folder, and run no tests")
    options = parser.parse_args()
    world = World(options.wwwroot, options.dirroot, options.exams)
    if options.record:
        record(world, options.record)
        world.clear()
        return 0
    failures = 0
    tests = [
        (name, test) for name, test in inspect.getmembers(behaviour, inspect.isfunction) if name.startswith("test_")
    ]
    tests.sort(key=lambda pair: pair[1].__code__.co_firstlineno)
    for name, test in tests:
        if options.only not in name:
            continue
        start = time.monotonic()
        try:
            note = test(world)
            verdict = "ok"
        except Exception:  # every failure is shown, then the next test runs
            traceback.print_exc()
            note, verdict = None, "FAILED"
            failures += 1
        world.clear()
        told = f"  {json.dumps(note)}" if note else ""
        print(f"{verdict:6} {time.monotonic() - start:6.1f} s  {name[5:].replace('_', ' ')}{told}", flush=True)
    world.side.close()
    print("all passed" if not failures else f"{failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
