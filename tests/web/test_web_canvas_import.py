"""The review page in Canvas: the API's import, the teacher's wishes, and the answer to a dialog."""

import json

import pytest

from lti_tool.lms.canvas.following import IN_QUEUE
from lti_tool.models import Import, Launch, db
from tests.support.canvas_api import canvas_api
from tests.support.launch_settings import CANVAS_SETTINGS

__all__ = ["canvas_api"]

LINKING = CANVAS_SETTINGS | {"accept_types": ["ltiResourceLink"], "accept_media_types": ""}


@pytest.fixture
def settings(settings):
    """Trust the second name of the sandbox's Canvas, to which files are uploaded."""
    return settings.model_copy(update={"trusted_media_hosts": (*settings.trusted_media_hosts, "localhost")})


@pytest.fixture
def open_canvas(canvas_api, services, platform, make_launch, pages, signing):
    """The pages of a teacher who has consented: ``open_canvas(module="12", placement="module_menu_modal")``."""
    canvas_api.launcher(services, platform, make_launch)

    def launch(*, linking=None, **place):
        secret = services.vault.encrypt(json.dumps(canvas_api.grant() | place))
        dialog = {"message_type": "LtiDeepLinkingRequest", "deep_linking": linking} if linking else {}
        own = pages(family="canvas", import_grant_encrypted=secret, **dialog)
        canvas_api.consent(services, own.launch)
        return own

    return launch


def add(own, exam, **form):
    return own.client.get(own.post(f"exams/{exam.id}/import", data={"wish": "wish-1", **form}).location)


def add_and_follow(own, exam, tree, **form):
    """Click, and look again until the import has ended; return the page."""
    add(own, exam, **form)
    for _ in range(9):
        row = db.session.query(Import).one()
        db.session.refresh(row)
        if row.state not in ("queued", "importing"):
            return tree(own.get(f"exams/{row.exam_id}"))
        own.post(f"imports/{row.id}/look")
    raise AssertionError("it never ends")


def test_a_quiz_is_made_with_one_click(open_canvas, canvas_api, keep_exam, tree):
    own, exam = open_canvas(), keep_exam()
    page = tree(own.get(f"exams/{exam.id}"))
    assert "don't see it until you publish it" in page.text_content()
    page = add_and_follow(own, exam, tree)
    assert "click “Publish” on the quiz's page" in page.text_content()
    (link,) = page.xpath("//a[contains(@class, 'primary')][@target='_top']")
    (quiz,) = canvas_api.quizzes
    assert link.get("href") == f"{canvas_api.base_url}/courses/1/quizzes/{quiz.ident}"
    assert "asked whether to replace it" in page.text_content()
    assert not page.xpath("//form[contains(@action, '/close')]")


@pytest.mark.parametrize("ticked", [True, False])
def test_the_module_that_the_teacher_came_from_is_offered(open_canvas, canvas_api, keep_exam, tree, ticked):
    own, exam = open_canvas(module="12"), keep_exam()
    boxes = tree(own.get(f"exams/{exam.id}")).xpath("//input[@type='checkbox'][@name='option']")
    assert {box.get("value"): box.get("checked") is not None for box in boxes} == {"module": True, "place": False}
    form = {"has_options": "1"} | ({"option": "module"} if ticked else {})
    add_and_follow(own, exam, tree, **form)
    assert len(canvas_api.course.modules[1].quizzes) == ticked


def test_without_a_choice_of_places_the_module_is_still_used(
    open_canvas, canvas_api, keep_exam, tree, services, platform
):
    services.platforms.change(platform, {"withheld_choices": ["place"]})
    own, exam = open_canvas(module="12"), keep_exam()
    assert not tree(own.get(f"exams/{exam.id}")).xpath("//input[@name='option']")
    add_and_follow(own, exam, tree, has_options="1", option="choose")
    assert db.session.query(Import).one().options == ["module"]


def test_options_that_were_not_offered_are_left_aside(open_canvas, keep_exam, services):
    own, exam = open_canvas(), keep_exam()
    add(own, exam, has_options="1", option="group")
    assert db.session.query(Import).one().options == []


def test_a_long_import_says_why_and_can_be_asked_at_once(open_canvas, canvas_api, keep_exam, tree):
    canvas_api.behaviour.queue_polls = 10_000
    own, exam = open_canvas(), keep_exam()
    page = tree(add(own, exam))
    row = db.session.query(Import).one()
    assert not page.xpath("//form[contains(@action, '/look')]")
    for _ in range(30):
        own.post(f"imports/{row.id}/look")
    page = tree(own.get(f"exams/{exam.id}"))
    (form,) = page.xpath("//form[contains(@action, '/look')]")
    assert form.text_content().strip() == "Look again now"
    assert IN_QUEUE in page.xpath("//*[@id='status']")[0].text_content()
    assert own.get(f"imports/{row.id}/state").json["note"] == IN_QUEUE


def test_after_the_import_a_dialog_is_closed_without_an_item(open_canvas, canvas_api, keep_exam, tree):
    own, exam = open_canvas(linking=LINKING, placement="module_menu_modal"), keep_exam()
    page = add_and_follow(own, exam, tree)
    assert "nothing else is sent to Canvas" in page.text_content()
    answer = own.post(f"exams/{exam.id}/close", headers={"Sec-Fetch-Dest": "iframe"})
    assert answer.status_code == 200
    assert db.session.get(Launch, own.launch.id).answered_with == "-"
    assert not tree(own.get(f"exams/{exam.id}")).xpath("//form[contains(@action, '/close')]")
    assert len(canvas_api.quizzes) == 1


def test_from_the_import_page_the_file_is_sent_as_before(open_canvas, keep_exam, tree):
    own, exam = open_canvas(linking=CANVAS_SETTINGS, placement="migration_selection"), keep_exam()
    page = tree(own.get(f"exams/{exam.id}"))
    assert page.xpath("//form[contains(@action, '/add')]")
    assert not page.xpath("//form[contains(@action, '/import')]")


def test_canvass_remarks_are_texts(open_canvas, canvas_api, keep_exam, tree):
    canvas_api.behaviour.ending = "warnings"
    own, exam = open_canvas(), keep_exam()
    page = add_and_follow(own, exam, tree)
    (line,) = page.xpath("//details[@class='import-lines'][@open]//li")
    assert "Import Error: Quiz Question" in line.text_content()
    (link,) = line.xpath(".//a")
    assert link.get("href") == f"{canvas_api.base_url}/courses/1/quizzes"
