"""Sending files: packages, and the images and files of an exam."""

from __future__ import annotations

from flask import Response, make_response, request, send_file

from lti_tool.models import Asset
from lti_tool.services.delivery.packages import Package

INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
"""What a page may show. SVG is not among them: it can hold scripts."""

DAY = 86_400


def send_package(package: Package) -> Response:
    """Send ``package`` as a download; 304 to whoever has these bytes."""
    response = send_file(
        package.path,
        mimetype=package.media_type,
        as_attachment=True,
        download_name=package.name,
        etag=package.etag,
        max_age=0,
    )
    # A package is somebody's exam: kept by no shared cache.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def send_asset(asset: Asset) -> Response:
    """Send an image to be shown, or any other file as a download. Bytes under a SHA-256 never change."""
    response = make_response(asset.data)
    inline = asset.media_type in INLINE
    response.headers["Content-Type"] = asset.media_type if inline else "application/octet-stream"
    response.headers["Content-Disposition"] = "inline" if inline else "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["Cache-Control"] = f"private, max-age={30 * DAY}, immutable"
    response.set_etag(asset.sha256)
    response.make_conditional(request)
    return response
