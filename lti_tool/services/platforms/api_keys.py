"""The API key that an LMS's administrator made for the tool: set, removed and checked by the operator.

It is not the tool's registration, which signs launches: with it, the tool may ask teachers for their consent.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete

from lti_tool.errors import N_, Fact
from lti_tool.lms.account_access import AccountAccess, Transfer
from lti_tool.lms.account_errors import AccountsUnreachable, KeyOff, LmsKeyRejected, RedirectUriRefused, ScopesMissing
from lti_tool.lms.direct_import import DirectImportError
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.claim_reading import IDENTIFIER_LENGTH, storable
from lti_tool.models import (
    OPERATOR,
    AuditAction,
    ConsentRequest,
    LmsAccount,
    LmsApiKey,
    Platform,
    add_audit_entry,
    db,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import Vault
from lti_tool.services.delivery.account_keys import account_access, stored_key
from lti_tool.services.delivery.lms_accounts import LmsAccounts
from lti_tool.services.platforms.check_results import CheckResult, CheckStatus
from lti_tool.services.platforms.pasted_values import tidy_address, tidy_text
from lti_tool.services.platforms.setting_changes import change_of
from lti_tool.services.platforms.value_errors import InvalidValue

MAX_SECRET = 1000

API_KEY = N_("API key")
NEW_SCOPES = N_("This release needs scopes that none needed when the API key was set: %(scopes)s.")
TICK_SCOPES_ADVICE = N_(
    "Tick them in the API key in the LMS, then save the key here again. Teachers are asked once more."
)
_ADVICE = {
    AccountsUnreachable: N_("Check %(url)s, and whether this machine can reach it (firewall, DNS name, certificate)."),
    LmsKeyRejected: N_("Compare client ID and secret with the API key in the LMS, and whether the key is for %(url)s."),
    KeyOff: N_("Switch the API key on in the LMS, and for the account of %(url)s."),
    RedirectUriRefused: N_("Enter %(redirect_uri)s as the redirect URI of the API key in the LMS."),
    ScopesMissing: N_("Tick these scopes in the API key in the LMS: %(scopes)s"),
}


class ApiKeys:
    """Sets, removes and checks API keys. ``redirect_uri`` is the same for all of them."""

    def __init__(self, vault: Vault, accounts: LmsAccounts, redirect_uri: str) -> None:
        self._vault = vault
        self._accounts = accounts
        self.redirect_uri = redirect_uri

    @staticmethod
    def of(row: Platform) -> LmsApiKey | None:
        """Return the key of a registration."""
        return db.session.get(LmsApiKey, row.id)

    @retry_on_conflict
    def set(
        self,
        row: Platform,
        *,
        family: str,
        base_url: str,
        client_id: str,
        secret: str,
        optional_scopes: Sequence[str] = (),
        transfer: Transfer = Transfer.UPLOAD,
        insecure: bool = False,
        actor: str = OPERATOR,
    ) -> None:
        """Set the key of a registration; ``insecure`` allows a host without TLS. Commits.

        Without a ``secret``, a key with the same host and client ID keeps its own.

        Teachers' consents stay if host and client ID stay; otherwise they belong to another key, and are revoked.
        Raises :class:`InvalidValue`.
        """
        address = _checked_address(base_url, insecure=insecure)
        values = {
            "family": family,
            "base_url": address,
            "client_id": _checked("client_id", client_id, IDENTIFIER_LENGTH),
            "secret_encrypted": self._secret(row, address, client_id, secret),
            "required_scopes": list(access_of(family).required_scopes),
            "optional_scopes": _checked_scopes(family, optional_scopes),
            "transfer": transfer,
            "changed_at": now(),
        }
        current = self.of(row)
        before = f"{current.base_url} {current.client_id}" if current is not None else ""
        if current is not None and (current.base_url, current.client_id) != (address, values["client_id"]):
            self._forget_accounts(row)
        if current is None:
            db.session.add(LmsApiKey(platform_id=row.id, **values))
        else:
            for name, value in values.items():
                setattr(current, name, value)
        _record(row, actor, change_of("LMS API key", before, f"{address} {values['client_id']}"))

    @retry_on_conflict
    def remove(self, row: Platform, *, actor: str = OPERATOR) -> None:
        """Remove the key of a registration, and revoke its teachers' consents. Commits."""
        self._forget_accounts(row)
        db.session.execute(delete(LmsApiKey).where(LmsApiKey.platform_id == row.id))
        _record(row, actor, change_of("LMS API key", "set", "removed"))

    def check(self, row: Platform) -> list[CheckResult]:
        """Check the key at the LMS, as far as this works without a person; empty if there is none."""
        family, key = stored_key(self._vault, row.id) or ("", None)
        access = account_access(family)
        db.session.rollback()
        if key is None or access is None:
            return []
        facts: dict[str, Fact] = {"url": key.base_url, "redirect_uri": self.redirect_uri}
        if scopes := new_scopes(row):
            facts["scopes"] = scopes
            result = CheckResult(
                name=API_KEY, status=CheckStatus.WRONG, sentence=NEW_SCOPES, advice=TICK_SCOPES_ADVICE, facts=facts
            )
            return [result]
        try:
            access.check(self._accounts.http, key, redirect_uri=self.redirect_uri)
        except DirectImportError as error:
            advice = _ADVICE.get(type(error), N_("Compare host, client ID and secret with the API key in the LMS."))
            status, facts = CheckStatus.WRONG, facts | error.facts
            return [CheckResult(name=API_KEY, status=status, sentence=error.sentence, advice=advice, facts=facts)]
        return [CheckResult(name=API_KEY, sentence=N_("%(url)s accepts key, secret and redirect URI."), facts=facts)]

    def _secret(self, row: Platform, address: str, client_id: str, secret: str) -> str:
        """Return the secret encrypted: the new one, or that of the same key."""
        current = self.of(row)
        same = current is not None and (current.base_url, current.client_id) == (address, tidy_text(client_id))
        if current is not None and same and not tidy_text(secret):
            return current.secret_encrypted
        return self._vault.encrypt(_checked("secret", secret, MAX_SECRET))

    def _forget_accounts(self, row: Platform) -> None:
        self._accounts.forget(LmsAccount.platform_id == row.id, actor=OPERATOR)
        db.session.execute(delete(ConsentRequest).where(ConsentRequest.platform_id == row.id))


