"""The review page where the LMS can make the quiz itself: states, questions, errors, history, and the other ways."""

import json

import pytest
from flask import Response

from lti_tool.exam.changes import SetTitle
from lti_tool.lms.moodle.quiz_service import CLAIM
from lti_tool.models import Import, Launch, db, now
from sandbox.serve import serve
from tests.support.launch_settings import MOODLE_SETTINGS
from tests.support.recorded_moodle import RecordedMoodle, recording

HANDLE = recording("01")["claims"][f"{CLAIM}handle"]


@pytest.fixture
def lms(platform, signing):
    """A recorded Moodle, registered as ``platform``."""
    moodle = RecordedMoodle()
    with serve(moodle.app, "127.0.0.1") as server:
        moodle.base_url = server.base_url
        platform.issuer = server.base_url
        platform.token_url = f"{server.base_url}/mod/lti/token.php"
        db.session.commit()
        yield moodle


@pytest.fixture
def open_moodle(lms, pages, services):
    """The pages of a teacher's launch from the course's page or another placement."""

    def launch(sub="1", placement="course_page", **changes):
        grant = {
            "quizzes_url": f"{lms.base_url}/mod/lti/services.php/198/examplary/quizzes",
            "handle": HANDLE,
            "handle_expires": str(int(now().timestamp()) + 3600),
            "protocol": "1",
            "placement": placement,
        }
        secret = services.vault.encrypt(json.dumps(grant | changes))
        linking = (
            {}
            if placement == "activity"
            else {"message_type": "LtiDeepLinkingRequest", "deep_linking": MOODLE_SETTINGS}
        )
        return pages(sub, family="moodle", import_grant_encrypted=secret, **linking)

    return launch


def add(own, exam, form_id="form-1"):
    """Click "Add to course" and follow the redirect."""
    response = own.post(f"exams/{exam.id}/import", data={"form_id": form_id})
    assert response.status_code == 303
    return own.client.get(response.location)


def buttons(page):
    """Return the labels of the buttons that add the exam or answer the LMS."""
    actions = " or ".join(f"contains(@action, '/{name}')" for name in ("import", "add", "decide"))
    found_buttons = page.xpath(f"//button[ancestor::form[{actions}] or @form = //form[{actions}]/@id]")
    return [button.text_content().strip() for button in found_buttons]


@pytest.mark.parametrize(
    ("placement", "expected"),
    [
        ("course_page", ["Add to course"]),
        ("activity", ["Add to course"]),
        ("activity_form", ["Add to course", "Add a link to the course"]),
    ],
)
def test_the_page_offers_the_quiz_and_a_link_only_where_it_arrives(open_moodle, keep_exam, tree, placement, expected):
    own, exam = open_moodle(placement=placement), keep_exam()
    page = tree(own.get(f"exams/{exam.id}"))
    assert buttons(page) == expected
    (form,) = page.xpath("//form[contains(@action, '/import')]")
    assert form.xpath(".//input[@name='form_id']/@value")[0]
    assert bool(page.xpath("//h2[.='Only a link, without a quiz']")) == (placement == "activity_form")


@pytest.mark.parametrize(("length", "is_shortened"), [(255, False), (256, True), (400, True)])
def test_a_title_that_moodle_shortens_is_said_before_it_is_sent(
    open_moodle, keep_exam, fixtures, tree, length, is_shortened
):
    data = json.loads((fixtures / "exams" / "single-1.json").read_text())
    own = open_moodle(placement="activity_form")
    exam = keep_exam(document=data | {"name": "t" * length})
    remarks = tree(own.get(f"exams/{exam.id}")).xpath("string(//details[@class='good-to-know'])")
    assert (f"it becomes “{'t' * 255}”" in remarks) is is_shortened
    assert (f"the link is called “{'t' * 255}”" in remarks) is is_shortened


