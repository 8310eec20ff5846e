"""Sessions of the console, on the server: they end after a pause, after a working day, and with the account."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from lti_tool.models import AdminAccount, AdminSession, AuditAction, add_audit_entry, compare_and_set, db, now
from lti_tool.security.encryption import fingerprint
from lti_tool.services.administration.administrator import Administrator, administrator_of

SEEN_INTERVAL = timedelta(minutes=1)
"""``seen_at`` is written at most this often."""


class AdminSessions:
    """Begins, finds and ends sessions. ``idle`` and ``lifetime`` limit the pauses and the length of a session."""

    def __init__(self, idle: timedelta, lifetime: timedelta) -> None:
        self._idle = idle
        self.lifetime = lifetime

    def begin(self, account: AdminAccount, *, by: str) -> str:
        """Sign an account in and return the secret for the cookie; ``by`` is how, for the audit log. Commits."""
        secret, moment = secrets.token_urlsafe(32), now()
        account.signed_in_at = moment
        db.session.add(
            AdminSession(
                secret_hash=fingerprint(secret),
                account_id=account.id,
                created_at=moment,
                seen_at=moment,
                expires_at=moment + self.lifetime,
            )
        )
        actor = administrator_of(account).actor
        add_audit_entry(AuditAction.ADMIN_SIGNED_IN, actor, subject=account.id, detail=by)
        db.session.commit()
        return secret

    def find(self, secret: str, *, counts: bool = True) -> Administrator | None:
        """Return who is signed in with this secret. ``counts``: a person made the request, not a page that polls."""
        if not secret:
            return None
        moment = now()
        session = db.session.get(AdminSession, fingerprint(secret))
        if session is None or not session.account.active or session.expires_at <= moment:
            return None
        if moment - session.seen_at > self._idle:
            return None
        administrator = administrator_of(session.account)
        if counts and moment - session.seen_at > SEEN_INTERVAL:
            compare_and_set(AdminSession, AdminSession.secret_hash == session.secret_hash, seen_at=moment)
            db.session.commit()
        return administrator

    @staticmethod
    def end(secret: str) -> None:
        """Sign out. Commits."""
        db.session.execute(delete(AdminSession).where(AdminSession.secret_hash == fingerprint(secret)))
        db.session.commit()

    @staticmethod
    def count(account: AdminAccount) -> int:
        """Return the number of browsers in which an account is signed in."""
        query = select(AdminSession.secret_hash).where(
            AdminSession.account_id == account.id, AdminSession.expires_at > now()
        )
        return len(db.session.scalars(query).all())
