"""Accounts of the console by command."""

import pytest

from tests.support.cli import run

PASSWORD = "correct horse battery staple"
pytestmark = pytest.mark.usefixtures("environment")


def accounts():
    return [line for line in run("admins", "list").stdout.splitlines() if "@" in line]


def test_the_first_account_is_an_owner_and_later_ones_are_not():
    assert "No account yet" in run("admins", "list").stdout
    first = run("admins", "add", "owner@example.org")
    assert "/admin/password/" in first.stdout
    assert "Added owner@example.org (owner)." in first.stderr
    second = run("admins", "add", "it@example.org")
    assert "Added it@example.org (administrator)." in second.stderr
    assert "It sees no LMS yet" in second.stderr
    assert len(accounts()) == 2


def test_a_named_role_holds_for_the_first_account_too():
    assert "(reader)" in run("admins", "add", "auditor@example.org", "--role", "reader", "--all-platforms").stderr


def test_a_password_comes_from_standard_input_and_is_never_shown():
    added = run("admins", "add", "owner@example.org", "--password-file", "-", input=f"{PASSWORD}\n")
    assert added.exit_code == 0
    assert PASSWORD not in added.output
    assert "/admin/password/" not in added.output
    refused = run("admins", "password", "owner@example.org", "--password-file", "-", input="short\n")
    assert refused.exit_code == 1


def test_an_account_is_changed_switched_off_and_recovered():
    run("admins", "add", "owner@example.org")
    run("admins", "add", "it@example.org")
    assert run("admins", "edit", "it@example.org", "--role", "reader", "--all-platforms").exit_code == 0
    assert any("it@example.org" in line and "reader" in line for line in accounts())
    assert run("admins", "disable", "it@example.org").exit_code == 0
    assert any("it@example.org" in line and "off" in line for line in accounts())
    assert "/admin/password/" in run("admins", "recover", "it@example.org").stdout
    assert not any("off" in line for line in accounts())
    assert run("admins", "edit", "it@example.org").exit_code == 2


def test_the_last_owner_stays():
    run("admins", "add", "owner@example.org")
    refused = run("admins", "disable", "owner@example.org")
    assert refused.exit_code == 1
    assert "owner" in refused.stderr
    assert run("admins", "disable", "nobody@example.org").exit_code == 1
