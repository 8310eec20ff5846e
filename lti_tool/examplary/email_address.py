"""E-mail addresses that Examplary accepts (see docs/reference/examplary-api.md#e-mail-addresses)."""

from __future__ import annotations

import hashlib
import re

# Examplary's published pattern, verbatim; used with fullmatch, because `$` in Python also matches before a newline.
_EMAIL = re.compile(r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$")
_MAX_LENGTH = 254
_MAX_LOCAL_LENGTH = 64


def usable_email(email: str | None) -> str | None:
    """Return ``email`` stripped of blanks if Examplary accepts it, else ``None``.

    It rejects non-ASCII letters, international domains, hosts without a dot and a dot before the @. Addresses that are
    too long for e-mail are rejected, too (RFC 5321 §4.5.3.1: 64 octets before the @, 254 in total).
    """
    text = (email or "").strip()
    if len(text) > _MAX_LENGTH or len(text.partition("@")[0]) > _MAX_LOCAL_LENGTH or not _EMAIL.fullmatch(text):
        return None
    return text


def synthetic_email(seed: str, domain: str) -> str:
    """Return an address for a person whose own we can't use, derived from ``seed`` by a one-way hash.

    ``seed`` identifies the person (platform and ``sub``). ``domain`` must not deliver mail: for example,
    ``users.example.invalid``. Raises :class:`ValueError` for a domain that Examplary rejects.
    """
    address = f"lms-{hashlib.sha256(seed.encode()).hexdigest()[:32]}@{domain.strip().lower()}"
    if usable_email(address) is None:
        raise ValueError("the domain for synthetic addresses must be like users.example.invalid")
    return address
