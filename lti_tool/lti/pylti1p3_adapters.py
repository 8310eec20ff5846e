"""Adapters that keep PyLTI1p3 away from the request, the session and cookies: this tool handles them itself."""

from __future__ import annotations

from collections.abc import Mapping

from pylti1p3.cookie import CookieService
from pylti1p3.request import Request
from pylti1p3.session import SessionService


class FormRequest(Request):
    """The parameters of a request, without the request."""

    def __init__(self, params: Mapping[str, str]) -> None:
        self._params = params

    def is_secure(self) -> bool:
        """Return true; the web pages set cookies according to the settings."""
        return True

    def get_param(self, key: str) -> str:
        """Return a parameter; empty if absent."""
        return self._params.get(key, "")


class NoSession(SessionService):
    """Stores nothing: claims belong neither in a cookie nor in a cache."""

    def __init__(self) -> None:
        """Skip PyLTI1p3's data storage."""


class NoCookies(CookieService):
    """Sets nothing: the web pages set the only cookie."""

    def get_cookie(self, name: str) -> str | None:
        """Return none."""
        return None

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        """Do nothing."""
