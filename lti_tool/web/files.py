"""Responses with packages, and with images and files of exams."""

from __future__ import annotations

from flask import Response, make_response, request, send_file

from lti_tool.models import Asset
from lti_tool.services.delivery.packages import Package

INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
"""Media types shown in pages. SVG is missing because it can contain scripts."""

DAY = 86_400


def send_package(package: Package) -> Response:
    """Send ``package`` as a download, or 304 if the client has it already."""
    response = send_file(
        package.path,
        mimetype=package.media_type,
        as_attachment=True,
        download_name=package.name,
        etag=package.etag,
        max_age=0,
    )
    # An exam is private, so shared caches must not store it.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def send_asset(asset: Asset) -> Response:
    """Send an image inline, or any other file as a download; cacheable, since its URL has the content's hash."""
    response = make_response(asset.data)
    inline = asset.media_type in INLINE
    response.headers["Content-Type"] = asset.media_type if inline else "application/octet-stream"
    response.headers["Content-Disposition"] = "inline" if inline else "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["Cache-Control"] = f"private, max-age={30 * DAY}, immutable"
    response.set_etag(asset.sha256)
    response.make_conditional(request)
    return response