def test_a_moodle_without_the_plugin_keeps_its_ways_and_says_why(lms, pages, keep_exam, tree):
    own = pages(family="moodle", message_type="LtiDeepLinkingRequest", deep_linking=MOODLE_SETTINGS)
    exam = keep_exam()
    page = tree(own.get(f"exams/{exam.id}"))
    assert buttons(page) == ["Add to course"]
    assert page.xpath("//form[contains(@action, '/add')]")
    assert page.text_content().count("plugin for Examplary isn't set up here") == 1
    without_linking = tree(pages(family="moodle").get(f"exams/{exam.id}"))
    assert without_linking.text_content().count("plugin for Examplary isn't set up here") == 1


def test_other_lmss_say_nothing_of_it(canvas, keep_exam):
    page = canvas.get(f"exams/{keep_exam().id}").text
    assert "plugin" not in page
    assert "/import" not in page


def test_a_quiz_is_made_and_opened_with_one_click(lms, open_moodle, keep_exam, tree):
    lms.will_answer("06")
    own, exam = open_moodle(), keep_exam()
    response = add(own, exam)
    page = tree(response)
    (link,) = page.xpath("//a[contains(@class, 'primary')][@target='_top']")
    assert link.text_content().strip() == "Open the quiz"
    assert link.get("href") == f"{lms.base_url}/mod/quiz/view.php?id=383"
    (result,) = page.xpath("//*[@id='import']")
    assert "hidden from students" in result.text_content()
    assert "“Show on course page”" in result.text_content()
    assert page.xpath("//*[@id='quiz']//a[@target='_top']/@href") == [link.get("href")]
    lines = page.xpath("//details[@class='import-lines']//li")
    assert len(lines) == 6
    # A space separates the name of a question from its outcome.
    assert {line.text_content().split()[-1] for line in lines} == {"added"}
    assert HANDLE not in response.text
    # No deep linking response was sent: the launch is free.
    assert db.session.query(Launch).filter(Launch.answered_with != "").count() == 0


def test_after_a_change_the_main_button_updates_the_quiz(lms, open_moodle, keep_exam, tree):
    lms.will_answer("06")
    own, exam = open_moodle(), keep_exam()
    add(own, exam)
    exam.changed_at = now()
    db.session.commit()
    page = tree(own.get(f"exams/{exam.id}"))
    (notice,) = page.xpath("//*[@data-live='in-course']")
    assert "The quiz in Moodle is still the old version. “Update the quiz” brings it up to date." in " ".join(
        notice.text_content().split()
    )
    assert [button.text_content().strip() for button in page.find_class("primary")] == ["Update the quiz"]
    assert buttons(page) == ["Update the quiz"]
    # The quiz can still be opened.
    assert page.xpath("//*[@id='quiz']//a/@href")


def test_a_change_that_cannot_be_sent_from_here_is_still_reported(lms, open_moodle, keep_exam, tree):
    lms.will_answer("06")
    own, exam = open_moodle(), keep_exam()
    add(own, exam)
    exam.changed_at = now()
    db.session.commit()
    page = tree(open_moodle(handle_expires="1").get(f"exams/{exam.id}"))
    assert "is still the old version" in page.text_content()
    assert "brings it up to date" not in page.text_content()
    assert [button.text_content().strip() for button in page.find_class("primary")] == ["Open the quiz"]


def test_a_colleague_reads_that_the_quiz_is_older(lms, open_moodle, keep_exam, tree):
    lms.will_answer("06")
    exam = keep_exam()
    add(open_moodle(), exam)
    exam.changed_at = now()
    db.session.commit()
    page = tree(open_moodle("2").get(f"exams/{exam.id}"))
    assert "is still the old version" in page.text_content()
    assert buttons(page) == ["Update the quiz"]


def test_work_that_the_import_does_is_not_asked_of_the_teacher(open_moodle, keep_exam):
    page = open_moodle().get(f"exams/{keep_exam().id}").text
    assert "Format:" not in page
    assert "Add them to a quiz from there" not in page
    assert "Set the limit of" not in page


def test_an_import_under_way_is_followed_with_and_without_javascript(lms, open_moodle, keep_exam, tree):
    lms.answers.append(Response("", 502))
    own, exam = open_moodle(), keep_exam()
    page = tree(add(own, exam))
    (progress,) = page.xpath("//*[@id='progress']")
    assert progress.get("data-state") == "sending"
    assert "service.unreachable" in progress.text_content()
    assert page.xpath("//noscript/meta[@http-equiv='refresh']")
    assert page.xpath("//script[contains(@src, 'progress.js')]")
    assert buttons(page) == []
    state = own.client.get(progress.get("data-state-url")).json
    assert (state["state"], state["error"]["code"]) == ("sending", "service.unreachable")
    assert own.client.get(state["next"]).status_code == 200


