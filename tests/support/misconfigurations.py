"""Usual mistakes of registrations: how to make them, and what teachers and administrators then read.

``docs/administrators.md`` has the same table, and a test holds it to this one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lti_tool.models import Deployment
from lti_tool.services.platforms.platform_states import ENOUGH
from sandbox.lms.config import ACCOUNTS, API_KEY_ID, API_KEY_SECRET
from sandbox.lms.state import Activity
from sandbox.plain_browser import Form
from sandbox.workflow.exam_request import ExamRequest
from sandbox.workflow.steps import generate
from tests.support.installation import CANVAS_MENU, MOODLE_ACTIVITY, MOODLE_SELECT

WORKS = "Create an exam"
"""A teacher's start page."""
UNKNOWN = "This LMS isn't registered with Examplary yet."
NOWHERE = "Your LMS can't receive an exam from here. Download it and import it in your course."
NEAR_LOGIN = "A login with the platform ID"
MOVE, SETTINGS = "Move, merge or remove…", "Open the settings"


@dataclass(frozen=True)
class Mistake:
    """A mistake. ``teacher``, ``console``, ``check`` and ``correction`` are parts of what each of them shows."""

    name: str
    teacher: str
    console: str
    check: str
    correction: str
    make: Callable
    """Makes the mistake in an :class:`Installation`; returns the platform."""
    open: Callable = lambda tool: tool.launch(MOODLE_SELECT)
    """Opens the tool as the teacher does; returns the page."""
    console_path: str = ""
    """The console's page, with ``{platform}``; empty: the diagnosis of the refused launch."""

    @property
    def cells(self):
        """The row of the table."""
        return [self.name, *(text or "–" for text in (self.teacher, self.console, self.check, self.correction))]


PLATFORM = "/platforms/{platform}"


def launched_often(path):
    """Open the tool as often as it takes until the console remarks on it."""

    def launch(tool):
        browser = tool.person()
        return [tool.launch(path, browser) for _ in range(ENOUGH)][-1]

    return launch


def moodle_without_deep_linking(tool):
    tool.lms.moodle_plugin = False
    tool.lms.moodle.activities[:] = [Activity(1, "Examplary", "", f"{tool.tool_url}/lti/launch", {}, "1", None)]
    return tool.platform()


def canvas_key(base_url, scopes=None):
    def make(tool):
        row = tool.platform("canvas")
        if scopes is not None:
            tool.lms.canvas_tokens.keys[API_KEY_ID].scopes = scopes
        tool.services.api_keys.set(
            row,
            family="canvas",
            base_url=base_url or tool.lms_url,
            client_id=API_KEY_ID,
            secret=API_KEY_SECRET,
            insecure=True,
        )
        return row

    return make


def wrong_clock(tool):
    tool.clock.offset = -3600
    return tool.platform()


def registered_as_https(tool):
    tool.register_tool(redirect_uris=(f"{tool.tool_url.replace('http', 'https')}/lti/launch",))
    tool.person().open_with(f"{tool.tool_url}/healthz", {"X-Forwarded-Proto": "https"})
    return tool.platform()


def untrusted_proxy(tool):
    # As if LTI_TOOL_BASE_URL began with https, which the servers of the tests don't.
    tool.services.proxy_watch._may_be_untrusted = True
    tool.person().open_with(f"{tool.tool_url}/healthz", {"X-Forwarded-For": "192.0.2.7"})
    return tool.platform()


def registered_twice(tool):
    tool.platform(client_id="registered-before", deployments=[])
    return tool.platform()


def login_without_client_id(tool):
    issuer = tool.lms.describe()["moodle"].issuer
    return tool.person().follow(f"{tool.tool_url}/lti/login?iss={issuer}&login_hint=3")


def revoked_key(tool):
    return tool.platform(api_key_encrypted=tool.services.vault.encrypt("examp_" + "revoked0" * 4))


def begin_exam(tool):
    browser = tool.person()
    return browser.submit(tool.launch(MOODLE_SELECT, browser).form_to("generations"))


def names_withheld(tool):
    tool.lms.share_personal_data = False
    return tool.platform()


