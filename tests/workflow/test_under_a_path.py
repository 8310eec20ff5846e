"""The tool under a path of a host, as universities install it: the whole workflow and every asset."""

from urllib.parse import urljoin

import pytest
import requests

from sandbox.demo import API_KEY
from sandbox.plain_browser import PlainBrowser
from sandbox.tool_process import tool_process
from sandbox.workflow.canvas import run_canvas
from sandbox.workflow.exam_request import ExamRequest
from sandbox.workflow.moodle import run_moodle
from sandbox.workflow.steps import launch, log_in
from tests.support.demo_tool import build_tool, free_urls, serve_stand_ins, serve_tool

PREFIX = "/examplary"


def behind_proxy(app, *, takes_path_off):
    """A proxy for one path, which sends the usual headers."""

    def proxy(environ, start_response):
        path = environ["PATH_INFO"]
        if not (path + "/").startswith(PREFIX + "/"):
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"not the tool"]
        if takes_path_off:
            environ["PATH_INFO"] = path.removeprefix(PREFIX) or "/"
            environ["HTTP_X_FORWARDED_PREFIX"] = PREFIX
        environ |= {
            "HTTP_X_FORWARDED_FOR": "192.0.2.7",
            "HTTP_X_FORWARDED_PROTO": environ["wsgi.url_scheme"],
            "HTTP_X_FORWARDED_HOST": environ["HTTP_HOST"],
            "HTTP_HOST": "127.0.0.1:5000",
        }
        return app(environ, start_response)

    return proxy


@pytest.fixture(params=["X-Forwarded-Prefix", "path left on", "SCRIPT_NAME"])
def urls(request, tmp_path, monkeypatch):
    """The addresses of a running demo."""
    urls = free_urls(PREFIX)
    if request.param == "SCRIPT_NAME":
        monkeypatch.setenv("SCRIPT_NAME", PREFIX)
        tool = tool_process(tmp_path, urls, API_KEY)
    else:
        app = build_tool(tmp_path, urls, trusted_proxies=1)
        tool = serve_tool(app, urls, behind_proxy(app, takes_path_off=request.param == "X-Forwarded-Prefix"))
    with serve_stand_ins(urls), tool:
        yield urls


def assert_assets_load(browser, page, tool):
    """Every style sheet, script and image of the page is below the path, and there."""
    addresses = [
        urljoin(page.url, address)
        for path in (".//link/@href", ".//script/@src", ".//img/@src")
        for address in page.tree.xpath(path)
    ]
    assert addresses
    for address in addresses:
        assert address.startswith(f"{tool}/")
        assert browser.download(address), address


@pytest.mark.workflow
def test_the_workflow_under_a_path(urls):
    request = ExamRequest(subject="biology")
    for summary in (run_canvas(urls, request), run_moodle(urls, request)):
        assert summary.questions_imported > 3
        assert not summary.student_sees_keys
    teacher = PlainBrowser()
    log_in(teacher, urls, "teacher")
    review = launch(teacher, f"{urls.lms}/moodle/mod/lti/launch.php?id=1")
    assert review.url.startswith(f"{urls.tool}/l/")
    assert_assets_load(teacher, review, urls.tool)
    assert_assets_load(teacher, teacher.open(f"{urls.tool}/"), urls.tool)
    canvas = teacher.json(f"{urls.tool}/lti/canvas.json")
    assert canvas["target_link_uri"] == f"{urls.tool}/lti/launch"
    assert canvas["oidc_initiation_url"] == f"{urls.tool}/lti/login"
    assert teacher.open(f"{urls.tool}/healthz").status == 200
    # Routing adds the slash by a redirect.
    slashless = requests.get(review.url.split("/exams/")[0], timeout=60, allow_redirects=False)
    assert urljoin(slashless.url, slashless.headers["Location"]).startswith(f"{urls.tool}/l/")
