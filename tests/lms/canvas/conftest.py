"""The sandbox's Canvas over HTTP, and imports into it, step by step, without waiting between the steps."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from lti_tool import formats
from lti_tool.exam import parse_exam
from lti_tool.formats import Verdict
from lti_tool.lms.account_access import LmsAccess, Transfer
from lti_tool.lms.canvas.quiz_import import CanvasQuizzes
from lti_tool.lms.direct_import import EarlierImport, Imported, ImportOrder, Pending, QuestionToImport
from lti_tool.net.addresses import AddressRules
from lti_tool.net.connections import Pinned
from lti_tool.net.reader import HttpReader
from sandbox.lms.canvas_tokens import Authorization
from sandbox.lms.config import API_KEY_ID
from tests.support.canvas_sandbox import EVERY_SCOPE, serve_canvas

EXAMS = Path(__file__).parents[2] / "fixtures" / "exams"
LOCAL = HttpReader(Pinned(AddressRules(trusted_hosts=frozenset({"localhost"}), allow_insecure=True)))
MAX_STEPS = 200


class CanvasImport:
    """An import into Canvas, without the job: it keeps the progress, and takes the next step on request."""

    def __init__(self, canvas, exam, import_id="import-1234567890", **changes):
        self.canvas = canvas
        self.exam = exam
        self.changes = changes
        self.import_id = import_id
        self.progress = {}
        self.decision = ""
        self.pauses = []
        self.notes = []
        self.packages = []
        self.direct = CanvasQuizzes()

    def package(self, copy=""):
        out = BytesIO()
        formats.get("canvas-qti").write(replace(self.exam, id=f"{self.exam.id} {copy}"), {}, out)
        self.packages.append(copy)
        return out.getvalue()

    def keep(self, progress):
        self.progress = json.loads(json.dumps(progress))

    def order(self):
        report = formats.get("canvas-qti").report(self.exam, {})
        lines = [line for line in report.lines if line.verdict is not Verdict.LEFT_OUT]
        values = {
            "import_id": self.import_id,
            "issuer": "https://canvas.instructure.com",
            "grant": {"base_url": self.canvas.base_url, "course": "1", "user": "103", "placement": ""},
            "exam_id": self.exam.id,
            "title": self.exam.title,
            "duration_minutes": None,
            "questions": tuple(QuestionToImport(line.question_id, line.number, Decimal(1)) for line in lines),
            "package": self.package,
            "package_name": "Cells-canvas-qti.zip",
            "public_http": LOCAL,
            "decision": self.decision,
            "progress": self.progress,
            "keep": self.keep,
            "account": self.canvas.account,
        }
        return ImportOrder(**(values | self.changes))

    def step(self):
        step = self.direct.step(None, self.order())
        if isinstance(step, Pending):
            self.keep(step.progress)
            self.pauses.append(step.seconds)
            self.notes.append(step.note)
        return step

    def run(self):
        """Take steps until one isn't ``Pending``, and return it."""
        for _ in range(MAX_STEPS):
            step = self.step()
            if not isinstance(step, Pending):
                return step
        raise AssertionError(f"still pending after {MAX_STEPS} steps")

    def decide(self, choice):
        """Choose as the teacher does; the import starts again."""
        self.decision = choice
        self.progress = {}
        return self.run()

    def again(self, import_id, result, **changes):
        """Return another import of the same exam, which knows this one."""
        earlier = EarlierImport(
            import_id=self.import_id,
            quiz_name=result.quiz_name,
            quiz_url=result.quiz_url,
            quiz_data=json.loads(json.dumps(dict(result.quiz_data))),
        )
        return CanvasImport(self.canvas, self.exam, import_id, **{**self.changes, "earlier": (earlier,), **changes})


class Canvas:
    """The sandbox's Canvas, its course, and a teacher's token for it."""

    def __init__(self, lms):
        self.lms = lms
        self.course = lms.canvas
        self.behaviour = lms.canvas.behaviour
        self.base_url = lms.base_url
        self.account = self.access()

    def access(self, granted=EVERY_SCOPE, *, transfer=Transfer.UPLOAD, account="teacher"):
        granted, token = tuple(granted), f"token-{len(self.lms.canvas_tokens.authorizations)}"
        self.lms.canvas_tokens.authorizations.append(
            Authorization(API_KEY_ID, account, granted, token, "refresh", time.time() + 3600)
        )
        return LmsAccess(
            base_url=self.base_url,
            user_id="103",
            access_token=lambda: token,
            http=HttpReader(user_agent="examplary-lms/test"),
            scopes=frozenset(granted),
            transfer=transfer,
        )

    @property
    def quizzes(self):
        return self.course.present_quizzes

    def calls(self, endpoint):
        return self.lms.faults.count(endpoint)


@pytest.fixture
def canvas():
    with serve_canvas() as lms:
        yield Canvas(lms)


@pytest.fixture
def exam():
    return parse_exam(json.loads((EXAMS / "mixed-12.json").read_text()))


@pytest.fixture
def new_import(canvas, exam):
    """Prepare an import of the exam: ``new_import(quiz_kind="new").run()``."""

    def make(**changes):
        return CanvasImport(canvas, changes.pop("exam", exam), **changes)

    return make


@pytest.fixture
def imported(new_import):
    """An import that made a Classic quiz, and its result."""
    first = new_import()
    result = first.run()
    assert isinstance(result, Imported)
    return first, result