def new_scopes(row: Platform) -> tuple[str, ...]:
    """Return the scopes that the tool has come to require since the key of ``row`` was set."""
    if row.family and account_access(row.family) is None:
        return ()
    key = db.session.get(LmsApiKey, row.id)
    access = account_access(key.family) if key is not None else None
    if key is None or access is None or key.required_scopes is None:
        return ()
    return tuple(scope for scope in access.required_scopes if scope not in key.required_scopes)


def access_of(family: str) -> AccountAccess:
    """Return how teachers of a family consent; raise :class:`InvalidValue` for a family without an API of its own."""
    access = account_access(family)
    if access is None:
        raise InvalidValue(what="family", problem=N_("the tool doesn't use its API"))
    return access


def _checked_address(base_url: str, *, insecure: bool) -> str:
    """Return scheme and host; raise :class:`InvalidValue` for anything else."""
    address = tidy_address(base_url).rstrip("/")
    if len(address) > IDENTIFIER_LENGTH or not address or origin_of(address) != address:
        raise InvalidValue(what="url", problem=N_("it must be scheme and host, such as https://school.instructure.com"))
    if not insecure and not address.startswith("https://"):
        raise InvalidValue(what="url", problem=N_("it must begin with https:// (for tests: --insecure)"))
    return address


def _checked(field: str, value: str, length: int) -> str:
    text = tidy_text(value)
    if not 0 < len(text) <= length or not text.isascii() or not text.isprintable() or not storable(text):
        raise InvalidValue(what=field, problem=N_("it's empty, too long, or contains invalid characters"))
    return text


def _checked_scopes(family: str, scopes: Sequence[str]) -> list[str]:
    allowed = access_of(family).optional_scopes
    for scope in scopes:
        if scope not in allowed:
            raise InvalidValue(
                what="scope", problem=N_("%(scope)s isn't one of %(choices)s"), scope=scope, choices=allowed or ("-",)
            )
    return list(dict.fromkeys(scopes))


def _record(row: Platform, actor: str, detail: str) -> None:
    add_audit_entry(AuditAction.PLATFORM_CHANGED, actor, subject=row.id, platform_id=row.id, detail=detail)
    db.session.commit()
