"""The launch that a request belongs to, and the services that answer it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app, g, request

from lti_tool.errors import N_, AccessError
from lti_tool.lti import DeepLinkingSettings, Role
from lti_tool.models import Launch
from lti_tool.security.headers import PagePolicy
from lti_tool.services import Services
from lti_tool.web.http import the


class ForeignPost(AccessError):
    """A form was sent by a page that is not ours."""

    code = "access.foreign_post"
    sentence = N_("This was sent from a page that doesn't belong to Examplary.")
    advice = N_("Open Examplary again from your course and click the button there.")


class WrongWindow(AccessError):
    """The answer would be posted from a tab that the LMS did not open: Moodle loses it (facts: moodle-live)."""

    code = "answer.wrong_window"
    sentence = N_("Your course is waiting for the exam in another window.")
    advice = N_("Nothing is lost. Go back to the tab with your course and add the exam there.")
    status = 409


@dataclass(frozen=True, slots=True)
class Visit:
    """A launch, and what pages need of it even when the database has gone away."""

    token: str
    launch: Launch
    launch_id: str
    course: str
    teaches: bool
    locale: str
    return_url: str
    astray: bool
    """Whether this page stands in a tab of its own although the LMS opened the launch in a frame."""
    origins: tuple[str, ...]
    deep_linking: DeepLinkingSettings | None


def services() -> Services:
    """Return the use cases of this app."""
    return cast("Services", the(current_app).extensions["services"])


def begin_visit(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """Take the token out of the address and look its launch up; raise :class:`AccessError`.

    For ``Blueprint.url_value_preprocessor``: the views never see the token.
    """
    token = (values or {}).pop("token")
    launch = services().access.launch(token)
    stored = launch.deep_linking
    g.visit = Visit(
        token=token,
        launch=launch,
        launch_id=launch.id,
        course=launch.context_title,
        teaches=launch.role == Role.INSTRUCTOR,
        locale=launch.locale,
        return_url=launch.return_url,
        astray=launch.framed and _in_a_tab(),
        origins=tuple(launch.frame_origins),
        deep_linking=DeepLinkingSettings.from_json(stored) if stored is not None else None,
    )
    set_policy(PagePolicy(frame_ancestors=g.visit.origins))


def teachers_only() -> None:
    """Refuse everybody else; for ``Blueprint.before_request``. Raises :class:`TeachersOnly`."""
    services().access.teacher_launch(visit().token)


def own_posts_only() -> None:
    """Refuse forms that another site sends; for ``Blueprint.before_request``. Raises :class:`ForeignPost`.

    The token in the address is the protection; this also stops somebody to whom it was leaked.
    """
    if request.method != "POST":
        return
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "")
    if site in ("cross-site", "same-site") or origin not in ("", "null", services().settings.origin):
        raise ForeignPost(f"site {site!r}, origin {origin[:100]!r}")


def in_its_own_frame() -> None:
    """Refuse to answer the LMS from another window than the one that it listens to. Raises :class:`WrongWindow`."""
    if visit().astray:
        raise WrongWindow


def visit() -> Visit:
    """Return the visit of this request, which is to a page of a launch."""
    return cast("Visit", g.visit)


def perhaps_visit() -> Visit | None:
    """Return the visit of this request, if it is to a page of a launch."""
    return cast("Visit | None", the(g).get("visit"))


def set_policy(policy: PagePolicy) -> None:
    """Say what the page of this request may do."""
    the(g).policy = policy


def _in_a_tab() -> bool:
    return request.headers.get("Sec-Fetch-Dest") == "document"


def in_a_frame() -> bool:
    """Return whether the browser says that it opens this address in a frame."""
    return the(request).headers.get("Sec-Fetch-Dest") in ("iframe", "frame")
