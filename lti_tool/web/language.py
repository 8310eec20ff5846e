"""The language switch, below every page.

The choice of people from an LMS is stored with their user, because a frame in the LMS may keep no cookie. That of
visitors without a launch, such as administrators, is in a first-party cookie.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from babel import Locale
from flask import Blueprint, Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.services.launches.page_language import choose_language
from lti_tool.web.current_launch import (
    cookie_name,
    current_launch,
    current_launch_or_none,
    load_current_launch,
    require_same_origin,
    services,
)

YEAR = 365 * 24 * 3600
"""Seconds for which the cookie keeps a choice."""

of_launch = Blueprint("launch_language", __name__, url_prefix="/l/<token>")
of_launch.url_value_preprocessor(load_current_launch)
of_launch.before_request(require_same_origin)

of_visitor = Blueprint("language", __name__)
of_visitor.before_request(require_same_origin)

_ONE_TIME_PATHS = ("/lti/", "/tab/", "/consent/", "/embed/", "/packages/")
"""Paths of pages that can't be opened a second time, and have no switch."""

_UNSAFE = re.compile(r"[\x00-\x20\x7f]|^[\x00-\x20/\\]+")
"""Never part of our addresses: control characters, and a beginning that could name another site."""


@dataclass(frozen=True, slots=True)
class LanguageSwitch:
    """Values for the switch's form."""

    action: str
    page: str
    """The page to return to, relative to the launch or the tool."""
    languages: tuple[tuple[str, str], ...]
    """Tag and name of each language, in the language itself."""
    chosen: str
    """The tag that was chosen; empty: none."""


def init_app(app: Flask) -> None:
    """Register the forms, and offer ``language_switch()`` to the templates."""
    app.register_blueprint(of_launch)
    app.register_blueprint(of_visitor)
    app.jinja_env.globals["language_switch"] = language_switch


@of_launch.post("/language")
def choose_for_person() -> AnyResponse:
    """Remember the language for this person, and show the page again."""
    choose_language(current_launch().launch, _chosen())
    return redirect(url_for("home.show") + _page(), 303)


@of_visitor.post("/language")
def choose_for_visitor() -> AnyResponse:
    """Remember the language in a cookie, and show the page again."""
    response = redirect(url_for("site.about") + _page(), 303)
    response.set_cookie(
        cookie_name("language"),
        _chosen(),
        max_age=YEAR,
        path=url_for("site.about"),
        secure=services().settings.secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def language_switch() -> LanguageSwitch | None:
    """Return the switch for the current page; ``None`` if the page can't be opened again, or there is one language."""
    offered: tuple[str, ...] = current_app.config["LANGUAGES"]
    launch = current_launch_or_none()
    if len(offered) == 1:
        return None
    languages = tuple((tag, own_name(tag)) for tag in offered)
    if launch is not None:
        action = url_for("launch_language.choose_for_person")
        start = "home.show"
        chosen = launch.chosen_language
    elif _can_be_opened_again():
        chosen = request.cookies.get(cookie_name("language"), "")
        action, start = url_for("language.choose_for_visitor"), "site.about"
    else:
        return None
    return LanguageSwitch(action, _current_page(url_for(start)), languages, chosen if chosen in offered else "")


@cache
def own_name(tag: str) -> str:
    """Return the name of a language in the language itself, for a list."""
    name = Locale.parse(tag, sep="-").get_display_name() or tag
    return name[0].upper() + name[1:]


def _chosen() -> str:
    language = request.form.get("language", "")
    return language if language in current_app.config["LANGUAGES"] else ""


def _page() -> str:
    """Return the page to go back to. It is appended to our own address, so that it can't lead to another site."""
    return _UNSAFE.sub("", request.form.get("page", "")[:2000])


def _current_page(start: str) -> str:
    """Return the current address relative to ``start``; empty after a form or an error."""
    address = (request.script_root + request.full_path).removesuffix("?")
    stays = request.method == "GET" and "refused" not in g and address.startswith(start)
    return address.removeprefix(start) if stays else ""


def _can_be_opened_again() -> bool:
    registers = "openid_configuration" in request.args
    return request.method == "GET" and not registers and not request.path.startswith(_ONE_TIME_PATHS)
