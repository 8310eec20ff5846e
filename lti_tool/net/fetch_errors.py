"""What can go wrong when a file is fetched from an address that a stranger wrote.

::

    FetchError
    ├── AddressRefused   the address is not one we go to: scheme, credentials, or a host that is not public
    ├── FetchFailed      no connection, a status that is not 200, too many redirects, half a body
    ├── FetchTimeout     the whole took longer than its limit
    ├── FetchTooLarge    more bytes than its limit
    └── NotAnImage       an image was wanted, and its first bytes are not those of PNG, JPEG, GIF or WebP

``detail`` holds the host, never the path: an address may be a secret by its query.
"""

from __future__ import annotations

from lti_tool.errors import N_, ToolError


class FetchError(ToolError):
    """A file could not be fetched."""

    code = "fetch.error"
    sentence = N_("A file in this exam couldn't be downloaded.")
    advice = N_("The exam works without it. You can add the file again in your LMS.")
    status = 502


class AddressRefused(FetchError):
    """The address is not one we go to."""

    code = "fetch.address_refused"
    sentence = N_("A file in this exam has an address that this tool isn't allowed to open.")
    status = 422


class FetchFailed(FetchError):
    """No connection, a status that is not 200, too many redirects, or half a body."""

    code = "fetch.failed"


class FetchTimeout(FetchError):
    """The whole took longer than its limit."""

    code = "fetch.timeout"


class FetchTooLarge(FetchError):
    """More bytes than its limit."""

    code = "fetch.too_large"
    sentence = N_("A file in this exam is too large.")
    status = 422


class NotAnImage(FetchError):
    """An image was wanted, and this is none that every LMS shows safely (SVG can hold scripts, so it is none)."""

    code = "fetch.not_an_image"
    sentence = N_("An image in this exam is not a PNG, JPEG, GIF or WebP file.")
    status = 422
