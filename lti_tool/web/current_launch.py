"""The launch that a request belongs to, and access to the services."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g, request

from lti_tool.errors import N_, AccessError
from lti_tool.lti import DeepLinkingSettings
from lti_tool.models import Launch
from lti_tool.security.headers import PagePolicy
from lti_tool.services import Services
from lti_tool.services.launches.browser_binding import NO_COOKIE, Visitor
from lti_tool.services.launches.permissions import is_teacher
from lti_tool.services.platform_settings import PlatformSettings


class CrossSitePost(AccessError):
    """A form was sent by another site's page."""

    code = "access.foreign_post"
    sentence = N_("This was sent from a page that doesn't belong to Examplary.")
    advice = N_("Open Examplary again from your course and click the button there.")


class WrongWindow(AccessError):
    """The response would be posted from a tab that the LMS didn't open; Moodle loses such a response.

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
    chosen_language: str
    """The page language that the person chose; empty: none."""
    return_url: str
    outside_frame: bool
    """Whether the page is in a tab to which the LMS does not listen."""
    is_tab: bool
    """Whether the page was opened from the launch, by a link to a tab."""
    only_exam: bool
    """Whether the tab shows one exam only."""
    address_is_key: bool
    """Whether the browser keeps no cookies, so that the address works alone."""
    frame_ancestors: tuple[str, ...]
    deep_linking: DeepLinkingSettings | None
    theme_color: str
    """The platform's colour as six hexadecimal digits; empty: ours."""


def services() -> Services:
    """Return the services of the current app."""
    services: Services = current_app.extensions["services"]
    return services


def load_current_launch(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """Take the token from the URL and load its launch; raise :class:`AccessError` if it isn't valid in this browser.

    For ``Blueprint.url_value_preprocessor``: views don't get the token as an argument.
    """
    token = (values or {}).pop("token")
    launch = services().access.launch(token, visitor())
    settings = launch.deep_linking
    g.current_launch = CurrentLaunch(
        token=token,
        launch=launch,
        launch_id=launch.id,
        course=launch.context_title,
        is_teacher=is_teacher(launch.role),
        locale=launch.locale,
        chosen_language=launch.user.page_language,
        return_url=launch.return_url,
        outside_frame=bool(launch.tab_of) or (launch.framed and opened_at_top_level()),
        is_tab=bool(launch.tab_of),
        only_exam=bool(launch.only_exam_id),
        address_is_key=launch.browser_hash == NO_COOKIE,
        frame_ancestors=() if launch.tab_of else tuple(launch.frame_origins),
        deep_linking=DeepLinkingSettings.from_json(settings) if settings is not None else None,
        theme_color=PlatformSettings.of(launch.platform).theme_color.removeprefix("#"),
    )
    # The page that opened a tab notices when it is closed.
    set_policy(PagePolicy(frame_ancestors=g.current_launch.frame_ancestors, keeps_opener=g.current_launch.is_tab))


def current_launch() -> CurrentLaunch:
    """Return the launch of this request, which must be for a launch's page."""
    launch: CurrentLaunch = g.current_launch
    return launch


def current_launch_or_none() -> CurrentLaunch | None:
    """Return the launch of this request, if it has one."""
    launch: CurrentLaunch | None = g.get("current_launch")
    return launch


def require_teacher() -> None:
    """Raise :class:`TeachersOnly` unless the launch is a teacher's; for ``Blueprint.before_request``."""
    services().access.require_teacher(current_launch().launch)


def require_same_origin() -> None:
    """Raise :class:`CrossSitePost` for a form sent by another site; for ``Blueprint.before_request``.

    Other sites don't know the token in the URL; this is a second line of defence in case it leaks.
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


def visitor() -> Visitor:
    """Return the browser of this request."""
    return Visitor(request.cookies.get(cookie_name("launch"), ""), opened_at_top_level())


def cookie_name(purpose: str) -> str:
    """Return the name of a cookie; browsers take the prefix ``__Secure-`` only over https."""
    return f"{'__Secure-' if services().settings.secure else ''}examplary_{purpose}"


def opened_at_top_level() -> bool:
    """Return whether the browser opens this URL in a tab or window of its own."""
    return request.headers.get("Sec-Fetch-Dest") == "document"


def opened_in_frame() -> bool:
    """Return whether the browser opens this URL in a frame."""
    return request.headers.get("Sec-Fetch-Dest") in ("iframe", "frame")
