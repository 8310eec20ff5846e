"""The quizzes of the Moodle plugin: the effect of a PUT, and the plugin's responses.

The responses have the fields of ``integrations/moodle/tests/recorded``; a test compares them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.importers import moodle_xml
from sandbox.importers.moodle_model import MoodleQuestion
from sandbox.lms.config import Account

Json = Mapping[str, object]
FIRST_CMID = 101
SITE_TIME_LIMIT = 0
SECTIONS = {11: "General", 12: "Week 1", 13: "Week 2"}
"""Names of the course's sections by their ids, in order."""
MODES = ("auto", "update", "adopt", "new")
MAX_QUESTIONS = 1000


class Refused(Exception):
    """The plugin refuses; ``details`` are the further fields of its ``error``."""

    def __init__(self, status: int, code: str, message: str, **details: object) -> None:
        super().__init__(code)
        self.status = status
        self.error = {"code": code, "message": message, **details}


@dataclass(slots=True)
class QuizQuestion:
    """A question in its place in a quiz; ``ident`` is Examplary's id of it, ``bank_id`` that of Moodle's bank."""

    ident: str
    number: int
    mark: float
    bank_id: int
    question: MoodleQuestion


@dataclass(slots=True)
class MoodleQuiz:
    """A quiz made by the plugin; ``changed`` are names of questions that a teacher changed in Moodle."""

    cmid: int
    exam_id: str
    base_url: str
    name: str = ""
    time_limit: int = SITE_TIME_LIMIT
    questions: list[QuizQuestion] = field(default_factory=list)
    visible: bool = False
    attempts: int = 0
    changed: list[str] = field(default_factory=list)
    section: int = min(SECTIONS)
    sent_by: str = ""
    sent_name: str = ""
    sent_at: str = ""
    fingerprint: str = ""
    request_id: str = ""
    result: str = ""
    """What the last sending did."""
    is_current: bool = True

    @property
    def url(self) -> str:
        """The quiz's page."""
        return f"{self.base_url}/mod/quiz/view.php?id={self.cmid}"

    def describe(self, account: Account) -> Json:
        """Return the quiz as the plugin does."""
        marks = sum(question.mark for question in self.questions)
        return {
            "cmid": self.cmid,
            "name": self.name,
            "url": self.url,
            "edit_url": f"{self.base_url}/mod/quiz/edit.php?cmid={self.cmid}",
            "questions_url": f"{self.base_url}/question/edit.php?cmid={self.cmid}",
            "visible": self.visible,
            "section_id": self.section,
            "time_limit": self.time_limit,
            "grade": marks,
            "sum_of_marks": marks,
            "questions": len(self.questions),
            "attempts": self.attempts,
            "sent": {"by_you": self.sent_by == account.key, "by": self.sent_name, "at": self.sent_at},
        }

    def places(self, actions: Mapping[str, str] | None) -> list[Json]:
        """Return its questions as the plugin does; ``actions`` says what was done to each, by its ident."""
        return [
            {
                "id": place.ident,
                "number": place.number,
                "name": place.question.name,
                "type": place.question.qtype,
                "mark": place.mark,
                "preview_url": self._question_url("previewquestion/preview.php", place),
                "edit_url": self._question_url("editquestion/question.php", place),
                **({"action": actions[place.ident]} if actions is not None else {}),
            }
            for place in self.questions
        ]

    def _question_url(self, page: str, question: QuizQuestion) -> str:
        return f"{self.base_url}/question/bank/{page}?id={question.bank_id}&cmid={self.cmid}"


