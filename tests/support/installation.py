"""The tool on a real port, with the sandbox's LMS and Examplary: for what an administrator and a teacher see."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from cryptography.fernet import Fernet
from lxml import html

from config.settings import Settings
from lti_tool import create_app
from lti_tool.models import Base, Deployment, Platform, ToolKey, db
from sandbox.examplary import ExamplaryConfig, create_examplary
from sandbox.lms import LmsConfig, ToolRegistration, create_lms, describe_platforms, lms_of
from sandbox.lms.config import (
    API_KEY_ID,
    API_KEY_SECRET,
    API_SCOPES,
    CANVAS_VARIABLES,
    CLIENT_IDS,
    DEPLOYMENT_IDS,
    FLAVOURS,
    ApiKey,
)
from sandbox.plain_browser import Page, PlainBrowser
from sandbox.serve import serve
from tests.support.console import PASSWORD, add_account
from tests.support.examplary import API_KEY
from tests.support.servers import free_port

CANVAS_MENU = "/canvas/courses/1/external_tools/1/launch"
CANVAS_IMPORT = "/canvas/courses/1/external_tools/1/resource_selection"
MOODLE_SELECT = "/moodle/mod/lti/contentitem.php"
MOODLE_ACTIVITY = "/moodle/mod/lti/launch.php?id=1"


class Browser(PlainBrowser):
    """A browser that shows error pages, too."""

    @staticmethod
    def _page(response):
        return Page(response.url, response.status_code, html.document_fromstring(response.text or "<html></html>"))

    def open_with(self, url, headers):
        """Open a URL with further headers."""
        return self._page(self._session.get(url, timeout=60, headers=headers))

    def ask_for(self, language):
        """Ask for pages in a language from now on."""
        self._session.headers["Accept-Language"] = language

    def follow(self, url):
        """Open a URL and submit the pages that submit themselves, up to one for a person."""
        page = self.open(url)
        while page.is_self_submitting:
            page = self.submit(page.forms()[0])
        return page


class Clock:
    """A clock that may be wrong by some seconds."""

    def __init__(self):
        self.offset = 0

    def __call__(self):
        return time.time() + self.offset


@dataclass
class Installation:
    """All three, running."""

    app: object
    lms_app: object
    examplary_app: object
    tool_url: str
    lms_url: str
    clock: Clock
    """Of the LMS."""
    _console: Browser | None = field(default=None, repr=False)

    @property
    def services(self):
        return self.app.extensions["services"]

    @property
    def lms(self):
        return lms_of(self.lms_app)

    def empty(self):
        """Delete all rows but the tool's keys, and restore the LMS."""
        self._console = None
        for table in reversed(Base.metadata.sorted_tables):
            if table is not ToolKey.__table__:
                db.session.execute(table.delete())
        db.session.commit()
        self.register_tool()
        self.clock.offset = 0
        self.lms.moodle_plugin = True
        self.lms.share_personal_data = True
        self.lms.plugin_protocol = "1"
        self.lms.canvas_tokens.keys[API_KEY_ID].scopes = API_SCOPES
        watch = self.services.proxy_watch
        watch.seen_untrusted = watch.seen_https = watch._may_be_untrusted = False

    def register_tool(self, **changes):
        """Register the tool with both flavours of the LMS; ``changes`` are those of the registration in the LMS."""
        for flavour in FLAVOURS:
            values = {
                "client_id": CLIENT_IDS[flavour],
                "deployment_id": DEPLOYMENT_IDS[flavour],
                "initiate_login_uri": f"{self.tool_url}/lti/login",
                "redirect_uris": (f"{self.tool_url}/lti/launch",),
                "target_link_uri": f"{self.tool_url}/lti/launch",
                "jwks_uri": f"{self.tool_url}/lti/jwks.json",
                "custom": CANVAS_VARIABLES if flavour == "canvas" else {},
            }
            self.lms.register(flavour, ToolRegistration(**values | changes))

    def platform(self, flavour="moodle", **changes):
        """Register a flavour of the LMS with the tool."""
        described = describe_platforms(self.lms_url)[flavour]
        values = {
            "issuer": described.issuer,
            "client_id": described.client_id,
            "name": f"Our {flavour.title()}",
            "family": described.family,
            "authorization_url": described.auth_url,
            "jwks_url": described.jwks_url,
            "token_url": described.token_url,
            "deployments": [Deployment(deployment_id=described.deployment_id)],
        }
        row = Platform(**values | changes)
        db.session.add(row)
        db.session.commit()
        return row

    def person(self, account="teacher"):
        """Return a browser that is signed in to the LMS."""
        browser = Browser()
        forms = browser.open(f"{self.lms_url}/login").forms()
        browser.submit(next(form for form in forms if form.fields.get("account") == account))
        return browser

    def launch(self, path, browser=None):
        """Open the tool from a page of the LMS, and return the page that the person sees."""
        page = (browser or self.person()).follow(f"{self.lms_url}{path}")
        db.session.expire_all()
        return page

    @property
    def console(self):
        """A browser in which an owner is signed in to the console."""
        if self._console is None:
            add_account(self.services)
            self._console = Browser()
            form = self._console.open(f"{self.tool_url}/admin/sign-in").form("password")
            self._console.submit(form, {"email": "owner@example.org", "password": PASSWORD})
        return self._console

    def console_page(self, path):
        return self.console.open(f"{self.tool_url}/admin{path}")


@contextmanager
def run_installation(folder, **changes):
    """Run all three until the context ends; ``changes`` are those of the tool's settings."""
    with ExitStack() as stack:
        examplary_app = create_examplary(ExamplaryConfig(api_key=API_KEY, control=True))
        examplary = stack.enter_context(serve(examplary_app, "examplary.localhost"))
        key = ApiKey(API_KEY_ID, API_KEY_SECRET, (), scopes=API_SCOPES)
        clock = Clock()
        lms_app = create_lms(LmsConfig(control=True, moodle_plugin=True, canvas_key=key, now=clock))
        lms = stack.enter_context(serve(lms_app, "lms.localhost"))
        port = free_port()
        values = {
            "environment": "test",
            "base_url": f"http://tool.localhost:{port}",
            "secret_key": "a secret of the tests that is long enough",
            "encryption_keys": Fernet.generate_key().decode(),
            "database_url": f"sqlite:///{folder / 'tool.sqlite3'}",
            "queue_url": "memory://",
            "package_cache_dir": folder / "packages",
            "examplary_api_url": examplary.base_url,
            "examplary_api_key": API_KEY,
            "trusted_media_hosts": f"examplary.localhost:{examplary.port}",
            "log_level": "ERROR",
        }
        app = create_app(Settings(_env_file=None, **values | changes))
        stack.enter_context(app.app_context())
        db.create_all()
        app.extensions["services"].tool_keys.ensure()
        stack.enter_context(serve(app, "tool.localhost", port))
        installation = Installation(app, lms_app, examplary_app, str(values["base_url"]), lms.base_url, clock)
        installation.lms.base_url = lms.base_url
        key.redirect_uris = (f"{installation.tool_url}/consent/callback",)
        yield installation
        db.session.remove()
        db.engine.dispose()
