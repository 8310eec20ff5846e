"""Settings of a platform, made in the console's form: their effect on the teacher's pages."""

import pytest
from lxml import html

from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.models import AuditEntry, Chore, Delivery, Generation, db
from tests.support.console import Console, add_account

ALL = [str(choice) for choice in TeacherChoice]


@pytest.fixture
def set_in_console(app, services, platform, cheap_hashes):
    """Fill in the settings of ``platform`` as an owner does: ``set_in_console(default_format="qti21")``."""
    add_account(services)
    console = Console(app.test_client())
    assert console.sign_in().status_code == 303

    def fill_in(status=303, **fields):
        response = console.post(f"/admin/platforms/{platform.id}/settings", **fields)
        assert response.status_code == status, response.text
        db.session.expire_all()
        return html.document_fromstring(
            console.get(f"/admin/platforms/{platform.id}/settings").text if status == 303 else response.text
        )

    return fill_in


def withhold(choice):
    return {"choices": ["", *(other for other in ALL if other != choice)]}


def offered(page):
    """Return the formats of the page's downloads, in their order."""
    return [
        link.get("href").rsplit("/", 1)[1]
        for link in page.xpath("//ul[@class='download-list']//a[contains(@href, '/download/')]")
    ]


def test_teachers_are_offered_the_formats_of_their_platform(canvas, keep_exam, tree, set_in_console):
    exam = keep_exam("single-1")
    assert len(offered(tree(canvas.get(f"exams/{exam.id}")))) == 5
    form = set_in_console(formats=["", "moodle-xml", "common-cartridge"], default_format="common-cartridge")
    assert form.xpath("//input[@name='formats'][@checked]/@value") == ["moodle-xml", "common-cartridge"]
    page = tree(canvas.get(f"exams/{exam.id}?format=qti30"))
    assert offered(page) == ["common-cartridge", "moodle-xml"]
    assert "Format: Common Cartridge" in page.text_content()
    refused = canvas.get(f"exams/{exam.id}/download/qti30")
    assert (refused.status_code, "access.choice_withheld" in refused.text) == (403, True)
    assert canvas.get(f"exams/{exam.id}/download/moodle-xml").status_code == 200
    assert canvas.get(f"exams/{exam.id}/download/unheard-of").status_code == 404


def test_the_file_for_the_lms_has_the_platforms_format(canvas, keep_exam, signing, set_in_console):
    exam = keep_exam("single-1")
    set_in_console(formats=["", "qti21", "moodle-xml"], default_format="moodle-xml")
    assert canvas.post(f"exams/{exam.id}/add").status_code == 200
    assert db.session.query(Delivery).one().format_name == "qti21"


SENT = "//*[@id='sent-card']"
BOTH_ACCEPTED = {
    "deep_link_return_url": "https://lms.example.org/return",
    "accept_types": ["file", "ltiResourceLink"],
    "accept_media_types": "application/vnd.ims.imsccv1p1",
}
"""Settings of a Sakai that takes a cartridge, or else a link."""


@pytest.mark.parametrize("restricts_first", [True, False])
def test_a_returning_teacher_reads_the_steps_for_the_sent_exam(
    pages, keep_exam, tree, signing, set_in_console, restricts_first
):
    dialog = {"message_type": "LtiDeepLinkingRequest", "deep_linking": BOTH_ACCEPTED}
    exam = keep_exam("single-1")
    if restricts_first:
        set_in_console(formats=["", "qti21"])
    assert pages(family="sakai", **dialog).post(f"exams/{exam.id}/add").status_code == 200
    set_in_console(formats=["", "qti21"])
    (sent,) = tree(pages(family="sakai").get(f"exams/{exam.id}")).xpath(SENT)
    assert ("was sent a link" in sent.text_content()) == restricts_first
    assert ("import the cartridge" in sent.text_content()) != restricts_first


def test_without_a_choice_of_formats_there_is_the_first(moodle, keep_exam, tree, set_in_console):
    exam = keep_exam("single-1")
    set_in_console(**withhold("format"))
    assert offered(tree(moodle.get(f"exams/{exam.id}"))) == ["moodle-xml"]
    assert moodle.get(f"exams/{exam.id}/download/qti21").status_code == 403
    set_in_console(default_format="qti21")
    assert offered(tree(moodle.get(f"exams/{exam.id}"))) == ["qti21"]


@pytest.mark.parametrize(
    ("choice", "shown", "requests"),
    [
        ("download", "/download/", [("GET", "download/moodle-xml")]),
        ("print", "/print", [("GET", "print"), ("GET", "text"), ("GET", "answer-sheet")]),
        (
            "change",
            "/question?",
            [
                ("GET", "settings"),
                ("POST", "settings"),
                ("POST", "change"),
                ("POST", "undo"),
                ("POST", "merge"),
                ("GET", "question"),
                ("POST", "question"),
            ],
        ),
        ("examplary", "/edit", [("POST", "edit")]),
    ],
)
def test_withheld_choices_are_neither_shown_nor_accepted(
    pages, keep_exam, tree, set_in_console, control, choice, shown, requests
):
    teacher, exam = pages(), keep_exam("single-1")
    links = "//*[not(self::link)]/@*[name()='href' or name()='action']"
    assert any(shown in link for link in tree(teacher.get(f"exams/{exam.id}")).xpath(links))
    form = set_in_console(**withhold(choice))
    assert choice not in form.xpath("//input[@name='choices'][@checked]/@value")
    page = tree(teacher.get(f"exams/{exam.id}"))
    assert not any(shown in link for link in page.xpath(links))
    for method, path in requests:
        response = teacher.client.open(teacher.url(f"exams/{exam.id}/{path}"), method=method)
        assert (response.status_code, "switched this off" in response.text) == (403, True), path
    assert control.count("POST /embed-sessions") == 0
    assert teacher.get(f"exams/{exam.id}/preview").status_code == 200


