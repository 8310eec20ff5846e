"""Database rows for all pages, in states that no worker changes."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

from lti_tool.exam.changes import CHANGED_THERE, Change, SetPoints, SetText, to_json
from lti_tool.lti import begin_login
from lti_tool.models import AdminAccount, Deployment, Exam, ExamChange, Generation, Launch, LmsUser, Platform, db, now
from lti_tool.security.tokens import Purpose
from lti_tool.services.exams.remark_json import remark_to_json
from lti_tool.services.leases import LEASE
from sandbox.lms import ACCOUNTS, lms_of
from sandbox.lms.claims import LTI, id_token
from tests.browser.https_sandbox import SECOND_LMS
from tests.support.addresses import query_of

LOGIN = {"iss": "", "client_id": "", "login_hint": "3", "lti_message_hint": "m"}
MAX_LEASE = 2 * LEASE
"""A lease that ends later doesn't count."""
LONG = "مقدمة في علم الأحياء \u202e<b>王小明</b> " + "Donaudampfschifffahrtsgesellschaft" * 6
"""A title with Arabic, marks of direction, markup, Chinese, and a word that no line holds."""


class Gallery:
    """Database rows for all pages in one language."""

    def __init__(self, environment, locale):
        self.environment = environment
        self.locale = locale
        self.cookies = []
        """Cookies that the browser has, as (name, value, path)."""
        self.exam = environment.store_exam("moodle", "Forces and water")
        self.arabic = environment.store_exam("moodle", "القوى والماء", "arabic-10.json")
        with environment.tool.app_context():
            platform = db.session.query(Platform).filter_by(family="moodle").one()
            self.login = LOGIN | {"iss": platform.issuer, "client_id": platform.client_id}
            self.teacher = db.session.query(LmsUser).one().id
            self.platform_id = platform.id
            self.canvas_id = db.session.query(Platform).filter_by(family="canvas").one().id

    def start_login(self, handover_id=""):
        """Start a login, for the frame of ``handover_id`` if there is one."""
        with self.environment.tool.app_context():
            return begin_login(
                self.login,
                states=self.services.login_states,
                redirect_uri=f"{self.environment.urls.tool}/lti/launch",
                lifetime=timedelta(hours=1),
                handover_id=handover_id,
            )

    def launch_form(self):
        """Return the LMS's launch form in a window for which a frame waits."""
        with self.environment.tool.app_context():
            handover_id = self.services.handovers.open(self.services.handovers.code())
        login = self.start_login(handover_id)
        nonce = query_of(login.url)["nonce"]
        lms = lms_of(self.environment.lms)
        launch = lms.begin("moodle", ACCOUNTS[0], "LtiResourceLinkRequest", {LTI + "resource_link": {"id": "1"}})
        cookie = login.cookie
        self.cookies.append((cookie.name, cookie.value, "/lti/"))
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
                **{
                    "session_id_encrypted": self.services.vault.encrypt("embed_session_x"),
                    "embed_url_encrypted": self.services.vault.encrypt(f"{self.environment.urls.examplary}/embeds/x"),
                    "session_expires_at": now() + timedelta(days=7),
                    # Neither the sweeper nor an open page goes on before these. The page of one that opens would show
                    # that it is paused.
                    "look_after": None if state == "opening" else now() + timedelta(hours=1),
                    "claimed_until": now() + MAX_LEASE,
                }
                | values,
            )
            db.session.add(row)
            db.session.commit()
            return row.id

    def note_new_version(self):
        """Say that the Arabic exam has a new version, which lost a change of the teacher."""
        question, *_, last = (question.id for question in self.questions(self.arabic))
        lost = {
            "name": "",
            "text": "",
            "why": [["change.question-gone", "This question is no longer in the exam.", "", []]],
            "may_choose": False,
        }
        changed_too = {"name": LONG, "why": [remark_to_json(CHANGED_THERE)], "may_choose": True}
        dropped = [
            lost | {"change": to_json(Change(SetPoints("gone", Decimal(2)))), "name": LONG},
            changed_too | {"change": to_json(Change(SetText(question, "title", 0, LONG))), "text": LONG},
            changed_too | {"change": to_json(Change(SetText(last, "title", 0, LONG * 4))), "text": LONG * 4},
        ]
        notes = {"differences": [["version.moved", "The questions are in another order.", "", []]], "dropped": dropped}
        with self.environment.tool.app_context():
            db.session.get(Exam, self.arabic).version_notes = notes
            db.session.commit()

    def replace_exam(self, exam_id, **fields):
        """Store a new version of an exam, as one that comes from Examplary."""
        with self.environment.tool.app_context():
            row = db.session.get(Exam, exam_id)
            log = {"revision": row.revision + 1, "operations": [], "starts_over": True, "replaced": row.snapshot}
            db.session.add(ExamChange(exam_id=exam_id, lms_user_id=row.owner_id, **log))
            row.snapshot = json.dumps(json.loads(row.snapshot) | fields)
            row.revision += 1
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

    def add_all(self, *rows):
        """Store rows."""
        with self.environment.tool.app_context():
            db.session.add_all(rows)
            db.session.commit()

    def add(self, row):
        """Store a row; return its ID."""
        with self.environment.tool.app_context():
            db.session.add(row)
            db.session.commit()
            return row.id

    def change_row(self, table, row_id, **values):
        """Change columns of a row."""
        with self.environment.tool.app_context():
            row = db.session.get(table, row_id)
            for name, value in values.items():
                setattr(row, name, value)
            db.session.commit()

    def own_exam(self, title, file="single-1.json", **values):
        """Store an exam of the teacher, with other values in its row; return its ID."""
        exam_id = self.environment.store_exam("moodle", title, file)
        self.change_row(Exam, exam_id, examplary_exam_id=f"exam_of_{exam_id}", **values)
        return exam_id

    def change_exam(self, exam_id, *operations):
        """Save each operation as a revision, as the teacher does; return the number of the last one."""
        with self.environment.tool.app_context():
            launch = db.session.get(Launch, self.launch_id)
            for operation in operations:
                row = db.session.get(Exam, exam_id)
                revision = self.services.exam_changes.save(launch, row, [operation], row.revision)
            return revision

    def questions(self, exam_id):
        """Return the questions of an exam as the teacher sees them."""
        with self.environment.tool.app_context():
            return self.services.exam_reader.value(db.session.get(Exam, exam_id)).questions

    def lms(self, host, **values):
        """Register an LMS, which the next test doesn't find; return its ID."""
        issuer = f"https://{host}.example.edu{SECOND_LMS}"
        defaults = {
            "issuer": issuer,
            "client_id": "tool",
            "name": f"University of {host}",
            "family": "sakai",
            "authorization_url": f"{issuer}/auth",
            "jwks_url": f"{issuer}/certs",
            "deployments": [Deployment(deployment_id="1"), Deployment(deployment_id="campus", active=False)],
        }
        return self.add(Platform(**(defaults | values)))

    def person(self, sub, **values):
        """Return the ID of a person, stored if they are new."""
        with self.environment.tool.app_context():
            row = db.session.query(LmsUser).filter_by(sub=sub, **values).one_or_none()
            if row is not None:
                return row.id
        return self.add(LmsUser(sub=sub, **values))

    def session(self, email):
        """Sign an account of the console in; return the cookie."""
        with self.environment.tool.app_context():
            account = db.session.query(AdminAccount).filter_by(email=email).one()
            secret = self.services.admin_sessions.begin(account, by="password")
        return "__Secure-examplary_admin", secret, "/admin"

    def cookies_for(self, state):
        """Return the cookies that the browser has when it opens a state."""
        return [*self.cookies, *([self.session(state.account)] if state.account else [])]
