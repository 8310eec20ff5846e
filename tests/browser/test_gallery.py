"""The gallery has every page of the tool: a new page without a state in it fails here. No browser is needed."""

from pathlib import Path

import pytest
from flask import request, request_started, template_rendered

import lti_tool
from lti_tool.errors import ToolError
from lti_tool.services.administration.single_sign_on import SignOnRefused, SignOnUnavailable
from lti_tool.web import errors
from tests.browser.gallery import Gallery
from tests.browser.gallery_parts import PARTS
from tests.browser.tool_faults import caused_fault
from tests.support.console import Console

pytestmark = pytest.mark.browser

TEMPLATES = Path(lti_tool.__file__).parent / "web" / "templates"
WITHOUT_A_PAGE = {
    "admin.invitation_state": "JSON",
    "admin.platform_state": "JSON",
    "browser_proof.check": "JSON",
    "exams.download": "a file",
    "exams.media": "a file",
    "generations.state": "JSON",
    "help.image": "a file",
    "help.index": "redirects to the first guide",
    "imports.state": "JSON",
    "lti.jwks": "JSON",
    "packages.fetch": "a file",
    "registration.canvas": "JSON",
    "registration.icon": "a file",
    "site.health": "JSON",
    "health.ready": "JSON",
    "health.metrics": "text",
    "site.theme": "a style sheet",
    "static": "a file",
}
"""Endpoints that answer GET without a page, and what they answer with."""
BASES = {"base.html", "admin/layout.html", "paper/base.html"}


@pytest.fixture(scope="module")
def opened(environment):
    """Open all states; return the endpoints and the templates that were used, and the statuses of the responses."""
    environment.clear()
    endpoints = set()
    templates = set()
    statuses = set()
    tool = environment.tool

    def note_endpoint(sender, **_):
        endpoints.add(request.endpoint)

    def note_template(sender, template, **_):
        templates.add(template.name)

    with request_started.connected_to(note_endpoint, tool), template_rendered.connected_to(note_template, tool):
        for part in PARTS.values():
            environment.clear()
            gallery = Gallery(environment, "en")
            for state in part(gallery).values():
                with caused_fault(tool, state.tool_fault):
                    status = open_state(gallery, state)
                assert status != 500 or state.tool_fault == "bug", state
                statuses.add(status)
    return endpoints, templates, statuses


def open_state(gallery, state):
    """Send the request of a state; return the status of the response."""
    urls = gallery.environment.urls
    client = gallery.environment.tool.test_client()
    domain = urls.tool.removeprefix("https://").partition(":")[0]
    for name, value, path in gallery.cookies_for(state):
        client.set_cookie(name, value, domain=domain, path=path)
    options = {"base_url": urls.tool, "headers": {"Sec-Fetch-Dest": "document" if state.top else "iframe"}}
    if state.fields is None:
        return client.get(state.path, **options).status_code
    fields = dict(state.fields)
    if state.sent_from.startswith("/admin"):
        fields["csrf_token"] = Console.token_of(client.get(state.sent_from, **options))
    if state.sent_from:
        options["headers"] |= {"Origin": urls.tool, "Sec-Fetch-Site": "same-origin"}
    return client.post(state.path, data=fields, **options).status_code


def test_every_address_with_a_page_is_in_the_gallery(environment, opened):
    endpoints, _, _ = opened
    with_get = {rule.endpoint for rule in environment.tool.url_map.iter_rules() if "GET" in rule.methods}
    assert with_get - endpoints - set(WITHOUT_A_PAGE) == set()
    assert set(WITHOUT_A_PAGE) - with_get == set()


def test_every_template_of_a_page_is_in_the_gallery(opened):
    _, templates, _ = opened
    all_templates = {str(path.relative_to(TEMPLATES)): path.read_text() for path in TEMPLATES.rglob("*.html")}
    pages = {name for name, text in all_templates.items() if text.startswith("{% extends")}
    assert pages - templates - BASES == set()


def test_every_kind_of_error_is_in_the_gallery(opened):
    _, _, statuses = opened
    own = {error.status for error in vars(errors).values() if isinstance(error, type) and issubclass(error, ToolError)}
    assert own | {SignOnUnavailable.status, SignOnRefused.status} <= statuses