@dataclass(slots=True)
class QuizStore:
    """All quizzes of the course that the plugin made. ``last_bank_id`` numbers the questions in the question bank."""

    quizzes: list[MoodleQuiz] = field(default_factory=list)
    last_bank_id: int = 1000

    def current(self, exam_id: str) -> MoodleQuiz | None:
        """Return the exam's quiz."""
        return next((quiz for quiz in self.quizzes if quiz.exam_id == exam_id and quiz.is_current), None)

    def put(self, exam_id: str, body: object, account: Account, base_url: str) -> tuple[int, Json]:
        """Make or update the exam's quiz; return status and answer, or raise :class:`Refused`.

        ``base_url`` is that of the Moodle.
        """
        request = _checked(body)
        questions = self._imported(request)
        quiz = self.current(exam_id)
        mode = str(request.get("mode") or "auto")
        section = self._section(request, account)
        if mode == "new" and (quiz is None or quiz.request_id != request.get("request_id")):
            if quiz is not None:
                quiz.is_current = False
            quiz = None
        if quiz is None and mode == "adopt":
            return 200, self._send(self._adopt(exam_id, request), "adopted", questions, request, account)
        if quiz is None and mode == "auto" and (copies := self.copies(exam_id, account)):
            text = "This course has a quiz of this exam that came with a copy."
            raise Refused(409, "quiz_copied", text, choices=["adopt", "new"], copies=copies)
        if quiz is None:
            quiz = MoodleQuiz(FIRST_CMID + len(self.quizzes), exam_id, base_url, section=section)
            self.quizzes.append(quiz)
            return 201, self._send(quiz, "created", questions, request, account)
        if quiz.fingerprint == _fingerprint(request) and not quiz.changed:
            repeated = bool(quiz.request_id) and quiz.request_id == request.get("request_id")
            return 200, _answer(quiz, quiz.result if repeated else "unchanged", account, quiz.places(None))
        if mode == "auto":
            _ask_teacher(quiz, questions, account)
        return 200, self._send(quiz, "updated", questions, request, account)

    def copies(self, exam_id: str, account: Account) -> list[Json]:
        """Return the exam's quizzes that came with a copy of their course, as the plugin does."""
        return [
            {name: value for name, value in quiz.describe(account).items() if name != "sent"}
            for quiz in self.quizzes
            if quiz.exam_id == exam_id and not quiz.is_current
        ]

    def default_section(self, account: Account) -> int:
        """Return the section of a teacher's last quiz, else the first."""
        own = [quiz.section for quiz in self.quizzes if quiz.sent_by == account.key]
        return own[-1] if own else min(SECTIONS)

    def copy_course(self) -> None:
        """Turn the course into a copy of itself: its quizzes are there, but were not sent to it."""
        for quiz in self.quizzes:
            quiz.is_current = False
            quiz.sent_by = ""
            quiz.sent_name = ""
            quiz.fingerprint = ""

    def _adopt(self, exam_id: str, request: Json) -> MoodleQuiz:
        for quiz in self.quizzes:
            if (quiz.exam_id, quiz.cmid) == (exam_id, request.get("cmid")):
                quiz.is_current = True
                return quiz
        raise Refused(400, "request_invalid", "The request is not valid.", fields=["cmid"])

    def _section(self, request: Json, account: Account) -> int:
        section = request.get("section_id")
        if section is None:
            return self.default_section(account)
        if not isinstance(section, int) or section not in SECTIONS:
            raise Refused(400, "section_gone", "That section is not in the course any more.", sections=sections())
        return section

    def _imported(self, request: Json) -> list[QuizQuestion]:
        listed = request["questions"]
        entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
        outcome = moodle_xml.read(str(request["xml"]).encode())
        if outcome.messages:
            message = " ".join(outcome.messages)
            problem = {"id": entries[0]["id"] if entries else None, "number": 1, "name": "", "message": message}
            raise Refused(
                422, "import_failed", "Moodle cannot import 1 of the questions. Nothing was added.", questions=[problem]
            )
        if len(outcome.questions) != len(entries):
            counts = {"questions_in_xml": len(outcome.questions), "questions_in_list": len(entries)}
            raise Refused(422, "count_differs", "The list and the XML differ.", **counts)
        pairs = zip(entries, outcome.questions, strict=True)
        return [
            QuizQuestion(str(entry["id"]), number, float(entry["mark"]), self._next_bank_id(), question)
            for number, (entry, question) in enumerate(pairs, 1)
        ]

    def _next_bank_id(self) -> int:
        self.last_bank_id += 1
        return self.last_bank_id

    @staticmethod
    def _send(
        quiz: MoodleQuiz,
        result: str,
        questions: list[QuizQuestion],
        request: Json,
        account: Account,
    ) -> Json:
        before = {place.ident: place for place in quiz.questions}
        actions = {place.ident: _action(before.get(place.ident), place) for place in questions}
        removed = [place for ident, place in before.items() if ident not in actions]
        fields = request["quiz"] if isinstance(request["quiz"], dict) else {}
        quiz.name = str(fields["name"])
        quiz.time_limit = int(fields.get("time_limit") or quiz.time_limit)
        quiz.questions = questions
        quiz.changed = []
        quiz.fingerprint = _fingerprint(request)
        quiz.request_id = str(request.get("request_id", ""))
        quiz.result = result
        quiz.sent_by = account.key
        quiz.sent_name = account.name
        quiz.sent_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return _answer(quiz, result, account, quiz.places(actions)) | {
            "removed": [{"id": place.ident, "name": place.question.name} for place in removed],
            "notices": [],
        }


