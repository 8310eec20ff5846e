"""A real Chromium with the tool, a sandbox LMS and a sandbox Examplary, each on a separate site behind TLS.

One browser allows third-party cookies; one has the defaults of Debian's Chromium, which blocks them but keeps
partitioned ones; one refuses the tool's cookies in the LMS's pages; and one refuses them everywhere. Firefox and WebKit
are not available as packages. Without Chromium the tests are skipped, except in CI, where they fail.
"""

from __future__ import annotations

import json
import os
import shutil

import pytest

from tests.browser.https_sandbox import DOMAIN, https_environment

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A frame that moves to another process, as each launch does, is sometimes lost to Playwright on a busy machine. Who
    # may read what, cookies and storage are not a matter of processes; phones with little memory run like this.
    "--disable-site-isolation-trials",
]
TOOL, LMS = f"https://[*.]tool.{DOMAIN}", f"https://[*.]lms.{DOMAIN}"


def _refuse_cookies(site):
    return {"profile": {"content_settings": {"exceptions": {"cookies": {f"{TOOL},{site}": {"setting": 2}}}}}}


MODES = {
    "allowed": {"profile": {"cookie_controls_mode": 0}},
    "partitioned": {},
    "blocked": _refuse_cookies(LMS),
    "nowhere": _refuse_cookies("*"),
}
"""Browser preferences by cookie mode; ``blocked`` applies to frames in the LMS only."""


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    with https_environment(tmp_path_factory.mktemp("environment")) as environment:
        yield environment


@pytest.fixture
def urls(environment):
    """The URLs of the tool, the LMS and Examplary, with empty databases."""
    environment.clear()
    return environment.urls


@pytest.fixture(scope="session")
def browsers(environment, tmp_path_factory):
    """Return the browser for a cookie mode, started on first use."""
    path = next((program for name in PROGRAMS if (program := shutil.which(name))), None)
    if path is None:
        message = "no Chromium on this machine: the browser tests are left out"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import expect, sync_playwright

    # The five seconds of Playwright's default are too few on a busy machine.
    expect.set_options(timeout=20_000)

    arguments = [
        *QUIET,
        f"--host-resolver-rules=MAP *.{DOMAIN} 127.0.0.1",
        f"--ignore-certificate-errors-spki-list={environment.tool_key}",
    ]
    contexts = {}
    with sync_playwright() as playwright:

        def start(mode):
            folder = tmp_path_factory.mktemp(mode)
            (folder / "Default").mkdir()
            (folder / "Default" / "Preferences").write_text(json.dumps(MODES[mode]))
            return playwright.chromium.launch_persistent_context(folder, executable_path=path, args=arguments)

        def browser(mode):
            if mode not in contexts:
                contexts[mode] = start(mode)
            return contexts[mode].browser

        yield browser
        for context in contexts.values():
            context.close()


@pytest.fixture
def mode():
    """The cookie mode; some tests override it."""
    return "partitioned"


@pytest.fixture
def new_context(browsers, mode):
    """Open a separate browser profile."""
    contexts = []

    def make(**options):
        context = browsers(mode).new_context(**({"locale": "en-GB"} | options))
        context.set_default_timeout(60_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def person(new_context, urls):
    """Open a separate browser profile and log in: ``person("teacher")``."""

    def log_in(account, **options):
        page = new_context(**options).new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda line: page.problems.append(line.text) if _is_policy_breach(line.text) else None)
        page.goto(f"{urls.lms}/login")
        # Without the wait, the test's next page could cancel the login.
        with page.expect_navigation():
            page.click(f"#login-{account}")
        return page

    return log_in


def _is_policy_breach(text):
    return "Content Security Policy" in text or "Refused to" in text
