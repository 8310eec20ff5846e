"""Access tokens of teachers' accounts, refreshed when they have expired, by one process at a time.

A refresh ends the old access token at once, and LMSs limit how often they may be asked. So a process claims the account
first, and the others wait for the tokens that it stores.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, delete, or_, select

from lti_tool.lms.account_access import OAuthTokens
from lti_tool.lms.account_errors import AccountBusy
from lti_tool.lms.direct_import import AccountRefused
from lti_tool.models import LmsAccount, compare_and_set, db, now, retry_on_conflict
from lti_tool.net.reader import HttpReader
from lti_tool.security.encryption import Vault
from lti_tool.services.delivery.account_keys import account_access, decrypted, encrypted, stored_key

log = structlog.get_logger(__name__)

MARGIN = timedelta(seconds=60)
"""A token isn't used in its last minute: it could expire on its way."""
LEASE = timedelta(seconds=60)
"""How long one process may refresh; longer than the request takes."""
MAX_WAIT = 30.0
"""Seconds for which another process waits for it."""
PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class _Stored:
    """The columns that a refresh needs, as they were at one moment."""

    id: str
    platform_id: str
    base_url: str
    access_token_encrypted: str
    refresh_token_encrypted: str
    expires_at: datetime | None


class AccountTokens:
    """Returns access tokens; ``sleep`` waits for another process."""

    def __init__(self, vault: Vault, http: HttpReader, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._vault = vault
        self._http = http
        self._sleep = sleep

    def access_token(self, account_id: str, *, refused: str = "") -> str:
        """Return a token that has not expired and isn't ``refused``, refreshed if need be. Ends the transaction.

        Raises :class:`AccountRefused` if the account is gone or its consent was withdrawn, or another subclass of
        :class:`DirectImportError`.
        """
        ends = time.monotonic() + MAX_WAIT
        while True:
            row = _read(account_id)
            tokens = decrypted(self._vault, row)
            expired = row.expires_at is not None and row.expires_at - MARGIN < now()
            if not expired and tokens.access_token != refused:
                return tokens.access_token
            if until := _claim(row):
                return self._refresh(row, tokens, until).access_token
            if time.monotonic() > ends:
                raise AccountBusy("another process refreshes the tokens")
            self._sleep(PAUSE)

    def _refresh(self, row: _Stored, old: OAuthTokens, until: datetime) -> OAuthTokens:
        """Refresh under the claim, and give it back in any case. A consent that was withdrawn is forgotten."""
        is_ours = LmsAccount.refreshing_until == until
        fresh: OAuthTokens | None = None
        try:
            fresh = self._ask(row, old)
        except AccountRefused:
            _delete(row.id, is_ours)
            raise
        finally:
            _set(row.id, is_ours, refreshing_until=None, **(encrypted(self._vault, fresh) if fresh else {}))
        log.info("lms_account.refreshed", account=row.id)
        return fresh

    def _ask(self, row: _Stored, old: OAuthTokens) -> OAuthTokens:
        """Return fresh tokens; no transaction is open while the LMS works."""
        family, key = stored_key(self._vault, row.platform_id) or ("", None)
        db.session.rollback()
        access = account_access(family)
        if key is None or access is None or key.base_url != row.base_url:
            raise AccountRefused("the API key is another one")
        return access.refresh(self._http, key, old)


def _read(account_id: str) -> _Stored:
    """Return what is stored now; raise :class:`AccountRefused` if the account is gone."""
    db.session.rollback()
    columns = [getattr(LmsAccount, column.name) for column in fields(_Stored)]
    values = db.session.execute(select(*columns).where(LmsAccount.id == account_id)).one_or_none()
    db.session.rollback()
    if values is None:
        raise AccountRefused("no account")
    return _Stored(*values)


@retry_on_conflict
def _claim(row: _Stored) -> datetime | None:
    """Claim the refresh of the tokens that were read; ``None`` if another process has it, or has done it. Commits."""
    moment, column = now(), LmsAccount.refreshing_until
    until = moment + LEASE
    is_free = or_(column.is_(None), column < moment, column > moment + 2 * LEASE)
    unchanged = LmsAccount.access_token_encrypted == row.access_token_encrypted
    claimed = compare_and_set(LmsAccount, LmsAccount.id == row.id, is_free, unchanged, refreshing_until=until)
    db.session.commit()
    return until if claimed else None


@retry_on_conflict
def _set(account_id: str, *conditions: ColumnElement[bool], **values: object) -> None:
    compare_and_set(LmsAccount, LmsAccount.id == account_id, *conditions, **values)
    db.session.commit()


@retry_on_conflict
def _delete(account_id: str, *conditions: ColumnElement[bool]) -> None:
    db.session.execute(delete(LmsAccount).where(LmsAccount.id == account_id, *conditions))
    db.session.commit()
