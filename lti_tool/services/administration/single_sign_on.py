"""Single sign-on for the console by OpenID Connect: authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1).

It proves an identity. Whether that person may sign in is decided here: an account with the address that the
provider has verified, or the operator's allowed claim. A provider that is down or wrong opens nothing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import select

from lti_tool.errors import N_
from lti_tool.lti.protocol.registration_errors import RegistrationError
from lti_tool.models import TOOL, AdminAccount, AdminRole, AuditAction, add_audit_entry, db
from lti_tool.services.administration.accounts import AccountChange, AdminAccounts, is_email, tidy_email
from lti_tool.services.administration.errors import AccountExists, AccountInvalid, AdminError
from lti_tool.services.platform_http import PlatformHttp

log = structlog.get_logger(__name__)

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"]
"""Signatures of an ID token. No HMAC: its key would be the client secret."""
SCOPE = "openid email profile"
SECONDS = 8.0
"""Time limit of one request to the provider."""
LEEWAY = 60
"""Seconds by which the clocks may differ."""
SUBJECT_LENGTH = 255


class SignOnUnavailable(AdminError):
    """The identity provider doesn't answer, or violates OpenID Connect."""

    code = "admin.sign_on_unavailable"
    sentence = N_("Single sign-on isn't available at the moment.")
    advice = N_("Try again later, or sign in with your password.")
    status = 502


class SignOnRefused(AdminError):
    """The provider identifies a person who has no account."""

    code = "admin.sign_on_refused"
    sentence = N_("Single sign-on doesn't let you in.")
    advice = N_("Sign in at your university with the right account. An owner of this tool must add its e-mail address.")
    status = 403


