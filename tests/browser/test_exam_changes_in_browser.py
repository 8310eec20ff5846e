"""A teacher changes an exam in the LMS's frame by mouse, by keyboard, without our scripts, on a phone; then adds it."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from lti_tool.exam.changes import SetPoints
from lti_tool.models import Exam, Launch, db
from tests.browser.steps import (
    CANVAS,
    frame_of,
    go_back,
    go_forward,
    open_from_canvas_import,
    open_from_moodle_chooser,
    reload_frame,
    wait_for_review,
)

pytestmark = pytest.mark.browser
TITLE = "Forces and water"


@pytest.fixture
def exam_id(urls, environment):
    return environment.store_exam("moodle", TITLE)


@pytest.fixture
def open_exam(person, urls, exam_id):
    """Open the exam in Moodle's dialog: ``open_exam(viewport=…)`` returns the page and the tool's frame."""

    def open_(prepare=lambda page: None, **options):
        teacher = person("teacher", **options)
        prepare(teacher)
        tool = open_from_moodle_chooser(teacher, urls)
        tool.get_by_role("link", name=TITLE).click()
        wait_for_review(tool, TITLE)
        # Until its scripts run, the page works as without them.
        frame_of(teacher).wait_for_load_state("load")
        return teacher, tool

    return open_


@pytest.fixture
def stored(environment, exam_id):
    """The exam with its changes."""

    def read():
        with environment.tool.app_context():
            value = environment.tool.extensions["services"].exam_reader.value(db.session.get(Exam, exam_id))
            db.session.rollback()
            return value

    return read


@pytest.fixture
def change_elsewhere(environment, exam_id):
    """Set the first question's points in another tab: ``change_elsewhere(4)``."""

    def change(points):
        with environment.tool.app_context():
            services = environment.tool.extensions["services"]
            row = db.session.get(Exam, exam_id)
            question = services.exam_reader.value(row).questions[0].id
            operations = [SetPoints(question, Decimal(points))]
            services.exam_changes.save(db.session.query(Launch).first(), row, operations, row.revision)

    return change


def card(tool, number):
    return tool.locator("li.question").nth(number - 1)


def saved(tool):
    return tool.locator('[data-live="saved"]')


def names(exam):
    return [question.name()[:8] for question in exam.questions]


def test_questions_are_changed_by_mouse(open_exam, stored):
    teacher, tool = open_exam()
    before = names(stored())
    frame_of(teacher).evaluate("window.samePage = true")
    card(tool, 2).get_by_role("button", name="Leave out").click()
    expect(saved(tool)).to_contain_text("left out")
    expect(card(tool, 2)).to_contain_text("Left out")
    expect(card(tool, 2).get_by_role("button", name="Put back")).to_be_focused()
    saved(tool).get_by_role("button", name="Undo").click()
    expect(card(tool, 2).get_by_role("button", name="Leave out")).to_be_visible()
    points = card(tool, 1).get_by_label("Points")
    points.fill("-1")
    points.press("Enter")
    expect(card(tool, 1).get_by_role("alert")).to_have_text("Points can't be negative.")
    expect(points).to_have_value("-1")
    points.fill("2,5")
    points.press("Enter")
    expect(saved(tool)).to_contain_text("points: 2.5")
    handle, target = card(tool, 1).locator(".handle"), card(tool, 3).locator(".question-head")
    handle.scroll_into_view_if_needed()
    handle.drag_to(target)
    expect(saved(tool)).to_contain_text("moved")
    assert names(stored())[0] == before[1]
    assert frame_of(teacher).evaluate("window.samePage")
    tool.locator("#changes summary").click()
    expect(tool.locator("#changes li")).to_have_count(2)
    assert teacher.problems == []


def test_questions_are_moved_by_keyboard_alone(open_exam, stored):
    teacher, tool = open_exam()
    before = names(stored())
    down = card(tool, 1).get_by_role("button", name="Move down")
    down.focus()
    teacher.keyboard.press("Enter")
    expect(card(tool, 2).get_by_role("button", name="Move down")).to_be_focused()
    teacher.keyboard.press("Enter")
    expect(card(tool, 3).get_by_role("button", name="Move down")).to_be_focused()
    assert names(stored())[:3] == [before[1], before[2], before[0]]
    teacher.keyboard.press("Tab")
    teacher.keyboard.press("Enter")
    expect(card(tool, 3).get_by_role("button", name="Put back")).to_be_focused()
    teacher.keyboard.press("Enter")
    expect(card(tool, 3).get_by_role("button", name="Leave out")).to_be_focused()
    assert teacher.problems == []


