"""The platform's own key, and the small amount of JOSE that an LMS needs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from functools import cached_property

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

Claims = Mapping[str, object]


class SigningKey:
    """An RSA key of one platform, made when it is first needed."""

    def __init__(self) -> None:
        self.kid = secrets.token_urlsafe(8)

    @cached_property
    def _private(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, claims: Claims) -> str:
        """An RS256 token with this key's ``kid``."""
        return jwt.encode(dict(claims), self._private, algorithm="RS256", headers={"kid": self.kid})

    def public_jwks(self) -> dict[str, object]:
        """The key set that tools fetch."""
        public = json.loads(RSAAlgorithm.to_jwk(self._private.public_key()))
        return {"keys": [{**public, "kid": self.kid, "alg": "RS256", "use": "sig"}]}
