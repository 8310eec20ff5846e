"""Pages on which a teacher changes an exam, and adds it by an LMS's own API, in each of their states."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

from lti_tool.exam.changes import LeaveOut, Move, SetPoints, SetTitle
from lti_tool.lms.canvas import scopes
from lti_tool.models import Exam, Import, ImportState, Launch, db, now
from sandbox.lms import ACCOUNTS, lms_of
from sandbox.lms.canvas_ids import user_id
from tests.browser.gallery import LONG, MAX_LEASE
from tests.browser.gallery_pages import OWN
from tests.browser.page_opener import State
from tests.support.addresses import query_of

EDIT_LEFT = """async () => {
    const { sayOffline } = await import("/static/js/page.js");
    const form = document.getElementById("edit"), box = document.getElementById("unsaved");
    sayOffline(form, form.querySelector(".primary"));
    document.querySelector("a.back").after(box);
    box.hidden = false;
}"""
"""A question's form after a link was followed, and without a connection."""


def of_changes(gallery):
    """Return an exam with changes, the forms of each type of question, their errors, and the merge page."""
    home = gallery.launch()
    exam_id = gallery.own_exam("Forces, changed", "mixed-12.json")
    before = gallery.questions(exam_id)
    first, second, third = (question.id for question in before[:3])
    operations = (SetPoints(first, Decimal(7)), LeaveOut(second), Move(third, before[5].id), SetTitle(LONG))
    revision = gallery.change_exam(exam_id, *operations)
    exam, kinds = f"{home}exams/{exam_id}", {question.kind: question.id for question in before}
    signs = {question.kind: question.id for question in gallery.questions(gallery.arabic)}
    stale = {"question": first, "seen": "0"}
    return {
        "changed": State(f"{exam}?saved={revision}"),
        "changed-only": State(f"{exam}?changed=1&saved=2"),
        "change-refused": State(f"{exam}?refused=change.last_question"),
        **{f"edit-{kind}": State(f"{exam}/question?question={question}") for kind, question in kinds.items()},
        **{
            f"edit-{kind}-in-arabic": State(f"{home}exams/{gallery.arabic}/question?question={question}")
            for kind, question in signs.items()
            if kind not in kinds
        },
        "edit-left": State(f"{exam}/question?question={first}", script=EDIT_LEFT),
        "edit-gone": State(f"{exam}/question?question=none"),
        "edit-refused": State(f"{exam}/question", _wrong_form(first, revision), sent_from=OWN),
        "points-refused": State(
            f"{exam}/change", {"do": "points", "points": "-1", "question": first, "seen": str(revision)}, sent_from=OWN
        ),
        "settings": State(f"{exam}/settings"),
        "settings-refused": State(f"{exam}/settings", {"title": " ", "minutes": "soon"}, sent_from=OWN),
        "merge-points": State(f"{exam}/change", {"do": "points", "points": "5"} | stale, sent_from=OWN),
        **_after_a_new_version(gallery, home),
        "merge-title": State(f"{exam}/settings", {"title": LONG[::-1], "minutes": "20", "seen": "0"}, sent_from=OWN),
        "delete": State(f"{exam}/delete"),
        "duplicate": State(f"{home}exams/{_duplicate(gallery, exam_id)}"),
        "without-questions": State(f"{home}exams/{gallery.own_exam('Empty', **_nothing(gallery))}"),
        "review-required": State(_at_a_strict_lms(gallery)),
    }


def _after_a_new_version(gallery, home):
    """Return what a page that was opened before a new version leads to: choices, and what no longer fits."""
    exam_id = gallery.own_exam("Replaced", "mixed-12.json")
    with gallery.environment.tool.app_context():
        questions = json.loads(db.session.get(Exam, exam_id).snapshot)["questions"]
    first, last = questions[0], questions[-1]
    shorter = first["settings"] | {"options": first["settings"]["options"][:-1]}
    replaced = first | {"title": LONG, "settings": shorter}
    gallery.replace_exam(exam_id, questions=[replaced, *questions[1:-1]])
    page, number = f"{home}exams/{exam_id}", len(shorter["options"])
    both = {"text-title-0": f"Mine {LONG}", f"text-option-{number}": LONG * 3, "points": "9", "seen": "0"}
    gone = {"question": last["id"], "seen": "0", "text-description-0": LONG * 3}
    return {
        "merge-version": State(f"{page}/question", both | {"question": first["id"]}, sent_from=OWN),
        "merge-inapplicable": State(
            f"{page}/question",
            {"question": first["id"], "seen": "0", f"text-option-{number}": "Only this"},
            sent_from=OWN,
        ),
        "edit-gone-typed": State(f"{page}/question", gone, sent_from=OWN),
        "points-gone": State(
            f"{page}/change", {"do": "points", "points": "5", "question": last["id"], "seen": "0"}, sent_from=OWN
        ),
    }


