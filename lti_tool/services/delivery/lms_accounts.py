"""Teachers' accounts at the APIs of their LMSs: who has one, and how it ends.

An account belongs to a person and to the host at which it was made. Whatever ends it also ends the consent at the LMS,
by a chore that holds all it needs: it is done even after person and registration are deleted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select

from lti_tool.errors import N_
from lti_tool.lms.account_access import AccountAccess, ApiKey, LmsAccess, LmsIdentity, OAuthTokens
from lti_tool.lms.account_errors import KeyMissing
from lti_tool.lms.direct_import import AccountRefused, Grant
from lti_tool.models import (
    AuditAction,
    Chore,
    ChoreKind,
    Import,
    Launch,
    LmsAccount,
    add_audit_entry,
    db,
    retry_on_conflict,
)
from lti_tool.net.reader import HttpReader
from lti_tool.security.encryption import Vault
from lti_tool.services.chores import Chores
from lti_tool.services.delivery.account_keys import account_access, decrypted, encrypted, stored_key
from lti_tool.services.delivery.account_tokens import AccountTokens


@dataclass(frozen=True, slots=True)
class AccountOwner:
    """A person of an LMS, and who they are at its API."""

    platform_id: str
    lms_user_id: str
    identity: LmsIdentity

    @property
    def at_lms(self) -> tuple[ColumnElement[bool], ...]:
        """The conditions for their account at the LMS, of this person or an earlier one with the same ID."""
        return (
            LmsAccount.platform_id == self.platform_id,
            LmsAccount.base_url == self.identity.base_url,
            LmsAccount.account_id == self.identity.user_id,
        )


class ConsentTooSmall(AccountRefused):
    """The teacher consented to an earlier release, which needed less."""

    code = "account.consent_too_small"
    sentence = N_("Examplary now needs more access to your LMS than you gave it.")


def scopes_to_ask_for(account: LmsAccount, key: ApiKey, access: AccountAccess) -> tuple[str, ...]:
    """Return the scopes for which a teacher who has consented is asked again; empty: none.

    The required ones that the consent lacks, and the optional ones that the key got since. Optional ones that the LMS
    refused at the consent are not asked for again.
    """
    missing = _missing(account, access)
    if account.scopes and key.changed_at is not None and key.changed_at > account.created_at:
        missing += tuple(scope for scope in key.optional_scopes if scope not in account.scopes)
    return missing


def _missing(account: LmsAccount, access: AccountAccess | None) -> tuple[str, ...]:
    """Return the required scopes that a consent lacks; none if it isn't known what was granted."""
    if access is None or not account.scopes:
        return ()
    return tuple(scope for scope in access.required_scopes if scope not in account.scopes)


class AccountSession:
    """An account during one step of an import; it remembers which token it returned last."""

    def __init__(self, tokens: AccountTokens, account_id: str) -> None:
        self._tokens = tokens
        self.account_id = account_id
        self._latest = ""

    def access_token(self) -> str:
        """Return a token that is good for a minute at least."""
        self._latest = self._tokens.access_token(self.account_id)
        return self._latest

    def renew(self) -> None:
        """Refresh the token that was returned last, unless another process did; raise :class:`AccountRefused`."""
        self._tokens.access_token(self.account_id, refused=self._latest)


