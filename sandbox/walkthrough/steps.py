"""Steps that every LMS's road has."""

from __future__ import annotations

import time

from sandbox.plain_browser import Page, PlainBrowser, RoadBlockedError
from sandbox.walkthrough.exam_request import Wish
from sandbox.walkthrough.summary import Road

PATIENCE = 60.0
"""Seconds for Examplary's generator, and for the exam to be taken home."""


def log_in(browser: PlainBrowser, road: Road, account: str) -> None:
    """Become ``account`` in the LMS."""
    page = browser.open(f"{road.lms}/login")
    for form in page.forms():
        if form.fields.get("account") == account:
            browser.submit(form)
            return
    raise RoadBlockedError(f"The LMS has no account “{account}”.")


def launch(browser: PlainBrowser, url: str) -> Page:
    """Open the LMS's frame at ``url`` and go through the pages that post themselves, up to the tool's own page."""
    page = browser.open(url)
    while page.posts_itself:
        page = browser.submit(page.forms()[0])
    return page


def generate(browser: PlainBrowser, start: Page, wish: Wish) -> Page:
    """From the tool's start page through Examplary's generator to the review page."""
    page = browser.submit(start.form("New exam"), button="New exam")
    run_embed(browser, browser.open(page.frame()), wish)
    browser.submit(page.form("finished"), button="finished")
    return _wait(browser, page.url)


def run_embed(browser: PlainBrowser, page: Page, wish: Wish) -> None:
    """Click through Examplary's pages until it sends the browser back."""
    wanted = {"title": wish.title, "subject": wish.subject, "instructions": wish.instructions}
    deadline = time.monotonic() + PATIENCE
    while "/embed/return/" not in page.url:
        if time.monotonic() > deadline:
            raise RoadBlockedError("Examplary's generator did not come to an end.")
        form = page.main_form()
        if form is None:
            time.sleep(0.1)
            page = browser.open(page.link("Continue") if page.has_link("Continue") else page.url)
            continue
        known = {name: value for name, value in wanted.items() if name in form.fields}
        page = browser.submit(form, known, button=form.first_button)


def _wait(browser: PlainBrowser, url: str) -> Page:
    """Open the generation's page until it leads to the exam."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        page = browser.open(url)
        if "/exams/" in page.url:
            return page
        if page.offers("Try again") or page.offers("New exam"):
            raise RoadBlockedError(page.main_text)
        time.sleep(0.3)
    raise RoadBlockedError(f"The exam was not taken home in time: {page.text[:300]}")
