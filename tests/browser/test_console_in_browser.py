"""The console in Chromium: from nothing to a working LMS without a shell; on a dark phone without JavaScript.

test_pages_in_browser.py looks at each of its pages with axe, at all widths and in both themes.
"""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from lti_tool.models import AdminRole, Platform, db
from lti_tool.services.administration.accounts import AccountChange
from sandbox.lms import lms_of
from tests.browser.steps import open_from_canvas_import, open_from_moodle_chooser
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


def test_an_address_is_copied_where_scripts_have_no_clipboard(new_context, urls):
    page = new_context().new_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(f"{urls.tool}/")
    page.evaluate("addEventListener('copy', () => { window.copied = document.activeElement.value })")
    page.get_by_role("button", name="Copy Login URL").click()
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    assert page.evaluate("window.copied") == f"{urls.tool}/lti/login"


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


def test_it_works_without_javascript_on_a_dark_phone(new_context, urls, environment, owner):
    phone = {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark", "has_touch": True}
    page = new_context(java_script_enabled=False, **phone).new_page()
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
        change_and_remove_it(page)
        use_the_other_pages(page)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def change_and_remove_it(page):
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Name", exact=True).fill("Renamed")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Renamed")).to_be_visible()
    page.get_by_role("link", name="Move, merge or remove").click()
    page.get_by_role("button", name="Remove for good").click()
    expect(page.get_by_role("alert")).to_contain_text("client-9")
    page.get_by_label("Type the client ID to confirm").fill("client-9")
    page.get_by_role("button", name="Remove for good").click()
    expect(page.get_by_role("heading", name="Platforms")).to_be_visible()
    expect(page.get_by_text("Renamed")).to_have_count(0)


def use_the_other_pages(page):
    page.get_by_role("link", name="Diagnosis").click()
    page.get_by_label("Reference on the error page").fill("123456789abc")
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No refused launch has this number.")
    page.go_back()
    page.get_by_role("link", name="Exams", exact=True).click()
    page.get_by_role("searchbox").fill("nothing")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("No exams match")).to_be_visible()
    page.get_by_role("link", name="Accounts").click()
    page.get_by_role("link", name="Add an account").click()
    page.get_by_label("E-mail address").fill("colleague@example.org")
    page.get_by_label("Read only").check()
    page.get_by_role("button", name="Add and show the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send this link to colleague@example.org")
    page.get_by_role("link", name="Audit log").click()
    expect(page.get_by_role("table")).to_contain_text("admin.added")
