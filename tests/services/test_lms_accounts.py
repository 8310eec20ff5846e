"""Teachers' accounts at Canvas: consent, refresh by one process at a time, and every end of a consent."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from lti_tool import create_app
from lti_tool.lms.account_errors import AccountsUnreachable
from lti_tool.lms.direct_import import AccountRefused
from lti_tool.models import (
    AuditEntry,
    Chore,
    ConsentRequest,
    Import,
    LmsAccount,
    LmsApiKey,
    LmsUser,
    db,
    now,
)
from lti_tool.services.delivery import account_tokens
from lti_tool.services.delivery.consents import AuthorizationResponse
from lti_tool.services.platforms.merging import MergeRefused, merge_platforms
from lti_tool.services.platforms.registrations import DeletionsPending, InvalidValue
from sandbox.faults import Fault
from tests.support.addresses import query_of
from tests.support.canvas_consent import TOKEN, consenting_canvas


@pytest.fixture
def settings(settings):
    """The sandbox's Canvas takes uploads under another host name."""
    return settings.model_copy(update={"trusted_media_hosts": (*settings.trusted_media_hosts, "localhost")})


@pytest.fixture
def canvas(services, platform):
    with consenting_canvas() as canvas:
        canvas.set_key(services, platform)
        yield canvas


@pytest.fixture
def launch(canvas, make_launch, services):
    grant = services.vault.encrypt(json.dumps(canvas.grant))
    return make_launch(family="canvas", import_grant_encrypted=grant)


@pytest.fixture
def give_consent(canvas, services, launch, exam):
    """Click "Add to course", consent in the window, and return the import."""

    def consent():
        row = services.direct_imports.start(launch, exam, "")
        assert row.state == "waiting_for_consent"
        started = services.consents.begin(services.consents.request(launch, row))
        answer = query_of(canvas.answer(started.url))
        assert services.consents.finish(AuthorizationResponse(answer["state"], answer["code"]), started.secret) == ""
        return row

    return consent


@pytest.fixture
def account(give_consent):
    """The stored account of the teacher."""
    give_consent()
    return db.session.query(LmsAccount).one()


def expire(account):
    account.expires_at = now() - timedelta(minutes=1)
    db.session.commit()


def token_of(services, account, **options):
    return account_tokens.AccountTokens(services.vault, services.lms_accounts.http).access_token(account.id, **options)


def actions():
    return [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]


def test_a_consent_is_stored_encrypted_and_the_import_continues(give_consent, services, canvas):
    row = give_consent()
    account, (authorization,) = db.session.query(LmsAccount).one(), canvas.authorizations
    db.session.refresh(row)
    assert row.state not in ("waiting_for_consent", "failed")
    assert (account.account_id, account.base_url) == ("104", canvas.base_url)
    stored = account.access_token_encrypted + account.refresh_token_encrypted
    assert authorization.access_token not in stored
    assert services.vault.decrypt(account.access_token_encrypted) == authorization.access_token
    assert services.vault.decrypt(account.refresh_token_encrypted) == authorization.refresh_token
    assert "consent.given" in actions()


def test_a_token_is_refreshed_when_it_has_expired_or_was_refused(account, services, canvas):
    first = token_of(services, account)
    assert canvas.token_requests == 1
    expire(account)
    second = token_of(services, account)
    assert second != first
    assert token_of(services, account) == second
    canvas.calm()
    third = token_of(services, account, refused=second)
    assert canvas.token_requests == 3
    # Another process that still holds the refused token gets the new one without a request.
    assert token_of(services, account, refused=second) == third
    assert canvas.token_requests == 3


def test_two_processes_that_refresh_at_once_make_one_request(account, services, settings, canvas):
    expire(account)
    canvas.lms.faults.script(TOKEN, Fault(delay=0.5))
    account_id, barrier = account.id, threading.Barrier(3, timeout=60)
    # Not in the threads: in CPython 3.11, Werkzeug's compiling of routes fails if another thread does it, too.
    processes = [create_app(settings) for _ in range(3)]
    db.session.rollback()

    def ask(app):
        with app.app_context():
            own = app.extensions["services"]
            tokens = account_tokens.AccountTokens(own.vault, own.lms_accounts.http)
            barrier.wait()
            token = tokens.access_token(account_id)
            db.session.remove()
            db.engine.dispose()
            return token

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(ask, processes))
    assert set(results) == {canvas.authorizations[0].access_token}
    assert canvas.token_requests == 2  # the code, and one refresh


def test_a_process_that_dies_while_it_refreshes_blocks_others_only_briefly(account, services, canvas):
    account.expires_at = now() - timedelta(minutes=1)
    account.refreshing_until = now() - timedelta(seconds=1)
    db.session.commit()
    assert token_of(services, account) == canvas.authorizations[0].access_token


def test_a_failed_refresh_gives_the_lock_back(account, services, canvas):
    expire(account)
    canvas.lms.faults.script(TOKEN, Fault(html=True))
    with pytest.raises(AccountsUnreachable):
        token_of(services, account)
    assert token_of(services, account) == canvas.authorizations[0].access_token


def test_a_consent_that_was_withdrawn_is_forgotten(account, services, canvas):
    expire(account)
    canvas.authorizations.clear()
    with pytest.raises(AccountRefused):
        token_of(services, account)
    assert db.session.query(LmsAccount).count() == 0
    assert db.session.query(Chore).filter_by(kind="revoke_tokens").count() == 0


