"""Writes a conversation with a real Moodle down, for a stand-in to be held to.

One JSON file for each exchange: {"request": {...}, "response": {...}}. What differs from one run or Moodle to the
next, and what is secret, is replaced by names in angle brackets.
"""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import behaviour
from client import CLAIM, SCOPE, choice

if TYPE_CHECKING:
    from pathlib import Path

    import requests
    from run import World

SENT_HEADERS = ("Accept", "Authorization", "Content-Type", "Content-Encoding", "Examplary-Handle")
KEPT_HEADERS = ("Content-Type", "Cache-Control", "Retry-After")


class Recorder:
    """Collects exchanges and writes them."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        self.number = 0
        self.names: dict[str, str] = {}
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("*.json"):
            old.unlink()

    def write(self, name: str, content: dict[str, Any]) -> None:
        self.number += 1
        text = json.dumps(self.plain(content), indent=1, ensure_ascii=False)
        (self.folder / f"{self.number:02}-{name}.json").write_text(text + "\n", "utf-8")

    def plain(self, value: Any, key: str = "") -> Any:
        """Without secrets, and without what is another the next time."""
        if isinstance(value, dict):
            return {name: self.plain(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.plain(item) for item in value]
        if isinstance(value, str):
            return self.text(value, key)
        if isinstance(value, int) and not isinstance(value, bool):
            return self.number_of(value, key)
        return value

    def text(self, value: str, key: str) -> str:
        fixed = {"nonce": "<nonce>", "at": "2026-11-29T12:00:00Z", "reference": "<reference>"}
        if key in fixed:
            return fixed[key]
        value = value.replace(self.world.wwwroot, "https://moodle.example.org")
        for secret, name in self.names.items():
            value = value.replace(secret, name)
        return re.sub(r"sesskey=\w+", "sesskey=<sesskey>", value)

    def number_of(self, value: int, key: str) -> int:
        return {"iat": 1796000000, "exp": 1796000060}.get(key, value)

    def exchange(self, name: str, answer: requests.Response, **more: Any) -> dict[str, Any]:
        request = answer.request
        body: Any = request.body
        if isinstance(body, bytes):
            body = json.loads(body)
        self.write(
            name,
            more
            | {
                "request": {
                    "method": request.method,
                    "url": request.url,
                    "headers": {
                        header: request.headers[header] for header in SENT_HEADERS if header in request.headers
                    },
                    "body": body,
                },
                "response": {
                    "status": answer.status_code,
                    "headers": {header: answer.headers[header] for header in KEPT_HEADERS if header in answer.headers},
                    "body": answer.json(),
                },
            },
        )
        return answer.json()


def record(world: World, folder: Path) -> None:
    """Hold one conversation, from the launch to the last refusal."""
    recorder = Recorder(world, folder)
    say = recorder.exchange
    course = world.course(fullname="Physics 1", shortname=f"PHYS1 {int(time.time())}")
    claims = world.browser("b_teacher").open_from_course(world.tool.typeid, course)
    recorder.names |= {
        claims[CLAIM + "handle"]: "<handle>",
        claims[CLAIM + "handle_expires"]: "1796086400",
        world.tool.client_id: "<client_id>",
        claims["https://purl.imsglobal.org/spec/lti/claim/tool_platform"]["guid"]: "moodle.example.org",
        claims["https://purl.imsglobal.org/spec/lti/claim/context"]["label"]: "PHYS1",
    }
    recorder.write("launch-claims", {"claims": claims})

    answer = world.tool.ask_token(f"{SCOPE} https://purl.imsglobal.org/spec/lti-ags/scope/lineitem")
    token = answer.json()["access_token"]
    recorder.names[token] = "<access_token>"
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": "<signed JWT>",
        "scope": f"{SCOPE} https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    }
    answer.request.body = form  # the signature is no use to anybody
    say("token", answer)
    off = world.add_tool("Behaviour tool, no choice made")
    world.side.tool_config(off.typeid, "ltiservice_examplary", None)
    answer = off.ask_token()
    answer.request.body = form | {"scope": SCOPE}
    say("token-service-off", answer)

    visit = world.visit(course)
    recorder.names[visit.handle] = "<handle>"
    visit.tool._token = token
    exam = behaviour.an_exam(world, intro="<p>Good luck.</p>")
    recorder.names[exam.id] = "exam_0123456789abcd"
    say("get-course", visit.course())
    say("get-no-quiz", visit.get(exam))
    cmid = say("put-created", visit.put(exam, request_id="request-1"))["quiz"]["cmid"]
    say("put-unchanged", visit.put(exam, request_id="request-2"))
    say("get-quiz", visit.get(exam))
    exam.questions[0] = choice("q1", "Which one?", mark="2")
    exam.questions[3:5] = [choice("q7", mark="0.5")]
    say("put-updated", visit.put(exam))
    say("get-course-with-quiz", visit.course())

    exam.questions[0] = choice("q1", "Which one of them?", mark="2")
    colleague = world.visit(course, "b_colleague")
    recorder.names[colleague.handle] = "<handle of a colleague>"
    say("put-409-quiz-of-colleague", colleague.put(exam))
    world.side.edit_question(int(world.side.quiz(cmid)["slots"][0]["questionid"]), "My own words")
    say("put-409-quiz-changed", visit.put(exam))
    say("put-update-confirmed", visit.put(exam, mode="update", cmid=cmid))
    world.side.show(cmid, True)
    world.side.attempt(cmid, "b_student", False)
    exam.questions.pop()
    say("put-409-quiz-has-attempts", visit.put(exam))
    second = say("put-new-confirmed", visit.put(exam, mode="new", request_id="request-3"))["quiz"]["cmid"]

    copy = world.side.copy_course(course, {"b_teacher": "editingteacher"})
    there = world.visit(copy)
    recorder.names[there.handle] = "<handle in the copy>"
    say("get-no-quiz-but-copies", there.get(exam))
    copied = say("put-409-quiz-copied", there.put(exam))["error"]["copies"][0]["cmid"]
    say("put-adopt-confirmed", there.put(exam, mode="adopt", cmid=copied))

    not_gzip = {"Content-Encoding": "gzip"}
    say("put-400-json-invalid", visit.tool.call("PUT", f"{visit.url}/{exam.id}", visit.handle, {}, headers=not_gzip))
    say("put-400-request-invalid", visit.put(exam, mode="new"))
    say("put-400-section-gone", visit.put(exam, mode="new", request_id="request-4", section_id=999999999))
    say("put-401-token-invalid", visit.put(exam, token="expired"))
    say("put-403-handle-invalid", visit.put(exam, handle="nonsense"))
    say("put-403-handle-elsewhere", visit.put(exam, handle=there.handle))
    old = world.side.handle(world.side.user("b_teacher"), course, world.tool.typeid, int(time.time()) - 1)
    recorder.names[old] = "<handle that has expired>"
    say("put-403-handle-expired", visit.put(exam, handle=old))
    world.side.role(course, "b_teacher", "editingteacher", False)
    say("put-403-permission-missing", visit.put(exam))
    world.side.role(course, "b_teacher", "editingteacher", True)
    world.side.suspend("b_teacher", True)
    say("put-403-user-inactive", visit.put(exam))
    world.side.suspend("b_teacher", False)
    world.side.tool_config(world.tool.typeid, "ltiservice_examplary", "0")
    say("put-403-service-off", visit.put(exam))
    world.side.tool_config(world.tool.typeid, "ltiservice_examplary", "1")
    world.side.tool_categories(world.tool.typeid, [10**6])
    say("put-403-course-not-allowed", visit.put(exam))
    world.side.tool_categories(world.tool.typeid, [])
    outsider = world.side.handle(world.side.user("b_outsider"), course, world.tool.typeid, int(time.time()) + 100)
    recorder.names[outsider] = "<handle of somebody who left>"
    say("put-403-course-closed", visit.put(exam, handle=outsider))
    large = visit.put(exam, xml=exam.body()["xml"] + " " * (33 << 20))
    large.request.body = json.dumps(exam.body() | {"xml": "<33 MB of XML>"}).encode()
    say("put-413-too-large", large)
    say("put-422-xml-invalid", visit.put(exam, xml="<quiz><question>"))
    say("put-422-count-differs", visit.put(exam, xml="<quiz></quiz>"))
    wrong = behaviour.an_exam(world)
    recorder.names[wrong.id] = "exam_with_wrong_fractions"
    wrong.questions[0] = choice("q1", right="37")
    say("put-422-import-failed", visit.put(wrong))
    world.side.lock_course(course, True)
    say("put-503-busy", visit.put(exam))
    world.side.lock_course(course, False)
    say("put-wrong-type", visit.put(exam, headers={"Content-Type": "application/xml"}))
    for gone in (second, cmid):
        world.side.delete_cm(gone)
    world.side.delete_course(course)
    say("put-404-course-gone", visit.put(exam))
    print(f"{recorder.number} exchanges in {folder}")
