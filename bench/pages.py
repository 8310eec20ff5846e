"""CPU and compressed size of the heaviest pages: a list of 500 exams, and a review of 300 questions.

Run with: make bench-pages. Budget: 100 ms of CPU and 60 KB compressed for each. Requests are made in this process, so
that the CPU is that of the page alone; the first request, which fills caches, isn't counted.
"""

from __future__ import annotations

import gzip
import json
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

from flask import Flask

from lti_tool.exam import parse_exam
from lti_tool.logs import configure_logging
from lti_tool.models import Exam, Launch, LmsUser, Platform, db, now
from sandbox.base_urls import BaseUrls
from tests.support.demo_tool import build_tool

ROOT = Path(__file__).resolve().parent.parent
EXAMS, QUESTIONS, ROUNDS = 500, 300, 15
URLS = BaseUrls("http://lms.localhost:1", "http://tool.localhost:2", "http://examplary.localhost:3")
SOURCE = ROOT / "tests" / "fixtures" / "exams" / "mechanics-13.json"


def main() -> None:
    """Print a line for each page."""
    configure_logging("ERROR", "json")
    with tempfile.TemporaryDirectory() as folder:
        app = build_tool(Path(folder), URLS)
        with app.app_context():
            home, exam_id = _fill(app)
        for name, path in (("start", home), ("list", f"{home}exams"), ("review", f"{home}exams/{exam_id}")):
            _measure(app, name, path)


def _fill(app: Flask) -> tuple[str, str]:
    """Store a teacher with the exams; return the path of the start page, and the ID of the long exam."""
    platform = db.session.query(Platform).filter_by(family="canvas").one()
    teacher = LmsUser(platform_id=platform.id, sub="1")
    db.session.add(teacher)
    db.session.flush()
    document = json.loads(SOURCE.read_text())
    for number in range(EXAMS):
        db.session.add(_exam(document | {"name": f"Exam {number}"}, teacher))
    questions = [
        question | {"id": f"q_{number}"}
        for number, question in enumerate(islice(cycle(document["questions"]), QUESTIONS))
    ]
    long_exam = _exam(document | {"name": "A long exam", "questions": questions}, teacher)
    launch = Launch(
        platform_id=platform.id,
        lms_user_id=teacher.id,
        deployment_id="1",
        message_type="LtiResourceLinkRequest",
        role="instructor",
        family="canvas",
        context_id="course",
        browser_hash="",
        expires_at=now() + timedelta(hours=1),
    )
    db.session.add_all([long_exam, launch])
    db.session.commit()
    return f"/l/{app.extensions['services'].access.link_to(launch.id)}/", long_exam.id


def _exam(document: dict[str, object], teacher: LmsUser) -> Exam:
    exam = parse_exam(document)
    return Exam(
        examplary_exam_id="exam",
        platform_id=teacher.platform_id,
        owner_id=teacher.id,
        context_id="course",
        title=exam.title,
        language=exam.language or "",
        points=exam.points,
        question_count=len(exam.questions),
        snapshot=json.dumps(document),
    )


def _measure(app: Flask, name: str, path: str) -> None:
    client = app.test_client()
    response = client.get(path)
    if response.status_code != 200:
        sys.exit(f"{name}: {response.status}")
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        client.get(path)
        times.append(time.process_time() - began)
    size = len(gzip.compress(response.data, 6))
    sys.stdout.write(f"{name:8} {statistics.median(times) * 1000:6.1f} ms CPU  {size / 1024:6.1f} KB compressed\n")


if __name__ == "__main__":
    main()