def test_a_question_is_asked_and_answered(lms, open_moodle, keep_exam, tree):
    lms.will_answer("11")
    own, exam = open_moodle(), keep_exam()
    page = tree(add(own, exam))
    assert buttons(page) == ["Update the quiz “Waves & light”", "Make a new quiz", "Not now"]
    assert "Teacher Behaviour sent this exam to this course before" in page.text_content()
    (row,) = db.session.query(Import)
    lms.will_answer("13")
    response = own.post(f"imports/{row.id}/decide", data={"choice": row.question["choices"][0]["value"]})
    assert "Open the quiz" in own.client.get(response.location).text
    assert lms.latest[1]["mode"] == "update"


def test_not_now_leaves_everything_as_it_was(lms, open_moodle, keep_exam, tree):
    lms.will_answer("11")
    own, exam = open_moodle(), keep_exam()
    add(own, exam)
    (row,) = db.session.query(Import)
    response = own.post(f"imports/{row.id}/decide", data={})
    assert buttons(tree(own.client.get(response.location))) == ["Add to course"]


@pytest.mark.parametrize(
    ("recorded", "code", "sentence"),
    [
        ("25", "moodle.handle_expired", "has expired"),
        ("26", "moodle.permission_missing", "permission to make this quiz (m"),
        ("28", "moodle.service_off", "let Examplary make quizzes"),
        ("31", "moodle.too_large", "too large for Moodle"),
        ("36", "moodle.plugin_missing", "answer"),
    ],
)
def test_a_failure_has_its_sentence_and_can_be_tried_again(lms, open_moodle, keep_exam, tree, recorded, code, sentence):
    lms.will_answer(recorded)
    page = tree(add(open_moodle(), keep_exam()))
    text = page.text_content()
    assert code in text
    assert sentence in text
    assert buttons(page) == ["Try again"]
    assert page.xpath("//a[contains(@href, '/download/moodle-xml')]")


def test_refused_questions_are_listed_with_moodles_words(lms, open_moodle, keep_exam, tree):
    lms.will_answer("34")
    page = tree(add(open_moodle(), keep_exam()))
    (line,) = page.xpath("//details[@class='import-lines'][@open]//li")
    assert "Grades (0.37) do not match" in line.text_content()


def test_moodles_words_cannot_be_markup(lms, open_moodle, keep_exam):
    problem = {"code": "import_failed", "questions": [{"id": "q1", "number": 1, "name": "<b>", "message": "<script>x"}]}
    lms.answers.append(Response(json.dumps({"error": problem}), 422))
    page = add(open_moodle(), keep_exam()).text
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_an_expired_page_shows_the_remaining_methods(lms, open_moodle, keep_exam, tree):
    own, exam = open_moodle(handle_expires="1"), keep_exam()
    page = tree(own.get(f"exams/{exam.id}"))
    assert "open Examplary again from your course" in page.text_content()
    assert page.xpath("//form[contains(@action, '/add')]")
    refused = own.post(f"exams/{exam.id}/import", data={"form_id": "f"})
    assert refused.status_code == 409
    assert "import.not_possible" in refused.text


def test_sending_again_shows_the_result(lms, open_moodle, keep_exam, tree):
    lms.will_answer("06", "07")
    own, exam = open_moodle(), keep_exam()
    assert buttons(tree(add(own, exam))) == ["Send it again"]
    page = tree(add(own, exam, "form-2"))
    assert "already up to date" in page.text_content()
    assert page.xpath("//h3[.='Added before']") == []


def test_the_section_of_a_quiz_that_is_there_is_not_offered(lms, open_moodle, keep_exam, tree):
    lms.will_answer("06")
    own, exam = open_moodle(), keep_exam()
    boxes = "//input[@value='choose_section']"
    assert len(tree(own.get(f"exams/{exam.id}")).xpath(boxes)) == 1
    add(own, exam)
    assert tree(own.get(f"exams/{exam.id}")).xpath(boxes) == []


