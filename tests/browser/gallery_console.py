"""Pages of the console and of the help, in each of their states."""

from __future__ import annotations

from datetime import timedelta

from lti_tool.models import (
    AdminAccount,
    AdminRole,
    Chore,
    Import,
    LaunchTest,
    LmsUser,
    Platform,
    Refusal,
    RegistrationLink,
    db,
    now,
)
from lti_tool.services.platforms.check_results import CheckResult, CheckStatus, record_results
from lti_tool.web.admin.guides import GUIDES
from lti_tool.web.help import NAMES
from tests.browser.gallery import LONG
from tests.browser.page_opener import State
from tests.support.console import add_account

OWNER, READER, NOBODY = "owner@example.org", "reader@example.org", "nobody@example.org"
PASSWORD_PAGE = "/admin/password"
"""A page of the console from which forms are sent."""


def of_the_help(gallery):
    """Return the pages of help: all in English, in which they are written, and one of each kind in other languages."""
    names = NAMES if gallery.locale == "en" else ("administrators", "canvas")
    return {f"help-{name}": State(f"/help/{name}", top=True) for name in names} | {
        "help-unknown": State("/help/nothing", top=True)
    }


def of_the_console(gallery):
    """Return the pages of the console for each kind of account."""
    with gallery.environment.tool.app_context():
        services = gallery.services
        add_account(services, OWNER)
        add_account(services, READER, AdminRole.READER, all_platforms=True)
        add_account(services, NOBODY, AdminRole.ADMINISTRATOR)
    platforms = _platforms(gallery)
    return {
        **_signed_out(gallery),
        **_overview(),
        **_platform_pages(gallery, platforms),
        **_adding(gallery),
        **_diagnosis(gallery, platforms),
        **_exams(gallery),
        **_accounts(gallery),
    }


def _page(path, account=OWNER):
    return State(f"/admin{path}", top=True, account=account)


def _sent(path, **fields):
    return State(f"/admin{path}", fields, sent_from=PASSWORD_PAGE, account=OWNER)


def _signed_out(gallery):
    with gallery.environment.tool.app_context():
        accounts = gallery.services.admin_accounts
        account = db.session.query(AdminAccount).filter_by(email=NOBODY).one()
        link = accounts.make_link(account).removeprefix(gallery.environment.urls.tool)
    signed_out = {"top": True}
    return {
        "sign-in": State("/admin/sign-in?next=/admin/exams", **signed_out),
        "sign-in-refused": State("/admin/sign-in", {"email": OWNER, "password": "wrong"}, sent_from="/admin/sign-in"),
        "sign-in-too-large": State("/admin/sign-in", {}, sent_from="/admin/sign-in", tool_fault="small-requests"),
        "sign-in-without-a-database": State("/admin/sign-in", **signed_out, tool_fault="database-away"),
        "sign-on-down": State("/admin/sign-on", **signed_out),
        "sign-on-refused": State("/admin/sign-on/answer?state=x", **signed_out),
        "password-link": State(link, **signed_out),
        "password-link-weak": State(link, {"password": "short"}, sent_from="/admin/sign-in"),
        "password-link-over": State("/admin/password/x", **signed_out),
    }


def _overview():
    return {
        "overview": _page("/"),
        "overview-of-a-reader": _page("/", READER),
        "overview-with-a-bug": State("/admin/", top=True, account=OWNER, tool_fault="bug"),
        "overview-of-nothing": _page("/", NOBODY),
        "own-password": _page("/password"),
        "own-password-wrong": _sent("/password", current="wrong", password="short"),
        "audit": _page("/audit"),
        "form-of-yesterday": State("/admin/password", {}, sent_from="/", account=OWNER),
    }