def _wrong_form(question, revision):
    return {"question": question, "seen": str(revision), "has_key": "1", "points": "many", "text-title": LONG * 2}


def _duplicate(gallery, exam_id):
    with gallery.environment.tool.app_context():
        launch = db.session.get(Launch, gallery.launch_id)
        return gallery.services.exam_changes.duplicate(launch, db.session.get(Exam, exam_id), "A copy").id


def _nothing(gallery):
    """Return the values of an exam without questions."""
    with gallery.environment.tool.app_context():
        document = json.loads(db.session.get(Exam, gallery.exam).snapshot)
    return {"snapshot": json.dumps(document | {"questions": []}), "question_count": 0, "points": Decimal(0)}


def _at_a_strict_lms(gallery):
    """Return an exam's page at an LMS with a colour of its own that requires a review."""
    platform_id = gallery.lms("strict", requires_review=True, theme_color="#0b6e4f", title_prefix="[AI]")
    teacher = gallery.person("1", platform_id=platform_id)
    exam_id = gallery.own_exam("Reviewed", platform_id=platform_id, owner_id=teacher)
    return f"{gallery.launch(platform_id=platform_id, lms_user_id=teacher)}exams/{exam_id}"


CHOICES = [
    {"value": "update:1", "text": "Update the quiz “%(quiz)s”", "facts": {"quiz": LONG}, "link": "https://lms.test/q"},
    {"value": "new", "text": "Make a new quiz", "facts": {}, "link": ""},
]
LINES = [
    {"number": 1, "name": LONG, "action": "created", "points": 1, "link": "https://lms.test/1", "message": ""},
    {
        "number": 2,
        "name": "Heat",
        "action": "new_version",
        "points": 1,
        "link": "",
        "message": "No picture",
    },
    {"number": 0, "name": "", "action": "", "points": None, "link": "https://lms.test/2", "message": "Look at it"},
]
QUIZ = {"quiz_name": LONG[:200], "quiz_url": "https://lms.test/q", "questions_url": "https://lms.test/qs"}
QUESTION = {"code": "x", "sentence": "The quiz “%(quiz)s” was changed.", "facts": {"quiz": LONG}, "choices": CHOICES}


def _import_states():
    """Return columns of an import in each state."""
    in_an_hour = now() + timedelta(hours=1)
    return {
        "asked": {},
        "sending": {"error_code": "import.unavailable", "look_after": in_an_hour},
        "queued": {"look_after": in_an_hour},
        "importing": {"note": "The LMS is busy."},
        "waiting": {"question": QUESTION},
        "waiting_for_consent": {"error_code": "consent.refused"},
        "done": {"outcome": "created", "lines": LINES, **QUIZ},
        "done_with_warnings": {"outcome": "elsewhere", "lines": LINES, **QUIZ},
        "failed": {"error_code": "import.failed", "lines": LINES},
    }


