"""A real Chromium in front of the three houses, behind TLS, each a site of its own.

One browser allows cookies of third parties, one is as Debian's Chromium comes (it blocks them, and keeps those that are
partitioned), one refuses the tool every cookie inside the LMS's pages, and one refuses it every cookie. Firefox and
WebKit cannot be had as packages here: what they do is known from documents only. Where there is no Chromium the tests
say so and are left out, but never in CI.
"""

from __future__ import annotations

import json
import os
import shutil

import pytest

from tests.browser.house import DOMAIN, https_house

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOOL, LMS = f"https://[*.]tool.{DOMAIN}", f"https://[*.]lms.{DOMAIN}"


def _refuse_cookies(where):
    return {"profile": {"content_settings": {"exceptions": {"cookies": {f"{TOOL},{where}": {"setting": 2}}}}}}


MODES = {
    "allowed": {"profile": {"cookie_controls_mode": 0}},
    "partitioned": {},
    "blocked": _refuse_cookies(LMS),
    "nowhere": _refuse_cookies("*"),
}
"""Preferences of each browser, by what becomes of the tool's cookies: ``blocked`` in frames of the LMS only."""


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    with https_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def road(house):
    """The tool, a stand-in LMS and a stand-in Examplary, empty."""
    house.clear()
    return house.road


@pytest.fixture(scope="session")
def browsers(house, tmp_path_factory):
    """Return the browser of a mode, started when it is first asked for."""
    path = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if path is None:
        message = "no Chromium on this machine: the browser tests are left out"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    arguments = [
        *QUIET,
        f"--host-resolver-rules=MAP *.{DOMAIN} 127.0.0.1",
        f"--ignore-certificate-errors-spki-list={house.tool_key}",
    ]
    started = {}
    with sync_playwright() as playwright:

        def start(mode):
            folder = tmp_path_factory.mktemp(mode)
            (folder / "Default").mkdir()
            (folder / "Default" / "Preferences").write_text(json.dumps(MODES[mode]))
            return playwright.chromium.launch_persistent_context(folder, executable_path=path, args=arguments)

        def browser(mode):
            if mode not in started:
                started[mode] = start(mode)
            return started[mode].browser

        yield browser
        for context in started.values():
            context.close()


@pytest.fixture
def mode():
    """How the browser takes the tool's cookies; tests that walk in several modes set it."""
    return "partitioned"


@pytest.fixture
def new_context(browsers, mode):
    """Open a browser profile of one's own."""
    contexts = []

    def make(**options):
        context = browsers(mode).new_context(**({"locale": "en-GB"} | options))
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def person(new_context, road):
    """Open a browser window of one's own and log in: ``person("teacher")``."""

    def log_in(account, **options):
        page = new_context(**options).new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda said: page.problems.append(said.text) if _is_policy_breach(said.text) else None)
        page.goto(f"{road.lms}/login")
        page.click(f"#login-{account}")
        return page

    return log_in


def _is_policy_breach(text):
    return "Content Security Policy" in text or "Refused to" in text
