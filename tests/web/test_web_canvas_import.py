"""The review page in Canvas: the API's import, the teacher's options, and the answer to a dialog."""

import json

import pytest

from lti_tool.lms.canvas.migration_progress import IN_QUEUE
from lti_tool.models import AuditEntry, Import, Launch, db
from tests.support.canvas_api import canvas_api
from tests.support.console import Console, add_account
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
    return own.client.get(own.post(f"exams/{exam.id}/import", data={"form_id": "form-1", **form}).location)


def add_and_follow(own, exam, tree, **form):
    """Click, and check again until the import has ended; return the page."""
    add(own, exam, **form)
    for _ in range(9):
        row = db.session.query(Import).one()
        db.session.refresh(row)
        if row.state not in ("queued", "importing"):
            return tree(own.get(f"exams/{row.exam_id}"))
        own.post(f"imports/{row.id}/look")
    raise AssertionError(f"the import is still {row.state}")


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


@pytest.fixture
def console(app, services, platform, cheap_hashes):
    """An owner in the console, for a platform that is a Canvas."""
    services.platforms.change(platform, {"family": "canvas"})
    add_account(services)
    console = Console(app.test_client())
    assert console.sign_in().status_code == 303
    return console


def test_an_administrator_decides_which_quizzes_are_made(console, open_canvas, canvas_api, keep_exam, tree, platform):
    canvas_api.behaviour.features = ("quizzes_next",)
    own, exam = open_canvas(), keep_exam()
    assert "Which one do you want?" in add_and_follow(own, exam, tree).text_content()
    settings = f"/admin/platforms/{platform.id}/settings"
    buttons = console.page(settings).xpath("//input[@name='quiz_kind']")
    assert [(button.get("value"), button.get("checked") is not None) for button in buttons] == [
        ("", True),
        ("new", False),
        ("classic", False),
    ]
    assert console.post(settings, quiz_kind="new").status_code == 303
    assert console.page(settings).xpath("//input[@name='quiz_kind'][@checked]/@value") == ["new"]
    assert "Always New Quizzes" in console.page(f"/admin/platforms/{platform.id}").text_content()
    audited = [entry.detail for entry in db.session.query(AuditEntry).filter_by(action="platform.changed")]
    assert "quiz_kind: - → new" in audited
    (row,) = db.session.query(Import)
    own.post(f"imports/{row.id}/decide", data={"choice": ""})
    db.session.delete(row)
    db.session.commit()
    page = add_and_follow(own, exam, tree)
    assert "don't see it until you publish it" in page.text_content()
    assert [quiz.kind for quiz in canvas_api.quizzes] == ["new"]


@pytest.mark.parametrize(
    ("kind", "features", "code", "sentence"),
    [
        ("new", (), "canvas.new_quizzes_missing", "New Quizzes are off in this course"),
        (
            "classic",
            ("quizzes_next", "new_quizzes_by_default"),
            "canvas.classic_quizzes_missing",
            "This course makes New Quizzes only",
        ),
    ],
)
def test_a_course_without_those_quizzes_is_reported_and_the_other_methods_remain(
    console, open_canvas, canvas_api, keep_exam, tree, platform, kind, features, code, sentence
):
    canvas_api.behaviour.features = features
    assert console.post(f"/admin/platforms/{platform.id}/settings", quiz_kind=kind).status_code == 303
    page = add_and_follow(open_canvas(), keep_exam(), tree)
    (notice,) = page.xpath("//div[contains(@class, 'notice-warning')][.//code]")
    assert sentence in notice.text_content()
    assert "download the exam" in notice.text_content()
    assert notice.xpath(".//code/text()") == [code]
    assert page.xpath("//ul[@class='download-list']//a[contains(@href, '/download/canvas-qti')]")
    assert canvas_api.quizzes == []


def test_only_an_lms_with_several_kinds_of_quizzes_has_the_choice(console, services, platform):
    services.platforms.change(platform, {"family": "moodle"})
    settings = f"/admin/platforms/{platform.id}/settings"
    assert not console.page(settings).xpath("//input[@name='quiz_kind']")
    assert console.post(settings, quiz_kind="new").status_code == 422
    services.platforms.change(platform, {"family": "canvas"})
    refused = console.post(settings, quiz_kind="newest")
    assert (refused.status_code, "It must be one of new, classic, or default." in refused.text) == (422, True)
    db.session.expire_all()
    assert platform.quiz_kind == ""


def test_options_that_were_not_offered_are_ignored(open_canvas, keep_exam, services):
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
    assert form.text_content().strip() == "Check again now"
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
    own = open_canvas(linking=CANVAS_SETTINGS, placement="migration_selection")
    exam = keep_exam()
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