def test_a_token_that_canvas_refuses_is_refreshed_once_and_the_import_waits_if_that_is_no_use(
    account, services, launch, exam, canvas
):
    row = db.session.query(Import).one()
    assert row.state in ("queued", "importing")
    progress, calls = dict(row.progress), canvas.token_requests
    canvas.lms.canvas_tokens.spoil("revoked")
    services.import_job.advance(row.id)
    db.session.expire_all()
    assert (row.state, row.error_code) == ("waiting_for_consent", "account.refused")
    assert row.grant_encrypted is not None
    assert row.progress == progress
    assert canvas.token_requests == calls + 1
    assert db.session.query(LmsAccount).count() == 0
    assert services.import_availability.of(launch).needs_consent


def test_disconnecting_revokes_at_canvas_at_once(account, services, canvas):
    canvas.calm()
    services.lms_accounts.disconnect(account.lms_user_id)
    assert (db.session.query(LmsAccount).count(), canvas.authorizations) == (0, [])
    assert actions()[-1] == "consent.ended"
    (chore,) = db.session.query(Chore).filter_by(kind="revoke_tokens")
    assert chore.done_at is not None
    assert chore.target_encrypted == ""


def test_canvas_is_notified_later_if_it_is_unreachable(account, services, canvas):
    canvas.lms.faults.script("DELETE /login/oauth2/token", Fault(status=503))
    services.lms_accounts.disconnect(account.lms_user_id)
    assert (db.session.query(LmsAccount).count(), len(canvas.authorizations)) == (0, 1)
    chore = db.session.query(Chore).filter_by(kind="revoke_tokens").one()
    assert chore.last_error == "account.unreachable"
    services.chores.retry_now(chore.id)
    canvas.calm()
    assert services.chores.run_due() == 1
    assert canvas.authorizations == []


def end_by_erasure(services, platform, launch):
    services.privacy.erase(db.session.get(LmsUser, launch.lms_user_id))


def end_by_off(services, platform, launch):
    services.platforms.change(platform, {"active": False})


def end_by_key_off(services, platform, launch):
    services.api_keys.remove(platform)


def end_by_retention(services, platform, launch):
    long_ago = now() - timedelta(days=400)
    launch.expires_at = long_ago
    db.session.get(LmsUser, launch.lms_user_id).seen_at = long_ago
    db.session.commit()
    services.retention.apply()


@pytest.mark.one_database
@pytest.mark.parametrize("end", [end_by_erasure, end_by_off, end_by_key_off, end_by_retention])
def test_every_end_also_ends_the_consent_at_canvas(account, services, platform, launch, canvas, end):
    end(services, platform, launch)
    assert db.session.query(LmsAccount).count() == 0
    canvas.calm()
    services.chores.run_due()
    assert canvas.authorizations == []
    assert "consent.ended" in actions()


def test_removing_the_lms_ends_them_too(account, services, platform, canvas):
    with pytest.raises(DeletionsPending):
        services.platforms.remove(platform, with_exams=True)
    canvas.calm()
    services.chores.run_due()
    services.platforms.remove(platform, with_exams=True)
    assert (db.session.query(LmsApiKey).count(), canvas.authorizations) == (0, [])


def test_a_registration_with_a_key_is_not_merged_away(account, services, platform, canvas):
    addresses = {"authorization_url": platform.authorization_url, "jwks_url": platform.jwks_url}
    other = services.platforms.add({"issuer": platform.issuer, "client_id": "client-2"} | addresses)
    with pytest.raises(MergeRefused):
        merge_platforms(platform, other)
    merge_platforms(other, platform)
    assert db.session.query(LmsAccount).one().platform_id == platform.id


def test_an_export_says_that_there_is_an_account_and_not_its_tokens(account, services):
    exported = services.privacy.export(db.session.get(LmsUser, account.lms_user_id))
    (own,) = exported["lms_accounts"]
    assert own["account_id"] == "104"
    assert not {name for name in own if "token" in name}


def test_another_host_or_client_makes_another_key(account, services, platform, canvas):
    canvas.set_key(services, platform, secret="a new one", transfer="link")
    assert db.session.query(LmsAccount).count() == 1
    canvas.set_key(services, platform, client_id="2")
    assert db.session.query(LmsAccount).count() == 0
    assert services.vault.decrypt(db.session.query(LmsApiKey).one().secret_encrypted) == "stand-in-canvas-secret"


@pytest.mark.one_database
@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": "https://school.instructure.com/courses/1"},
        {"base_url": "https://school.instructure.com?x=1"},
        {"base_url": "https://user@school.instructure.com"},
        {"base_url": "http://school.instructure.com", "insecure": False},
        {"base_url": ""},
        {"client_id": ""},
        {"secret": " ", "client_id": "2"},
        {"secret": "a\nb"},
        {"optional_scopes": ["url:DELETE|/api/v1/courses/:id"]},
        {"family": "moodle"},
        {"family": "generic"},
    ],
)
def test_values_with_which_no_key_works_are_refused(services, platform, canvas, changes):
    with pytest.raises(InvalidValue):
        canvas.set_key(services, platform, **changes)
    assert db.session.query(LmsApiKey).one().base_url == canvas.base_url


def test_a_launch_at_another_host_sends_no_secret_there(services, canvas, make_launch, exam):
    grant = canvas.grant | {"base_url": "https://evil.example"}
    launch = make_launch(family="canvas", import_grant_encrypted=services.vault.encrypt(json.dumps(grant)))
    availability = services.import_availability.of(launch)
    assert not availability.available
    assert "another of its addresses" in availability.reason


def test_a_request_ends_with_its_person_and_is_swept(services, launch, exam, canvas):
    row = services.direct_imports.start(launch, exam, "")
    services.consents.request(launch, row)
    services.consents.sweep()
    request = db.session.query(ConsentRequest).one()
    assert timedelta(minutes=9) < request.expires_at - now() <= timedelta(minutes=10)
    request.expires_at = now() - timedelta(hours=2)
    db.session.commit()
    services.consents.sweep()
    assert db.session.query(ConsentRequest).count() == 0
