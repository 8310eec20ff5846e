"""Sign in with a password: slow to guess, and silent about which accounts exist."""

from __future__ import annotations

from typing import NoReturn

import structlog
from limits import RateLimitItemPerMinute
from sqlalchemy import select

from lti_tool.models import TOOL, AdminAccount, AuditAction, add_audit_entry, db
from lti_tool.security.encryption import fingerprint
from lti_tool.services.administration.accounts import is_email
from lti_tool.services.administration.errors import SignInRefused, TooManySignIns
from lti_tool.services.administration.passwords import hash_password, is_outdated, verify_password
from lti_tool.services.administration.sessions import AdminSessions
from lti_tool.services.shared_cache import SharedRateLimit

log = structlog.get_logger(__name__)

MINUTES = 15
PER_ACCOUNT = RateLimitItemPerMinute(10, MINUTES)
PER_ADDRESS = RateLimitItemPerMinute(50, MINUTES)
"""Attempts of one account, and from one IP address. Several administrators of a university may share an address."""


class SignIn:
    """Checks passwords. Every attempt counts before it is checked; a success resets the account's count."""

    def __init__(self, sessions: AdminSessions, rate_limit: SharedRateLimit) -> None:
        self._sessions = sessions
        self._rate_limit = rate_limit

    def by_password(self, email: str, password: str, *, address: str) -> str:
        """Return the secret of a new session; raise :class:`SignInRefused` or :class:`TooManySignIns`."""
        email = email.strip().lower()
        name = fingerprint(email)
        self._count(name, address)
        is_possible = is_email(email)
        account = db.session.scalar(select(AdminAccount).where(AdminAccount.email == email)) if is_possible else None
        is_right = verify_password(account.password_hash if account else "", password)
        if account is None or not is_right or not account.active:
            self._refuse(account)
        if is_outdated(account.password_hash):
            account.password_hash = hash_password(password, account.email)
        self._rate_limit.clear(PER_ACCOUNT, "admin-account", name)
        return self._sessions.begin(account, by="password")

    def confirm(self, account: AdminAccount, password: str, *, address: str) -> None:
        """Check the password of a signed-in administrator; raise as :meth:`by_password`."""
        self._count(fingerprint(account.email), address)
        if not verify_password(account.password_hash, password):
            self._refuse(account)

    def _count(self, name: str, address: str) -> None:
        within = self._rate_limit.hit(PER_ADDRESS, "admin-address", address)
        if not within or not self._rate_limit.hit(PER_ACCOUNT, "admin-account", name):
            log.warning("admin.too_many_sign_ins", address_over=not within)
            raise TooManySignIns

    @staticmethod
    def _refuse(account: AdminAccount | None) -> NoReturn:
        """Log the refusal, and record it for accounts that exist: others could fill the audit log."""
        log.warning("admin.sign_in_refused", account=account.id if account else None)
        if account is not None:
            add_audit_entry(AuditAction.ADMIN_REFUSED, TOOL, subject=account.id, detail="password")
            db.session.commit()
        raise SignInRefused
