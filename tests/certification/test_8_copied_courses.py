"""Links in copied courses keep working: launches, page by page (see docs/reference/lti.md#common-complaints)."""

from datetime import timedelta

import pytest

from lti_tool.models import CourseCopy, Exam, LmsUser, Platform, db, now
from tests.certification.conftest import CORE, MEMBERSHIP

HISTORY = "examplary_course_history"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SELECT = {"deep_link_return_url": "https://lms.example.org/return?sesskey=k", "accept_types": ["ltiResourceLink"]}
ELSEWHERE = "This link is for an exam in another course"
GONE = "This link's exam no longer exists"


@pytest.fixture
def exam(lms):
    """An exam that Tess made in "course-1"."""
    lms.opened(sub="tess")
    (owner,) = db.session.query(LmsUser)
    row = Exam(
        examplary_exam_id="exam_1",
        platform_id=owner.platform_id,
        owner_id=owner.id,
        context_id="course-1",
        title="Cells and their powerhouses",
        points=1,
        question_count=1,
        snapshot='{"id": "exam_1", "name": "Cells", "questions": []}',
        created_at=now() - timedelta(days=30),
    )
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture
def moodle(lms):
    """A Moodle that was registered by hand."""
    db.session.query(Platform).one().family = "moodle"
    db.session.commit()
    return lms


def copied(exam, history="course-1", **more):
    """The claims of a launch from a copied link: another course, the same parameters."""
    return {
        "sub": "colleague",
        "context": {"id": "course-9", "title": "Biology 102"},
        "resource_link": {"id": "link-9"},
        "custom": {"examplary_exam": exam.id, HISTORY: history},
    } | more


def select_content(lms, exam, **changes):
    """Launch the tool for deep linking; return the page."""
    login = lms.login()
    claims = lms.payload("teacher", login["nonce"]) | {
        "sub": "colleague",
        f"{CORE}message_type": "LtiDeepLinkingRequest",
        f"{DEEP}deep_linking_settings": SELECT,
        f"{CORE}context": {"id": "course-9"},
        f"{CORE}custom": {HISTORY: "course-1"},
    }
    response = lms.post({"state": login["state"], "id_token": lms.sign(claims | changes)})
    return lms.browser.get(response.location).text


def where(response):
    return response.location.partition("/exams/")[2]


def opens(lms, exam, **launch):
    """Launch the copied link; return the id of the exam it opens, or the text of the page."""
    response = lms.launch(**launch)
    assert response.status_code == 303
    page = lms.browser.get(response.location)
    return where(page) if page.status_code == 303 else page.text


def test_the_owner_opens_the_exam_in_any_course(moodle, exam):
    assert opens(moodle, exam, **copied(exam, sub="tess", history="")) == exam.id


def test_a_colleague_opens_the_copied_link_once_the_lms_names_the_original(moodle, exam):
    """Before that, the page explains what to do, and its advice works."""
    page = opens(moodle, exam, **copied(exam))
    assert ELSEWHERE in page
    assert "Cells and their powerhouses" not in page
    page = select_content(moodle, exam)
    assert "Cells and their powerhouses" in page
    assert opens(moodle, exam, **copied(exam)) == exam.id


def test_a_copied_link_works_at_once_if_the_lms_sends_the_history(moodle, exam):
    """The first course was no copy, but its launch showed that the LMS sends the history."""
    select_content(moodle, exam, **{f"{CORE}context": {"id": "course-1"}, f"{CORE}custom": {HISTORY: ""}})
    assert opens(moodle, exam, **copied(exam)) == exam.id


@pytest.mark.parametrize("custom", [{}, {HISTORY: "$Context.id.history"}])
def test_a_copied_link_is_not_trusted_once_the_lms_stops_sending_the_history(moodle, exam, custom):
    db.session.query(Platform).one().sends_history = True
    db.session.commit()
    select_content(moodle, exam, **{f"{CORE}custom": custom})
    assert ELSEWHERE in opens(moodle, exam, **copied(exam))


def test_a_copied_canvas_link_works_after_a_launch_from_the_course_menu(lms, exam):
    db.session.query(Platform).one().family = "canvas"
    db.session.commit()
    assert ELSEWHERE in opens(lms, exam, **copied(exam))
    menu = copied(exam, resource_link={"id": "course-9"}, custom={HISTORY: "course-1"})
    assert "Cells and their powerhouses" in opens(lms, exam, **menu)
    assert opens(lms, exam, **copied(exam)) == exam.id


@pytest.mark.parametrize("family", ["moodle", "canvas", "sakai", "blackboard", "brightspace", "openedx", ""])
def test_a_student_who_teaches_elsewhere_cannot_forge_a_copied_link(lms, exam, family):
    """They know both ids from their own launches, and could put them into a link of their own."""
    db.session.query(Platform).one().family = family
    db.session.commit()
    page = opens(lms, exam, **copied(exam, sub="student-who-teaches"))
    assert ELSEWHERE in page
    assert "Cells and their powerhouses" not in page
    assert db.session.query(CourseCopy).count() == 0


def test_students_of_the_copy_get_their_friendly_page(moodle, exam):
    select_content(moodle, exam)
    page = opens(moodle, exam, **copied(exam, sub="stu", roles=[f"{MEMBERSHIP}Learner"]))
    assert "Your teacher prepares this exam here" in page


def test_a_link_to_a_deleted_exam_is_explained(moodle, exam):
    launch = copied(exam) | {"custom": {"examplary_exam": "gone"}}
    assert GONE in opens(moodle, exam, **launch)


def test_a_link_without_an_exam_opens_the_start_page(moodle, exam):
    assert "Create an exam" in opens(moodle, exam, sub="colleague", resource_link={"id": "never seen"})


def test_an_exam_made_after_the_copy_is_not_shown(moodle, exam):
    select_content(moodle, exam)
    exam.created_at = now() + timedelta(minutes=5)
    db.session.commit()
    assert "Cells and their powerhouses" not in select_content(moodle, exam)


def test_copies_of_copies_are_followed(moodle, exam):
    page = select_content(moodle, exam, **{f"{CORE}custom": {HISTORY: "course-8, course-1"}})
    assert "Cells and their powerhouses" in page
    assert {row.copied_from for row in db.session.query(CourseCopy)} == {"course-8", "course-1"}
    select_content(moodle, exam, **{f"{CORE}custom": {HISTORY: "course-8, course-1"}})
    assert db.session.query(CourseCopy).count() == 2


@pytest.mark.parametrize("custom", ["$Context.id.history", "", None, 5, ["course-1"], "course-9"])
def test_an_unusable_history_is_ignored(moodle, exam, custom):
    page = select_content(moodle, exam, **{f"{CORE}custom": {HISTORY: custom} if not isinstance(custom, list) else {}})
    assert "Cells and their powerhouses" not in page
    assert db.session.query(CourseCopy).count() == 0
