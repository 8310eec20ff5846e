"""A teacher's consent to the use of their LMS's API, from the click to the stored tokens (RFC 6749 §4.1).

1. The exam's page, in the LMS's frame, asks for a link (:meth:`Consents.request`). It works once, for ten minutes.
2. The link opens in a window of its own, because the LMS's login may not work in a frame. The window gets a secret as a
   cookie and is sent to the LMS with a random ``state`` (:meth:`Consents.begin`).
3. The LMS sends the window back. State and cookie must belong together, and are used once (:meth:`Consents.finish`).
   The tokens are kept only if they are those of the person of the launch.

Only hashes of link, state and secret are stored. Errors are also noted at the waiting import, so that the exam's page
shows them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from hmac import compare_digest

import structlog
from sqlalchemy import ColumnElement, select

from lti_tool.errors import ToolError
from lti_tool.lms.account_access import AccountAccess, ApiKey, Authorization, LmsIdentity
from lti_tool.lms.account_errors import AccountsThrottled, KeyMissing, KeyOff, ScopesMissing
from lti_tool.models import (
    ConsentRequest,
    Import,
    ImportState,
    Launch,
    compare_and_set,
    db,
    delete_in_batches,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import Vault, fingerprint
from lti_tool.services.delivery import consent_errors
from lti_tool.services.delivery.account_keys import account_access, stored_key
from lti_tool.services.delivery.direct_imports import DirectImports, ImportNotPossible
from lti_tool.services.delivery.import_availability import read_grant
from lti_tool.services.delivery.lms_accounts import AccountOwner, LmsAccounts
from lti_tool.services.launches.access import Access

log = structlog.get_logger(__name__)

CALLBACK = "/consent/callback"
"""Path of the redirect URI below the tool's address: the same for all registrations, without a query."""
LIFETIME = timedelta(minutes=10)
"""From the click to the LMS's response; a code of Canvas lives as long."""
KEPT = timedelta(hours=1)
"""How much longer a request is kept, so that "too late" differs from "unknown"."""

_REASON = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class BegunConsent:
    """Where the window goes, and the secret for its cookie."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """The parameters of the LMS's redirect (RFC 6749 §4.1.2): ``code``, or ``error`` and its ``description``."""

    state: str
    code: str = ""
    error: str = ""
    description: str = ""


