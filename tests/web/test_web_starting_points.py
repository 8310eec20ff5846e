"""What "Add to course" does, said where the teacher starts."""

import json

import pytest

from tests.support.launch_settings import CANVAS_SETTINGS, MOODLE_SETTINGS

DEEP_LINK = {"message_type": "LtiDeepLinkingRequest"}
CANVAS_COURSE = "https://canvas.example.org/courses/7"


@pytest.mark.parametrize(
    ("launch", "sentence"),
    [
        ({"family": "canvas", "deep_linking": CANVAS_SETTINGS} | DEEP_LINK, "One click there starts the import"),
        ({"family": "canvas"}, "choose the content type “Examplary”"),
        ({"family": "moodle", "deep_linking": MOODLE_SETTINGS} | DEEP_LINK, "an activity for teachers"),
        ({"family": "moodle"}, "can&#39;t receive an exam from here"),
        ({"family": "sakai"}, "can&#39;t receive an exam from here"),
    ],
)
def test_the_start_page_explains_the_effect_of_adding(pages, keep_exam, launch, sentence):
    own = pages(**launch)
    assert sentence in own.get().text


def test_the_course_menu_of_canvas_leads_to_the_import_page(pages, tree):
    own = pages(family="canvas", return_url=CANVAS_COURSE)
    (link,) = tree(own.get()).xpath("//p[contains(@class, 'start-here')]//a/@href")
    assert link == f"{CANVAS_COURSE}/content_migrations"


@pytest.mark.parametrize(
    ("placement", "sentence"),
    [("activity_form", "cancel the form of the new activity"), ("course_page", "hidden from students")],
)
def test_moodles_form_and_course_page_differ(pages, platform, services, placement, sentence):
    platform.token_url = "https://lms.example.org/token"
    grant = {
        "quizzes_url": "https://lms.example.org/mod/lti/services.php/1/examplary/quizzes",
        "handle": "h",
        "handle_expires": "9999999999",
        "protocol": "1",
        "placement": placement,
    }
    own = pages(family="moodle", import_grant_encrypted=services.vault.encrypt(json.dumps(grant)))
    assert sentence in own.get().text


def test_an_exam_that_was_sent_keeps_its_next_steps_when_the_teacher_comes_back(canvas, pages, keep_exam, signing):
    exam = keep_exam()
    assert canvas.post(f"exams/{exam.id}/add").status_code == 200
    page = pages(family="canvas").get(f"exams/{exam.id}").text
    assert "This exam was sent to Canvas" in page
    assert "Add to Import Queue" in page


def test_a_link_that_was_sent_keeps_its_next_steps_when_the_teacher_comes_back(moodle, pages, keep_exam, signing):
    exam = keep_exam()
    assert moodle.post(f"exams/{exam.id}/add").status_code == 200
    page = pages(family="moodle").get(f"exams/{exam.id}").text
    assert "Your course was sent a link to this page" in page
    assert "Save and return to course" in page
    assert "The questions aren't there yet" in page.replace("&#39;", "'")
    opened_by_link = pages(family="moodle", exam_id=exam.id).get(f"exams/{exam.id}").text
    assert "Your course was sent a link to this page" in opened_by_link
    assert "If you don&#39;t see it there yet" not in opened_by_link
    elsewhere = pages(family="moodle", context_id="course-2").get(f"exams/{exam.id}").text
    assert "was sent to" not in elsewhere


def test_a_link_in_canvas_is_not_called_an_import(pages, keep_exam, signing):
    exam = keep_exam()
    settings = CANVAS_SETTINGS | {"accept_types": ["ltiResourceLink"]}
    own = pages(family="canvas", deep_linking=settings, **DEEP_LINK)
    assert own.post(f"exams/{exam.id}/add").status_code == 200
    page = own.get(f"exams/{exam.id}").text
    assert "A link to this exam was sent to your course." in page
    assert "One click left" not in page
    assert "second quiz" not in page
