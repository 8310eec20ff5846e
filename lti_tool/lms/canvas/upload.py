"""Upload a package to Canvas's file storage (see docs/reference/canvas-api.md#upload).

That is often another host, which must not receive the teacher's token: https and public addresses only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from urllib3.filepost import encode_multipart_formdata

from lti_tool.lms.canvas import api_errors
from lti_tool.lms.canvas.api import CanvasApi, is_rate_limit, text
from lti_tool.net.errors import AddressForbidden, HttpError
from lti_tool.net.reader import HttpReader, HttpResponse, Limits, Request

ZIP = "application/zip"
LIMITS = Limits(max_bytes=1024 * 1024, seconds=110.0, read_seconds=110.0)
MAX_FIELDS, MAX_VALUE = 60, 20_000


@dataclass(frozen=True, slots=True)
class UploadPlace:
    """Where to send a file, as Canvas's answer describes it. Whoever knows it can upload the file: a secret."""

    url: str = field(repr=False)
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    file_field: str = "file"


def read_place(pre_attachment: Mapping[str, object]) -> UploadPlace:
    """Read ``pre_attachment``; raise :class:`QuotaExceeded` or :class:`UploadRefused`."""
    if pre_attachment.get("error"):
        message = text(pre_attachment, "message")
        is_quota = "quota" in message.lower()
        raise (api_errors.QuotaExceeded if is_quota else api_errors.UploadRefused)("refused before the upload")
    url, values = text(pre_attachment, "upload_url"), pre_attachment.get("upload_params")
    values = values if isinstance(values, dict) else {}
    if not url or len(values) > MAX_FIELDS:
        raise api_errors.UploadRefused("no address for the upload")
    fields = tuple((str(name), _field(value)) for name, value in values.items())
    return UploadPlace(url, fields, text(pre_attachment, "file_param") or "file")


def _field(value: object) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)[:MAX_VALUE]


def upload(api: CanvasApi, public: HttpReader, place: UploadPlace, name: str, content: bytes) -> None:
    """Upload ``content``. ``public`` checks addresses; Canvas's own host is known already.

    Raises :class:`UploadRefused`, or :class:`CanvasUnreachable` if it isn't known whether the file has arrived.
    """
    parts: list[tuple[str, str | tuple[str, bytes, str]]] = [*place.fields]
    parts.append((place.file_field, (name, content, ZIP)))
    body, content_type = encode_multipart_formdata(parts)
    request = Request(url=place.url, method="POST", headers={"Content-Type": content_type}, body=body)
    try:
        response = (api.own_http if api.is_own(place.url) else public).exchange(request, LIMITS)
    except AddressForbidden as error:
        raise api_errors.UploadRefused(error.detail) from None
    except HttpError as error:
        raise api_errors.CanvasUnreachable(error.detail) from None
    _complete(api, response)


def _complete(api: CanvasApi, response: HttpResponse) -> None:
    """Finish the upload as the response demands, confirming it to Canvas with the token where necessary."""
    detail = f"{response.host} answered the upload with {response.status}"
    location = response.headers.get("location", "")
    following = urljoin(response.url, location) if location else ""
    if response.status in {200, 201, 204}:
        if following and api.is_own(following):
            api.confirm(following)
    elif 300 <= response.status < 400 and following:
        api.confirm(following)
    elif response.status >= 500 or is_rate_limit(response):
        raise api_errors.CanvasUnreachable(detail)
    else:
        raise api_errors.UploadRefused(detail)
