"""The embeds of the sandbox's Examplary, in a browser without JavaScript."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from sandbox.examplary import ExamplaryConfig, create_examplary
from sandbox.examplary.question_builders import BUILDERS

ORIGIN = "https://tool.example"


class Teacher:
    """A teacher in an embed, with a browser without JavaScript."""

    def __init__(self, config: ExamplaryConfig | None = None, **request: object) -> None:
        self.browser = create_examplary(config).test_client()
        self._key = {"Authorization": f"Bearer {ExamplaryConfig().api_key}"}
        user = self._api("POST", "/users", {"email": "ann@school.example"})
        session = self._api("POST", "/embed-sessions", {"flow": "generate-exam", "actor": user["id"]} | request)
        self.session_id = session["id"]
        self.path = urlsplit(session["embedUrl"]).path
        self.answer = self.browser.get(self.path)

    def _api(self, method: str, path: str, body: object = None) -> dict[str, object]:
        return self.browser.open(path, method=method, json=body, headers=self._key).json

    @property
    def page(self) -> html.HtmlElement:
        return html.fromstring(self.answer.text)

    @property
    def heading(self) -> str:
        return self.page.findtext(".//h1")

    def press(self, button: str, **fields: object) -> None:
        """Fill in the form of ``button`` and submit it, following redirects on this site."""
        form = self.page.xpath(f"//form[.//button[@id='{button}']]")[0]
        values = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        self.answer = self.browser.post(form.get("action"), data=values | fields)
        self.follow()

    def follow(self) -> None:
        while self.answer.status_code == 303 and self.answer.headers["Location"].startswith("/"):
            self.answer = self.browser.get(self.answer.headers["Location"])

    @property
    def session(self) -> dict[str, object]:
        return self._api("GET", f"/embed-sessions/{self.session_id}")

    @property
    def exam(self) -> dict[str, object]:
        return self._api("GET", f"/exams/{self.session['outputs']['examId']}")


class TestClickingThrough:
    def test_all_four_pages_to_a_message_for_the_parent(self):
        teacher = Teacher(allowedOrigin=ORIGIN)
        assert teacher.heading == "New test"
        teacher.press("next", title="Rivers", studentLevel="us_middle_school", sourceText="The Rhine …")
        assert teacher.heading == "Test context"
        teacher.press("next", subject="rivers", language="nl", duration="30", numberOfQuestions="3")
        assert teacher.heading == "Outline"
        rows = ["true-false", "essay", "examplary.expansion.matching"]
        teacher.press("generate", row=rows)
        result = teacher.page.get_element_by_id("result")
        assert result.get("data-status") == "completed"
        assert result.get("data-origin") == ORIGIN
        assert teacher.session["status"] == "completed"
        assert result.get("data-exam-id") == teacher.session["outputs"]["examId"]
        exam = teacher.exam
        assert [question["type"] for question in exam["questions"]] == rows
        assert (exam["name"], exam["language"], exam["intendedDuration"]) == ("Rivers", "nl", 30)
        assert "rivers" in exam["questions"][1]["title"]

    def test_presets_are_filled_in(self):
        presets = {
            "name": "Volcanoes",
            "studentLevel": "us_high_school_upper",
            "language": "nl",
            "intendedDuration": 90,
            "allowedGenerationQuestionTypes": ["essay", "date-year"],
            "context": "short sentences",
        }
        teacher = Teacher(presets=presets)
        assert dict(teacher.page.forms[0].form_values())["title"] == "Volcanoes"
        assert dict(teacher.page.forms[0].form_values())["studentLevel"] == "us_high_school_upper"
        teacher.press("next")
        fields = list(teacher.page.forms[0].form_values())
        assert [value for name, value in fields if name == "questionTypes"] == ["any", "date-year", "essay"]
        assert {("duration", "90"), ("language", "nl"), ("instructions", "short sentences")} <= set(fields)

    def test_letting_ai_decide_beats_the_preset(self):
        teacher = Teacher(presets={"allowedGenerationQuestionTypes": ["essay"]})
        teacher.press("next")
        teacher.press("next", questionTypes=["any"])
        assert len(set(dict.fromkeys(teacher.page.xpath("//option[@selected]/text()")))) > 3

    def test_the_return_address_keeps_its_query(self):
        teacher = Teacher(returnUrl=f"{ORIGIN}/back/7?a=1&b=")
        teacher.answer = teacher.browser.post(teacher.path + "/generate")
        teacher.follow()
        back = urlsplit(teacher.answer.headers["Location"])
        assert back.path == "/back/7"
        exam_id = teacher.session["outputs"]["examId"]
        query = parse_qs(back.query, keep_blank_values=True)
        assert query == {"a": ["1"], "b": [""], "status": ["completed"], "examId": [exam_id]}
        assert f"form-action 'self' {ORIGIN};" in Teacher(returnUrl=ORIGIN).answer.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("presses", [0, 1, 2])
    def test_cancel_from_every_page(self, presses):
        teacher = Teacher(returnUrl=f"{ORIGIN}/back")
        for _ in range(presses):
            teacher.press("next")
        teacher.press("cancel")
        assert teacher.answer.headers["Location"] == f"{ORIGIN}/back?status=cancelled"
        assert teacher.session["status"] == "cancelled"

    def test_both_ways_back(self):
        teacher = Teacher(returnUrl=f"{ORIGIN}/back", allowedOrigin=ORIGIN)
        teacher.press("cancel")
        assert teacher.heading == "Cancelled"
        assert teacher.page.get_element_by_id("back").get("href") == f"{ORIGIN}/back?status=cancelled"

    def test_neither_way_back(self):
        teacher = Teacher()
        teacher.press("cancel")
        assert teacher.heading == "Cancelled"


class TestTime:
    def test_progress_and_an_end_without_the_browser(self):
        clock = [datetime.now(UTC)]
        teacher = Teacher(ExamplaryConfig(generation_seconds=100, clock=lambda: clock[0]), allowedOrigin=ORIGIN)
        teacher.browser.post(teacher.path + "/generate")
        clock[0] += timedelta(seconds=60)
        teacher.answer = teacher.browser.get(teacher.path + "/generating")
        assert teacher.page.xpath("//progress/@value") == ["60"]
        assert "Determining scoring criteria" in teacher.answer.text
        assert teacher.session["status"] == "pending"
        clock[0] += timedelta(seconds=50)
        assert teacher.session["status"] == "completed"

    def test_generating_twice_makes_one_exam(self):
        teacher = Teacher()
        for _ in range(2):
            teacher.answer = teacher.browser.post(teacher.path + "/generate")
            teacher.follow()
        assert len(teacher.browser.application.extensions["examplary"].exams) == 1

    def test_cancel_after_the_end_changes_nothing(self):
        teacher = Teacher()
        teacher.browser.post(teacher.path + "/generate")
        assert teacher.session["status"] == "completed"
        teacher.browser.post(teacher.path + "/cancel")
        assert teacher.session["status"] == "completed"

    @pytest.mark.parametrize("step", ["/done", "/generating"])
    def test_later_steps_return_to_the_start(self, step):
        teacher = Teacher()
        teacher.answer = teacher.browser.get(teacher.path + step)
        teacher.follow()
        assert teacher.heading == "New test"


class TestPages:
    def test_are_framed_anywhere_and_hold_nothing_inline(self):
        teacher = Teacher(allowedOrigin=ORIGIN)
        for button in ("next", "next", "cancel"):
            policy = teacher.answer.headers["Content-Security-Policy"]
            assert "frame-ancestors *" in policy
            assert "unsafe" not in policy
            assert "X-Frame-Options" not in teacher.answer.headers
            assert "Set-Cookie" not in teacher.answer.headers
            assert not teacher.page.xpath("//style | //script[not(@src)] | //@style | //@onclick")
            assert not teacher.page.xpath("//input[not(@type='hidden')][not(@id)][not(ancestor::label)]")
            teacher.press(button)
        assert teacher.page.xpath("//script/@src") == ["/static/embed.js"]
        with teacher.browser.get("/static/embed.js") as script:
            assert "postMessage" in script.text

    def test_the_theme(self):
        teacher = Teacher(theme={"primaryColor": "#0b7a75"})
        assert "#0b7a75" in teacher.browser.get(teacher.path + "/theme.css").text
        evil = Teacher(theme={"primaryColor": "red; } body { display: none"})
        assert "display" not in evil.browser.get(evil.path + "/theme.css").text

    def test_text_of_the_teacher_is_escaped(self):
        teacher = Teacher(presets={"name": "<script>alert(1)</script>"})
        assert "<script>alert" not in teacher.answer.text


@pytest.mark.parametrize("language", ["en", "nl"])
class TestGeneratedExams:
    def test_every_type_of_question(self, language):
        exam = self._generate(language)
        by_type = {question["type"]: question for question in exam["questions"]}
        assert set(by_type) == set(BUILDERS)
        assert (exam["questions"][0]["type"], exam["questions"][-1]["type"]) == ("exam-intro", "exam-outro")
        assert len({question["id"] for question in exam["questions"]}) == len(BUILDERS)
        for question in exam["questions"]:
            assert question["title"]
            assert not {"{", "}"} & set(question["title"])
        for kind in ("multiple-choice-single-answer", "picture-choice"):
            assert by_type[kind]["settings"]["correctAnswer"] in by_type[kind]["settings"]["options"]
        several = by_type["multiple-choice-multiple-answers"]["settings"]
        assert set(several["correctAnswer"]) < set(several["options"])
        gaps = by_type["examplary.expansion.fill-in-blank"]["settings"]
        assert gaps["text"].count("___") == len(gaps["correctAnswer"])
        matching = by_type["examplary.expansion.matching"]["settings"]
        pairs = [pair.split(" = ") for pair in matching["correctAnswer"]]
        assert [term for term, _ in pairs] == matching["left"]
        assert sorted(right for _, right in pairs) == matching["right"]

    def test_the_same_wishes_give_the_same_questions(self, language):
        assert self._generate(language)["questions"] == self._generate(language)["questions"]

    def _generate(self, language):
        teacher = Teacher(presets={"language": language, "subject": "water"})
        teacher.browser.post(
            teacher.path + "/generate", data={"questionTypes": list(BUILDERS), "numberOfQuestions": "18"}
        )
        return teacher.exam


class TestEditing:
    """The flow edit-exam: live edits, and no end."""

    @pytest.fixture
    def author(self):
        teacher = Teacher()
        teacher.answer = teacher.browser.post(f"{teacher.path}/generate", data={"numberOfQuestions": "3"})
        teacher.follow()
        assert teacher.session["status"] == "completed"
        return teacher

    def edit(self, author, exam_id, actor=None):
        actor = actor or author.session["actor"]
        body = {"flow": "edit-exam", "actor": actor, "presets": {"examId": exam_id}}
        return author._api("POST", "/embed-sessions", body)

    def test_edits_are_saved_at_once_and_the_session_stays_open(self, author):
        before = author.exam
        session = self.edit(author, before["id"])
        author.path = urlsplit(session["embedUrl"]).path
        author.answer = author.browser.get(author.path)
        author.follow()
        first, second, third = (question["id"] for question in before["questions"])
        author.press("save", **{"title": "Other", f"title-{first}": "New stem", f"delete-{second}": "on", "add": "on"})
        after = author.exam
        assert (after["id"], after["name"]) == (before["id"], "Other")
        assert [question["id"] for question in after["questions"]][:2] == [first, third]
        assert after["questions"][0]["title"] == "New stem"
        assert after["questions"][0]["v"] == before["questions"][0]["v"] + 1
        assert len(after["questions"]) == 3
        assert author._api("GET", f"/embed-sessions/{session['id']}")["status"] == "pending"

    def test_it_needs_an_exam_and_its_author(self, author):
        exam_id = author.exam["id"]
        other = author._api("POST", "/users", {"email": "bob@school.example"})["id"]
        assert self.edit(author, "x")["message"] == "presets.examId: Required"
        assert self.edit(author, "exam_none")["message"] == "Exam not found."
        assert self.edit(author, exam_id, other)["message"] == "No access to this resource."
