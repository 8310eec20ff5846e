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


@dataclass(frozen=True, kw_only=True)
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
        name="Wrong client ID",
        teacher=UNKNOWN,
        console="This issuer is registered with another client ID: 4711.",
        check=NEAR_LOGIN,
        correction=SETTINGS,
        make=lambda tool: tool.platform(client_id="4711"),
    ),
    Mistake(
        name="Wrong keyset URL (JWKS URL)",
        teacher="Your LMS didn't provide its public keys.",
        console="The keyset URL in the registration doesn't lead to the LMS's keys.",
        check="doesn't return a key set",
        correction="Use the LMS's own addresses",
        make=lambda tool: tool.platform(jwks_url=f"{tool.lms_url}/login"),
    ),
    Mistake(
        name="The tool's address is http behind a proxy with https (in production, the tool doesn't start so)",
        teacher="Invalid request",
        console="browsers use https, but LTI_TOOL_BASE_URL begins with http",
        check="Browsers use https, but LTI_TOOL_BASE_URL begins with http://",
        correction="Set LTI_TOOL_BASE_URL to the https address that browsers use",
        make=registered_as_https,
        console_path="/",
    ),
    Mistake(
        name="A clock is wrong",
        teacher="The launch expired",
        console="The clocks of the LMS and of this tool differ by more than a minute.",
        check="The clocks of the LMS and of this machine differ by",
        correction="Set both by network time (NTP).",
        make=wrong_clock,
    ),
    Mistake(
        name="Deployment not listed",
        teacher="add the deployment ID 2.",
        console="The tool was installed in another part of the LMS, and only listed deployments may use it.",
        check="Add the deployment ID 2",
        correction="Add this deployment",
        make=lambda tool: tool.platform(deployments=[Deployment(deployment_id="7", named=True)]),
    ),
    Mistake(
        name="Deep Linking off in Moodle",
        teacher=NOWHERE,
        console="Only downloads",
        check="Teachers opened the tool only where nothing can be added to the course.",
        correction="tick “Supports Deep Linking (Content-Item Message)”",
        make=moodle_without_deep_linking,
        open=launched_often(MOODLE_ACTIVITY),
        console_path=PLATFORM,
    ),
    Mistake(
        name="Canvas placements without Deep Linking",
        teacher=NOWHERE,
        console="Only downloads",
        check="Teachers opened the tool only where nothing can be added to the course.",
        correction="give the tool's LTI key the placement “Migration Selection”",
        make=lambda tool: tool.platform("canvas"),
        open=launched_often(CANVAS_MENU),
        console_path=PLATFORM,
    ),
    Mistake(
        name="Wrong placement in Canvas: the account's menu, where there is no course",
        teacher=NOWHERE,
        console="Only downloads",
        check="Teachers opened the tool only where nothing can be added to the course.",
        correction="give the tool's LTI key the placement “Migration Selection”",
        make=lambda tool: tool.platform("canvas"),
        open=launched_often("/canvas/accounts/1/external_tools/1/launch"),
        console_path=PLATFORM,
    ),
    Mistake(
        name="A placement with a message that the tool doesn't know",
        teacher="Your LMS opened Examplary for a purpose that Examplary doesn't support.",
        console="A placement of the tool in the LMS sends a message that the tool doesn't support.",
        check="(lti.message_type)",
        correction="set the placement to LtiResourceLinkRequest or LtiDeepLinkingRequest, or remove it",
        make=lambda tool: tool.platform("canvas"),
        open=unsupported_message,
    ),
    Mistake(
        name="The LMS withholds names",
        teacher=WORKS,
        console="Names withheld",
        check="The LMS sends neither names nor e-mail addresses of teachers.",
        correction="allow them in the tool's privacy settings",
        make=names_withheld,
        open=launched_often(MOODLE_SELECT),
        console_path=PLATFORM,
    ),
    Mistake(
        name="The LMS changed its keys, and its keyset URL doesn't show the new ones",
        teacher="The key that signed the launch is not among your LMS's public keys.",
        console="The LMS signed with a key that its keyset URL doesn't show.",
        check="Check that the keyset URL belongs to this site",
        correction=SETTINGS,
        make=lambda tool: tool.platform(jwks_url=tool.lms.describe()["canvas"].jwks_url),
    ),
    Mistake(
        name="Examplary's API key was revoked",
        teacher="Examplary rejected this tool's API key.",
        console="Check failed",
        check="Examplary rejected this tool's API key.",
        correction="Set another key for the LMS",
        make=revoked_key,
        open=begin_exam,
        console_path=PLATFORM,
    ),
    Mistake(
        name="Issuer with a slash too many",
        teacher=UNKNOWN,
        console="is registered: only the slash at the end differs.",
        check=NEAR_LOGIN,
        correction=MOVE,
        make=lambda tool: tool.platform(issuer=f"{tool.lms.issuer('moodle')}/"),
    ),
    Mistake(
        name="Issuer with http instead of https, or the other way round",
        teacher=UNKNOWN,
        console="is registered: only http and https differ.",
        check=NEAR_LOGIN,
        correction=MOVE,
        make=lambda tool: tool.platform(issuer=tool.lms.issuer("moodle").replace("http", "https")),
    ),
    Mistake(
        name="The registration is switched off",
        teacher="This LMS's registration is not active.",
        console="The registration is switched off, or was never confirmed.",
        check="The registration is inactive: launches are refused.",
        correction="Open the platform",
        make=lambda tool: tool.platform(active=False),
    ),
    Mistake(
        name="LTI_TOOL_TRUSTED_PROXIES doesn't count the proxy",
        teacher=WORKS,
        console="a proxy forwards requests, but LTI_TOOL_TRUSTED_PROXIES is 0",
        check="A proxy forwards requests, but the tool doesn't trust it",
        correction="Set LTI_TOOL_TRUSTED_PROXIES to the number of proxies",
        make=untrusted_proxy,
        console_path="/",
    ),
    Mistake(
        name="The tool is registered twice",
        teacher="Your LMS didn't say which registration of Examplary it uses.",
        console="This issuer is registered more than once",
        check="This LMS is registered more than once; the other client IDs: registered-before.",
        correction=MOVE,
        make=registered_twice,
        open=login_without_client_id,
    ),
    Mistake(
        name="Registered, but nobody has opened it",
        teacher="",
        console="Waiting for the first launch",
        check="No one has opened the tool from this LMS yet.",
        correction="open it once from a course",
        make=lambda tool: tool.platform(),
        open=lambda _tool: None,
        console_path=PLATFORM,
    ),
    Mistake(
        name="Canvas's API key lacks scopes",
        teacher="Examplary's API key in your LMS lacks permissions",
        console="Check failed",
        check="Examplary's API key in your LMS lacks permissions",
        correction="Tick these scopes in the API key in the LMS",
        make=canvas_key("", scopes=()),
        open=ask_for_consent,
        console_path=PLATFORM,
    ),
    Mistake(
        name="Canvas's API key is for another address",
        teacher=NOWHERE,
        console="Working",
        check="because Examplary's API key is for another of its addresses.",
        correction="Set an API key for the address at which teachers open Canvas",
        make=canvas_key("http://127.0.0.1:9"),
        open=launched_often(CANVAS_MENU),
        console_path=PLATFORM,
    ),
    Mistake(
        name="Moodle's plugin is missing",
        teacher="“Add to course” puts an activity for teachers into your course.",
        console="Working",
        check="The LMS doesn't have the plugin that makes quizzes.",
        correction="/help/administrators",
        make=no_plugin,
        console_path=PLATFORM,
    ),
    Mistake(
        name="Moodle's plugin is too old",
        teacher="“Add to course” puts an activity for teachers into your course.",
        console="Working",
        check="Moodle's plugin for Examplary doesn't fit this version of Examplary.",
        correction="In Moodle, install the newest plugin",
        make=old_plugin,
        console_path=PLATFORM,
    ),
]
