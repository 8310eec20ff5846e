"""The console in Chromium: from nothing to a working LMS without a shell; phone, dark, axe, without JavaScript."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from lti_tool.models import AdminRole, Platform, db
from lti_tool.services.administration.accounts import AccountChange
from sandbox.lms import lms_of
from tests.browser.steps import open_from_canvas_import, open_from_moodle_chooser
from tests.browser.test_pages_in_browser import axe_problems
from tests.support.console import PASSWORD, add_account

pytestmark = pytest.mark.browser

OWNER = "owner@example.org"
OPENS = {"moodle": open_from_moodle_chooser, "canvas": open_from_canvas_import}
NAMES = {"moodle": "Moodle", "canvas": "Canvas"}


@pytest.fixture
def owner(environment, urls):
    """An account, made as by command."""
    with environment.tool.app_context():
        add_account(environment.tool.extensions["services"], OWNER)
        db.session.remove()


@contextmanager
def new_registration(environment, flavour):
    """Unregister the tool at the LMS before the test and after it."""
    lms = lms_of(environment.lms)
    earlier = lms.registrations[flavour]
    with environment.tool.app_context():
        known = {row.id for row in db.session.query(Platform)}
        db.session.remove()
    yield
    lms.register(flavour, earlier)
    environment.clear()
    with environment.tool.app_context():
        for row in db.session.query(Platform).where(Platform.id.not_in(known)):
            db.session.delete(row)
        db.session.commit()
        db.session.remove()


def sign_in(page, urls):
    page.goto(f"{urls.tool}/admin/")
    page.get_by_label("E-mail address").fill(OWNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


@pytest.mark.parametrize("flavour", OPENS)
def test_from_a_password_link_to_a_working_lms(person, new_context, urls, environment, flavour):
    with environment.tool.app_context():
        accounts = environment.tool.extensions["services"].admin_accounts
        link = accounts.make_link(accounts.add(OWNER, AdminRole.OWNER, AccountChange()))
        db.session.remove()
    console = new_context().new_page()
    problems = []
    console.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    with new_registration(environment, flavour):
        console.goto(link)
        console.get_by_label("New password").fill(PASSWORD)
        console.get_by_role("button", name="Save and sign in").click()
        console.get_by_role("link", name="Platforms", exact=True).click()
        console.get_by_role("link", name="Add a platform").click()
        console.get_by_role("link", name=NAMES[flavour]).click()
        console.locator("#by-link ~ form #name").fill("Faraway University")
        console.get_by_role("button", name="Make the link").click()
        registration_link = console.locator("dd code").first.text_content()
        expect(console.get_by_text("Waiting for the LMS…")).to_be_visible()

        lms = person("teacher")
        lms.goto(f"{urls.lms}/register")
        lms.fill("input[name=url]", registration_link)
        lms.select_option("[name=flavour]", flavour)
        lms.click("#add")
        frame = lms.frame_locator("iframe")
        expect(frame.get_by_role("heading", name="Examplary is registered")).to_be_visible(timeout=20_000)

        expect(console.get_by_role("heading", name="Faraway University")).to_be_visible(timeout=20_000)
        expect(console.get_by_text("Waiting for the first launch")).to_be_visible()
        OPENS[flavour](lms, urls)
        expect(console.get_by_text("Working", exact=True)).to_be_visible(timeout=20_000)
    assert problems == []


LOOKS = {
    "desk": {"viewport": {"width": 1100, "height": 800}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_accessible(new_context, urls, environment, owner, look):
    page = new_context(**LOOKS[look]).new_page()
    with environment.tool.app_context():
        platform = f"/admin/platforms/{db.session.query(Platform).first().id}"
        db.session.remove()
    page.goto(f"{urls.tool}/admin/sign-in")
    problems = {"sign in": page_problems(page)}
    sign_in(page, urls)
    paths = ("/admin/", "/admin/platforms", platform, f"{platform}/settings", f"{platform}/danger", f"{platform}/test")
    paths += ("/admin/platforms/new", "/admin/platforms/new/canvas", "/admin/platforms/new/openedx")
    paths += ("/admin/accounts", "/admin/accounts/new", "/admin/audit", "/admin/password", "/help/administrators")
    for path in paths:
        page.goto(f"{urls.tool}{path}")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        problems[path] = page_problems(page)
    assert {path: each for path, each in problems.items() if each} == {}


def page_problems(page):
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*axe_problems(page.main_frame)[1], *([f"{width} pixels too wide"] if width > 0 else [])]


def test_it_works_without_javascript(new_context, urls, environment, owner):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, urls)
    page.goto(f"{urls.tool}/admin/platforms/new/openedx")
    for label, value in (
        ("Your name for this LMS", "No script"),
        ("Platform ID (issuer)", "https://courses.example.edu"),
        ("Client ID", "client-9"),
        ("Authentication request URL", "https://courses.example.edu/auth"),
        ("Public keyset URL", "not an address"),
    ):
        page.get_by_label(label).fill(value)
    with new_registration(environment, "moodle"):
        page.get_by_role("button", name="Register").click()
        expect(page.get_by_text("It must be a complete address.")).to_be_visible()
        page.get_by_label("Public keyset URL").fill("https://courses.example.edu/jwks")
        page.get_by_role("button", name="Register").click()
        expect(page.get_by_role("heading", name="No script")).to_be_visible()
        expect(page.get_by_text("Waiting for the first launch")).to_be_visible()
        page.get_by_role("button", name="Switch off").first.click()
        expect(page.get_by_text("Launches are refused until you switch it on.")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
