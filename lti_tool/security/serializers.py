"""Serializers for signed values in URLs."""

from __future__ import annotations

from itsdangerous import Serializer, URLSafeSerializer, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode


class _Uncompressed(Serializer[str]):
    """A serializer that skips itsdangerous's compression.

    Our values are ids and hashes, which hardly shrink, and the attempt takes 3 % of the CPU time of a launch.
    Compressed values of earlier versions are still read.
    """

    def dump_payload(self, obj: object) -> bytes:
        return base64_encode(Serializer.dump_payload(self, obj))


class StateSerializer(_Uncompressed, URLSafeSerializer):
    """Signs values without a time."""


class LinkSerializer(_Uncompressed, URLSafeTimedSerializer):
    """Signs values together with the current time."""
