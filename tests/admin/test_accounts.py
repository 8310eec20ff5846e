"""Accounts of the console: passwords, links, roles, and lockouts that are refused."""

from datetime import timedelta

import pytest
from argon2 import Type, extract_parameters

from lti_tool.models import AdminAccount, AdminRole, AdminSession, AuditEntry, db, now
from lti_tool.services.administration import passwords
from lti_tool.services.administration.accounts import AccountChange
from lti_tool.services.administration.administrator import administrator_of
from lti_tool.services.administration.errors import (
    AccountExists,
    AccountInvalid,
    AccountUnknown,
    LastOwner,
    PasswordLinkInvalid,
)
from tests.support.console import PASSWORD, add_account
from tests.support.databases import DATABASES


@pytest.fixture(params=DATABASES)
def database_url(request, empty_database):
    return empty_database(request.param)


def secret_of(link):
    return link.rsplit("/", 1)[1]


def test_addresses_of_accounts_are_compared_without_case(services):
    row = services.admin_accounts.add(" Owner@Example.org ", AdminRole.OWNER, AccountChange(name="O  Wner"))
    assert (row.email, row.name) == ("owner@example.org", "O Wner")
    with pytest.raises(AccountExists):
        services.admin_accounts.add("OWNER@example.org", AdminRole.READER, AccountChange())
    assert services.admin_accounts.find("Owner@Example.ORG").id == row.id


@pytest.mark.one_database
@pytest.mark.parametrize("email", ["", "nobody", "a@b c", "a@b\x00c", "<a@b>", "a@" + "b" * 300, "é@x y"])
def test_an_address_that_is_none_is_refused(services, email):
    with pytest.raises(AccountInvalid):
        services.admin_accounts.add(email, AdminRole.READER, AccountChange())
    with pytest.raises(AccountUnknown):
        services.admin_accounts.find(email)


@pytest.mark.one_database
@pytest.mark.parametrize("password", ["short", "a" * 30, "owner@example.org", "x" * 201])
def test_a_password_that_is_easy_to_guess_is_refused(services, password):
    row = add_account(services)
    with pytest.raises(AccountInvalid):
        services.admin_accounts.set_password(row, password)


def test_a_link_sets_a_password_once_within_a_day(services, monkeypatch):
    accounts = services.admin_accounts
    row = add_account(services)
    earlier, link = accounts.make_link(row), accounts.make_link(row)
    with pytest.raises(PasswordLinkInvalid):
        accounts.of_link(secret_of(earlier))
    assert secret_of(link) not in str(vars(row))
    accounts.set_password(accounts.of_link(secret_of(link)), "another long password")
    with pytest.raises(PasswordLinkInvalid):
        accounts.of_link(secret_of(link))
    link = accounts.make_link(row)
    row.link_expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    with pytest.raises(PasswordLinkInvalid):
        accounts.of_link(secret_of(link))


def test_a_link_of_an_account_that_is_switched_off_opens_nothing(services):
    add_account(services)
    row = add_account(services, "second@example.org", AdminRole.READER)
    link = services.admin_accounts.make_link(row)
    services.admin_accounts.change(row, AccountChange(active=False))
    with pytest.raises(PasswordLinkInvalid):
        services.admin_accounts.of_link(secret_of(link))


@pytest.mark.parametrize("change", [AccountChange(active=False), AccountChange(role=AdminRole.READER)])
def test_the_last_owner_stays(services, change):
    row = add_account(services)
    with pytest.raises(LastOwner):
        services.admin_accounts.change(row, change)
    add_account(services, "second@example.org")
    services.admin_accounts.change(row, change)
    assert not (row.active and row.role == AdminRole.OWNER)


def test_a_new_password_and_off_end_all_sessions(services):
    row = add_account(services)
    add_account(services, "second@example.org")
    for end in (
        lambda: services.admin_accounts.set_password(row, "another long password"),
        lambda: services.admin_accounts.change(row, AccountChange(active=False)),
        lambda: services.admin_accounts.recover(row),
    ):
        secret = services.admin_sessions.begin(row, by="password")
        end()
        assert services.admin_sessions.find(secret) is None
    assert row.active


