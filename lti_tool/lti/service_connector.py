"""PyLTI1p3's service connector, with access tokens that are cached by registration and expire.

Changed from PyLTI1p3 (see docs/reference/pylti1p3.md, D12, D14, D23, D24, D25, D-N1): tokens are in the shared cache
under the registration's id; the assertion is signed with a key object; time and size are limited; header values keep
their case.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import jwt
from cachelib.base import BaseCache
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector

from lti_tool.lti.protocol.addresses import is_web_address
from lti_tool.lti.service_errors import ServiceAddressWrong, ServiceRefused, TokenRefused
from lti_tool.lti.service_http import ServiceHttp, ServiceResponse
from lti_tool.lti.store.tool_keys import ToolKeys
from lti_tool.models import Platform
from lti_tool.security.encryption import Vault, fingerprint

ASSERTION_SECONDS = 60
BACKDATED_SECONDS = 5
MARGIN_SECONDS = 60
"""A token is not used in its last minute: it could expire on its way."""
LIFETIME_SECONDS = 3600
"""Default if the platform does not say (Security Framework 1.0 §4.1)."""
MAX_LIFETIME = 24 * 3600


@dataclass(frozen=True, slots=True)
class ServiceParts:
    """Dependencies shared by all connectors."""

    http: ServiceHttp
    cache: BaseCache
    vault: Vault
    keys: ToolKeys


class PlatformServiceConnector(ServiceConnector):
    """Calls the services of one platform; PyLTI1p3's service clients accept it."""

    def __init__(self, platform: Platform, parts: ServiceParts) -> None:
        super().__init__(Registration())
        self._platform_id = platform.id
        self._client_id = platform.client_id
        self._token_url = platform.token_url
        self._audience = platform.token_audience or platform.token_url
        self._https_only = platform.issuer.startswith("https://")
        self._parts = parts

    def get_access_token(self, scopes: Sequence[str]) -> str:
        """Return a token for ``scopes``, from the cache if possible. Raises :class:`TokenRefused`."""
        cached = self._parts.cache.get(self._cache_name(scopes))
        return self._parts.vault.decrypt(cached) if isinstance(cached, str) else self._new_token(scopes)

    def make_service_request(self, *_: object, **__: object) -> NoReturn:
        """Not used: PyLTI1p3's own request has no limits and no https check."""
        raise NotImplementedError("use get or put, which limit time and size and check the address")

    def get(self, scopes: Sequence[str], url: str, headers: Mapping[str, str]) -> ServiceResponse:
        """GET JSON, trying again while the platform is unavailable; renew a token that it no longer accepts once.

        Raises subclasses of :class:`ServiceError`: :class:`ServiceAddressWrong`, :class:`TokenRefused`,
        :class:`ServiceUnreachable`, :class:`ServiceRefused` or :class:`ServiceUnreadable`.
        """
        all_headers = {"Accept": "application/json", **headers}
        return self._call(scopes, url, all_headers, lambda with_token: self._parts.http.get(url, with_token))

    def put(
        self, scopes: Sequence[str], url: str, body: bytes, headers: Mapping[str, str], *, seconds: float
    ) -> ServiceResponse:
        """PUT JSON once, waiting up to ``seconds`` for the response; renew a token that is no longer accepted once.

        Raises the errors of :meth:`get`; after :class:`ServiceUnreachable`, the platform may have acted or not.
        """
        all_headers = {"Accept": "application/json", "Content-Type": "application/json", **headers}
        http = self._parts.http
        return self._call(scopes, url, all_headers, lambda with_token: http.put(url, with_token, body, seconds=seconds))

    def _call(
        self,
        scopes: Sequence[str],
        url: str,
        headers: Mapping[str, str],
        send: Callable[[Mapping[str, str]], ServiceResponse],
    ) -> ServiceResponse:
        """Send with a token; once more with a new one if the platform no longer accepts it."""
        self._check_address(url)
        try:
            return send({**headers, "Authorization": f"Bearer {self.get_access_token(scopes)}"})
        except ServiceRefused as error:
            if error.facts["answer"] != 401:
                raise
        self._parts.cache.delete(self._cache_name(scopes))
        return send({**headers, "Authorization": f"Bearer {self.get_access_token(scopes)}"})

    def _new_token(self, scopes: Sequence[str]) -> str:
        if not self._token_url:
            raise TokenRefused("no access token URL is registered")
        request = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self._assertion(),
            "scope": " ".join(sorted(scopes)),
        }
        try:
            response = self._parts.http.post(self._token_url, {"Accept": "application/json"}, request)
        except ServiceRefused as error:
            raise TokenRefused(error.detail, reason=error.facts["reason"]) from error
        token, seconds = _token_of(response)
        if seconds > MARGIN_SECONDS:
            self._parts.cache.set(
                self._cache_name(scopes), self._parts.vault.encrypt(token), timeout=seconds - MARGIN_SECONDS
            )
        return token

    def _assertion(self) -> str:
        """Return the signed client assertion (Security Framework 1.0 §4.1.1)."""
        kid, key = self._parts.keys.signing_key()
        moment = int(time.time())
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._audience,
            "iat": moment - BACKDATED_SECONDS,
            "exp": moment + ASSERTION_SECONDS,
            "jti": secrets.token_urlsafe(24),
        }
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})

    def _cache_name(self, scopes: Sequence[str]) -> str:
        return f"lti-token:{self._platform_id}:{fingerprint(' '.join(sorted(scopes)))}"

    def _check_address(self, url: str) -> None:
        if not is_web_address(url, https_only=self._https_only):
            raise ServiceAddressWrong("not https, or not absolute")


def _token_of(response: ServiceResponse) -> tuple[str, int]:
    body = response.body if isinstance(response.body, dict) else {}
    token, seconds = body.get("access_token"), body.get("expires_in", LIFETIME_SECONDS)
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise TokenRefused("no token in the response")
    if isinstance(seconds, str) and seconds.isdecimal():
        seconds = int(seconds)
    if type(seconds) not in (int, float):
        seconds = 0
    return token, int(max(0, min(seconds, MAX_LIFETIME)))