@dataclass(frozen=True, slots=True)
class SignOnSettings:
    """The operator's settings. ``claim`` is ``name=value``: people with it get a read-only account."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class SignOnRequest:
    """State of a sign-on, signed and kept by the browser."""

    state: str
    nonce: str
    verifier: str
    next_path: str

    def to_text(self) -> str:
        """Return it as JSON."""
        return json.dumps([self.state, self.nonce, self.verifier, self.next_path])


def read_request(text: str) -> SignOnRequest:
    """Return the request of :meth:`SignOnRequest.to_text`, which was signed by us."""
    return SignOnRequest(*json.loads(text))


class SingleSignOn:
    """Sends people to the provider and reads what it says of them."""

    def __init__(self, settings: SignOnSettings, http: PlatformHttp, accounts: AdminAccounts) -> None:
        self._settings = settings
        self._http = http
        self._accounts = accounts

    @property
    def available(self) -> bool:
        """Whether the operator has set it up."""
        return bool(self._settings.issuer and self._settings.client_id)

    def begin(self, next_path: str) -> tuple[str, SignOnRequest]:
        """Return the provider's address and what to remember; raise :class:`SignOnUnavailable`."""
        metadata = self._metadata()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        request = SignOnRequest(state, nonce, verifier, next_path)
        url, _ = self._session(metadata).create_authorization_url(
            metadata["authorization_endpoint"],
            state=request.state,
            nonce=request.nonce,
            code_verifier=request.verifier,
        )
        return str(url), request

    def finish(self, request: SignOnRequest, parameters: Mapping[str, str]) -> AdminAccount:
        """Return the account of the person that the provider identifies.

        Raises :class:`SignOnRefused` or :class:`SignOnUnavailable`.
        """
        if not secrets.compare_digest(parameters.get("state", "").encode(), request.state.encode()):
            raise SignOnRefused("another state")
        if not parameters.get("code"):
            raise SignOnRefused(f"the provider answered {parameters.get('error', 'nothing')[:100]!r}")
        claims = self._claims(request, parameters["code"])
        return self._account(claims)

    def _metadata(self) -> dict[str, str]:
        """Return the provider's addresses (OpenID Connect Discovery 1.0 §4)."""
        document = self._get(f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        complete = all(isinstance(document.get(name), str) for name in needed)
        if document.get("issuer") != self._settings.issuer or not complete:
            raise SignOnUnavailable("the provider's configuration is of another issuer, or incomplete")
        return {name: value for name, value in document.items() if isinstance(value, str)} | {
            "auth_method": _auth_method(document.get("token_endpoint_auth_methods_supported"))
        }

    def _get(self, url: str) -> dict[str, Any]:
        try:
            response = self._http.get(url, "openid_configuration")
        except RegistrationError as error:
            raise SignOnUnavailable(error.code) from error
        document = response.json()
        if response.status != 200 or not isinstance(document, dict):
            raise SignOnUnavailable(f"{url}: {response.status}")
        return document

    def _session(self, metadata: Mapping[str, str]) -> OAuth2Session:
        return OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret,
            token_endpoint_auth_method=metadata["auth_method"],
            scope=SCOPE,
            redirect_uri=self._settings.redirect_uri,
            code_challenge_method="S256",
            default_timeout=SECONDS,
        )

    def _claims(self, request: SignOnRequest, code: str) -> dict[str, Any]:
        metadata = self._metadata()
        session = self._session(metadata)
        try:
            token = session.fetch_token(
                metadata["token_endpoint"], code=code, code_verifier=request.verifier, allow_redirects=False
            )
            claims = self._verified(token, request, self._get(metadata["jwks_uri"]))
            return claims if "email" in claims else claims | self._user_info(session, metadata, claims["sub"])
        except OAuthError as error:
            raise SignOnRefused(f"the provider refused the code: {error.error}") from error
        except (JoseError, KeyError, TypeError, ValueError) as error:
            # A requests error for a body without JSON is a ValueError, too.
            raise SignOnRefused(f"the ID token is not valid: {type(error).__name__}") from error
        except requests.RequestException as error:
            raise SignOnUnavailable(type(error).__name__) from error

    def _verified(self, token: Mapping[str, Any], request: SignOnRequest, keys: dict[str, Any]) -> dict[str, Any]:
        """Return the claims of an ID token that was issued for this sign-on (OpenID Connect Core 1.0 §3.1.3.7)."""
        decoded = jwt.decode(token["id_token"], KeySet.import_key_set({"keys": keys["keys"]}), algorithms=ALGORITHMS)
        options = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
            "nonce": {"essential": True, "value": request.nonce},
        }
        parameters = {"client_id": self._settings.client_id, "access_token": token.get("access_token")}
        CodeIDToken(decoded.claims, decoded.header, options, parameters).validate(leeway=LEEWAY)
        return dict(decoded.claims)

    @staticmethod
    def _user_info(session: OAuth2Session, metadata: Mapping[str, str], subject: str) -> dict[str, Any]:
        """Return the provider's further claims about the same person (§5.3)."""
        if "userinfo_endpoint" not in metadata:
            return {}
        info = session.get(metadata["userinfo_endpoint"], allow_redirects=False).json()
        return info if isinstance(info, dict) and info.get("sub") == subject else {}

    def _account(self, claims: Mapping[str, Any]) -> AdminAccount:
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LENGTH or not subject.isprintable():
            raise SignOnRefused("no usable subject")
        account = db.session.scalar(select(AdminAccount).where(AdminAccount.sso_subject == subject))
        account = account or self._by_address(claims) or self._by_claim(claims)
        if account is None or not account.active or account.sso_subject not in (None, subject):
            self._record(account)
            raise SignOnRefused("no active account for this person")
        account.sso_subject = subject
        return account

    @staticmethod
    def _by_address(claims: Mapping[str, Any]) -> AdminAccount | None:
        """Return the account with the person's address, if the provider says that it has verified it."""
        if claims.get("email_verified") is not True:
            return None
        address = str(claims.get("email", "")).strip().lower()
        query = select(AdminAccount).where(AdminAccount.email == address)
        return db.session.scalar(query) if is_email(address) else None

    def _by_claim(self, claims: Mapping[str, Any]) -> AdminAccount | None:
        """Add a read-only account if the person has the allowed claim; an owner gives it more."""
        name, _, value = self._settings.claim.partition("=")
        values = claims.get(name) if name and value else None
        if value not in (values if isinstance(values, list) else [values]) or not value:
            return None
        change = AccountChange(all_platforms=True, name=str(claims.get("name", ""))[:200])
        try:
            address = tidy_email(str(claims.get("email", "")))
            return self._accounts.add(address, AdminRole.READER, change, actor=TOOL)
        except (AccountInvalid, AccountExists) as error:
            raise SignOnRefused(f"no account can be added: {error.code}") from error

    @staticmethod
    def _record(account: AdminAccount | None) -> None:
        log.warning("admin.sign_on_refused", account=account.id if account else None)
        if account is not None:
            add_audit_entry(AuditAction.ADMIN_REFUSED, TOOL, subject=account.id, detail="single sign-on")
            db.session.commit()


def _auth_method(supported: object) -> str:
    """Return how the client proves itself at the token endpoint; the first is the default (Discovery 1.0 §3)."""
    methods = supported if isinstance(supported, list) else []
    return "client_secret_post" if methods and "client_secret_basic" not in methods else "client_secret_basic"