class Consents:
    """Requests and completes consents."""

    def __init__(
        self, *, vault: Vault, accounts: LmsAccounts, direct_imports: DirectImports, access: Access, redirect_uri: str
    ) -> None:
        self._vault = vault
        self._accounts = accounts
        self._direct_imports = direct_imports
        self._access = access
        self.redirect_uri = redirect_uri

    @retry_on_conflict
    def request(self, launch: Launch, row: Import) -> str:
        """Return the code of a link to a window for the import ``row``. Commits. Raises :class:`ImportNotPossible`."""
        owner = self._accounts.owner(launch, read_grant(self._vault, launch.import_grant_encrypted))
        key = self._accounts.key(launch.platform_id, launch.family)
        access = account_access(launch.family)
        fits = owner is not None and key is not None and key.base_url == owner.identity.base_url
        if not fits or owner is None or key is None or access is None or row.state != ImportState.WAITING_FOR_CONSENT:
            raise ImportNotPossible("no consent is needed, or none is possible")
        code = secrets.token_urlsafe(32)
        request = ConsentRequest(
            id=fingerprint(code),
            platform_id=owner.platform_id,
            lms_user_id=owner.lms_user_id,
            launch_id=launch.id,
            import_id=row.id,
            base_url=owner.identity.base_url,
            account_id=owner.identity.user_id,
            scopes=list(dict.fromkeys((*access.required_scopes, *key.optional_scopes))),
            expires_at=now() + LIFETIME,
        )
        db.session.add(request)
        db.session.commit()
        return code

    def begin(self, code: str, secret: str = "") -> BegunConsent:
        """Use the link in a window, whose cookie is ``secret`` if it has one already.

        Raises a subclass of :class:`ConsentError`, :class:`KeyMissing`, or the errors of :meth:`Access.active_launch`.
        """
        request = _find(ConsentRequest.id == fingerprint(code))
        if request.state_hash is not None:
            raise consent_errors.ConsentUsed("link")
        if request.expires_at < now():
            raise consent_errors.ConsentExpired
        self._access.active_launch(request.launch_id)
        api = self._api(request)
        secret = secret or secrets.token_urlsafe(32)
        state = _new_state(request.id, ConsentRequest.state_hash.is_(None), browser_hash=fingerprint(secret))
        return BegunConsent(self._url(api, state, request.scopes), secret)

    def finish(self, response: AuthorizationResponse, secret: str) -> str:
        """Complete a consent with the LMS's response, in the window with the cookie ``secret``.

        Return the empty text if the tokens are stored, or an address to which to send the window: the LMS refused the
        optional scopes, and is asked again without them. Raises a subclass of :class:`ConsentError` or of
        :class:`DirectImportError`, or the errors of :meth:`Access.active_launch`.
        """
        request = _use(response.state, secret)
        with _noted(request.import_id):
            self._access.active_launch(request.launch_id)
            api = self._api(request)
            if response.code:
                self._store(request, api, response.code)
                return ""
            required = api.access.required_scopes
            if response.error == "invalid_scope" and set(request.scopes) > set(required):
                log.info("consent.without_optional_scopes", platform=request.platform_id)
                state = _new_state(request.id, used_at=None, scopes=list(required))
                return self._url(api, state, required)
            raise _refusal(response, api.access)

    @staticmethod
    def sweep() -> None:
        """Delete old requests."""
        delete_in_batches(ConsentRequest.id, ConsentRequest.expires_at < now() - KEPT)

    def _store(self, request: _Request, api: _Api, code: str) -> None:
        """Exchange the code and keep the tokens, or revoke them at once if they are another person's."""
        http, redirect_uri = self._accounts.http, self.redirect_uri
        try:
            authorization = api.access.exchange(http, api.key, redirect_uri=redirect_uri, code=code)
        except AccountsThrottled:
            # The code is as good as before, so the window may bring it again.
            _set(request.id, used_at=None)
            raise
        problem = _problem(authorization, request.account_id)
        if problem is None:
            imports = self._save(request, authorization)
            if imports is not None:
                log.info("consent.given", platform=request.platform_id, lms_user=request.lms_user_id)
                self._direct_imports.run(imports)
                return
        self._revoke(api, authorization)
        log.warning("consent.not_kept", platform=request.platform_id, code=problem.code if problem else "erased")
        raise problem or consent_errors.ConsentUnknown("the person has been erased")

    @retry_on_conflict
    def _save(self, request: _Request, authorization: Authorization) -> list[str] | None:
        """Store the account; return the imports that go on, or ``None`` if the person has been erased. Commits."""
        if db.session.get(ConsentRequest, request.id) is None:
            return None
        identity = LmsIdentity(request.base_url, request.account_id)
        owner = AccountOwner(request.platform_id, request.lms_user_id, identity)
        self._accounts.save(owner, authorization.tokens, request.scopes)
        waiting = (Import.lms_user_id == request.lms_user_id, Import.platform_id == request.platform_id)
        imports = self._direct_imports.resume(*waiting)
        db.session.commit()
        return imports

    @retry_on_conflict
    def _revoke(self, api: _Api, authorization: Authorization) -> None:
        self._accounts.add_revocation(api.family, api.key, authorization.tokens)
        db.session.commit()
        self._accounts.run_revocations()

    def _api(self, request: _Request) -> _Api:
        """Return the API of a request; raise :class:`KeyMissing` if the key was removed or changed."""
        family, key = stored_key(self._vault, request.platform_id) or ("", None)
        access = account_access(family)
        db.session.rollback()
        if key is None or access is None or key.base_url != request.base_url:
            raise KeyMissing("removed or changed during the consent")
        return _Api(family, key, access)

    def _url(self, api: _Api, state: str, scopes: Sequence[str]) -> str:
        redirect_uri = self.redirect_uri
        return api.access.authorization_url(api.key, redirect_uri=redirect_uri, state=state, scopes=tuple(scopes))


