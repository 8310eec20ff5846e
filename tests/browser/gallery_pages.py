"""Pages of a login, a launch, a generation and an exam, in each of their states."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import timedelta

from lti_tool.models import Delivery, ExamCourse, ExamMedia, LaunchTest, LmsUser, now
from sandbox.lms.claims import LTI
from tests.browser.gallery import LONG
from tests.browser.page_opener import OPEN_MENUS, State

OWN = "/lti/launch"
"""A page of ours from which forms are sent."""
STUDENT = {"role": "student", "deep_linking": None}
EMBED_ELSEWHERE = """() => {
    document.getElementById("embed").hidden = document.getElementById("loading").hidden = true;
    document.getElementById("elsewhere").hidden = false;
}"""
EMBED_CLOSED = """() => {
    document.getElementById("embed").hidden = document.getElementById("loading").hidden = true;
    document.getElementById("window-open").hidden = true;
    document.getElementById("elsewhere").hidden = document.getElementById("window-closed").hidden = false;
}"""
EMBED_SILENT = """() => {
    document.getElementById("help").open = true;
    document.getElementById("status").textContent = document.getElementById("embed").dataset.silent;
}"""
EMBED_OFFLINE = """() => {
    document.getElementById("status").textContent = document.getElementById("embed").dataset.lost;
}"""


def before_a_launch(gallery):
    """Return the pages of a login and a registration, and errors, by name."""
    services, login = gallery.services, gallery.login
    code, refused = services.handovers.code(), services.handovers.code()
    with gallery.environment.tool.app_context():
        services.handovers.refuse(services.handovers.open(refused), "lti.not_signed_in")
        invited = services.registration.invite().removeprefix(gallery.environment.urls.tool)
    token = ".".join(_part(content) for content in ({"alg": "RS256", "kid": "1"}, {LTI + "version": "1.3.0"}, {}))
    return {
        "about": State("/", top=True),
        "by-hand": State("/lti/launch"),
        "keep": State("/lti/login", login | {"lti_storage_target": "_parent"}),
        "prove": State("/lti/login", login),
        "prove-again": State("/lti/handover", login | {"handover": code}, sent_from=OWN),
        "prove-refused": State("/lti/handover", login | {"handover": refused}, sent_from=OWN),
        "ask": State("/lti/launch", {"state": gallery.start_login().state, "id_token": "x"}),
        "onward": State("/lti/login/window", login | {"handover": code}, sent_from=OWN),
        "window-done": State("/lti/launch", gallery.launch_form(), top=True),
        "unknown-lms": State("/lti/login", login | {"iss": "https://other.example.edu"}),
        "launch-used": State("/lti/launch", {"state": "a" * 43, "id_token": token}),
        "not-signed-in": State("/lti/launch", {"error": "login_required"}),
        "nowhere": State("/nowhere", top=True),
        "wrong-method": State("/lti/handover", top=True),
        "too-large": State("/lti/handover", login, tool_fault="small-requests"),
        "too-many": State("/lti/launch", {"state": "a" * 43, "id_token": token}, tool_fault="failures-are-over"),
        "foreign-form": State("/admin/sign-in", {}, top=True),
        "tab-link-changed": State("/tab/x", top=True),
        "consent-link-changed": State("/consent/open/x", top=True),
        "consent-unknown": State("/consent/callback?state=x&error=access_denied", top=True),
        "register": State(invited),
        "register-over": State("/register/x"),
        "registered": State(gallery.registration_url()),
        "registered-waits": State(gallery.registration_url("waits", waits=True, name=LONG)),
        "registered-with-warnings": State(gallery.registration_url("broken")),
        "register-failed": State(gallery.registration_url("nowhere")),
    }


def of_a_launch(gallery):
    """Return the pages that a launch leads to."""
    home = gallery.launch()
    begun = {
        "opening": gallery.generation("opening"),
        "embed": gallery.generation("open", title=LONG[:200]),
        "collecting": gallery.generation("collecting", error_code="examplary.unavailable"),
        "collecting-files": gallery.generation("collecting", files_total=9, files_done=4),
        "cancelled": gallery.generation("cancelled"),
        "failed": gallery.generation("failed", error_code="examplary.unavailable"),
        "failed-to-open": gallery.generation("failed", error_code="examplary.unavailable", session_id_encrypted=""),
        "empty": gallery.generation("failed", error_code="exam.empty", examplary_exam_id="exam_x"),
        "gone-at-examplary": gallery.generation("failed", error_code="examplary.exam_gone"),
        "expired-exam": gallery.generation("expired"),
    }
    embed = f"{home}generations/{begun['embed']}"
    families = ("blackboard", "brightspace", "sakai", "openedx", "generic")
    return {
        "start": State(home),
        "start-after-a-deletion": State(f"{home}?deleted=1"),
        "start-broken-link": State(gallery.launch(exam_id="gone", deep_linking=None)),
        "start-of-a-long-name": State(gallery.launch(context_title=LONG)),
        "start-in-canvas": State(gallery.launch(family="canvas", deep_linking=None)),
        **{f"start-in-{family}": State(gallery.launch(family=family)) for family in families},
        **{name: State(f"{home}generations/{generation_id}") for name, generation_id in begun.items()},
        "bug": State(home, tool_fault="bug"),
        "database-away": State(home, tool_fault="database-away"),
        "database-closed": State(home, tool_fault="database-closed"),
        "bug-in-a-tab": State(home, tool_fault="bug", top=True),
        "embed-asked": State(f"{embed}?asked=1"),
        "embed-silent": State(embed, script=EMBED_SILENT),
        "embed-offline": State(embed, script=EMBED_OFFLINE),
        "embed-in-its-own-window": State(embed, script=EMBED_ELSEWHERE),
        "embed-window-closed": State(embed, script=EMBED_CLOSED),
        "embed-cancel": State(embed, script=OPEN_MENUS),
        "embed-tab-link": State(f"{embed}/tab", {}, sent_from=OWN),
        "returned": State(f"/embed/return/{gallery.return_token(begun['embed'])}"),
        "not-there": State(f"{home}exams/none"),
        "changed-link": State("/l/abc.def.ghi/"),
        "foreign-post": State(f"{home}cancel", {}),
        **_test_launches(gallery),
        "nothing-made-yet": State(gallery.launch(lms_user_id=gallery.add(_person(gallery, "new")), context_id="9")),
    }


def _test_launches(gallery):
    """Return the start page and the form for the code before and after it was typed, and a launch that is shown."""
    form = gallery.launch_form()
    launches = {}
    for name in ("off", "waiting", "confirmed"):
        platform_id = gallery.lms(f"{name}-test")
        teacher = gallery.person("1", platform_id=platform_id)
        launches[name] = gallery.launch(platform_id=platform_id, lms_user_id=teacher)
        if name != "off":
            gallery.add_all(_test(platform_id, teacher if name == "confirmed" else None))
    gallery.add_all(_test(gallery.platform_id, gallery.teacher))
    return {
        "start-while-tested": State(launches["waiting"]),
        **{f"test-code-{name}": State(f"{launch}test") for name, launch in launches.items()},
        "test-code-wrong": State(f"{launches['waiting']}test", {"code": "x"}, sent_from=OWN),
        "test-report": State("/lti/launch", form, top=True),
    }


def _test(platform_id, person_id):
    end = now() + timedelta(hours=1)
    return LaunchTest(platform_id=platform_id, code="ABCD2345", lms_user_id=person_id, expires_at=end)


def of_an_exam(gallery):
    """Return the review page and what is reached from it."""
    home, exam = gallery.launch(), f"exams/{gallery.exam}"
    edits = {"flow": "edit-exam", "revises_id": gallery.exam, "title": LONG[:200]}
    editing, *edited = (
        gallery.generation(state, **edits) for state in ("open", "expired", "cancelled", "failed", "collecting")
    )
    gallery.note_new_version()
    canvas = gallery.launch(family="canvas", deep_linking=None)
    expired = gallery.launch(expires_at=now() - timedelta(seconds=1))
    _fill_list(gallery)
    return {
        "exam": State(home + exam),
        "exam-menus": State(home + exam, script=OPEN_MENUS),
        "exam-only-changes": State(f"{home}{exam}?changed=1"),
        "exam-in-qti": State(f"{home}{exam}?format=qti21"),
        "exam-in-arabic": State(f"{home}exams/{gallery.arabic}"),
        "exam-unchanged-at-examplary": State(f"{home}{exam}?edited=1"),
        "exam-gone-at-examplary": State(f"{home}exams/{gallery.own_exam('Gone', at_examplary=False)}"),
        "exam-without-pictures": State(f"{home}exams/{_without_pictures(gallery)}"),
        "exam-of-a-colleague": State(f"{home}exams/{_of_a_colleague(gallery)}"),
        "exam-sent": State(f"{home}exams/{_sent(gallery)}"),
        "exams": State(f"{home}exams?q=o"),
        "exams-all": State(f"{home}exams"),
        "exams-not-found": State(f"{home}exams?q=nothing&show=mine"),
        "preview": State(f"{home}{exam}/preview"),
        "preview-in-arabic": State(f"{home}exams/{gallery.arabic}/preview"),
        "print": State(f"{home}{exam}/print"),
        "print-in-arabic": State(f"{home}exams/{gallery.arabic}/print?keys=1"),
        "answer-sheet": State(f"{home}{exam}/answer-sheet"),
        "text": State(f"{home}{exam}/text?keys=1"),
        "editing": State(f"{home}generations/{editing}"),
        **{
            f"edited-{number}": State(f"{home}generations/{generation_id}")
            for number, generation_id in enumerate(edited)
        },
        "answer": State(f"{gallery.launch(framed=False)}{exam}/add", {}, sent_from=OWN),
        "answered-with-nothing": State(f"{gallery.launch(framed=False)}cancel", {}, sent_from=OWN),
        "exam-in-canvas": State(f"{canvas}{exam}?page=2"),
        "exam-in-brightspace": State(f"{gallery.launch(family='brightspace', deep_linking=None)}{exam}"),
        "exam-in-sakai": State(f"{gallery.launch(family='sakai')}{exam}"),
        "exam-in-a-tab": State(f"{gallery.launch(tab_of='a-launch', only_exam_id=gallery.exam)}{exam}", top=True),
        "exam-without-cookies": State(f"{gallery.launch(browser_hash='')}{exam}"),
        "tab-link": State(f"{gallery.launch(framed=False)}{exam}/tab", {}, sent_from=OWN),
        "other-browser": State(f"{gallery.launch(browser_hash='0' * 64)}{exam}"),
        "exam-answered": State(f"{gallery.launch(answered_with=gallery.exam)}{exam}"),
        "exam-answered-with-another": State(f"{gallery.launch(answered_with='another')}{exam}"),
        "exam-astray": State(home + exam, top=True),
        "student": State(gallery.launch(**STUDENT)),
        "student-with-exam": State(gallery.launch(exam_id=gallery.exam, **STUDENT)),
        "student-elsewhere": State(gallery.launch(**STUDENT) + exam),
        "expired": State(expired),
        "expired-with-texts": State(f"{expired}{exam}/question", {"text-title": LONG, "question": "x"}, sent_from=OWN),
    }


def _part(value):
    """Encode one part of a JWT (RFC 7515 §2)."""
    return urlsafe_b64encode(json.dumps(value).encode()).decode()


def _person(gallery, sub):
    return LmsUser(platform_id=gallery.platform_id, sub=sub, name=f"王小明 {sub}")


def _of_a_colleague(gallery):
    colleague = gallery.add(_person(gallery, "colleague"))
    return gallery.own_exam("A colleague's", owner_id=colleague, context_id="2")


def _without_pictures(gallery):
    exam_id = gallery.own_exam("Without pictures")
    gallery.add(ExamMedia(exam_id=exam_id, url="https://cdn.example/a.png", problem="media.too_large"))
    return exam_id


def _sent(gallery):
    exam_id = gallery.own_exam("Sent before")
    delivery = Delivery(
        capability_hash="0" * 64,
        exam_id=exam_id,
        launch_id=gallery.launch_id,
        format_name="moodle-xml",
        expires_at=now() + timedelta(days=1),
    )
    gallery.add_all(delivery)
    return exam_id


def _fill_list(gallery):
    """Add rows of each kind to the list: changed since it was added, added elsewhere, without a title."""
    changed = gallery.own_exam(LONG, changed_at=now(), course_title=LONG[:200], context_id="7")
    gallery.own_exam("")
    for context_id in ("2", "3", "4", "5", "6"):
        gallery.add_all(
            ExamCourse(
                exam_id=changed,
                context_id=context_id,
                course_title=f"Course {context_id}",
                added_by=gallery.teacher,
                added_at=now() - timedelta(days=2),
            )
        )