def sections() -> list[Json]:
    """Return the course's sections as the plugin does."""
    return [
        {"id": section, "number": number, "name": name, "visible": True}
        for number, (section, name) in enumerate(SECTIONS.items())
    ]


def _fingerprint(request: Json) -> str:
    content = (request["quiz"], request["questions"], request["xml"])
    return hashlib.sha256(repr(content).encode()).hexdigest()


def _action(before: QuizQuestion | None, after: QuizQuestion) -> str:
    if before is None:
        return "created"
    return "kept" if before.question == after.question else "new_version"


def _answer(quiz: MoodleQuiz, result: str, account: Account, places: Sequence[Json]) -> dict[str, object]:
    return {
        "result": result,
        "exam_id": quiz.exam_id,
        "quiz": quiz.describe(account),
        "changes": _changes(quiz),
        "questions": list(places),
    }


def _changes(quiz: MoodleQuiz) -> list[Json]:
    by_name = {place.question.name: place for place in quiz.questions}
    return [
        {"what": "question", "id": by_name[name].ident, "number": by_name[name].number, "name": name}
        for name in quiz.changed
        if name in by_name
    ]


def _ask_teacher(quiz: MoodleQuiz, questions: Sequence[QuizQuestion], account: Account) -> None:
    """Refuse with a question for the teacher, if an update would overwrite the work of a person."""
    described, changes = quiz.describe(account), _changes(quiz)
    if quiz.sent_by != account.key:
        text = "A colleague sent this exam to this course. Update that quiz, or make a new one?"
        raise Refused(409, "quiz_of_colleague", text, choices=["update", "new"], quiz=described, changes=changes)
    if quiz.changed:
        text = "Questions were changed in Moodle. Update the quiz, or make a new one?"
        raise Refused(409, "quiz_changed", text, choices=["update", "new"], quiz=described, changes=changes)
    same_places = [place.ident for place in quiz.questions] == [place.ident for place in questions]
    if quiz.attempts and not same_places:
        text = "There are attempts, so the questions cannot be changed."
        raise Refused(409, "quiz_has_attempts", text, choices=["new"], quiz=described)


def _checked(body: object) -> Json:
    if not isinstance(body, dict):
        raise Refused(400, "json_invalid", "The body is not a JSON object.")
    quiz, questions = body.get("quiz"), body.get("questions")
    checks = {
        "quiz.name": isinstance(quiz, dict) and isinstance(quiz.get("name"), str) and 0 < len(quiz["name"]) <= 255,
        "questions": isinstance(questions, list) and 0 < len(questions) <= MAX_QUESTIONS,
        "xml": isinstance(body.get("xml"), str),
        "mode": body.get("mode", "auto") in MODES,
        "request_id": body.get("mode") != "new" or bool(body.get("request_id")),
    }
    invalid = [name for name, is_valid in checks.items() if not is_valid]
    if invalid:
        raise Refused(400, "request_invalid", "The request is not valid.", fields=invalid)
    return body