@dataclass(frozen=True, slots=True)
class _Request:
    """A consent request as it was at one moment."""

    id: str
    state_hash: str | None
    browser_hash: str
    platform_id: str
    lms_user_id: str
    launch_id: str
    import_id: str
    base_url: str
    account_id: str
    scopes: tuple[str, ...]
    used_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Api:
    """The API whose consent is asked for."""

    family: str
    key: ApiKey
    access: AccountAccess


def _find(condition: ColumnElement[bool]) -> _Request:
    row = db.session.scalar(select(ConsentRequest).where(condition).execution_options(populate_existing=True))
    if row is None:
        raise consent_errors.ConsentUnknown
    values = {column.name: getattr(row, column.name) for column in fields(_Request)}
    db.session.rollback()
    return _Request(**values | {"scopes": tuple(values["scopes"])})


def _use(state: str, secret: str) -> _Request:
    """Mark the request of ``state`` as used. A browser without its secret learns nothing and changes nothing."""
    request = _find(ConsentRequest.state_hash == fingerprint(state))
    if not compare_digest(request.browser_hash, fingerprint(secret)):
        raise consent_errors.ConsentOtherBrowser("cookie wrong" if secret else "cookie missing")
    if request.used_at is not None:
        raise consent_errors.ConsentUsed("state")
    if request.expires_at < now():
        raise consent_errors.ConsentExpired
    if not _set(request.id, ConsentRequest.used_at.is_(None), used_at=now()):
        raise consent_errors.ConsentUsed("state")
    return request


def _new_state(request_id: str, *conditions: ColumnElement[bool], **values: object) -> str:
    """Give the request a new state and return it; raise :class:`ConsentUsed` unless ``conditions`` hold."""
    state = secrets.token_urlsafe(32)
    if not _set(request_id, *conditions, state_hash=fingerprint(state), **values):
        raise consent_errors.ConsentUsed("link")
    return state


@retry_on_conflict
def _set(request_id: str, *conditions: ColumnElement[bool], **values: object) -> bool:
    changed = compare_and_set(ConsentRequest, ConsentRequest.id == request_id, *conditions, **values)
    db.session.commit()
    return changed


@contextmanager
def _noted(import_id: str) -> Iterator[None]:
    """Note an error at the import that waits, for the exam's page."""
    try:
        yield
    except ToolError as error:
        db.session.rollback()
        _note(import_id, error)
        raise


@retry_on_conflict
def _note(import_id: str, error: ToolError) -> None:
    waiting = Import.state == ImportState.WAITING_FOR_CONSENT
    values = {"error_code": error.code, "error_facts": dict(error.facts)}
    compare_and_set(Import, Import.id == import_id, waiting, **values)
    db.session.commit()


def _problem(authorization: Authorization, account_id: str) -> consent_errors.ConsentError | None:
    """Return why the tokens aren't kept; ``None`` if they are those of the launched person."""
    if authorization.is_masquerade:
        return consent_errors.ConsentByMasquerade()
    if account_id in authorization.user_ids:
        return None
    if not authorization.user_ids or not authorization.user_name:
        return consent_errors.ConsentUserUnclear()
    return consent_errors.ConsentOtherUser(user=authorization.user_name)


def _refusal(response: AuthorizationResponse, access: AccountAccess) -> ToolError:
    """Return the error with which the LMS redirected the window."""
    reason = response.error if _REASON.fullmatch(response.error) else "-"
    if reason == "access_denied":
        return consent_errors.ConsentDeclined()
    if reason == "unauthorized_client":
        return KeyOff(reason)
    if reason == "invalid_scope":
        missing = access.scopes_not_granted(response.description) or access.required_scopes
        return ScopesMissing(reason, scopes=", ".join(missing)[:1000])
    return consent_errors.ConsentRefused(reason, reason=reason)
