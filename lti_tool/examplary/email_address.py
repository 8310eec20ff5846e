"""E-mail addresses as Examplary takes them (facts: examplary-api §3, "E-mail pattern")."""

from __future__ import annotations

import hashlib
import re

# Examplary's published pattern, letter for letter; used with fullmatch, because Python's `$` lets a newline through.
_EMAIL = re.compile(r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$")
_LONGEST = 254
_LONGEST_LOCAL = 64


def usable_email(email: str | None) -> str | None:
    """``email`` without the blanks around it if Examplary takes it, else ``None``.

    Refused are letters outside ASCII, international domains, hosts without a dot, a dot before the @; and what
    no mail system takes (RFC 5321 §4.5.3.1: 64 octets before the @, 254 in all).
    """
    text = (email or "").strip()
    if len(text) > _LONGEST or len(text.partition("@")[0]) > _LONGEST_LOCAL or not _EMAIL.fullmatch(text):
        return None
    return text


def synthetic_email(seed: str, domain: str) -> str:
    """An address for a person whose e-mail we may not or cannot use: the same for the same seed, else another.

    ``seed`` names the person within this tool (platform and ``sub``); it cannot be read back. ``domain`` must
    reach nobody, such as ``users.example.invalid``. Raises :class:`ValueError` for a domain Examplary refuses.
    """
    address = f"lms-{hashlib.sha256(seed.encode()).hexdigest()[:32]}@{domain.strip().lower()}"
    if usable_email(address) is None:
        raise ValueError("the domain for synthetic addresses must be like users.example.invalid")
    return address