def old_plugin(tool):
    tool.lms.plugin_protocol = "0"
    return tool.platform()


def no_plugin(tool):
    tool.lms.moodle_plugin = False
    return tool.platform()


def ask_for_consent(tool):
    browser = tool.person()
    review = generate(browser, tool.launch(CANVAS_MENU, browser), ExamRequest())
    page = browser.submit(review.form_to("consent"))
    return browser.open(page.link_to("/consent/open/"))


def unsupported_message(tool):
    browser, registration = tool.person(), tool.lms.registrations["canvas"]
    launch = tool.lms.begin("canvas", ACCOUNTS[0], "LtiSubmissionReviewRequest", {})
    fields = {
        "iss": tool.lms.issuer("canvas"),
        "login_hint": launch.account.canvas_id,
        "client_id": registration.client_id,
        "target_link_uri": launch.target_link_uri,
        "lti_message_hint": launch.ident,
    }
    page = browser.submit(Form("post", registration.initiate_login_uri, tuple(fields.items()), ()))
    while page.is_self_submitting:
        page = browser.submit(page.forms()[0])
    return page


MISTAKES = [
    Mistake(
        "Wrong client ID",
        UNKNOWN,
        "This issuer is registered with another client ID: 4711.",
        NEAR_LOGIN,
        SETTINGS,
        lambda tool: tool.platform(client_id="4711"),
    ),
    Mistake(
        "Wrong keyset URL (JWKS URL)",
        "Your LMS didn't provide its public keys.",
        "The keyset URL in the registration doesn't lead to the LMS's keys.",
        "doesn't return a key set",
        "Use the LMS's own addresses",
        lambda tool: tool.platform(jwks_url=f"{tool.lms_url}/login"),
    ),
    Mistake(
        "The tool's address is http behind a proxy with https (in production, the tool doesn't start so)",
        "Invalid request",
        "browsers use https, but LTI_TOOL_BASE_URL begins with http",
        "Browsers use https, but LTI_TOOL_BASE_URL begins with http://",
        "Set LTI_TOOL_BASE_URL to the https address that browsers use",
        registered_as_https,
        console_path="/",
    ),
    Mistake(
        "A clock is wrong",
        "The launch expired",
        "The clocks of the LMS and of this tool differ by more than a minute.",
        "The clocks of the LMS and of this machine differ by",
        "Set both by network time (NTP).",
        wrong_clock,
    ),
    Mistake(
        "Deployment not listed",
        "add the deployment ID 2.",
        "The tool was installed in another part of the LMS, and only listed deployments may use it.",
        "Add the deployment ID 2",
        "Add this deployment",
        lambda tool: tool.platform(deployments=[Deployment(deployment_id="7", named=True)]),
    ),
    Mistake(
        "Deep Linking off in Moodle",
        NOWHERE,
        "Only downloads",
        "Teachers opened the tool only where nothing can be added to the course.",
        "tick “Supports Deep Linking (Content-Item Message)”",
        moodle_without_deep_linking,
        launched_often(MOODLE_ACTIVITY),
        PLATFORM,
    ),
    Mistake(
        "Canvas placements without Deep Linking",
        NOWHERE,
        "Only downloads",
        "Teachers opened the tool only where nothing can be added to the course.",
        "give the tool's LTI key the placement “Migration Selection”",
        lambda tool: tool.platform("canvas"),
        launched_often(CANVAS_MENU),
        PLATFORM,
    ),
    Mistake(
        "Wrong placement in Canvas: the account's menu, where there is no course",
        NOWHERE,
        "Only downloads",
        "Teachers opened the tool only where nothing can be added to the course.",
        "give the tool's LTI key the placement “Migration Selection”",
        lambda tool: tool.platform("canvas"),
        launched_often("/canvas/accounts/1/external_tools/1/launch"),
        PLATFORM,
    ),
    Mistake(
        "A placement with a message that the tool doesn't know",
        "Your LMS opened Examplary for a purpose that Examplary doesn't support.",
        "A placement of the tool in the LMS sends a message that the tool doesn't support.",
        "(lti.message_type)",
        "set the placement to LtiResourceLinkRequest or LtiDeepLinkingRequest, or remove it",
        lambda tool: tool.platform("canvas"),
        unsupported_message,
    ),
    Mistake(
        "The LMS withholds names",
        WORKS,
        "Names withheld",
        "The LMS sends neither names nor e-mail addresses of teachers.",
        "allow them in the tool's privacy settings",
        names_withheld,
        launched_often(MOODLE_SELECT),
        PLATFORM,
    ),
    Mistake(
        "The LMS changed its keys, and its keyset URL doesn't show the new ones",
        "The key that signed the launch is not among your LMS's public keys.",
        "The LMS signed with a key that its keyset URL doesn't show.",
        "Check that the keyset URL belongs to this site",
        SETTINGS,
        lambda tool: tool.platform(jwks_url=tool.lms.describe()["canvas"].jwks_url),
    ),
    Mistake(
        "Examplary's API key was revoked",
        "Examplary rejected this tool's API key.",
        "Check failed",
        "Examplary rejected this tool's API key.",
        "Set another key for the LMS",
        revoked_key,
        begin_exam,
        PLATFORM,
    ),
    Mistake(
        "Issuer with a slash too many",
        UNKNOWN,
        "is registered: only the slash at the end differs.",
        NEAR_LOGIN,
        MOVE,
        lambda tool: tool.platform(issuer=f"{tool.lms.issuer('moodle')}/"),
    ),
    Mistake(
        "Issuer with http instead of https, or the other way round",
        UNKNOWN,
        "is registered: only http and https differ.",
        NEAR_LOGIN,
        MOVE,
        lambda tool: tool.platform(issuer=tool.lms.issuer("moodle").replace("http", "https")),
    ),
    Mistake(
        "The registration is switched off",
        "This LMS's registration is not active.",
        "The registration is switched off, or was never confirmed.",
        "The registration is inactive: launches are refused.",
        "Open the platform",
        lambda tool: tool.platform(active=False),
    ),
    Mistake(
        "LTI_TOOL_TRUSTED_PROXIES doesn't count the proxy",
        WORKS,
        "a proxy forwards requests, but LTI_TOOL_TRUSTED_PROXIES is 0",
        "A proxy forwards requests, but the tool doesn't trust it",
        "Set LTI_TOOL_TRUSTED_PROXIES to the number of proxies",
        untrusted_proxy,
        console_path="/",
    ),
    Mistake(
        "The tool is registered twice",
        "Your LMS didn't say which registration of Examplary it uses.",
        "This issuer is registered more than once",
        "This LMS is registered more than once; the other client IDs: registered-before.",
        MOVE,
        registered_twice,
        login_without_client_id,
    ),
    Mistake(
        "Registered, but nobody has opened it",
        "",
        "Waiting for the first launch",
        "No one has opened the tool from this LMS yet.",
        "open it once from a course",
        lambda tool: tool.platform(),
        lambda _tool: None,
        PLATFORM,
    ),
    Mistake(
        "Canvas's API key lacks scopes",
        "Examplary's API key in your LMS lacks permissions",
        "Check failed",
        "Examplary's API key in your LMS lacks permissions",
        "Tick these scopes in the API key in the LMS",
        canvas_key("", scopes=()),
        ask_for_consent,
        PLATFORM,
    ),
    Mistake(
        "Canvas's API key is for another address",
        NOWHERE,
        "Working",
        "because Examplary's API key is for another of its addresses.",
        "Set an API key for the address at which teachers open Canvas",
        canvas_key("http://127.0.0.1:9"),
        launched_often(CANVAS_MENU),
        PLATFORM,
    ),
    Mistake(
        "Moodle's plugin is missing",
        "“Add to course” puts an activity for teachers into your course.",
        "Working",
        "The LMS doesn't have the plugin that makes quizzes.",
        "/help/administrators",
        no_plugin,
        console_path=PLATFORM,
    ),
    Mistake(
        "Moodle's plugin is too old",
        "“Add to course” puts an activity for teachers into your course.",
        "Working",
        "Moodle's plugin for Examplary doesn't fit this version of Examplary.",
        "In Moodle, install the newest plugin",
        old_plugin,
        console_path=PLATFORM,
    ),
]
