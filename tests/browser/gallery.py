"""All pages, and the requests that open them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from lti_tool.lti import begin_login
from lti_tool.models import Exam, Generation, Launch, LmsUser, Platform, db, now
from lti_tool.security.tokens import Purpose
from sandbox.lms import ACCOUNTS, lms_of
from sandbox.lms.claims import LTI, id_token
from tests.browser.https_sandbox import DOMAIN, SECOND_LMS

LOGIN = {"iss": "", "client_id": "", "login_hint": "3", "lti_message_hint": "m"}
LONG = "مقدمة في علم الأحياء \u202e<b>王小明</b> " + "Donaudampfschifffahrtsgesellschaft" * 6
LEAVING_SCRIPTS = (
    *("storage_save", "storage_lookup", "deep_linking_response", "window_done"),
    *("progress", "registered", "returned", "embed"),
)
"""Scripts that leave their page. They are blocked, so that the page can be looked at."""


def _part(value):
    """Encode one part of a JWT (RFC 7515 §2)."""
    return urlsafe_b64encode(json.dumps(value).encode()).decode()


class Stage:
    """An LMS page that only has a frame."""

    def __init__(self, page, urls):
        self.page, self.urls = page, urls
        # A 204 from the LMS keeps the browser on the current page.
        page.route(f"{urls.lms}/moodle/**", lambda route: route.fulfill(status=204))
        for name in LEAVING_SCRIPTS:
            page.route(f"**/static/js/{name}.js*", lambda route: route.abort())

    def resize(self, width, height):
        """Give the window a size, in CSS pixels."""
        self.page.set_viewport_size({"width": width, "height": height})

    def show(self, path, form=None, *, top=False):
        """Open a path of the tool, or send it a form, in the frame or as a top-level page; return the frame."""
        self.page.goto(f"{self.urls.lms}/stage")
        self.page.evaluate(
            """([address, fields, target]) => {
                const form = Object.assign(document.createElement("form"),
                    {method: fields ? "post" : "get", action: address, target});
                const query = fields ?? Object.fromEntries(new URL(address).searchParams);
                for (const [name, value] of Object.entries(query)) {
                    form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
                }
                document.body.append(form);
                form.submit();
                form.remove();
            }""",
            [f"{self.urls.tool}{path}", form, "_top" if top else "tool-frame"],
        )
        if top:
            self.page.wait_for_url(f"{self.urls.tool}/**")
            frame = self.page.main_frame
        else:
            frame = self.page.query_selector("#tool-frame").content_frame()
        frame.wait_for_selector("h1", state="attached")
        # Waits for the style sheet.
        frame.wait_for_load_state("load")
        return frame


class Gallery:
    """Database rows for all pages of a Moodle launch in one language."""

    def __init__(self, environment, locale):
        self.environment, self.locale, self.proof = environment, locale, None
        self.exam = environment.store_exam("moodle", "Forces and water")
        self.arabic = environment.store_exam("moodle", "القوى والماء", "arabic-10.json")
        with environment.tool.app_context():
            self.platform = db.session.query(Platform).filter_by(family="moodle").one()
            self.login = LOGIN | {"iss": self.platform.issuer, "client_id": self.platform.client_id}
            self.teacher = db.session.query(LmsUser).one().id
            self.platform_id = self.platform.id

    def start_login(self, handover_id=""):
        """Start a login, for the frame of ``handover_id`` if there is one."""
        with self.environment.tool.app_context():
            return begin_login(
                self.login,
                states=self.services.login_states,
                redirect_uri=f"{self.environment.urls.tool}/lti/launch",
                lifetime=timedelta(minutes=5),
                handover_id=handover_id,
            )

    def launch_form(self):
        """Return the LMS's launch form in a window for which a frame waits."""
        with self.environment.tool.app_context():
            handover_id = self.services.handovers.open(self.services.handovers.code())
        login = self.start_login(handover_id)
        (nonce,) = parse_qs(urlsplit(login.url).query)["nonce"]
        lms = lms_of(self.environment.lms)
        launch = lms.begin("moodle", ACCOUNTS[0], "LtiResourceLinkRequest", {LTI + "resource_link": {"id": "1"}})
        cookie = login.cookie
        self.proof = {"name": cookie.name, "value": cookie.value, "domain": f"tool.{DOMAIN}", "path": "/lti/"}
        return {"state": login.state, "id_token": id_token(lms, launch, nonce)}

    def launch(self, **values):
        """Store a launch; return the path of its pages, with a trailing slash."""
        settings = {
            "deep_link_return_url": f"{self.environment.urls.lms}/moodle/mod/lti/contentitem_return.php",
            "accept_types": ["ltiResourceLink"],
        }
        defaults = {
            "platform_id": self.platform_id,
            "lms_user_id": self.teacher,
            "deployment_id": "2",
            "message_type": "LtiDeepLinkingRequest",
            "role": "instructor",
            "family": "moodle",
            "context_id": "2",
            "context_title": "Introduction to Testing",
            "locale": self.locale,
            "frame_origins": [self.environment.urls.lms],
            "framed": True,
            "return_url": f"{self.environment.urls.lms}/moodle/course/view.php?id=2",
            "deep_linking": settings,
            "expires_at": now() + timedelta(hours=1),
        }
        with self.environment.tool.app_context():
            row = Launch(**(defaults | values))
            db.session.add(row)
            db.session.commit()
            self.launch_id = row.id
            return f"/l/{self.services.access.link_to(row.id)}/"

    def generation(self, state, **values):
        """Store a generation in a state that no worker changes."""
        with self.environment.tool.app_context():
            row = Generation(
                launch_id=self.launch_id,
                platform_id=self.platform_id,
                lms_user_id=self.teacher,
                context_id="2",
                state=state,
                session_id_encrypted=self.services.vault.encrypt("embed_session_x"),
                embed_url_encrypted=self.services.vault.encrypt(f"{self.environment.urls.examplary}/embeds/x"),
                session_expires_at=now() + timedelta(days=7),
                checked_at=now(),
                claimed_until=now() + timedelta(hours=1),
                **values,
            )
            db.session.add(row)
            db.session.commit()
            return row.id

    def note_new_version(self):
        """Say that the Arabic exam has a new version, which lost a change of the teacher."""
        lost = [3, ["did.points", "points: 2", "", []], ["change.gone", "The question is gone.", "", []]]
        notes = {"differences": [["version.moved", "The questions are in another order.", "", []]], "dropped": [lost]}
        with self.environment.tool.app_context():
            db.session.get(Exam, self.arabic).version_notes = notes
            db.session.commit()

    def registration_url(self, configuration="fine", **invitation):
        """Return a registration link with the LMS's parameters."""
        with self.environment.tool.app_context():
            link = self.services.registration.invite(**invitation).removeprefix(self.environment.urls.tool)
        query = {
            "openid_configuration": f"{self.environment.urls.lms}{SECOND_LMS}/{configuration}",
            "registration_token": "t",
        }
        return f"{link}?{urlencode(query)}"

    @property
    def services(self):
        return self.environment.tool.extensions["services"]

    def return_token(self, generation_id):
        return self.services.tokens.sign(Purpose.EMBED_RETURN, generation_id)

    def before_a_launch(self):
        """Return, by name, what :meth:`Stage.show` takes to open each page."""
        unknown = self.login | {"iss": "https://other.example.edu"}
        code = self.services.handovers.code()
        refused = self.services.handovers.code()
        token = ".".join(_part(each) for each in ({"alg": "RS256", "kid": "1"}, {LTI + "version": "1.3.0"}, {}))
        used = {"state": "a" * 43, "id_token": token}
        with self.environment.tool.app_context():
            waiting = self.services.handovers.open(refused)
            self.services.handovers.refuse(waiting, "lti.not_signed_in")
            invited = self.services.registration.invite().removeprefix(self.environment.urls.tool)
        return {
            "about": (("/",), {"top": True}),
            "by-hand": (("/lti/launch",), {}),
            "keep": (("/lti/login", self.login | {"lti_storage_target": "_parent"}), {}),
            "prove": (("/lti/login", self.login), {}),
            "prove-again": (("/lti/handover", self.login | {"handover": code}), {"own": True}),
            "prove-refused": (("/lti/handover", self.login | {"handover": refused}), {"own": True}),
            "ask": (("/lti/launch", {"state": self.start_login().state, "id_token": "x"}), {}),
            "onward": (("/lti/login/window", self.login | {"handover": code}), {"own": True}),
            "window-done": (("/lti/launch", self.launch_form()), {"top": True}),
            "unknown-lms": (("/lti/login", unknown), {}),
            "launch-used": (("/lti/launch", used), {}),
            "not-signed-in": (("/lti/launch", {"error": "login_required"}), {}),
            "nowhere": (("/nowhere",), {"top": True}),
            "tab-link-changed": (("/tab/x",), {"top": True}),
            "register": ((invited,), {}),
            "register-over": (("/register/x",), {}),
            "registered": ((self.registration_url(),), {}),
            "registered-waits": ((self.registration_url("waits", waits=True, name=LONG),), {}),
            "registered-with-warnings": ((self.registration_url("broken"),), {}),
            "register-failed": ((self.registration_url("nowhere"),), {}),
        }

    def of_a_launch(self):
        """The same for pages that a launch leads to."""
        home = self.launch()
        unfinished = {
            state: self.generation(
                state, error_code="examplary.unavailable" if state in ("failed", "collecting") else ""
            )
            for state in ("opening", "open", "collecting", "cancelled", "failed", "expired")
        }
        return {
            "start": ((home,), {}),
            "start-broken-link": ((self.launch(exam_id="gone", deep_linking=None),), {}),
            "start-of-a-long-name": ((self.launch(context_title=LONG),), {}),
            "opening": ((f"{home}generations/{unfinished['opening']}",), {}),
            "embed": ((f"{home}generations/{unfinished['open']}",), {}),
            "collecting": ((f"{home}generations/{unfinished['collecting']}",), {}),
            "cancelled": ((f"{home}generations/{unfinished['cancelled']}",), {}),
            "failed": ((f"{home}generations/{unfinished['failed']}",), {}),
            "expired-exam": ((f"{home}generations/{unfinished['expired']}",), {}),
            "returned": ((f"/embed/return/{self.return_token(unfinished['open'])}",), {}),
            "not-there": ((f"{home}exams/none",), {}),
            "changed-link": (("/l/abc.def.ghi/",), {}),
            "foreign-post": ((f"{home}cancel", {}), {}),
        }

    def of_an_exam(self):
        """The same for pages of an exam."""
        home, exam = self.launch(), f"exams/{self.exam}"
        edits = {"flow": "edit-exam", "revises_id": self.exam, "title": LONG[:200]}
        editing, edited = (self.generation(state, **edits) for state in ("open", "expired"))
        self.note_new_version()
        canvas = self.launch(family="canvas", deep_linking=None)
        expired = self.launch(expires_at=now() - timedelta(seconds=1))
        student = {"role": "student", "deep_linking": None}
        return {
            "exam": ((home + exam,), {}),
            "preview-in-arabic": ((f"{home}exams/{self.arabic}/preview",), {}),
            "exam-in-arabic": ((f"{home}exams/{self.arabic}",), {}),
            "exams": ((f"{home}exams?q=o",), {}),
            "exams-not-found": ((f"{home}exams?q=nothing&show=mine",), {}),
            "preview": ((f"{home}{exam}/preview",), {}),
            "print-in-arabic": ((f"{home}exams/{self.arabic}/print?keys=1",), {}),
            "answer-sheet": ((f"{home}{exam}/answer-sheet",), {}),
            "text": ((f"{home}{exam}/text?keys=1",), {}),
            "editing": ((f"{home}generations/{editing}",), {}),
            "edit-expired": ((f"{home}generations/{edited}",), {}),
            "answer": ((self.launch(framed=False) + exam + "/add", {}), {"own": True}),
            "answered-with-nothing": ((self.launch(framed=False) + "cancel", {}), {"own": True}),
            "exam-in-canvas": ((canvas + exam + "?page=2",), {}),
            "exam-in-a-tab": ((self.launch(tab_of="a-launch", only_exam_id=self.exam) + exam,), {"top": True}),
            "exam-without-cookies": ((self.launch(browser_hash="") + exam,), {}),
            "tab-link": ((self.launch(framed=False) + exam + "/tab", {}), {"own": True}),
            "other-browser": ((self.launch(browser_hash="0" * 64) + exam,), {}),
            "exam-answered": ((self.launch(answered_with=self.exam) + exam,), {}),
            "exam-astray": ((home + exam,), {"top": True}),
            "student": ((self.launch(**student),), {}),
            "student-with-exam": ((self.launch(exam_id=self.exam, **student),), {}),
            "student-elsewhere": ((self.launch(**student) + exam,), {}),
            "expired": ((expired,), {}),
        }