def test_without_our_scripts_at_320_pixels(open_exam, stored):
    def without_scripts(page):
        for name in ("exam_changes", "chips", "drafts", "forms"):
            page.route(f"**/static/js/{name}.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))

    teacher, tool = open_exam(without_scripts, viewport={"width": 320, "height": 640})
    card(tool, 2).get_by_role("button", name="Leave out").click()
    expect(saved(tool)).to_contain_text("left out")
    card(tool, 12).get_by_role("link", name="Edit").click()
    field = tool.get_by_label("Text below the question")
    field_value = field.input_value()
    field.fill(field_value.replace("⟦1: formula", "⟦9: formula"))
    tool.get_by_role("button", name="Save").click()
    expect(tool.get_by_text("is missing. Put it back")).to_be_visible()
    expect(field).to_have_value(re.compile("^Gegeven is ⟦9⟧"))
    assert frame_of(teacher).evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    field.fill(field_value.replace("Gegeven", "Bekend"))
    tool.get_by_role("button", name="Save").click()
    expect(saved(tool)).to_contain_text("question changed")
    assert frame_of(teacher).evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert "Bekend" in stored().questions[-1].description.plain_text()


def test_chips_stay_and_pasted_text_is_plain(open_exam, stored):
    teacher, tool = open_exam()
    card(tool, 12).get_by_role("link", name="Edit").click()
    editor = tool.locator(".editor").first
    expect(editor.locator(".chip")).not_to_have_count(0)
    chips = editor.locator(".chip").count()
    editor.click()
    teacher.keyboard.press("Control+A")
    teacher.keyboard.press("Delete")
    expect(editor.locator(".chip")).to_have_count(chips)
    frame_of(teacher).evaluate(
        """() => {
            const editor = document.querySelector(".editor");
            getSelection().selectAllChildren(editor);
            getSelection().collapseToEnd();
            const data = new DataTransfer();
            data.setData("text/html", "<p class=MsoNormal><b>Bold</b><o:p></o:p></p>");
            data.setData("text/plain", " Bold text");
            editor.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    expect(editor).to_contain_text("Bold text")
    reload_frame(teacher)
    expect(tool.get_by_text("What you typed here before is back.")).to_be_visible(timeout=30_000)
    expect(editor).to_contain_text("Bold text")
    tool.get_by_role("button", name="Save").click()
    expect(saved(tool)).to_contain_text("question changed")
    description = stored().questions[-1].description
    assert description.plain_text().endswith("Bold text")
    card(tool, 12).get_by_role("link", name="Edit").click()
    expect(tool.get_by_role("heading", level=1)).to_contain_text("Edit question 12")
    expect(tool.get_by_text("What you typed here before is back.")).to_have_count(0)
    assert teacher.problems == []


def test_offline_back_and_reload_in_the_middle_lose_nothing(open_exam, stored):
    teacher, tool = open_exam()
    points = card(tool, 1).get_by_label("Points")
    points.fill("6")
    teacher.context.set_offline(True)
    card(tool, 1).get_by_role("button", name="Set").click()
    expect(saved(tool)).to_contain_text("Not saved: the connection is lost.")
    expect(points).to_have_value("6")
    teacher.context.set_offline(False)
    card(tool, 1).get_by_role("button", name="Set").click()
    expect(saved(tool)).to_contain_text("points: 6")
    card(tool, 1).get_by_role("link", name="Edit").click()
    answer = tool.get_by_label("Answer B")
    answer.fill("Typed before Back")
    frame_of(teacher).wait_for_load_state("load")
    go_back(teacher)
    wait_for_review(tool, TITLE)
    go_forward(teacher)
    expect(answer).to_have_value("Typed before Back")
    frame_of(teacher).wait_for_load_state("load")
    reload_frame(teacher)
    expect(tool.get_by_text("What you typed here before is back.")).to_be_visible(timeout=30_000)
    tool.get_by_role("button", name="Save").click()
    expect(saved(tool)).to_contain_text("answer changed")
    reload_frame(teacher)
    wait_for_review(tool, TITLE)
    question = stored().questions[0]
    assert (question.points, question.options[1].plain_text()) == (6, "Typed before Back")


def test_text_typed_before_the_script_runs_is_kept(open_exam):
    teacher, tool = open_exam()
    teacher.context.route("**/drafts.js**", lambda route: (teacher.wait_for_timeout(1500), route.continue_()))
    card(tool, 1).get_by_role("link", name="Edit").click()
    tool.get_by_label("Answer B").fill("Typed early")
    frame_of(teacher).wait_for_load_state("load")
    teacher.context.unroute("**/drafts.js**")
    reload_frame(teacher)
    expect(tool.get_by_text("What you typed here before is back.")).to_be_visible()
    expect(tool.get_by_label("Answer B")).to_have_value("Typed early")


def test_two_tabs_meet_the_merge_page(open_exam, stored, change_elsewhere):
    teacher, tool = open_exam()
    change_elsewhere(4)
    points = card(tool, 1).get_by_label("Points")
    points.fill("5")
    points.press("Enter")
    expect(tool.get_by_role("heading", level=1)).to_have_text("Changed in two places")
    assert frame_of(teacher).title().startswith("Changed in two places")
    tool.get_by_text("Use the other version").click()
    tool.get_by_role("button", name="Save").click()
    wait_for_review(tool, TITLE)
    assert stored().questions[0].points == 4
    assert teacher.problems == []


def change_for_the_journey(tool):
    """Leave two questions out, change points and an answer."""
    for number in (2, 3):
        card(tool, number).get_by_role("button", name="Leave out").click()
        expect(card(tool, number)).to_contain_text("Left out")
    points = card(tool, 1).get_by_label("Points")
    points.fill("7")
    points.press("Enter")
    expect(saved(tool)).to_contain_text("points: 7")
    card(tool, 1).get_by_role("link", name="Edit").click()
    tool.get_by_label("Answer B").fill("Amsterdam aan het IJ")
    tool.get_by_role("button", name="Save").click()
    expect(saved(tool)).to_contain_text("answer changed")


def test_the_changed_exam_arrives_in_moodle(person, urls, environment):
    environment.install_moodle_plugin()
    environment.store_exam("moodle", TITLE)
    teacher = person("teacher")
    teacher.goto(f"{urls.lms}/moodle/course/view.php?id=2")
    teacher.get_by_text("More", exact=True).click()
    teacher.get_by_role("link", name="Examplary").click()
    tool = teacher.frame_locator("#tool-frame")
    tool.get_by_role("link", name=TITLE).click()
    wait_for_review(tool, TITLE)
    change_for_the_journey(tool)
    tool.get_by_role("button", name="Add to course").click()
    tool.get_by_role("link", name="Open the quiz").click(timeout=20_000)
    expect(teacher.locator("#quiz-questions li")).to_have_count(10)
    (quiz,) = environment.moodle_quizzes
    assert quiz.questions[0].mark == 7
    assert "Amsterdam aan het IJ" in str(quiz.questions[0])
    assert teacher.problems == []


def test_the_changed_exam_arrives_in_canvas(person, urls, environment):
    environment.store_exam("canvas", TITLE)
    teacher = person("teacher")
    tool = open_from_canvas_import(teacher, urls)
    tool.get_by_role("link", name=TITLE).click()
    wait_for_review(tool, TITLE)
    change_for_the_journey(tool)
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#file-text")).to_have_text(TITLE)
    teacher.click("#import")
    expect(teacher.locator("#migrations")).to_contain_text("Completed")
    teacher.goto(f"{urls.lms}{CANVAS}/quizzes/1")
    expect(teacher.locator("li.question")).to_have_count(10)
    first = teacher.locator("li.question").first
    expect(first.locator(".right")).to_contain_text("Amsterdam aan het IJ")
    expect(first).to_contain_text("7")


def test_offline_a_form_reports_it_and_keeps_its_contents(open_exam, stored):
    teacher, tool = open_exam()
    open_form(teacher, tool, 1)
    tool.get_by_label("Answer B").fill("Typed offline")
    teacher.context.set_offline(True)
    tool.get_by_role("button", name="Save").click()
    expect(tool.get_by_role("alert")).to_contain_text("Not saved: the connection is lost.")
    expect(tool.get_by_label("Answer B")).to_have_value("Typed offline")
    teacher.context.set_offline(False)
    tool.get_by_role("button", name="Save").click()
    expect(saved(tool)).to_contain_text("answer changed")
    assert frame_of(teacher).url.split("#")[1] == card(tool, 1).get_attribute("id")
    frame_of(teacher).wait_for_load_state("load")
    teacher.context.set_offline(True)
    tool.get_by_role("button", name="Add to course").click()
    expect(tool.get_by_role("alert")).to_contain_text("the connection is lost")
    teacher.context.set_offline(False)
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#content-selected")).to_have_text("Content selected")
    assert stored().questions[0].options[1].plain_text() == "Typed offline"
    assert teacher.problems == []


def test_back_and_forward_after_an_error_find_the_form(open_exam, stored):
    teacher, tool = open_exam()
    open_form(teacher, tool, 1)
    tool.get_by_label("Answer B").fill("Typed before the error")
    points = tool.get_by_role("textbox", name="Points", exact=True)
    points.fill("-1")
    tool.get_by_role("button", name="Save").click()
    expect(tool.get_by_text("Points can't be negative.")).to_be_visible()
    expect(points).to_be_focused()
    assert frame_of(teacher).title().startswith("Please correct:")
    go_back(teacher)
    wait_for_review(tool, TITLE)
    go_forward(teacher)
    expect(points).to_have_value("-1")
    frame_of(teacher).wait_for_load_state("load")
    points.fill("3")
    tool.get_by_role("button", name="Save").click()
    expect(saved(tool)).to_contain_text("points: 3")
    question = stored().questions[0]
    assert (question.points, question.options[1].plain_text()) == (3, "Typed before the error")
    assert teacher.problems == []


def test_back_and_forward_after_a_merge_page_lose_nothing(open_exam, stored, change_elsewhere):
    teacher, tool = open_exam()
    open_form(teacher, tool, 1)
    change_elsewhere(4)
    points = tool.get_by_role("textbox", name="Points", exact=True)
    points.fill("5")
    tool.get_by_role("button", name="Save").click()
    merge = tool.get_by_role("heading", name="Changed in two places")
    expect(merge).to_be_visible()
    go_back(teacher)
    wait_for_review(tool, TITLE)
    go_forward(teacher)
    expect(tool.get_by_text("What you typed here before is back.")).to_be_visible()
    expect(points).to_have_value("5")
    tool.get_by_role("button", name="Save").click()
    expect(merge).to_be_visible()
    tool.get_by_role("button", name="Save").click()
    expect(saved(tool)).to_contain_text("points: 5")
    assert stored().questions[0].points == 5
    go_back(teacher)
    expect(points).to_have_value("5")
    expect(tool.get_by_text("What you typed here before is back.")).to_have_count(0)
    assert teacher.problems == []


def test_a_draft_outlives_the_changes_of_others_and_of_the_language(open_exam, stored, change_elsewhere):
    teacher, tool = open_exam()
    open_form(teacher, tool, 1)
    tool.get_by_label("Answer B").fill("Typed for long")
    change_elsewhere(4)
    reload_frame(teacher)
    expect(tool.get_by_text("What you typed here before is back.")).to_be_visible()
    expect(tool.get_by_label("Answer B")).to_have_value("Typed for long")
    frame_of(teacher).wait_for_load_state("load")
    tool.get_by_label("Language").select_option(label="Nederlands")
    tool.get_by_role("button", name="Change language").click()
    expect(tool.get_by_label("Antwoord B")).to_have_value("Typed for long")
    frame_of(teacher).wait_for_load_state("load")
    tool.get_by_label("Taal").select_option(label="English")
    tool.get_by_role("button", name="Taal wijzigen").click()
    expect(tool.get_by_label("Answer B")).to_have_value("Typed for long")
    frame_of(teacher).wait_for_load_state("load")
    tool.get_by_role("button", name="Save").click()
    expect(saved(tool)).to_contain_text("answer changed")
    question = stored().questions[0]
    assert (question.points, question.options[1].plain_text()) == (4, "Typed for long")
    assert teacher.problems == []


@pytest.mark.parametrize("mode", ["allowed", "partitioned"])
def test_a_link_away_from_the_form_loses_nothing(open_exam, mode):
    """Without third-party cookies, a frame has no storage either: only its history keeps what was typed."""
    teacher, tool = open_exam()
    open_form(teacher, tool, 1)
    answer = tool.get_by_label("Answer B")
    answer.fill("Typed before leaving")
    tool.get_by_role("link", name="Back to the exam").click()
    leave = tool.get_by_role("link", name="Leave without saving")
    if mode == "partitioned":
        expect(tool.get_by_role("alert")).to_contain_text("What you typed isn't saved yet.")
        expect(answer).to_have_value("Typed before leaving")
        leave.click()
    wait_for_review(tool, TITLE)
    card(tool, 1).get_by_role("link", name="Edit").click()
    if mode == "allowed":
        expect(tool.get_by_text("What you typed here before is back.")).to_be_visible()
        expect(answer).to_have_value("Typed before leaving")
    else:
        expect(answer).not_to_have_value("Typed before leaving")
    assert teacher.problems == []


def open_form(teacher, tool, number):
    """Open the form of a question, and wait until its scripts run: the frame has the page before for a moment."""
    card(tool, number).get_by_role("link", name="Edit").click()
    expect(tool.get_by_role("heading", level=1)).to_contain_text(f"Edit question {number}")
    frame_of(teacher).wait_for_load_state("load")


def points_of(tool, number):
    return card(tool, number).get_by_label("Points")


def test_points_are_saved_when_their_field_is_left(open_exam, stored):
    teacher, tool = open_exam()
    points_of(tool, 3).fill("77")
    card(tool, 1).get_by_role("button", name="Leave out").click()
    expect(card(tool, 1)).to_contain_text("Left out")
    expect(points_of(tool, 3)).to_have_value("77")
    assert stored().questions[1].points == 77
    points_of(tool, 2).fill("-1")
    card(tool, 4).get_by_role("button", name="Leave out").click()
    expect(card(tool, 4)).to_contain_text("Left out")
    expect(points_of(tool, 2)).to_have_value("-1")
    expect(card(tool, 2).get_by_role("alert")).to_have_text("Points can't be negative.")
    points_of(tool, 2).fill("6")
    points_of(tool, 2).press("Enter")
    expect(saved(tool)).to_contain_text("points: 6")
    expect(tool.locator("#changes summary")).to_contain_text("4")
    assert teacher.problems == []


def test_points_are_saved_before_the_exam_is_added(open_exam, stored):
    teacher, tool = open_exam()
    points_of(tool, 3).fill("-5")
    tool.get_by_role("button", name="Add to course").click()
    expect(points_of(tool, 3)).to_be_focused()
    expect(card(tool, 3).get_by_role("alert")).to_have_text("Points can't be negative.")
    tool.get_by_role("button", name="Add to course").click()
    expect(points_of(tool, 3)).to_be_focused()
    points_of(tool, 3).fill("5")
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#content-selected")).to_have_text("Content selected")
    assert stored().questions[2].points == 5
    assert teacher.problems == []


def test_the_filter_stays_after_a_change(open_exam):
    teacher, tool = open_exam()
    questions = tool.locator("li.question")
    tool.get_by_role("link", name="Show only what changes").click()
    expect(tool.get_by_role("link", name="Show all questions")).to_be_visible()
    frame_of(teacher).wait_for_load_state("load")
    count = questions.count()
    assert count < 12
    points_of(tool, 1).fill("6")
    points_of(tool, 1).press("Enter")
    expect(saved(tool)).to_contain_text("points: 6")
    expect(questions).to_have_count(count)
    card(tool, 1).get_by_role("button", name="Leave out").click()
    expect(card(tool, 1)).to_contain_text("Left out")
    saved(tool).get_by_role("button", name="Undo").click()
    expect(card(tool, 1).get_by_role("button", name="Leave out")).to_be_visible()
    expect(questions).to_have_count(count)
    card(tool, 1).get_by_role("link", name="Edit").click()
    points = tool.get_by_role("textbox", name="Points", exact=True)
    points.fill("7")
    tool.get_by_role("button", name="Save").click()
    expect(saved(tool)).to_contain_text("points: 7")
    expect(questions).to_have_count(count)
    assert teacher.problems == []


@pytest.fixture
def open_chips(open_exam):
    """Open the last question's form; return the page, the tool's frame, the field with chips and its textarea."""

    def open_():
        teacher, tool = open_exam()
        open_form(teacher, tool, 12)
        area = tool.locator("textarea[data-chips]").first
        return teacher, tool, tool.locator(".editor").first, area

    return open_


def chips_in(area):
    return re.findall(r"⟦(\d+)", area.input_value())


def select_chip(editor, number):
    """Select a chip, as Shift and an arrow do."""
    editor.evaluate(
        """(editor, number) => {
            editor.focus();
            const chip = editor.querySelectorAll(".chip")[number - 1];
            const at = [...editor.childNodes].indexOf(chip);
            getSelection().setBaseAndExtent(editor, at, editor, at + 1);
        }""",
        number,
    )


def paste(editor, text):
    editor.evaluate(
        """(editor, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            editor.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def test_no_editing_loses_or_doubles_a_chip(open_chips, stored):
    teacher, tool, editor, area = open_chips()
    before, chips = area.input_value(), chips_in(area)
    assert len(chips) > 1
    expect(editor.locator(".chip").first).to_have_text(re.compile("^1: formula"))
    keyboard = teacher.keyboard
    editor.click()
    keyboard.press("Control+A")
    paste(editor, "Pasted ⟦1: formula⟧ text")
    expect(editor).to_contain_text("Pasted")
    assert sorted(chips_in(area)) == sorted(chips)
    keyboard.press("Control+Z")
    expect(editor).not_to_contain_text("Pasted")
    expect(area).to_have_value(before)
    keyboard.press("Control+Shift+Z")
    expect(editor).to_contain_text("Pasted")
    keyboard.press("Control+Z")
    expect(area).to_have_value(before)
    keyboard.press("Control+A")
    keyboard.type("Typed")
    expect(editor).to_contain_text("Typed")
    assert chips_in(area) == chips
    keyboard.press("Control+Z")
    expect(area).to_have_value(before)
    select_chip(editor, 1)
    keyboard.press("Delete")
    expect(tool.get_by_text("A chip can't be deleted.")).to_be_visible()
    expect(area).to_have_value(before)
    keyboard.press("Backspace")
    keyboard.press("Control+End")
    keyboard.press("Enter")
    keyboard.type("Last line")
    expect(area).to_have_value(re.compile(r"\nLast line$"))
    assert chips_in(area) == chips
    tool.get_by_role("button", name="Save").click()
    expect(saved(tool)).to_contain_text("question changed")
    assert stored().questions[-1].description.plain_text().endswith("Last line")
    assert teacher.problems == []


def test_chips_are_moved_by_keyboard_and_by_mouse(open_chips, stored):
    teacher, tool, editor, area = open_chips()
    chips = chips_in(area)
    select_chip(editor, 1)
    teacher.keyboard.press("Control+X")
    expect(tool.get_by_text("A chip can't be deleted.")).to_be_visible()
    assert chips_in(area) == chips
    teacher.keyboard.press("Control+End")
    teacher.keyboard.press("Control+V")
    expect(editor.locator(".chip").last).to_have_text(re.compile("^1: "))
    assert chips_in(area) == [*chips[1:], chips[0]]
    end = editor.locator(".chip").last
    editor.locator(".chip").first.drag_to(end, target_position={"x": end.bounding_box()["width"] - 2, "y": 5})
    expect(editor.locator(".chip").last).to_have_text(re.compile("^2: "))
    assert chips_in(area) == [*chips[2:], chips[0], chips[1]]
    tool.get_by_role("button", name="Edit as plain text").first.click()
    expect(tool.get_by_text("Placeholders such as")).to_be_visible()
    area.fill("Only words")
    tool.get_by_role("button", name="Edit with chips").click()
    assert sorted(chips_in(area)) == sorted(chips)
    expect(tool.get_by_text("Placeholders such as")).to_be_hidden()
    tool.get_by_role("button", name="Save").click()
    expect(saved(tool)).to_contain_text("question changed")
    assert teacher.problems == []
