"""The launch that a request belongs to, and access to the services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app, g, request

from lti_tool.errors import N_, AccessError
from lti_tool.lti import DeepLinkingSettings, Role
from lti_tool.models import Launch
from lti_tool.security.headers import PagePolicy
from lti_tool.services import Services


class CrossSitePost(AccessError):
    """A form was sent by another site's page."""

    code = "access.foreign_post"
    sentence = N_("This was sent from a page that doesn't belong to Examplary.")
    advice = N_("Open Examplary again from your course and click the button there.")


class WrongWindow(AccessError):
    """The response would be posted from a tab that the LMS didn't open: Moodle loses it.

    See docs/reference/moodle.md#cookies-and-frames.
    """

    code = "answer.wrong_window"
    sentence = N_("Your course is waiting for the exam in another window.")
    advice = N_("Nothing is lost. Go back to the tab with your course and add the exam there.")
    status = 409


@dataclass(frozen=True, slots=True)
class CurrentLaunch:
    """The launch of this request.

    The values beside ``launch`` are copies: an error page needs them when the database is no longer available.
    """

    token: str
    launch: Launch
    launch_id: str
    course: str
    is_teacher: bool
    locale: str
    return_url: str
    outside_frame: bool
    """Whether the page was opened as a tab, although the LMS opened the launch in a frame."""
    frame_ancestors: tuple[str, ...]
    deep_linking: DeepLinkingSettings | None


def services() -> Services:
    """Return the services of the current app."""
    return cast("Services", current_app.extensions["services"])


def load_current_launch(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """Take the token from the URL and load its launch; raise :class:`AccessError` if it isn't valid.

    For ``Blueprint.url_value_preprocessor``: views don't get the token as an argument.
    """
    token = (values or {}).pop("token")
    launch = services().access.launch(token)
    settings = launch.deep_linking
    g.current_launch = CurrentLaunch(
        token=token,
        launch=launch,
        launch_id=launch.id,
        course=launch.context_title,
        is_teacher=launch.role == Role.INSTRUCTOR,
        locale=launch.locale,
        return_url=launch.return_url,
        outside_frame=launch.framed and request.headers.get("Sec-Fetch-Dest") == "document",
        frame_ancestors=tuple(launch.frame_origins),
        deep_linking=DeepLinkingSettings.from_json(settings) if settings is not None else None,
    )
    set_policy(PagePolicy(frame_ancestors=g.current_launch.frame_ancestors))


def current_launch() -> CurrentLaunch:
    """Return the launch of this request, which must be for a launch's page."""
    return cast("CurrentLaunch", g.current_launch)


def current_launch_or_none() -> CurrentLaunch | None:
    """Return the launch of this request, if it has one."""
    return cast("CurrentLaunch | None", g.get("current_launch"))


def require_teacher() -> None:
    """Raise :class:`TeachersOnly` unless the launch is a teacher's; for ``Blueprint.before_request``."""
    services().access.teacher_launch(current_launch().token)


def require_same_origin() -> None:
    """Raise :class:`CrossSitePost` for a form sent by another site; for ``Blueprint.before_request``.

    The token in the URL protects forms already; this is a second line of defence in case it leaks.
    """
    if request.method != "POST":
        return
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "")
    if site in ("cross-site", "same-site") or origin not in ("", "null", services().settings.origin):
        raise CrossSitePost(f"site {site!r}, origin {origin[:100]!r}")


def require_lms_frame() -> None:
    """Raise :class:`WrongWindow` if the LMS isn't listening to this window."""
    if current_launch().outside_frame:
        raise WrongWindow


def set_policy(policy: PagePolicy) -> None:
    """Set the security policy of this request's page."""
    g.policy = policy


def opened_in_frame() -> bool:
    """Return whether the browser opens this URL in a frame."""
    return request.headers.get("Sec-Fetch-Dest") in ("iframe", "frame")
