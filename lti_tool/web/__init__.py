"""Blueprints, forms and templates. Thin: the work is done by services.

=======================================  ==========================================================================
``/``, ``/healthz``                      :mod:`.site`: addresses for LMS administrators, liveness
``/lti/…``                               :mod:`.lti`: login, launch, public keys; :mod:`.browser_proof`: no cookies
``/register/…``, ``/lti/canvas.json``    :mod:`.registration`: registering the tool with an LMS
``/l/<token>/…``                         pages of a launch: the signed token names it, a cookie binds its browser
    ``/``, ``/cancel``                   :mod:`.home`: start page
    ``/generations/…``                   :mod:`.generations`: Examplary's embed and its progress
    ``/exams``                           :mod:`.exam_list`: list and search
    ``/exams/…``                         :mod:`.exams`: review page (:mod:`.review`), downloads, "Add to course"
    ``/exams/…/question``, ``/undo``, …  :mod:`.changes`: the teacher's changes
    ``/exams/…/preview``, ``/print``, …  :mod:`.paper`: as students see it, on paper, as text
    ``/test``                            :mod:`.launch_tests`: the code of an administrator's test launch
    ``/imports/…``                       :mod:`.imports`: state of a direct import, the teacher's decision
``/language``, ``/l/<token>/language``   :mod:`.language`: the language switch
``/consent/…``                           :mod:`.consent`: a window for the teacher's consent in the LMS
``/tab/…``                               :mod:`.tabs`: one-time links to tabs of a launch
``/embed/return/…``                      :mod:`.embed`: where Examplary sends its frame when the teacher is done
``/packages/…``                          :mod:`.packages`: downloads by the LMS
``/help/…``                              :mod:`.help`: the guides of docs/ as pages
``/admin/…``                             :mod:`.admin`: the console for administrators
``/readyz``, ``/metrics``                :mod:`.health`: readiness and metrics
=======================================  ==========================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_tool.web import errors, health, language, limits, locale, request_hooks, template_helpers
from lti_tool.web.admin import bp as admin
from lti_tool.web.browser_proof import bp as browser_proof
from lti_tool.web.changes.blueprint import bp as exam_changes
from lti_tool.web.consent import bp as consent
from lti_tool.web.embed import bp as embed
from lti_tool.web.exam_list import bp as exam_list
from lti_tool.web.exams import bp as exams
from lti_tool.web.generations import bp as generations
from lti_tool.web.help import bp as help_pages
from lti_tool.web.home import bp as home
from lti_tool.web.imports import bp as imports
from lti_tool.web.launch_tests import bp as launch_tests
from lti_tool.web.lti import bp as lti
from lti_tool.web.packages import bp as packages
from lti_tool.web.paper import bp as paper
from lti_tool.web.registration import bp as registration
from lti_tool.web.site import bp as site
from lti_tool.web.tabs import bp as tabs

if TYPE_CHECKING:
    from flask import Flask

    from lti_tool.services import Services


def init_app(app: Flask, services: Services) -> None:
    """Register all pages, error handlers and request hooks."""
    locale.init_app(app, services.settings.languages)
    template_helpers.init_app(app, services.settings)
    request_hooks.init_app(app)
    errors.init_app(app)
    limits.init_app(app, services.settings.cache_url, services.settings.key_prefix)
    launch_pages = (home, generations, exam_list, exams, exam_changes, paper, imports, tabs, launch_tests)
    for blueprint in (
        site,
        lti,
        browser_proof,
        registration,
        *launch_pages,
        consent,
        embed,
        packages,
        admin,
        help_pages,
    ):
        app.register_blueprint(blueprint)
    language.init_app(app)
    health.init_app(app)
