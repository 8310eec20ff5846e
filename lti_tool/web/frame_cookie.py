"""Cookies that a frame in the LMS keeps."""

from __future__ import annotations

from werkzeug.wrappers import Response


def set_frame_cookie(response: Response, name: str, value: str, *, path: str, max_age: int) -> None:
    """Set a cookie that frames of other sites may keep. ``max_age`` is in seconds.

    Partitioned, so that a frame in the LMS keeps it where third-party cookies are blocked
    (see docs/reference/moodle.md#cookies-and-frames).
    """
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path=path,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