def test_visible_platforms_of_an_account(services, platform):
    unlimited = administrator_of(add_account(services, "none@example.org", AdminRole.ADMINISTRATOR))
    limited = administrator_of(add_account(services, "some@example.org", AdminRole.READER, platforms=[platform]))
    every = administrator_of(add_account(services, "all@example.org", AdminRole.ADMINISTRATOR, all_platforms=True))
    owner = administrator_of(add_account(services))
    assert [account.sees(platform.id) for account in (unlimited, limited, every, owner)] == [False, True, True, True]
    assert [account.may_change for account in (unlimited, limited, every, owner)] == [True, False, True, True]
    assert [account.may_add for account in (unlimited, limited, every, owner)] == [False, False, True, True]
    assert [account.is_owner for account in (unlimited, limited, every, owner)] == [False, False, False, True]


def test_platforms_of_an_account_can_be_replaced_and_go_with_the_platform(services, platform, other_platform):
    row = add_account(services, "some@example.org", AdminRole.READER, platforms=[platform])
    services.admin_accounts.change(row, AccountChange(platforms=[platform, other_platform]))
    assert len(row.platforms) == 2
    services.admin_accounts.change(row, AccountChange(platforms=[other_platform]))
    services.platforms.remove(other_platform)
    db.session.expire_all()
    assert row.platforms == []
    assert not administrator_of(row).sees(platform.id)


class TestSessions:
    @pytest.fixture
    def account(self, services):
        return add_account(services)

    def age(self, **values):
        db.session.query(AdminSession).update(values)
        db.session.commit()

    def test_the_secret_is_not_stored(self, services, account):
        secret = services.admin_sessions.begin(account, by="password")
        assert services.admin_sessions.find(secret).email == "owner@example.org"
        assert secret not in str([vars(row) for row in db.session.query(AdminSession)])
        assert services.admin_sessions.find("") is None
        assert services.admin_sessions.find("guessed") is None

    def test_a_session_ends_after_half_an_hour_of_inactivity(self, services, account):
        secret = services.admin_sessions.begin(account, by="password")
        self.age(seen_at=now() - timedelta(minutes=29))
        assert services.admin_sessions.find(secret) is not None
        self.age(seen_at=now() - timedelta(minutes=31))
        assert services.admin_sessions.find(secret) is None

    def test_a_waiting_page_does_not_keep_it_open(self, services, account):
        secret = services.admin_sessions.begin(account, by="password")
        before = now() - timedelta(minutes=20)
        self.age(seen_at=before)
        services.admin_sessions.find(secret, counts=False)
        assert db.session.query(AdminSession).one().seen_at == before
        services.admin_sessions.find(secret)
        assert db.session.query(AdminSession).one().seen_at > before

    def test_it_ends_after_a_working_day_and_is_deleted(self, services, account):
        secret = services.admin_sessions.begin(account, by="password")
        self.age(expires_at=now() - timedelta(seconds=1))
        assert services.admin_sessions.find(secret) is None
        assert services.retention.apply()["admin_sessions"] == 1

    def test_signing_out_ends_it_in_this_browser_only(self, services, account):
        first, second = (services.admin_sessions.begin(account, by="password") for _ in range(2))
        services.admin_sessions.end(first)
        assert services.admin_sessions.find(first) is None
        assert services.admin_sessions.find(second) is not None
        assert services.admin_sessions.count(account) == 1


def test_every_change_is_in_the_audit_log_without_addresses_or_passwords(services):
    row = add_account(services)
    services.admin_accounts.change(row, AccountChange(name="New Name"), actor="admin:x")
    services.admin_accounts.make_link(row)
    services.admin_sessions.begin(row, by="password")
    entries = [(entry.actor, entry.action, entry.detail) for entry in db.session.query(AuditEntry)]
    assert entries == [
        ("operator", "admin.added", "owner"),
        ("operator", "admin.changed", "password"),
        ("admin:x", "admin.changed", "name"),
        ("operator", "admin.changed", "link"),
        (f"admin:{row.id}", "admin.signed_in", "password"),
    ]
    assert PASSWORD not in db.session.query(AdminAccount).one().password_hash


def test_passwords_are_hashed_as_rfc_9106_recommends(monkeypatch):
    monkeypatch.undo()
    stored = passwords.hash_password(PASSWORD, "owner@example.org")
    parameters = extract_parameters(stored)
    assert (parameters.type, parameters.memory_cost, parameters.time_cost) == (Type.ID, 65536, 3)
    assert passwords.verify_password(stored, PASSWORD)
    assert not passwords.verify_password(stored, PASSWORD + " ")
    assert not passwords.verify_password("", "no account has this password")