def _platforms(gallery):
    """Store a platform in each state; return their IDs."""
    recently, long_ago = now() - timedelta(minutes=5), now() - timedelta(days=9)
    failing = {"failed_at": now(), "failing_since": long_ago, "launched_at": long_ago}
    ids = {
        "waiting": gallery.lms("waiting", created_at=long_ago, notes=LONG),
        "failing": gallery.lms("failing", failure_code="lti.deployment_unknown", **failing),
        "clock-off": gallery.lms("clock", failure_code="lti.token_expired", **failing),
        "off": gallery.lms("off", active=False, name=LONG[:200], launched_at=long_ago),
        "working": gallery.lms("working", launched_at=recently),
        "double": gallery.lms("working", client_id="second", launched_at=recently),
    }
    with gallery.environment.tool.app_context():
        row = db.session.get(Platform, ids["working"])
        record_results(row, [_finding(status) for status in CheckStatus])
    return ids


def _finding(status):
    return CheckResult(
        name="Public keys",
        status=status,
        sentence="%(url)s can't be reached.",
        because="Its certificate isn't trusted.",
        advice="Ask whoever runs it.",
        facts={"url": "https://lms.university.example/mod/lti/certs.php?" + "x" * 80},
    )


def _platform_pages(gallery, ids):
    working, moodle = f"/platforms/{ids['working']}", f"/platforms/{gallery.platform_id}"
    gallery.environment.set_canvas_key()
    return {
        "platforms": _page("/platforms"),
        "platforms-searched": _page("/platforms?q=working"),
        "platforms-not-found": _page("/platforms?q=nothing"),
        "platforms-of-nobody": _page("/platforms", NOBODY),
        "platform": _page(moodle),
        "platform-read": _page(working, READER),
        **{f"platform-{state}": _page(f"/platforms/{platform}") for state, platform in ids.items()},
        "platform-unknown": _page("/platforms/none"),
        "launch-test": _page(f"{working}/test"),
        "launch-test-begun": _page(f"/platforms/{_tested(gallery)}/test"),
        "launch-test-read": _page(f"{working}/test", READER),
        "deployment-refused": _sent(f"{working}/deployments", deployment_id=""),
        "settings": _page(f"{working}/settings"),
        "settings-with-a-key": _page(f"/platforms/{gallery.canvas_id}/settings"),
        "settings-refused": _sent(f"{working}/settings", theme_color="pink", presets="x", jwks_url="nowhere"),
        "key-refused": _sent(f"{working}/key", api_key=""),
        "lms-key-refused": _sent(f"/platforms/{gallery.canvas_id}/lms-key", base_url="x", key_id="x"),
        "danger": _page(f"{working}/danger"),
        "move-refused": _sent(f"{working}/danger/move", issuer="nowhere"),
        "merge-refused": _sent(f"{working}/danger/merge"),
        "remove-refused": _sent(f"{working}/danger/remove", confirmation="x"),
        "remove-with-exams-refused": _sent(f"{moodle}/danger/remove", confirmation="x"),
    }


def _tested(gallery):
    """Return the ID of a platform at which a test launch has begun."""
    platform_id = gallery.lms("tested")
    gallery.add_all(LaunchTest(platform_id=platform_id, code="ABCD2345", expires_at=now() + timedelta(hours=1)))
    return platform_id


def _adding(gallery):
    with gallery.environment.tool.app_context():
        add_link = gallery.services.registration.add_link
        link, over = (add_link(name=LONG[:200], family="moodle", actor="admin:x").id for _ in range(2))
    gallery.change_row(RegistrationLink, over, expires_at=now() - timedelta(days=1))
    return {
        "choose-lms": _page("/platforms/new"),
        **{f"add-{guide.family}": _page(f"/platforms/new/{guide.family}") for guide in GUIDES},
        "add-refused": _sent("/platforms/new/openedx", issuer="nowhere", jwks_url="x"),
        "invitation": _page(f"/invitations/{link}"),
        "invitation-over": _page(f"/invitations/{over}"),
        "invitation-unknown": _page("/invitations/none"),
        "adding-not-allowed": _page("/platforms/new", READER),
    }