def test_each_other_quiz_is_listed_once(lms, open_moodle, keep_exam, tree):
    lms.will_answer("06", "07", "15")
    own, exam = open_moodle(), keep_exam()
    for form in ("form-1", "form-2", "form-3"):
        page = tree(add(own, exam, form))
    assert page.xpath("//h3[.='Added before']/following-sibling::ul//a/@href") == [
        f"{lms.base_url}/mod/quiz/view.php?id=383"
    ]


def test_a_colleague_sees_the_quiz_that_was_made(lms, open_moodle, keep_exam, tree):
    lms.will_answer("06")
    exam = keep_exam()
    add(open_moodle(), exam)
    page = tree(open_moodle("2").get(f"exams/{exam.id}"))
    assert buttons(page) == ["Add to course"]
    assert page.xpath("//h3[.='Added before']/following-sibling::ul//a/@href") == [
        f"{lms.base_url}/mod/quiz/view.php?id=383"
    ]


def test_a_colleague_sees_that_the_exam_has_changed_since_it_was_added(lms, services, open_moodle, keep_exam, tree):
    lms.will_answer("06")
    own = open_moodle()
    colleague = open_moodle("2")
    exam = keep_exam()
    add(own, exam)
    added = "//h3[.='Added before']/following-sibling::ul/li"
    (line,) = tree(colleague.get(f"exams/{exam.id}")).xpath(added)
    assert "changed since" not in line.text_content()
    services.exam_changes.save(own.launch, exam, [SetTitle("Another")], exam.revision)
    (line,) = tree(colleague.get(f"exams/{exam.id}")).xpath(added)
    assert "changed since" in line.text_content()


def test_a_quiz_that_a_colleague_has_updated_is_not_an_older_version(lms, services, open_moodle, keep_exam, tree):
    lms.will_answer("06", "09")
    own, colleague, exam = open_moodle(), open_moodle("2"), keep_exam()
    add(own, exam)
    services.exam_changes.save(own.launch, exam, [SetTitle("Another")], exam.revision)
    assert "still the old version" in tree(own.get(f"exams/{exam.id}")).text_content()
    add(colleague, exam)
    page = tree(own.get(f"exams/{exam.id}"))
    assert "still the old version" not in page.text_content()
    assert page.xpath("//h3[.='Added before']") == []


def test_an_import_is_its_teachers_own(lms, open_moodle, student, keep_exam):
    lms.will_answer("11")
    exam = keep_exam()
    add(open_moodle(), exam)
    (row,) = db.session.query(Import)
    for other, status in ((open_moodle("2"), 404), (student, 403)):
        assert other.get(f"imports/{row.id}/state").status_code == status
        assert other.post(f"imports/{row.id}/decide", data={"choice": "new"}).status_code == status
    db.session.refresh(row)
    assert row.state == "waiting"


def test_a_student_cannot_start_one(lms, student, keep_exam):
    assert student.post(f"exams/{keep_exam().id}/import").status_code == 403
    assert db.session.query(Import).count() == 0


@pytest.mark.parametrize("choice", ["update:1", "new; drop", "x" * 5000, "\x00"])
def test_a_choice_that_was_not_offered_changes_nothing(lms, open_moodle, keep_exam, choice):
    lms.will_answer("11")
    own, exam = open_moodle(), keep_exam()
    add(own, exam)
    (row,) = db.session.query(Import)
    assert own.post(f"imports/{row.id}/decide", data={"choice": choice}).status_code == 303
    db.session.refresh(row)
    assert (row.state, len(lms.requests)) == ("waiting", 1)


def test_a_tab_of_its_own_sends_nothing_and_gives_no_wrong_reason(lms, open_moodle, keep_exam, services):
    own, exam = open_moodle(), keep_exam()
    own.launch.tab_of = own.launch.id
    db.session.commit()
    page = own.get(f"exams/{exam.id}").text
    assert "isn't set up here" not in page
    assert f"exams/{exam.id}/import" not in page
    assert own.post(f"exams/{exam.id}/import").status_code == 409
