"""Passwords of the console, stored as Argon2id (RFC 9106) with argon2-cffi's parameters."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lti_tool.errors import N_
from lti_tool.services.administration.errors import AccountInvalid

MIN_LENGTH, MAX_LENGTH = 12, 200
"""Characters (NIST SP 800-63B §3.1.1.2 asks for length, and no other rule)."""

_HASHER = PasswordHasher()


def hash_password(password: str, email: str) -> str:
    """Return the hash to store; raise :class:`AccountInvalid` for a password that is too easy."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        problem = N_("it must have %(least)d to %(most)d characters")
        raise AccountInvalid(what="password", problem=problem, least=MIN_LENGTH, most=MAX_LENGTH)
    if password.casefold() in (email, email.partition("@")[0]) or len(set(password)) < 5:
        raise AccountInvalid(what="password", problem=N_("it is too easy to guess"))
    return _HASHER.hash(_encoded(password))


def verify_password(stored: str, password: str) -> bool:
    """Return whether ``password`` is the one whose hash is stored. Without one, takes as long and returns ``False``."""
    if len(password) > MAX_LENGTH:
        return False
    try:
        return _HASHER.verify(stored or _hash_of_nothing(), _encoded(password)) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Return whether argon2-cffi now recommends stronger parameters."""
    return _HASHER.check_needs_rehash(stored)


def _encoded(password: str) -> bytes:
    # A lone surrogate can't be sent by a browser, but by a script.
    return password.encode("utf-8", "surrogatepass")


@cache
def _hash_of_nothing() -> str:
    """Return a hash to compare with where there is no account, so that timing reveals nothing."""
    return _HASHER.hash("no account has this password")
