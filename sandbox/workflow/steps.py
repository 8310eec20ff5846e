"""Steps that the workflows of all LMSs share."""

from __future__ import annotations

import time

from sandbox.base_urls import BaseUrls
from sandbox.plain_browser import Page, PlainBrowser, WorkflowError
from sandbox.workflow.exam_request import ExamRequest

TIMEOUT_SECONDS = 60.0
"""For Examplary's generator, and for the tool to collect the exam."""


def log_in(browser: PlainBrowser, urls: BaseUrls, account: str) -> None:
    """Log in to the LMS as ``account``."""
    page = browser.open(f"{urls.lms}/login")
    for form in page.forms():
        if form.fields.get("account") == account:
            browser.submit(form)
            return
    raise WorkflowError(f"The LMS has no account “{account}”.")


def launch(browser: PlainBrowser, url: str) -> Page:
    """Open the LMS's frame at ``url`` and submit the self-submitting pages, up to the tool's own page."""
    page = browser.open(url)
    while page.is_self_submitting:
        page = browser.submit(page.forms()[0])
    return page


def generate(browser: PlainBrowser, start: Page, request: ExamRequest) -> Page:
    """Generate an exam: from the tool's start page through the embed to the review page."""
    page = browser.submit(start.form_to("generations"))
    run_embed(browser, browser.open(page.frame()), request)
    browser.submit(page.form_to("hint"))
    return _wait_for_review(browser, page.url)


def change_in_examplary(browser: PlainBrowser, review: Page, title: str) -> Page:
    """Give the exam another title in Examplary's editor, and use that version; return the review page."""
    page = browser.submit(review.form_to("edit"))
    form = browser.open(page.frame()).main_form()
    if form is None:
        raise WorkflowError("Examplary's editor did not open.")
    browser.submit(form, {"title": title})
    browser.submit(page.form_to("use"))
    return _wait_for_review(browser, page.url)


def run_embed(browser: PlainBrowser, page: Page, request: ExamRequest) -> None:
    """Click through Examplary's pages until it sends the browser back."""
    values = {"title": request.title, "subject": request.subject, "instructions": request.instructions}
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while "/embed/return/" not in page.url:
        if time.monotonic() > deadline:
            raise WorkflowError("Examplary's generator did not finish in time.")
        form = page.main_form()
        if form is None:
            time.sleep(0.1)
            page = browser.open(page.link("Continue") if page.has_link("Continue") else page.url)
            continue
        fields = {name: value for name, value in values.items() if name in form.fields}
        page = browser.submit(form, fields, button=form.first_button)


def _wait_for_review(browser: PlainBrowser, url: str) -> Page:
    """Reload the generation's page until it redirects to the exam."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        page = browser.open(url)
        if "/exams/" in page.url:
            return page
        if page.has_form_to("retry") or page.has_form_to("generations"):
            raise WorkflowError(page.main_text)
        time.sleep(0.3)
    raise WorkflowError(f"The exam was not collected in time: {page.text[:300]}")


def wait_for_quiz(browser: PlainBrowser, page: Page, address: str) -> Page:
    """Reload the review page until the import has ended; the quiz's link contains ``address``."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while "/imports/" in page.source and time.monotonic() < deadline:
        time.sleep(0.3)
        page = browser.open(page.url)
    if address not in page.source:
        raise WorkflowError(page.main_text)
    return page
