"""Blueprints, forms and templates: thin, they call services.

=======================================  ==========================================================================
``/``, ``/healthz``                      :mod:`.site`: the addresses to paste into an LMS; whether the process lives
``/lti/…``                               :mod:`.lti`: login, launch, public keys; :mod:`.browser_proof`: without cookies
``/register/…``, ``/lti/canvas.json``      :mod:`.registration`: by which LMSs register the tool
``/l/<token>/…``                         pages of a launch; the signed token stands for it, no cookie does
    ``/``, ``/cancel``                   :mod:`.home`: the first page
    ``/generations/…``                   :mod:`.generations`: Examplary's frame, and taking the exam home
    ``/exams/…``                         :mod:`.exams`: the review page, downloads, images, "Add to course"
``/embed/return/…``                      :mod:`.embed`: where Examplary sends its frame at the end
``/packages/…``                          :mod:`.packages`: what an LMS fetches
``/readyz``, ``/metrics``                :mod:`.health`: for machines that watch
=======================================  ==========================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_tool.web import errors, health, limits, locale, pages, requests
from lti_tool.web.browser_proof import bp as proof
from lti_tool.web.embed import bp as embed
from lti_tool.web.exams import bp as exams
from lti_tool.web.generations import bp as generations
from lti_tool.web.home import bp as home
from lti_tool.web.lti import bp as lti
from lti_tool.web.packages import bp as packages
from lti_tool.web.registration import bp as registration
from lti_tool.web.site import bp as site

if TYPE_CHECKING:
    from flask import Flask

    from lti_tool.services import Services


def init_app(app: Flask, services: Services) -> None:
    """Put all pages into ``app``."""
    locale.init_app(app, services.settings.languages)
    pages.init_app(app, services.settings)
    requests.init_app(app)
    errors.init_app(app)
    for blueprint in (site, lti, proof, registration, home, generations, exams, embed, packages):
        app.register_blueprint(blueprint)
    health.init_app(app)
    limits.init_app(app, services.settings.cache_url)