def test_a_teacher_without_a_delivery_method_reads_why(pages, keep_exam, set_in_console):
    teacher, exam = pages(), keep_exam("single-1")
    set_in_console(**withhold("download"))
    text = teacher.get(f"exams/{exam.id}").text
    assert "Your administrator has switched downloads off, and your LMS can't receive an exam from here." in text


def test_the_review_tag_and_prefix_are_set_in_the_form(canvas, keep_exam, signing, set_in_console):
    exam = keep_exam("single-1")
    set_in_console(requires_review="yes", question_tag="faculty-check", title_prefix="[AI]")
    assert 'name="reviewed"' in canvas.get(f"exams/{exam.id}").text
    assert canvas.post(f"exams/{exam.id}/add").status_code == 409
    package = canvas.get(f"exams/{exam.id}/download/moodle-xml").text
    assert "faculty-check" in package
    assert f"[AI] {exam.title}" in package
    set_in_console(requires_review="no")
    assert canvas.post(f"exams/{exam.id}/add").status_code == 200


@pytest.mark.parametrize("operator_deletes", [False, True])
def test_each_platform_decides_whether_exams_stay_at_examplary(
    app,
    settings,
    services,
    pages,
    begin,
    finish,
    set_in_console,
    platform,
    operator_deletes,
):
    form = set_in_console(deletes_exams="no" if settings.delete_exam_at_examplary else "yes")
    teacher = pages()
    generation = begin(teacher)
    finish(generation)
    services.collector.advance(generation.id)
    exam_id = db.session.get(Generation, generation.id).exam_id
    page = teacher.get(f"exams/{exam_id}").text
    services.chores.run_due()
    left = [chore for chore in db.session.query(Chore) if chore.kind == "delete_exam"]
    if operator_deletes:
        assert "Change in Examplary" in page
        assert left == []
        assert "Operator's default: Deleted" in form.text_content()
    else:
        assert "Examplary no longer has this exam" in page
        assert len(left) == 1
        assert "Operator's default: Kept" in form.text_content()


@pytest.fixture
def settings(settings, request):
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    return settings.model_copy(update={"delete_exam_at_examplary": parameters.get("operator_deletes", False)})


def test_the_colour_is_on_the_pages_and_in_examplarys_form(pages, begin, store, session_id_of, set_in_console):
    set_in_console(theme_color=" 'ABC' ")
    teacher = pages()
    assert "aabbcc" in teacher.get().text
    assert store.sessions[session_id_of(begin(teacher))].request["theme"]["primaryColor"] == "#aabbcc"


WRONG = [
    ("formats", ["", "word"], "It must be one or more of canvas-qti"),
    ("default_format", "word", "It must be one of canvas-qti"),
    ("role_overrides", "Learner=teacher", "Student, parent and observer roles can't count as teacher."),
    ("role_overrides", "Dean=student", "Dean=student must be role=teacher"),
    ("role_overrides", "Dean=teacher\r\nDean=nobody", "Dean is listed twice"),
    ("deletes_exams", "perhaps", "It must be yes, no or default."),
    ("keep_exam_days", "-1", "It must be a number of days"),
    ("keep_launch_days", "a year", "It must be a number of days"),
    ("keep_generation_days", "99999999999", "It must be a number of days"),
    ("title_prefix", "x" * 61, "longer than 60"),
    ("question_tag", "a\x07b", "contains invalid ones"),
]


def test_wrong_values_are_refused_next_to_their_fields(set_in_console):
    for field, value, reason in WRONG:
        page = set_in_console(status=422, **{field: value})
        (error,) = page.xpath(f"//*[@id='{field}-error']")
        assert reason in error.text_content()
        (control,) = page.xpath(f"//*[@id='{field}']")
        assert control.get("aria-invalid") == "true"
        assert f"{field}-error" in control.get("aria-describedby")
    assert db.session.query(AuditEntry).filter_by(action="platform.changed").count() == 0


def test_each_change_is_recorded_with_old_and_new_and_no_notes(set_in_console):
    set_in_console(theme_color="#112233", keep_exam_days="30", notes="Ask Bob", **withhold("print"))
    set_in_console(theme_color="#112233", keep_exam_days="", notes="Ask Eve")
    details = [entry.detail for entry in db.session.query(AuditEntry).filter_by(action="platform.changed")]
    assert sorted(details) == sorted(
        [
            "theme_color: - → #112233",
            "keep_exam_days: - → 30",
            "notes: changed",
            "withheld_choices: - → print",
            "keep_exam_days: 30 → -",
            "notes: changed",
        ]
    )


def test_the_platforms_page_shows_the_decision(set_in_console, app, platform):
    set_in_console(keep_exam_days="0", deletes_exams="yes", role_overrides="Dean=nobody", **withhold("print"))
    console = Console(app.test_client())
    console.sign_in()
    facts = console.page(f"/admin/platforms/{platform.id}").xpath("//dl[@class='facts']")[0].text_content()
    for decided in ("Teachers may not", "Print and copy", "Dean=nobody", "deleted", "forever"):
        assert decided in facts
    assert "The format that comes first" not in facts


def test_the_form_explains_empty_fields(set_in_console, services):
    text = set_in_console(keep_exam_days="").text_content()
    assert "Leave empty for the operator's default: #4f46e5." in text
    assert "Leave empty for the operator's default: forever." in text
    assert "Leave empty for the operator's default: 90." in text
    assert "The best for this LMS: QTI 2.1" in text
