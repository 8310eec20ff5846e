"""The signing key of a platform."""

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
    """An RSA key, generated on first use."""

    def __init__(self) -> None:
        self.kid = secrets.token_urlsafe(8)

    @cached_property
    def _private(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, claims: Claims) -> str:
        """Return the claims as a token signed with RS256."""
        return jwt.encode(dict(claims), self._private, algorithm="RS256", headers={"kid": self.kid})

    def public_jwks(self) -> dict[str, object]:
        """Return the key set with the public key."""
        public = json.loads(RSAAlgorithm.to_jwk(self._private.public_key()))
        return {"keys": [{**public, "kid": self.kid, "alg": "RS256", "use": "sig"}]}
