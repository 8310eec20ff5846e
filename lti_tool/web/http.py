"""Requests and answers as Flask has them, without working out anew for each what is the same for all.

A launch is two requests whose answers are almost nothing but headers, and a third of what Flask and Werkzeug do for
them is to look up settings that never change and to check again what was made a moment ago.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import flask
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response as AnyResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

T = TypeVar("T")

_AS_IT_IS = re.compile(r"(?:https?:/)?/[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*")
"""An address with no character that would have to be written otherwise in a header (RFC 3986 §2)."""


def the(proxy: T) -> T:
    """Return the object for which one of Flask's proxies stands: ``request``, ``g``. They look it up at each use."""
    return cast("T", proxy._get_current_object())  # type: ignore[attr-defined]  # documented there


class Request(flask.Request):
    """A request that knows its limits, Flask's own, without asking; :class:`App` adds how many bytes it may have."""

    max_form_memory_size = 500_000
    max_form_parts = 1000


class Response(flask.Response):
    """An answer with the headers of its page's policy, which were checked when they were made."""

    protection: Mapping[str, tuple[str, str]] = MappingProxyType({})
    """By its name in small letters, each header's name and value; none where the page has one of its own."""

    def get_wsgi_response(self, environ: WSGIEnvironment) -> tuple[Any, str, list[tuple[str, str]]]:
        """Return the answer for the server."""
        body, status, headers = super().get_wsgi_response(environ)
        given = {name.lower() for name, _ in headers}
        return body, status, headers + [pair for name, pair in self.protection.items() if name not in given]


class _Redirect(Response):
    """Its address is fit for a header, and there is nothing else that would have to be made fit."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        return self.headers


def redirect(address: str, status: int) -> AnyResponse:
    """Lead to ``address``."""
    if not _AS_IT_IS.fullmatch(address):
        return flask.redirect(address, status)
    return _Redirect(status=status, headers={"Location": address, "Content-Length": "0"})


class App(flask.Flask):
    """Flask, with the requests and answers above."""

    response_class = Response

    def __init__(self, *args: Any, max_request_bytes: int, **kwargs: Any) -> None:  # noqa: ANN401 -- Flask's own
        super().__init__(*args, **kwargs)
        self.request_class = type("Request", (Request,), {"max_content_length": max_request_bytes})

    def ensure_sync(self, func: Callable[..., T]) -> Callable[..., T]:
        """Return ``func`` as it is: nothing here is ``async``, and Flask would look six times a request."""
        return func
