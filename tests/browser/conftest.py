"""A real Chromium in front of the three houses, each on a host name of its own.

Debian's Chromium blocks third-party cookies out of the box, and so does a fresh context: the pages are seen as strict
browsers see them. Where there is no Chromium the tests say so and are left out, but never in CI.
"""

from __future__ import annotations

import os
import shutil

import pytest

from lti_tool.cli.demo_house import API_KEY, DemoPorts, demo_house
from lti_tool.sandbox.examplary import ExamplaryConfig

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium():
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        message = "no Chromium on this machine: the browser tests are left out"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def examplary_config():
    return ExamplaryConfig(api_key=API_KEY, control=True, generation_seconds=0.6)


@pytest.fixture
def road(tmp_path, examplary_config):
    """The tool, a stand-in LMS and a stand-in Examplary, empty."""
    with demo_house(tmp_path, examplary_config, DemoPorts()) as road:
        yield road


@pytest.fixture
def person(chromium, road):
    """Open a browser window of one's own and log in: ``person("teacher")``."""
    contexts = []

    def log_in(account, **options):
        context = chromium.new_context(**({"locale": "en-GB"} | options))
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda said: page.problems.append(said.text) if _is_policy_breach(said.text) else None)
        page.goto(f"{road.lms}/login")
        page.click(f"#login-{account}")
        return page

    yield log_in
    for context in contexts:
        context.close()


def _is_policy_breach(text):
    return "Content Security Policy" in text or "Refused to" in text