class LmsAccounts:
    """Finds, stores and forgets accounts."""

    def __init__(self, vault: Vault, chores: Chores, http: HttpReader) -> None:
        self._vault = vault
        self._chores = chores
        self.http = http
        self._tokens = AccountTokens(vault, http)

    @staticmethod
    def owner(row: Launch | Import, grant: Grant | None) -> AccountOwner | None:
        """Return the person of a launch or an import, at the API; ``None`` if its grant doesn't say who it is."""
        access = account_access(row.family)
        identity = access.identity(grant) if access is not None and grant is not None else None
        return AccountOwner(row.platform_id, row.lms_user_id, identity) if identity is not None else None

    def key(self, platform_id: str, family: str) -> ApiKey | None:
        """Return the API key of a registration; ``None`` if it has none for ``family``."""
        stored_family, key = stored_key(self._vault, platform_id) or ("", None)
        return key if stored_family == family else None

    @staticmethod
    def find(owner: AccountOwner) -> LmsAccount | None:
        """Return the account of a person; ``None`` if they have to consent first."""
        return db.session.scalar(select(LmsAccount).where(*owner.at_lms, LmsAccount.lms_user_id == owner.lms_user_id))

    def session(self, row: Import, grant: Grant) -> tuple[AccountSession, LmsAccess]:
        """Return the account for an import; raise :class:`KeyMissing`, or :class:`AccountRefused` if there is none."""
        owner, key = self.owner(row, grant), self.key(row.platform_id, row.family)
        if owner is None or key is None or key.base_url != owner.identity.base_url:
            raise KeyMissing(f"platform {row.platform_id}")
        account = self.find(owner)
        if account is None:
            raise AccountRefused("no account")
        if scopes := _missing(account, account_access(row.family)):
            raise ConsentTooSmall(", ".join(scopes))
        session = AccountSession(self._tokens, account.id)
        access = LmsAccess(
            base_url=key.base_url,
            user_id=account.account_id,
            access_token=session.access_token,
            http=self.http,
            scopes=frozenset(account.scopes),
            transfer=key.transfer,
        )
        return session, access

    def save(self, owner: AccountOwner, tokens: OAuthTokens, scopes: tuple[str, ...]) -> None:
        """Store the tokens of a consent. Those that the person had before are revoked. The caller commits."""
        for row in db.session.scalars(select(LmsAccount).where(*owner.at_lms)).all():
            self._remove(row)
        account = LmsAccount(
            platform_id=owner.platform_id,
            lms_user_id=owner.lms_user_id,
            base_url=owner.identity.base_url,
            account_id=owner.identity.user_id,
            scopes=list(scopes),
            **encrypted(self._vault, tokens),
        )
        db.session.add(account)
        add_audit_entry(
            AuditAction.CONSENT_GIVEN, owner.lms_user_id, subject=owner.lms_user_id, platform_id=owner.platform_id
        )

    def forget(self, *conditions: ColumnElement[bool], actor: str) -> int:
        """Delete accounts, add chores that revoke them, and record it; return their number. The caller commits."""
        rows = db.session.scalars(select(LmsAccount).where(*conditions)).all()
        for row in rows:
            add_audit_entry(AuditAction.CONSENT_ENDED, actor, subject=row.lms_user_id, platform_id=row.platform_id)
            self._remove(row)
        return len(rows)

    @retry_on_conflict
    def forget_now(self, *conditions: ColumnElement[bool], actor: str) -> int:
        """Forget accounts as :meth:`forget` does, in a transaction of its own."""
        count = self.forget(*conditions, actor=actor)
        db.session.commit()
        return count

    def disconnect(self, lms_user_id: str) -> None:
        """Forget all accounts of a person at their request, and revoke them, later if the LMS is down. Commits."""
        self.forget_now(LmsAccount.lms_user_id == lms_user_id, actor=lms_user_id)
        self.run_revocations()

    def run_revocations(self) -> None:
        """Try the revocations that are due. Those that fail are tried again by the workers."""
        self._chores.run_due(kind=ChoreKind.REVOKE_TOKENS)

    def add_revocation(self, family: str, key: ApiKey, tokens: OAuthTokens) -> None:
        """Add a chore that ends a consent at the LMS. The caller commits."""
        target = {
            "family": family,
            "base_url": key.base_url,
            "client_id": key.client_id,
            "secret": key.secret,
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
        }
        self._chores.add(ChoreKind.REVOKE_TOKENS, json.dumps(target), None)

    def revoke(self, _chore: Chore, target: str) -> None:
        """Carry out a chore of :data:`ChoreKind.REVOKE_TOKENS`."""
        values = json.loads(target)
        access = account_access(values["family"])
        if access is not None:
            key = ApiKey(base_url=values["base_url"], client_id=values["client_id"], secret=values["secret"])
            tokens = OAuthTokens(access_token=values["access_token"], refresh_token=values["refresh_token"])
            access.revoke(self.http, key, tokens)

    def _remove(self, row: LmsAccount) -> None:
        family, key = stored_key(self._vault, row.platform_id) or ("", None)
        if key is not None and key.base_url == row.base_url:
            self.add_revocation(family, key, decrypted(self._vault, row))
        db.session.execute(delete(LmsAccount).where(LmsAccount.id == row.id))
