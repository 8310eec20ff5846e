"""Errors of an HTTP exchange. Clients turn them into errors that people see.

::

    HttpError
    ├── AddressForbidden     the address may not be opened: scheme, credentials, or a private host
    ├── HostUnknown          the host name has no address
    ├── ConnectFailed        no connection: the request was never sent
    │   └── CertificateRejected  the server's certificate is not trusted
    ├── TimedOut             the time limit for the exchange, or for the next byte, has passed
    ├── ConnectionBroken     the connection was lost during the exchange
    ├── ResponseInvalid      the response is not HTTP, can't be decoded, or is not JSON
    ├── ResponseTooLarge     more bytes than the limit
    └── RedirectRejected     too many redirects, or one to a place that the caller does not allow

``detail`` names the host and the kind of failure, never a path, a query or a header: they may hold secrets.
"""

from __future__ import annotations


class HttpError(Exception):
    """An exchange that gave no response."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class AddressForbidden(HttpError):
    """The address may not be opened."""


class HostUnknown(HttpError):
    """The host name has no address."""


class ConnectFailed(HttpError):
    """No connection; the request was never sent."""


class CertificateRejected(ConnectFailed):
    """The server's certificate is not trusted; the request was never sent."""


class TimedOut(HttpError):
    """The exchange took longer than its limit. The request may have been carried out."""


class ConnectionBroken(HttpError):
    """The connection ended in the middle. The request may have been carried out."""


class ResponseInvalid(HttpError):
    """The response is not HTTP, can't be decoded, or is not JSON."""


class ResponseTooLarge(HttpError):
    """The body is larger than its limit."""


class RedirectRejected(HttpError):
    """Too many redirects, or a redirect that the caller does not allow."""