def _diagnosis(gallery, ids):
    arrived = {"issuer": "https://working.example.edu/odd", "client_id": "tool", "deployment_id": "campus-2"}
    states = {
        "verified": {"code": "lti.deployment_unknown", "platform_id": ids["working"], "verified": True},
        "unverified": {"code": "lti.unknown_platform", "arrived": {"issuer": f"https://{'x' * 90}.example"}},
        "clock": {"code": "lti.token_expired", "platform_id": ids["clock-off"], "verified": True},
    }
    for number, values in enumerate(states.values()):
        gallery.add(Refusal(**({"number": f"{number:012}", "source_hash": "x", "arrived": arrived} | values)))
    return {
        "diagnosis": _page("/diagnosis"),
        "diagnosis-of-nothing": _page("/diagnosis", NOBODY),
        "refusal-unknown": _page("/diagnosis/nothing"),
        **{f"refusal-{name}": _page(f"/diagnosis/{number:012}") for number, name in enumerate(states)},
        "refusal-read": _page(f"/diagnosis/{0:012}", READER),
    }


def _exams(gallery):
    gallery.launch()
    gallery.generation("ready", exam_id=gallery.exam, title=LONG[:200])
    failed = gallery.generation("failed", error_code="examplary.unavailable")
    row = gallery.add(
        Import(
            exam_id=gallery.exam,
            platform_id=gallery.platform_id,
            lms_user_id=gallery.teacher,
            deployment_id="2",
            family="moodle",
            state="failed",
            error_code="import.failed",
        )
    )
    gallery.change_row(LmsUser, gallery.teacher, name=LONG[:200], email="teacher@example.org")
    colleague = gallery.add(LmsUser(platform_id=gallery.platform_id, sub="colleague", name="A colleague"))
    exam = f"/exams/{gallery.exam}"
    return {
        "exams": _page("/exams"),
        "exams-searched": _page("/exams?q=teacher"),
        "exams-failed": _page("/exams?only=failed"),
        "exams-not-found": _page("/exams?q=nothing"),
        "exams-of-nobody": _page("/exams", NOBODY),
        "history": _page(exam),
        "history-of-a-failure": _page(f"/exams/{failed}"),
        "history-read": _page(exam, READER),
        "history-retry": _page(f"/exams/{failed}/retry"),
        "history-retry-import": _page(f"{exam}/imports/{row}/retry"),
        "history-revoke": _page(f"{exam}/revoke"),
        "hand-over": _page(f"{exam}/hand-over"),
        "hand-over-to-a-colleague": _page(f"{exam}/hand-over?who=colleague"),
        "hand-over-refused": _page(f"{exam}/hand-over?who=nobody"),
        **_people(gallery, colleague),
    }


def _people(gallery, colleague):
    erased = gallery.add(LmsUser(platform_id=gallery.platform_id, sub="erased", examplary_user_id="user_x"))
    with gallery.environment.tool.app_context():
        gallery.services.privacy.erase(db.session.get(LmsUser, erased))
    with gallery.environment.tool.app_context():
        chore = db.session.query(Chore).filter_by(kind="delete_user").first().id
    person = f"/people/{colleague}"
    return {
        "person": _page(f"/people/{gallery.teacher}"),
        "person-read": _page(person, READER),
        "person-erased": _page(f"/people/{erased}"),
        "erase": _page(f"{person}/erase"),
        "erase-refused": _sent(f"{person}/erase", confirmation="x"),
        "chores": _page("/chores"),
        "chores-stuck": _page("/chores?only=stuck"),
        "chores-of-nobody": _page("/chores", NOBODY),
        "chore": _page(f"/chores/{chore}"),
    }


def _accounts(gallery):
    with gallery.environment.tool.app_context():
        reader = db.session.query(AdminAccount).filter_by(email=READER).one().id
    return {
        "accounts": _page("/accounts"),
        "account": _page(f"/accounts/{reader}"),
        "account-new": _page("/accounts/new"),
        "account-refused": _sent("/accounts/new", email=OWNER, role="owner", sees="all"),
        "account-link": _sent(f"/accounts/{reader}/link"),
        "accounts-not-allowed": _page("/accounts", READER),
    }