def of_imports(gallery):
    """Return the pages of a direct import into Moodle and Canvas."""
    gallery.environment.install_moodle_plugin()
    canvas = {"family": "canvas", "platform_id": gallery.canvas_id, **_canvas_teacher(gallery)}
    # An exam with a single question: what differs from state to state is above the questions.
    exams = {"moodle": gallery.own_exam("Moved")}
    exams["canvas"] = gallery.own_exam("Moved", platform_id=gallery.canvas_id, owner_id=canvas["lms_user_id"])
    states = {
        "moodle-ready": State(open_with_grant(gallery, exams["moodle"], moodle_grant(gallery))),
        "moodle-expired": State(
            open_with_grant(gallery, exams["moodle"], moodle_grant(gallery) | {"handle_expires": "1"})
        ),
        "moodle-in-form": State(
            open_with_grant(gallery, exams["moodle"], moodle_grant(gallery) | {"placement": "activity_form"})
        ),
    }
    columns = _import_states()
    for state, values in columns.items():
        states[f"moodle-{state}"] = State(_import(gallery, exams["moodle"], state, values, moodle_grant(gallery)))
    changed = gallery.own_exam("Moved and changed", changed_at=now() + timedelta(minutes=1))
    states["moodle-changed"] = State(_import(gallery, changed, "done", columns["done"], moodle_grant(gallery)))
    updated = columns["done"] | {"outcome": "updated_attempted"}
    states["moodle-updated"] = State(_import(gallery, exams["moodle"], "done", updated, moodle_grant(gallery)))
    gallery.environment.set_canvas_key()
    grant = _canvas_grant(gallery)
    states["canvas-asks"] = State(open_with_grant(gallery, exams["canvas"], grant, context_id="c", **canvas))
    for state in ("waiting_for_consent", "done"):
        page = _import(gallery, exams["canvas"], state, columns[state], grant, **canvas)
        states[f"canvas-{state}"] = State(page)
    page = open_with_grant(gallery, exams["canvas"], grant, context_id="link", framed=False, **canvas)
    states["consent-link"] = State(f"{page}/consent", {"form_id": "f" * 20}, sent_from=OWN)
    states["consent-refused"] = State(
        _consent(gallery, exams["canvas"], grant, canvas, error="access_denied"), top=True
    )
    states["consent-given"] = State(_consent(gallery, exams["canvas"], grant, canvas), top=True)
    states["canvas-connected"] = State(
        open_with_grant(gallery, exams["canvas"], grant | {"module": "12"}, context_id="d", **canvas)
    )
    return states


def moodle_grant(gallery):
    return {
        "quizzes_url": f"{gallery.environment.urls.lms}/moodle/mod/lti/services.php/1/examplary/quizzes",
        "handle": "x",
        "handle_expires": str(int(now().timestamp()) + 3600),
        "protocol": "1",
        "placement": "course_page",
    }


def _canvas_grant(gallery):
    account = str(user_id(ACCOUNTS[0]))
    return {"base_url": gallery.environment.urls.lms, "course": "1", "user": account, "placement": ""}


def _canvas_teacher(gallery):
    return {"lms_user_id": gallery.person(ACCOUNTS[0].canvas_id, platform_id=gallery.canvas_id)}


def open_with_grant(gallery, exam_id, grant, **launch):
    """Return the exam's page in a launch that may import it."""
    secret = gallery.services.vault.encrypt(json.dumps(grant))
    return f"{gallery.launch(import_grant_encrypted=secret, **launch)}exams/{exam_id}"


def _import(gallery, exam_id, state, values, grant, **launch):
    """Return the exam's page in a course with an import in a state."""
    page = open_with_grant(gallery, exam_id, grant, context_id=state, **launch)
    _add_import(gallery, exam_id, state, context_id=state, **values, **launch)
    return page


def _add_import(gallery, exam_id, state, **values):
    defaults = {
        "exam_id": exam_id,
        "launch_id": gallery.launch_id,
        "platform_id": gallery.platform_id,
        "lms_user_id": gallery.teacher,
        "deployment_id": "2",
        "family": "moodle",
        "state": state,
        "claimed_until": now() + MAX_LEASE,
    }
    return gallery.add(Import(**(defaults | values)))


def _consent(gallery, exam_id, grant, canvas, **answer):
    """Return the address to which Canvas sends a window after its question."""
    name = answer.get("error", "given")
    open_with_grant(gallery, exam_id, grant, context_id=name, **canvas)
    import_id = _add_import(gallery, exam_id, ImportState.WAITING_FOR_CONSENT, context_id=name, **canvas)
    services, lms = gallery.services, lms_of(gallery.environment.lms)
    with gallery.environment.tool.app_context():
        launch = db.session.get(Launch, gallery.launch_id)
        row = db.session.get(Import, import_id)
        secret = next((value for cookie, value, _ in gallery.cookies if "consent" in cookie), "")
        started = services.consents.begin(services.consents.request(launch, row), secret)
    query = query_of(started.url)
    gallery.cookies.append(("__Secure-examplary_consent", started.secret, "/consent"))
    if not answer:
        place = (lms.config.canvas_key, query["redirect_uri"], ACCOUNTS[0].key)
        code = lms.canvas_tokens.make_code(*place, scopes.REQUIRED)
        answer = {"code": code}
    (parameter,) = answer
    return f"/consent/callback?state={query['state']}&{parameter}={answer[parameter]}"
