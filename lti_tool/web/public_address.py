"""The tool's public address: the one in its settings, whatever a request or a proxy says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

RECEIVED_SCHEME = "lti_tool.received_scheme"
"""The scheme with which a request arrived, before a proxy's TLS is taken into account."""


class PublicAddress:
    """WSGI middleware that gives every request the scheme, host and path of ``LTI_TOOL_BASE_URL``.

    A forged ``Host`` appears in no link and no redirect. Under a path, the proxy may remove the path
    (``X-Forwarded-Prefix``), or the server (``SCRIPT_NAME``), or neither: none of the tool's own addresses begins with
    it, which the settings check.
    """

    def __init__(self, app: WSGIApplication, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._app = app
        self._scheme = parts.scheme
        self._host = parts.netloc
        self._prefix = parts.path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on under the public address."""
        path = environ.get("PATH_INFO", "")
        if self._prefix and (path + "/").startswith(self._prefix + "/"):
            environ["PATH_INFO"] = path.removeprefix(self._prefix) or "/"
        environ[RECEIVED_SCHEME] = environ["wsgi.url_scheme"]
        environ["wsgi.url_scheme"], environ["HTTP_HOST"] = self._scheme, self._host
        environ["SCRIPT_NAME"] = self._prefix
        return self._app(environ, start_response)
