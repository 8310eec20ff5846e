"""What the plugin does, one test each. A test gets the world and may return figures to print."""

from __future__ import annotations

import base64
import dataclasses
import random
import time
from typing import TYPE_CHECKING, Any

import requests
from client import AGS, CLAIM, SCOPE, Exam, Visit, blanks, choice, essay, exam_from_file, heading, number, pairs

if TYPE_CHECKING:
    from run import World

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def an_exam(world: World, **kwargs: Any) -> Exam:
    questions = [
        choice("q1", mark="1.5"),
        number("q2", mark="2.25"),
        blanks("q3", mark="1.75"),
        heading("q4"),
        pairs("q5", mark="0.5"),
        essay("q6", mark=4),
    ]
    return Exam(world.new_id(), "Waves & light", questions, **kwargs)


def refused(answer: requests.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.headers["Content-Type"].startswith("application/json"), answer.text[:500]
    error = answer.json().get("error", {})
    assert (answer.status_code, error.get("code")) == (status, code), (answer.status_code, answer.text[:800])
    assert error["message"]
    assert not error["message"].startswith("[["), error
    return error


def done(answer: requests.Response, status: int, result: str) -> dict[str, Any]:
    assert answer.status_code == status, (answer.status_code, answer.text[:2000])
    body = answer.json()
    assert body["result"] == result, body["result"]
    return body


def sent(visit: Visit, exam: Exam) -> int:
    """Send an exam for the first time and return the quiz's course module."""
    return done(visit.put(exam), 201, "created")["quiz"]["cmid"]


def marks(quiz: dict[str, Any]) -> list[float]:
    return [float(slot["maxmark"]) for slot in quiz["slots"]]


def ids(quiz: dict[str, Any]) -> list[str]:
    return [slot["idnumber"] for slot in quiz["slots"]]


def versions(quiz: dict[str, Any]) -> list[int]:
    return [int(slot["version"]) for slot in quiz["slots"]]


# Announcing and granting ----------------------------------------------------------------------------------------


def test_launch_names_course_and_teacher(world: World) -> None:
    course = world.course()
    claims = world.browser("b_teacher").open_from_form(world.tool.typeid, course)
    assert claims[CLAIM + "quizzes_url"] == f"{world.wwwroot}/mod/lti/services.php/{course}/examplary/quizzes"
    assert claims[CLAIM + "protocol"] == "1"
    assert claims[CLAIM + "placement"] == "activity_form"
    assert 86000 < int(claims[CLAIM + "handle_expires"]) - time.time() < 86500
    assert claims[CLAIM + "handle"].startswith("sodium:")
    assert not any("examplary" in key for key in claims.get("https://purl.imsglobal.org/spec/lti/claim/custom", {}))


def test_course_page_opens_the_tool_without_an_activity(world: World) -> None:
    course = world.course()
    page = world.browser("b_teacher").get(f"/course/view.php?id={course}").text
    address = f"/mod/lti/service/examplary/open.php?course={course}&amp;id={world.tool.typeid}"
    assert address in page
    assert "Examplary" in page.split(address, 1)[1][:900]
    claims = world.browser("b_teacher").open_from_course(world.tool.typeid, course)
    assert claims[CLAIM + "placement"] == "course_page"
    opened = world.browser("b_teacher").get(address.replace("&amp;", "&")).text
    assert "window.processContentItemReturnData" in opened
    # The mark is used once, by the launch that the page starts.
    world.browser("b_teacher").open_from_form(world.tool.typeid, course)
    again = world.browser("b_teacher").open_from_form(world.tool.typeid, course)
    assert again[CLAIM + "placement"] == "activity_form"
    after = world.browser("b_teacher").get(address.replace("&amp;", "&") + "&linksent=1")
    assert after.url.endswith(f"/course/view.php?id={course}")
    assert "The tool sent a link" in after.text


def test_student_and_non_editing_teacher_get_nothing(world: World) -> None:
    course = world.course()
    for name in ("b_student", "b_assistant"):
        browser = world.browser(name)
        assert "examplary/open.php" not in browser.get(f"/course/view.php?id={course}").text
        path = f"/mod/lti/service/examplary/open.php?course={course}&id={world.tool.typeid}"
        page = browser.get(path)
        assert "<iframe" not in page.text
        assert "permission" in page.text.lower()


def test_activity_names_the_teacher_and_cannot_be_forged(world: World) -> None:
    course = world.course()
    names = ("quizzes_url", "handle", "handle_expires", "protocol", "placement")
    faked = "\n".join(f"examplary_{name}=https://attacker.example.org/" for name in names)
    cmid = world.side.lti_activity(course, world.tool.typeid, faked)
    claims = world.browser("b_teacher").launch(f"/mod/lti/launch.php?id={cmid}")
    assert claims["https://purl.imsglobal.org/spec/lti/claim/message_type"] == "LtiResourceLinkRequest"
    assert claims[CLAIM + "placement"] == "activity"
    exam = an_exam(world)
    sent(Visit(world.tool, claims), exam)
    claims = world.browser("b_student").launch(f"/mod/lti/launch.php?id={cmid}")
    assert not [name for name in claims if name.startswith(CLAIM)]


def test_service_is_off_until_it_is_switched_on(world: World) -> None:
    course = world.course()
    tool = world.add_tool("Behaviour tool, no choice made")
    for value in ("0", "2", None):
        world.side.tool_config(tool.typeid, "ltiservice_examplary", value)
        claims = world.browser("b_teacher").open_from_form(tool.typeid, course)
        assert CLAIM + "handle" not in claims
        answer = tool.ask_token()
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_scope"})
        assert (
            f"open.php?course={course}&amp;id={tool.typeid}"
            not in world.browser("b_teacher").get(f"/course/view.php?id={course}").text
        )
    world.side.tool_config(tool.typeid, "ltiservice_examplary", "1")
    assert tool.ask_token(f"{SCOPE} {AGS} https://example.org/unknown").json()["scope"].split() == [SCOPE, AGS]


def test_registration_that_asks_for_it_switches_it_on_where_the_site_allows(world: World) -> None:
    course = world.course()
    tool = world.add_tool("Behaviour tool that asks", {"lti_customparameters": "a=b\nexamplary_quiz=1"})
    assert tool.ask_token().status_code == 200
    assert CLAIM + "handle" in world.browser("b_teacher").open_from_form(tool.typeid, course)
    world.side.config("ltiservice_examplary", "allowmarked", 0)
    try:
        assert tool.ask_token().status_code == 400
    finally:
        world.side.config("ltiservice_examplary", "allowmarked", None)
    world.side.tool_config(tool.typeid, "ltiservice_examplary", "0")
    assert tool.ask_token().status_code == 400
    world.side.tool_config(tool.typeid, "ltiservice_examplary", None)
    for field, value in (("state", 2), ("course", course)):
        world.side.tool_field(tool.typeid, field, value)
        assert tool.ask_token().status_code == 400, field
        world.side.tool_field(tool.typeid, field, 1)


def test_openid_configuration_names_the_scope(world: World) -> None:
    configuration = requests.get(f"{world.wwwroot}/mod/lti/openid-configuration.php", timeout=60).json()
    assert SCOPE in configuration["scopes_supported"]


# Making a quiz --------------------------------------------------------------------------------------------------


def test_first_sending_makes_a_hidden_quiz(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world, intro="<p>Good luck.<script>alert(1)</script></p>")
    body = done(visit.put(exam), 201, "created")
    quiz = world.side.quiz(body["quiz"]["cmid"])
    assert (quiz["name"], quiz["visible"], quiz["section"], quiz["timelimit"]) == ("Waves & light", 0, 0, 3600)
    assert quiz["intro"] == "<p>Good luck.</p>"
    assert ids(quiz) == ["q1", "q2", "q3", "q4", "q5", "q6"]
    assert [slot["qtype"] for slot in quiz["slots"]] == [
        "multichoice",
        "numerical",
        "multianswer",
        "description",
        "match",
        "essay",
    ]
    assert marks(quiz) == [1.5, 2.25, 1.75, 0, 0.5, 4]
    assert quiz["sumgrades"] == quiz["grade"] == quiz["gradebook"] == 10
    assert quiz["categories"] == ["Waves & light"]
    teacher = world.side.user("b_teacher")
    assert {(int(slot["createdby"]), int(slot["ownerid"])) for slot in quiz["slots"]} == {(teacher, teacher)}
    assert "\\core\\event\\course_module_created" in world.side.events(course, teacher)

    assert body["exam_id"] == exam.id
    assert body["quiz"]["name"] == "Waves & light"
    assert body["quiz"]["sum_of_marks"] == body["quiz"]["grade"] == 10
    assert body["quiz"]["sent"]["by_you"] is True
    assert [line["action"] for line in body["questions"]] == ["created"] * 6
    assert [line["mark"] for line in body["questions"]] == [1.5, 2.25, 1.75, 0, 0.5, 4]
    browser = world.browser("b_teacher")
    for address in (body["quiz"]["url"], body["quiz"]["edit_url"], body["quiz"]["questions_url"]):
        assert browser.session.get(address, timeout=60).status_code == 200, address
    assert "Which?" in browser.session.get(body["questions"][0]["preview_url"], timeout=60).text
    assert "q1 choice" in browser.session.get(body["questions"][0]["edit_url"], timeout=60).text
    student = world.browser("b_student").session.get(body["quiz"]["url"], timeout=60).text
    assert "Attempt quiz" not in student


def test_right_answers_get_full_marks(world: World) -> None:
    course = world.course()
    cmid = sent(world.visit(course), an_exam(world))
    world.side.show(cmid, True)
    assert world.side.attempt(cmid, "b_student") == 10


def test_fixtures_arrive_whole_and_right_answers_get_full_marks(world: World) -> Any:
    figures = {}
    for path in sorted(world.exams.glob("*.xml")) if world.exams else []:
        course = world.course()
        exam = exam_from_file(path)
        start = time.monotonic()
        body = done(world.visit(course).put(exam), 201, "created")
        taken = time.monotonic() - start
        quiz = world.side.quiz(body["quiz"]["cmid"])
        assert ids(quiz) == [question.id for question in exam.questions]
        assert marks(quiz) == [float(question.mark) for question in exam.questions]
        assert quiz["sumgrades"] == quiz["grade"] == quiz["gradebook"] == exam.total
        world.side.show(body["quiz"]["cmid"], True)
        grade = world.side.attempt(body["quiz"]["cmid"], "b_student")
        assert grade == exam.total, (path, grade)
        figures[path.stem] = f"{len(exam.questions)} in {taken:.2f} s, {grade:g} of {exam.total:g}"
    return figures


def test_pictures_arrive_and_gzip_makes_the_body_small(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    exam.questions[0] = choice("q1", picture=PNG)
    body = done(visit.put(exam, compress=True), 201, "created")
    page = world.browser("b_teacher").session.get(body["questions"][0]["preview_url"], timeout=60).text
    address = page[: page.index("/picture.png")].rsplit('"', 1)[1] + "/picture.png"
    assert world.browser("b_teacher").session.get(address, timeout=60).content == PNG


def test_section_is_chosen_and_remembered(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    told = visit.course().json()
    assert [section["number"] for section in told["sections"]] == [0, 1, 2, 3]
    assert told["default_section_id"] == told["sections"][0]["id"]
    assert told["quizzes"] == []
    assert told["protocol"] == 1
    assert told["limits"] == {"body_bytes": 32 << 20, "questions": 1000}
    assert told["course"]["url"] == f"{world.wwwroot}/course/view.php?id={course}"
    third = told["sections"][2]["id"]
    body = done(visit.put(an_exam(world), section_id=third), 201, "created")
    assert world.side.quiz(body["quiz"]["cmid"])["section"] == 2
    told = visit.course().json()
    assert told["default_section_id"] == third
    assert [quiz["cmid"] for quiz in told["quizzes"]] == [body["quiz"]["cmid"]]
    # It is the teacher's own habit, not the course's.
    assert world.visit(course, "b_colleague").course().json()["default_section_id"] == told["sections"][0]["id"]
    again = done(visit.put(an_exam(world)), 201, "created")
    assert world.side.quiz(again["quiz"]["cmid"])["section"] == 2
    error = refused(visit.put(an_exam(world), section_id=10**9), 400, "section_gone")
    assert len(error["sections"]) == 4


def test_site_and_course_defaults_hold(world: World) -> None:
    course = world.course(groupmode=1, enablecompletion=1)
    world.side.config("quiz", "attempts", 2)
    world.side.config("quiz", "questionsperpage", 5)
    try:
        cmid = sent(world.visit(course), an_exam(world))
        quiz = world.side.quiz(cmid)
        assert (quiz["groupmode"], quiz["attempts"], quiz["questionsperpage"]) == (1, 2, 5)
        assert [int(slot["page"]) for slot in quiz["slots"]] == [1, 1, 1, 1, 1, 2]
    finally:
        world.side.config("quiz", "attempts", 0)
        world.side.config("quiz", "questionsperpage", 1)


def test_names_are_text(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = dataclasses.replace(an_exam(world), name="If a<b & c>d then “é 世界”\n<script>")
    body = done(visit.put(exam), 201, "created")
    assert body["quiz"]["name"] == "If a<b & c>d then “é 世界” <script>"
    assert "<script>" not in world.side.quiz(body["quiz"]["cmid"])["name"]
    assert done(visit.put(exam), 200, "unchanged")


def test_no_time_limit_and_no_marks(world: World) -> None:
    course = world.course()
    exam = Exam(world.new_id(), "Only text", [heading("a"), heading("b")], time_limit=0)
    quiz = world.side.quiz(sent(world.visit(course), exam))
    assert (quiz["timelimit"], quiz["grade"], quiz["sumgrades"]) == (0, 0, 0)


# Sending again --------------------------------------------------------------------------------------------------


def test_a_repeated_request_has_the_result_of_the_first(world: World) -> None:
    visit = world.visit(world.course())
    exam = an_exam(world)
    cmid = done(visit.put(exam, request_id="r1"), 201, "created")["quiz"]["cmid"]
    before = world.side.quiz(cmid)
    assert done(visit.put(exam, request_id="r1"), 200, "created")["quiz"]["cmid"] == cmid
    assert done(visit.put(exam, request_id="r2"), 200, "unchanged")
    assert done(visit.put(exam), 200, "unchanged")
    assert world.side.quiz(cmid) == before
    exam.questions[1] = number("q2", "43", mark="2.25")
    done(visit.put(exam, request_id="r3"), 200, "updated")
    assert "action" not in done(visit.put(exam, request_id="r3"), 200, "updated")["questions"][0]
    assert done(visit.put(exam, request_id="r1"), 200, "unchanged")


def test_unchanged_is_a_no_op(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    cmid = sent(visit, exam)
    before = world.side.question_counts(), world.side.row(cmid)
    body = done(visit.put(exam), 200, "unchanged")
    assert body["quiz"]["cmid"] == cmid
    assert len(body["questions"]) == 6
    assert (world.side.question_counts(), world.side.row(cmid)) == before
    # A mark written in another way is the same mark.
    exam.questions[0] = dataclasses.replace(exam.questions[0], mark=1.5)
    assert done(visit.put(exam), 200, "unchanged")


def test_changes_arrive_in_place_as_new_versions(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    cmid = sent(visit, exam)
    first = world.side.quiz(cmid)
    exam.questions[0] = choice("q1", "Which one?", mark=2)
    exam.questions[2] = blanks("q3", mark=2.5)
    exam.name = "Waves and light"
    exam.time_limit = 1800
    body = done(visit.put(exam), 200, "updated")
    assert [line["action"] for line in body["questions"]] == [
        "new_version",
        "kept",
        "new_version",
        "kept",
        "kept",
        "kept",
    ]
    quiz = world.side.quiz(cmid)
    assert [slot["entryid"] for slot in quiz["slots"]] == [slot["entryid"] for slot in first["slots"]]
    assert versions(quiz) == [2, 1, 2, 1, 1, 1]
    assert marks(quiz) == [2, 2.25, 2.5, 0, 0.5, 4]
    assert quiz["sumgrades"] == quiz["grade"] == quiz["gradebook"] == 11.25
    assert (quiz["name"], quiz["timelimit"], quiz["visible"]) == ("Waves and light", 1800, 0)
    assert quiz["entries"] == 6
    assert quiz["orphans"] == 0
    assert world.side.course_counts(course)["quizzes"] == [cmid]
    world.side.show(cmid, True)
    assert world.side.attempt(cmid, "b_student") == 11.25


def test_questions_come_go_and_move(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    cmid = sent(visit, exam)
    first = {slot["idnumber"]: slot["entryid"] for slot in world.side.quiz(cmid)["slots"]}
    q1, q2, q3, q4, q5, q6 = exam.questions
    exam.questions = [q6, choice("q7", mark=3), q3, q2, q1]
    body = done(visit.put(exam), 200, "updated")
    assert [line["action"] for line in body["questions"]] == ["kept", "created", "kept", "kept", "kept"]
    assert sorted(line["id"] for line in body["removed"]) == ["q4", "q5"]
    quiz = world.side.quiz(cmid)
    assert ids(quiz) == ["q6", "q7", "q3", "q2", "q1"]
    assert marks(quiz) == [4, 3, 1.75, 2.25, 1.5]
    assert quiz["sumgrades"] == quiz["grade"] == 12.5
    assert quiz["entries"] == 5
    for slot in quiz["slots"]:
        assert slot["idnumber"] == "q7" or slot["entryid"] == first[slot["idnumber"]]
    exam.questions = [q4, q5, *exam.questions]
    done(visit.put(exam), 200, "updated")
    quiz = world.side.quiz(cmid)
    assert ids(quiz) == ["q4", "q5", "q6", "q7", "q3", "q2", "q1"]
    assert quiz["entries"] == 7
    assert quiz["orphans"] == 0
    world.side.show(cmid, True)
    assert world.side.attempt(cmid, "b_student") == 13


def test_question_of_another_type_takes_the_place(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    cmid = sent(visit, exam)
    first = world.side.quiz(cmid)
    exam.questions[1] = choice("q2", mark=2.25)
    body = done(visit.put(exam), 200, "updated")
    assert [line["action"] for line in body["questions"]] == ["kept", "created", *["kept"] * 4]
    quiz = world.side.quiz(cmid)
    assert quiz["slots"][1]["qtype"] == "multichoice"
    assert quiz["slots"][1]["entryid"] != first["slots"][1]["entryid"]
    assert quiz["entries"] == 6


def test_other_exam_altogether(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    cmid = sent(visit, exam)
    exam.questions = [choice(f"n{i}", mark="0.1") for i in range(10)]
    done(visit.put(exam), 200, "updated")
    quiz = world.side.quiz(cmid)
    assert ids(quiz) == [f"n{i}" for i in range(10)]
    assert quiz["sumgrades"] == quiz["grade"] == quiz["gradebook"] == 1
    assert quiz["entries"] == 10
    assert quiz["orphans"] == 0


def test_attempts_stay_and_marks_are_rescaled(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    cmid = sent(visit, exam)
    world.side.show(cmid, True)
    assert world.side.attempt(cmid, "b_student") == 10
    exam.questions[0] = choice("q1", "Which of these?", mark=3)
    body = done(visit.put(exam), 200, "updated")
    assert body["quiz"]["attempts"] == 1
    quiz = world.side.quiz(cmid)
    assert quiz["sumgrades"] == quiz["grade"] == quiz["gradebook"] == 11.5
    assert world.side.grade(cmid, "b_student") == 11.5
    assert quiz["visible"] == 1


def test_attempts_refuse_another_structure(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    cmid = sent(visit, exam)
    world.side.show(cmid, True)
    world.side.attempt(cmid, "b_student", False)
    before = world.side.question_counts(), world.side.quiz(cmid)
    exam.questions.pop()
    error = refused(visit.put(exam), 409, "quiz_has_attempts")
    assert error["choices"] == ["new"]
    assert error["quiz"]["cmid"] == cmid
    refused(visit.put(exam, mode="update", cmid=cmid), 409, "quiz_has_attempts")
    assert (world.side.question_counts(), world.side.quiz(cmid)) == before
    body = done(visit.put(exam, mode="new", request_id="r1"), 201, "created")
    assert body["quiz"]["cmid"] != cmid
    # The answer was lost and the request is repeated: no third quiz.
    again = done(visit.put(exam, mode="new", request_id="r1"), 200, "created")
    assert again["quiz"]["cmid"] == body["quiz"]["cmid"]
    assert world.side.course_counts(course)["quizzes"] == [cmid, body["quiz"]["cmid"]]
    assert world.side.quiz(cmid) == before[1]
    third = done(visit.put(exam, mode="new", request_id="r2"), 201, "created")
    assert third["quiz"]["cmid"] not in (cmid, body["quiz"]["cmid"])


def test_colleague_is_asked_first(world: World) -> None:
    course = world.course()
    exam = an_exam(world)
    cmid = sent(world.visit(course), exam)
    colleague = world.visit(course, "b_colleague")
    assert done(colleague.put(exam), 200, "unchanged")["quiz"]["sent"] | {"at": ""} == {
        "by_you": False,
        "by": "Teacher Behaviour",
        "at": "",
    }
    exam.questions[0] = choice("q1", "Or which?")
    error = refused(colleague.put(exam), 409, "quiz_of_colleague")
    assert error["choices"] == ["update", "new"]
    assert error["quiz"]["sent"]["by"] == "Teacher Behaviour"
    assert versions(world.side.quiz(cmid)) == [1] * 6
    done(colleague.put(exam, mode="update", cmid=cmid), 200, "updated")
    assert versions(world.side.quiz(cmid)) == [2, 1, 1, 1, 1, 1]
    exam.questions[0] = choice("q1", "Or which then?")
    error = refused(world.visit(course).put(exam), 409, "quiz_of_colleague")
    world.side.tool_config(world.tool.typeid, "sendname", "0")
    try:
        assert refused(world.visit(course).put(exam), 409, "quiz_of_colleague")["quiz"]["sent"]["by"] is None
    finally:
        world.side.tool_config(world.tool.typeid, "sendname", "1")


def test_colleague_with_permission_for_own_questions_only(world: World) -> None:
    course = world.course()
    exam = an_exam(world)
    cmid = sent(world.visit(course), exam)
    world.side.capability(course, "editingteacher", "moodle/question:editall", -1)
    exam.questions[0] = choice("q1", "Or which?")
    error = refused(world.visit(course, "b_colleague").put(exam, mode="update", cmid=cmid), 403, "permission_missing")
    assert error["capabilities"] == ["moodle/question:editall"]
    done(world.visit(course).put(exam), 200, "updated")


def test_renamed_moved_shown_and_regraded_quizzes_are_respected(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    cmid = sent(visit, exam)
    world.side.rename(cmid, "My own name")
    world.side.move(cmid, 2)
    world.side.show(cmid, True)
    world.side.quiz_field(cmid, "timelimit", 60)
    world.side.quiz_field(cmid, "intro", "My own words")
    world.side.quiz_grade(cmid, 100)
    exam.name = "Another name"
    exam.time_limit = 7200
    exam.intro = "Other words"
    exam.questions[0] = choice("q1", mark=2)
    done(visit.put(exam), 200, "updated")
    quiz = world.side.quiz(cmid)
    assert (quiz["name"], quiz["timelimit"], quiz["intro"]) == ("My own name", 60, "My own words")
    assert (quiz["section"], quiz["visible"]) == (2, 1)
    assert (quiz["sumgrades"], quiz["grade"], quiz["gradebook"]) == (10.5, 100, 100)
    assert visit.course().json()["quizzes"][0]["name"] == "My own name"


def test_changes_made_in_moodle_are_asked_about(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    cmid = sent(visit, exam)
    world.side.edit_question(int(world.side.quiz(cmid)["slots"][0]["questionid"]), "My own question")
    assert done(visit.put(exam), 200, "unchanged")["changes"][0]["what"] == "question"
    exam.questions[1] = number("q2", "43", mark="2.25")
    error = refused(visit.put(exam), 409, "quiz_changed")
    assert error["choices"] == ["update", "new"]
    assert [(change["what"], change["id"]) for change in error["changes"]] == [("question", "q1")]
    assert visit.get(exam).json()["changes"] == error["changes"]
    done(visit.put(exam, mode="update", cmid=cmid), 200, "updated")
    quiz = world.side.quiz(cmid)
    assert versions(quiz) == [3, 2, 1, 1, 1, 1]
    assert "Which?" in quiz["slots"][0]["questiontext"]
    world.side.first_to_end(cmid)
    exam.questions[1] = number("q2", "44", mark="2.25")
    assert refused(visit.put(exam), 409, "quiz_changed")["changes"] == [{"what": "questions"}]
    done(visit.put(exam, mode="update", cmid=cmid), 200, "updated")
    assert ids(world.side.quiz(cmid)) == ["q1", "q2", "q3", "q4", "q5", "q6"]
    # The exam as it was, once more, puts right what was changed: if the teacher says so.
    world.side.first_to_end(cmid)
    assert done(visit.put(exam), 200, "unchanged")
    done(visit.put(exam, mode="update", cmid=cmid), 200, "updated")
    assert ids(world.side.quiz(cmid)) == ["q1", "q2", "q3", "q4", "q5", "q6"]
    assert visit.get(exam).json()["changes"] == []


def test_deleted_quiz_is_made_anew(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    first = sent(visit, exam)
    world.side.delete_cm(first)
    assert world.side.course_counts(course)["rows"] == 0
    assert refused(visit.get(exam), 404, "no_quiz")["copies"] == []
    second = sent(visit, exam)
    world.side.bin_cm(second)
    third = done(visit.put(exam, mode="update", cmid=second), 201, "created")["quiz"]["cmid"]
    assert len({first, second, third}) == 3


def test_deleted_course_clears_the_rows_and_answers(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    sent(visit, exam)
    world.side.delete_course(course)
    assert world.side.course_counts(course)["rows"] == 0
    refused(visit.put(exam), 404, "course_gone")


def test_copied_course_asks_and_adopts(world: World) -> None:
    course = world.course()
    exam = an_exam(world)
    cmid = sent(world.visit(course), exam)
    copy = world.side.copy_course(course, {"b_teacher": "editingteacher", "b_student": "student"})
    visit = world.visit(copy)
    [copied] = world.side.course_counts(copy)["quizzes"]
    assert [quiz["cmid"] for quiz in refused(visit.get(exam), 404, "no_quiz")["copies"]] == [copied]
    exam.questions[0] = choice("q1", "Which, this year?", mark=2)
    error = refused(visit.put(exam), 409, "quiz_copied")
    assert error["choices"] == ["adopt", "new"]
    assert [quiz["cmid"] for quiz in error["copies"]] == [copied]
    refused(visit.put(exam, mode="adopt", cmid=cmid), 409, "quiz_copied")
    body = done(visit.put(exam, mode="adopt", cmid=copied), 200, "adopted")
    assert body["quiz"]["cmid"] == copied
    quiz = world.side.quiz(copied)
    assert ids(quiz) == ["q1", "q2", "q3", "q4", "q5", "q6"]
    assert versions(quiz) == [2] * 6
    assert quiz["sumgrades"] == quiz["grade"] == 10.5
    assert versions(world.side.quiz(cmid)) == [1] * 6
    assert done(visit.put(exam, mode="adopt", cmid=copied), 200, "unchanged")
    world.side.show(copied, True)
    assert world.side.attempt(copied, "b_student") == 10.5


def test_copied_course_new_quiz(world: World) -> None:
    course = world.course()
    exam = an_exam(world)
    sent(world.visit(course), exam)
    copy = world.side.copy_course(course, {"b_teacher": "editingteacher"})
    [copied] = world.side.course_counts(copy)["quizzes"]
    body = done(world.visit(copy).put(exam, mode="new", request_id="r1"), 201, "created")
    assert world.side.course_counts(copy)["quizzes"] == [copied, body["quiz"]["cmid"]]
    assert versions(world.side.quiz(copied)) == [1] * 6


def test_duplicated_quiz_is_unchanged(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    cmid = sent(visit, exam)
    double = world.side.duplicate(cmid)
    exam.questions[0] = choice("q1", "Which one?")
    done(visit.put(exam), 200, "updated")
    assert versions(world.side.quiz(cmid)) == [2, 1, 1, 1, 1, 1]
    assert versions(world.side.quiz(double)) == [1] * 6
    world.side.delete_cm(cmid)
    assert refused(visit.put(exam), 409, "quiz_copied")["copies"][0]["cmid"] == double


def test_same_exam_in_two_courses_and_of_two_tools(world: World) -> None:
    exam = an_exam(world)
    here, there = world.course(), world.course()
    tool = world.add_tool("Behaviour tool, the other", {"ltiservice_examplary": 1})
    made = {
        sent(world.visit(here), exam),
        sent(world.visit(there), exam),
    }
    # The other tool's quiz is no concern of this tool: its own row keeps it out of the copies.
    made.add(done(world.visit(here, tool=tool).put(exam), 201, "created")["quiz"]["cmid"])
    assert len(made) == 3


def test_identifiers_differ_by_capitals(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    lower, upper = sent(visit, exam), sent(visit, dataclasses.replace(exam, id=exam.id.upper()))
    assert lower != upper


# At the same time -----------------------------------------------------------------------------------------------


def test_three_first_sendings_at_once_make_one_quiz(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    visit.tool.token()
    exam = an_exam(world)
    answers = world.together([lambda: visit.put(exam)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201], [answer.text for answer in answers]
    assert len({answer.json()["quiz"]["cmid"] for answer in answers}) == 1
    assert world.side.course_counts(course) | {"quizzes": 1} == {
        "quizzes": 1,
        "quiz_records": 1,
        "rows": 1,
        "grade_items": 1,
    }


def test_three_exams_at_once_are_all_in_the_course(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    visit.tool.token()
    exams = [an_exam(world) for _ in range(3)]
    answers = world.together([lambda exam=exam: visit.put(exam) for exam in exams])
    assert [answer.status_code for answer in answers] == [201] * 3
    page = world.browser("b_teacher").get(f"/course/view.php?id={course}").text
    for answer in answers:
        assert f"/mod/quiz/view.php?id={answer.json()['quiz']['cmid']}" in page


def test_waits_for_another_exam_but_not_for_ever(world: World) -> Any:
    course, elsewhere = world.course(), world.course()
    visit = world.visit(course)
    world.side.lock_course(course, True)
    try:
        sent(world.visit(elsewhere), an_exam(world))
        start = time.monotonic()
        answer = visit.put(an_exam(world))
        assert answer.headers["Retry-After"] == "30"
        refused(answer, 503, "busy")
    finally:
        world.side.lock_course(course, False)
    sent(visit, an_exam(world))
    return f"gave up after {time.monotonic() - start:.0f} s"


# Refusing -------------------------------------------------------------------------------------------------------


def test_tokens_that_do_not_do(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    refused(visit.put(exam, token="wrong"), 401, "token_invalid")
    refused(visit.put(exam, token=""), 401, "token_invalid")
    refused(visit.put(exam, token=world.tool.ask_token(AGS).json()["access_token"]), 401, "token_invalid")
    old = world.tool.ask_token().json()["access_token"]
    world.side.expire_token(old)
    refused(visit.put(exam, token=old), 401, "token_invalid")
    oauth = 'OAuth oauth_consumer_key="", oauth_signature_method="HMAC-SHA1", oauth_signature="x", oauth_body_hash="x"'
    refused(visit.put(exam, headers={"Authorization": oauth}), 401, "token_invalid")
    assert world.side.course_counts(course)["quizzes"] == []


def test_handles_that_do_not_do(world: World) -> None:
    course, elsewhere = world.course(), world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    teacher = world.side.user("b_teacher")
    refused(visit.put(exam, handle=""), 403, "handle_invalid")
    refused(visit.put(exam, handle="nonsense"), 403, "handle_invalid")
    refused(visit.put(exam, handle=visit.handle[:-6] + "AAAAA="), 403, "handle_invalid")
    refused(visit.put(exam, handle=world.side.encrypt('["something else"]')), 403, "handle_invalid")
    refused(visit.put(exam, handle=world.visit(elsewhere).handle), 403, "handle_elsewhere")
    other = world.add_tool("Behaviour tool, the other", {"ltiservice_examplary": 1})
    refused(visit.put(exam, handle=world.visit(course, tool=other).handle), 403, "handle_elsewhere")
    refused(visit.put(exam, token=other.token()), 403, "handle_elsewhere")
    old = world.side.handle(teacher, course, world.tool.typeid, int(time.time()) - 1)
    refused(visit.put(exam, handle=old), 403, "handle_expired")
    student = world.side.handle(world.side.user("b_student"), course, world.tool.typeid, int(time.time()) + 100)
    assert "mod/quiz:addinstance" in refused(visit.put(exam, handle=student), 403, "permission_missing")["capabilities"]
    outsider = world.side.handle(world.side.user("b_outsider"), course, world.tool.typeid, int(time.time()) + 100)
    refused(visit.put(exam, handle=outsider), 403, "course_closed")
    nobody = world.side.handle(10**8, course, world.tool.typeid, int(time.time()) + 100)
    refused(visit.put(exam, handle=nobody), 403, "user_inactive")
    refused(visit.get(exam, token="wrong"), 401, "token_invalid")
    assert world.side.course_counts(course)["quizzes"] == []


def test_permissions_are_those_of_this_moment(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    world.side.role(course, "b_teacher", "editingteacher", False)
    assert refused(visit.put(exam), 403, "permission_missing")["capabilities"]
    refused(visit.course(), 403, "permission_missing")
    world.side.role(course, "b_teacher", "editingteacher", True)
    world.side.suspend("b_teacher", True)
    try:
        refused(visit.put(exam), 403, "user_inactive")
    finally:
        world.side.suspend("b_teacher", False)
    world.side.capability(course, "editingteacher", "moodle/question:add", -1)
    error = refused(visit.put(exam), 403, "permission_missing")
    assert error["capabilities"] == ["moodle/question:add"]
    world.side.capability(course, "editingteacher", "moodle/question:add", 1)
    cmid = sent(visit, exam)
    world.side.tool_config(world.tool.typeid, "ltiservice_examplary", "0")
    try:
        refused(visit.put(exam), 403, "service_off")
    finally:
        world.side.tool_config(world.tool.typeid, "ltiservice_examplary", "1")
    world.side.tool_categories(world.tool.typeid, [10**6])
    try:
        refused(visit.put(exam), 403, "course_not_allowed")
        assert CLAIM + "handle" not in world.browser("b_teacher").open_from_form(world.tool.typeid, course)
    finally:
        world.side.tool_categories(world.tool.typeid, [])
    assert done(visit.put(exam), 200, "unchanged")["quiz"]["cmid"] == cmid


def test_hidden_course_and_administrator(world: World) -> None:
    course = world.course(visible=0)
    sent(world.visit(course), an_exam(world))
    administrator = world.side.handle(2, course, world.tool.typeid, int(time.time()) + 100)
    done(world.visit(course).put(an_exam(world), handle=administrator), 201, "created")


def test_bad_bodies(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    before = world.side.question_counts()
    address = f"{visit.url}/{exam.id}"
    refused(visit.tool.call("PUT", address, visit.handle, b"{"), 400, "json_invalid")
    refused(visit.tool.call("PUT", address, visit.handle, b"[]"), 400, "request_invalid")
    refused(
        visit.tool.call("PUT", address, visit.handle, b"x", headers={"Content-Encoding": "gzip"}), 400, "json_invalid"
    )
    refused(visit.put(exam, headers={"Content-Encoding": "br"}), 400, "request_invalid")
    wrong = {
        "quiz": [
            None,
            {},
            {"name": ""},
            {"name": "x" * 256},
            {"name": "x", "time_limit": -1},
            {"name": "x", "intro": 3},
        ],
        "questions": [
            None,
            [],
            [{}],
            [{"id": "a b", "mark": 1}],
            [{"id": "a", "mark": -1}],
            [{"id": "a", "mark": "1e3"}],
            [{"id": "a", "mark": True}],
            [{"id": "a", "mark": 100000}],
            [{"id": "a", "mark": 1}, {"id": "A", "mark": 1}],
            [{"id": f"q{i}", "mark": 1} for i in range(1001)],
        ],
        "mode": ["other", "update", "adopt", "new", 1],
        "section_id": ["1", -1],
        "request_id": ["a b", 1],
        "xml": [None, "", 1],
    }
    for field, values in wrong.items():
        for value in values:
            error = refused(visit.put(exam, **{field: value}), 400, "request_invalid")
            assert any(name.startswith(field) for name in error["fields"]), (field, value, error)
    refused(visit.put(dataclasses.replace(exam, id="a b")), 400, "request_invalid")
    assert world.side.question_counts() == before


def test_methods_and_types_that_moodle_refuses_itself(world: World) -> None:
    visit = world.visit(world.course())
    exam = an_exam(world)
    assert visit.put(exam, headers={"Content-Type": "application/xml"}).status_code == 400
    assert visit.tool.call("DELETE", f"{visit.url}/{exam.id}", visit.handle).status_code == 405
    assert visit.tool.call("POST", visit.url, visit.handle, {}).status_code == 405


def test_too_large(world: World) -> Any:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    xml = exam.body()["xml"] + " " * (33 << 20)
    for compress in (False, True):
        error = refused(visit.put(exam, xml=xml, compress=compress), 413, "too_large")
        assert error["limit_bytes"] == 32 << 20
    # A body that grows to gigabytes stops at the limit.
    bomb = b"[" + b"0," * (200 << 20)
    start = time.monotonic()
    refused(visit.tool.call("PUT", f"{visit.url}/{exam.id}", visit.handle, bomb, compress=True), 413, "too_large")
    return f"bomb refused in {time.monotonic() - start:.1f} s, its compression here included"


def test_questions_that_moodle_cannot_import(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    before = world.side.question_counts()
    xml = exam.body()["xml"]
    refused(visit.put(exam, xml="<quiz></quiz>"), 422, "count_differs")
    refused(visit.put(exam, xml="<quiz/>"), 422, "count_differs")
    refused(visit.put(exam, xml="no XML at all"), 422, "xml_invalid")
    refused(visit.put(exam, xml=xml.replace("</quiz>", "")), 422, "xml_invalid")
    refused(visit.put(exam, xml="<html><body>Login</body></html>"), 422, "count_differs")
    refused(visit.put(exam, xml="<quiz><question>x</question></quiz>"), 422, "count_differs")
    one = [{"id": "a", "mark": 1}]
    refused(visit.put(exam, questions=one, xml="<quiz><question/></quiz>"), 422, "import_failed")
    error = refused(
        visit.put(exam, questions=one, xml='<quiz><question type="x">x</question></quiz>'), 422, "import_failed"
    )
    assert "not supported by XML import" in error["questions"][0]["message"]
    entity = '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>'
    refused(visit.put(exam, xml=entity), 422, "count_differs")
    assert world.side.question_counts() == before


def test_each_bad_question_is_named_and_nothing_is_created(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    exam.questions[0] = choice("q1", right="37")
    exam.questions[1] = dataclasses.replace(
        exam.questions[1], xml=exam.questions[1].xml.replace('type="numerical"', 'type="wombat"')
    )
    before = world.side.question_counts()
    error = refused(visit.put(exam), 422, "import_failed")
    assert [(line["id"], line["number"]) for line in error["questions"]] == [("q2", 2)]
    assert "wombat" in error["questions"][0]["message"]
    exam.questions[1] = number("q2", mark="2.25")
    exam.questions[4] = choice("q5", right="37")
    error = refused(visit.put(exam), 422, "import_failed")
    assert [line["id"] for line in error["questions"]] == ["q1", "q5"]
    assert "0.37" in error["questions"][0]["message"]
    assert "<" not in error["questions"][0]["message"]
    # A choice with one answer: the question type's own complaint.
    exam.questions[4] = pairs("q5")
    one_answer = choice("q1").xml
    cut = one_answer.index('<answer fraction="0"')
    exam.questions[0] = dataclasses.replace(choice("q1"), xml=one_answer[:cut] + "</question>")
    answer = visit.put(exam)
    if answer.status_code == 201:
        assert answer.json()["notices"][0]["id"] == "q1"
        world.side.delete_cm(answer.json()["quiz"]["cmid"])
    else:
        assert [line["id"] for line in refused(answer, 422, "import_failed")["questions"]] == ["q1"]
    after = world.side.question_counts()
    assert after == before or answer.status_code == 201, (before, after)
    assert world.side.course_counts(course) == {"quizzes": [], "quiz_records": 0, "rows": 0, "grade_items": 0}
    assert world.browser("b_teacher").get(f"/course/view.php?id={course}").status_code == 200
    exam.questions[0] = choice("q1")
    sent(visit, exam)


def test_refused_update_leaves_the_quiz_as_it_was(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    cmid = sent(visit, exam)
    before = world.side.question_counts(), world.side.quiz(cmid), world.side.row(cmid)
    exam.questions[0] = choice("q1", "Changed?")
    exam.questions[1] = choice("q9", right="37")
    refused(visit.put(exam), 422, "import_failed")
    assert (world.side.question_counts(), world.side.quiz(cmid), world.side.row(cmid)) == before


def test_error_messages_speak_the_teachers_language(world: World) -> None:
    course = world.course()
    english = refused(world.visit(course).get(an_exam(world)), 404, "no_quiz")["message"]
    assert english == "No quiz was made of this exam in this course."


# Many questions -------------------------------------------------------------------------------------------------


def test_five_hundred_questions(world: World) -> Any:
    course = world.course()
    visit = world.visit(course)
    exam = Exam(world.new_id(), "Five hundred", [choice(f"q{i}", mark="0.1") for i in range(500)])
    figures = {"body_kb": len(str(exam.body())) // 1024}

    def timed(name: str, status: int, result: str, **kwargs: Any) -> dict[str, Any]:
        start = time.monotonic()
        body = done(visit.put(exam, compress=True, **kwargs), status, result)
        figures[name] = round(time.monotonic() - start, 1)
        return body

    cmid = timed("create_s", 201, "created")["quiz"]["cmid"]
    quiz = world.side.quiz(cmid)
    assert quiz["sumgrades"] == quiz["grade"] == quiz["gradebook"] == 50
    timed("unchanged_s", 200, "unchanged")
    exam.questions[7] = choice("q7", "One changed", mark="0.1")
    timed("one_changed_s", 200, "updated")
    exam.questions = [choice(question.id, "All changed", mark="0.1") for question in exam.questions]
    timed("all_changed_s", 200, "updated")
    exam.questions.insert(0, exam.questions.pop())
    exam.questions.pop(7)
    timed("reordered_s", 200, "updated")
    quiz = world.side.quiz(cmid)
    assert ids(quiz) == [question.id for question in exam.questions]
    assert (quiz["slot_count"], quiz["entries"], quiz["orphans"]) == (499, 499, 0)
    exam.questions = [choice(f"n{i}", mark="0.1") for i in range(500)]
    timed("other_questions_s", 200, "updated")
    assert world.side.quiz(cmid)["entries"] == 999
    # Many questions are deleted by a task, which spares those that came back.
    exam.questions[0] = choice("q3", "All changed", mark="0.1")
    done(visit.put(exam), 200, "updated")
    figures["deleting_s"] = world.side.run_tasks()
    quiz = world.side.quiz(cmid)
    assert (quiz["entries"], quiz["slot_count"], quiz["orphans"]) == (500, 500, 0)
    return figures


def test_many_pictures(world: World) -> Any:
    course = world.course()
    visit = world.visit(course)
    # Noise does not compress: like photographs.
    noise = random.Random(1).randbytes(200_000)
    exam = Exam(world.new_id(), "Pictures", [choice(f"q{i}", picture=PNG + noise) for i in range(90)])
    start = time.monotonic()
    done(visit.put(exam, compress=True), 201, "created")
    return f"18 MB of pictures in {time.monotonic() - start:.1f} s"


# Keeping house --------------------------------------------------------------------------------------------------


def test_forgotten_teacher(world: World) -> None:
    course = world.course()
    visit = world.visit(course)
    exam = an_exam(world)
    cmid = sent(visit, exam)
    told = world.side.forget("b_teacher")
    assert told["contexts"] >= 1
    assert told["left"] == 0
    assert int(world.side.row(cmid)["userid"]) == 0
    exam.questions[0] = choice("q1", "Which one?")
    assert refused(visit.put(exam), 409, "quiz_of_colleague")["quiz"]["sent"]["by"] is None


def test_cleanup_forgets_deleted_tools(world: World) -> None:
    course = world.course()
    tool = world.add_tool("Behaviour tool to be deleted", {"ltiservice_examplary": 1})
    cmid = sent(world.visit(course, tool=tool), an_exam(world))
    kept = sent(world.visit(course), an_exam(world))
    world.side.tool_gone(tool.typeid)
    world.side.cleanup()
    assert world.side.row(cmid) is None
    assert world.side.row(kept)
    assert world.side.quiz(cmid)


def test_settings_page_is_for_administrators(world: World) -> None:
    page = world.browser("b_teacher").get("/mod/lti/service/examplary/admin.php")
    assert "handlelife" not in page.text
