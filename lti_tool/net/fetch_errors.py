"""Errors of downloading a file of an exam.

::

    FetchError
    ├── AddressRefused   the address is not one that we open: scheme, credentials, or a host that is not public
    ├── FetchFailed      no connection, a status other than 200, too many redirects, an incomplete body
    ├── FetchTimeout     the download took longer than its limit
    ├── FetchTooLarge    more bytes than its limit
    └── NotAnImage       an image was expected, and the file is no PNG, JPEG, GIF or WebP

``detail`` names the host, never the path or the query: they may hold secrets.
"""

from __future__ import annotations

from lti_tool.errors import N_, ToolError


class FetchError(ToolError):
    """A file could not be downloaded."""

    code = "fetch.error"
    sentence = N_("A file in this exam couldn't be downloaded.")
    advice = N_("The exam works without it. You can add the file again in your LMS.")
    status = 502


class AddressRefused(FetchError):
    """The address is not one that we open."""

    code = "fetch.address_refused"
    sentence = N_("A file in this exam has an address that this tool isn't allowed to open.")
    status = 422


class FetchFailed(FetchError):
    """No connection, a status other than 200, too many redirects, or an incomplete body."""

    code = "fetch.failed"


class FetchTimeout(FetchError):
    """The download took longer than its limit."""

    code = "fetch.timeout"


class FetchTooLarge(FetchError):
    """More bytes than its limit."""

    code = "fetch.too_large"
    sentence = N_("A file in this exam is too large.")
    status = 422


class NotAnImage(FetchError):
    """The file is no image that every LMS shows safely; SVG is none, because it can hold scripts."""

    code = "fetch.not_an_image"
    sentence = N_("An image in this exam is not a PNG, JPEG, GIF or WebP file.")
    status = 422
