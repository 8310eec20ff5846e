"""PyLTI1p3's doors to the web, closed: what it would keep in sessions and cookies is a row of ours."""

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
        """Return true: what depends on it is decided by the pages, from the settings."""
        return True

    def get_param(self, key: str) -> str:
        """Return a parameter, empty if it did not come."""
        return self._params.get(key, "")


class NoSession(SessionService):
    """Keeps nothing: claims belong neither into a cookie nor into a cache."""

    def __init__(self) -> None:
        """Do without a data storage."""


class NoCookies(CookieService):
    """Sets nothing: the pages set the one cookie there is."""

    def get_cookie(self, name: str) -> str | None:
        """Return none."""
        return None

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        """Do nothing."""
