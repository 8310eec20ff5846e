"""Deep linking responses (Deep Linking 2.0 §4.5), based on PyLTI1p3's with corrected claims."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.registration import Registration

from lti_tool.lti.protocol import claims
from lti_tool.lti.protocol.claim_reading import plain_text
from lti_tool.lti.protocol.content_items import ContentItem
from lti_tool.lti.protocol.deep_linking_settings import DeepLinkingSettings
from lti_tool.lti.store.tool_keys import ToolKeys
from lti_tool.models import now as current_time

BACKDATED_SECONDS = 5
"""Moodle has no leeway: an ``iat`` one second ahead of its clock is rejected.

See docs/reference/moodle.md#response-checks.
"""
LIFETIME_SECONDS = 600
MESSAGE_LENGTH = 500


def sign_deep_linking_response(
    *,
    issuer: str,
    client_id: str,
    deployment_id: str,
    settings: DeepLinkingSettings,
    items: Sequence[ContentItem],
    keys: ToolKeys,
    message: str = "",
    error: str = "",
    now: datetime | None = None,
) -> str:
    """Return the signed response, which the browser posts to ``settings.return_url`` as the form field ``JWT``.

    A response without items cancels. ``message`` and ``error`` are plain text for the teacher; Canvas shows them,
    Moodle does not (see docs/reference/moodle.md#returned-items).
    """
    signer = _Signer(issuer, client_id, *keys.signing_key())
    response = _Response(signer, deployment_id, settings, now or current_time())
    body = response.get_message_jwt([_Resource(item) for item in items])
    texts = {claims.MSG: message, claims.ERRORMSG: error}
    body |= {name: plain_text(text, MESSAGE_LENGTH) for name, text in texts.items() if text.strip()}
    return str(response.encode_jwt(body))  # type: ignore[no-untyped-call]  # PyLTI1p3 gives this one method no types


class _Signer(Registration):
    """A registration that signs with a key object, instead of parsing PEM each time."""

    def __init__(self, issuer: str, client_id: str, kid: str, key: RSAPrivateKey) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._kid = kid
        self._key = key

    def get_kid(self) -> str:
        return self._kid

    def get_tool_private_key(self) -> RSAPrivateKey:  # type: ignore[override]  # PyJWT takes objects as well
        return self._key


class _Resource(DeepLinkResource):
    """One of our content items for PyLTI1p3, whose own class has no ``file``."""

    def __init__(self, item: ContentItem) -> None:
        self._item = item

    def to_dict(self) -> dict[str, object]:
        return self._item.to_claim()


class _Response(DeepLink):
    def __init__(
        self, registration: _Signer, deployment_id: str, settings: DeepLinkingSettings, moment: datetime
    ) -> None:
        super().__init__(
            registration=registration,
            deployment_id=deployment_id,
            deep_link_settings={"deep_link_return_url": settings.return_url},
        )
        self._settings = settings
        self._moment = moment

    def get_message_jwt(self, resources: Sequence[DeepLinkResource]) -> dict[str, object]:
        """Return the claims, without ``data`` if there is none: strict platforms reject null."""
        seconds = int(self._moment.timestamp())
        message: dict[str, object] = {
            "iss": self._registration.get_client_id(),
            "aud": self._registration.get_issuer(),
            "azp": self._registration.get_client_id(),
            "iat": seconds - BACKDATED_SECONDS,
            "exp": seconds + LIFETIME_SECONDS,
            "nonce": secrets.token_urlsafe(24),
            claims.DEPLOYMENT_ID: self._deployment_id,
            claims.MESSAGE_TYPE: claims.DEEP_LINKING_RESPONSE,
            claims.VERSION: claims.LTI_VERSION,
            claims.CONTENT_ITEMS: [resource.to_dict() for resource in resources],
        }
        if self._settings.data is not None:
            message[claims.DATA] = self._settings.data
        return message
