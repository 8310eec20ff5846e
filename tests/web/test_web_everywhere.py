"""Properties of all pages: headers, no inline scripts or styles, no exams for students, errors as pages, logs."""

import json
import logging
import re
import time

import pytest
import structlog

from lti_tool._version import __version__
from lti_tool.models import db
from lti_tool.security.headers import PagePolicy, security_headers
from lti_tool.security.tokens import Purpose
from tests.support.launch_settings import CANVAS_SETTINGS

OUTSIDE = ("/", "/healthz", "/lti/launch", "/lti/login", "/lti/jwks.json", "/nothing-here", "/l/abc/", "/packages/a/b")


def paths_of(own, exam, generation, collecting):
    """Return the URLs of all GET pages of a launch."""
    return [
        own.url(),
        own.url(f"exams/{exam.id}"),
        own.url(f"exams/{exam.id}?page=2&changed=1&format=qti21&tab=1"),
        own.url("exams?q=cell&show=mine"),
        *(own.url(f"exams/{exam.id}/{page}") for page in ("preview", "print?keys=1", "answer-sheet", "text?keys=1")),
        own.url(f"exams/{exam.id}/question?question=q_dtkBAh45Qk6HZOvSYYIZ0TEQ"),
        own.url(f"exams/{exam.id}/settings"),
        own.url(f"exams/{exam.id}/delete"),
        own.url(f"exams/{exam.id}/download/canvas-qti"),
        own.url(f"exams/{exam.id}/media/{'0' * 64}"),
        own.url(f"generations/{generation.id}"),
        own.url(f"generations/{generation.id}/state"),
        own.url(f"generations/{collecting.id}"),
    ]


@pytest.fixture
def everything(canvas, keep_exam, make_generation):
    exam = keep_exam()
    waiting = make_generation(canvas.launch)
    failed = make_generation(canvas.launch, state="failed", error_code="examplary.unavailable")
    return exam, waiting, failed


def test_every_page_has_a_strict_policy_and_only_its_lms_may_frame_it(canvas, everything):
    for path in paths_of(canvas, *everything):
        response = canvas.client.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors https://lms.example.org" in policy
        assert "X-Frame-Options" not in response.headers
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        if "/download/" not in path:
            assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", OUTSIDE)
def test_pages_outside_a_launch_have_a_strict_policy(client, path):
    response = client.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    framed = path.startswith(("/l/", "/lti/l")) and "X-Frame-Options" not in response.headers
    assert framed or response.headers["X-Frame-Options"] == "DENY"


def test_no_page_has_inline_script_or_style(canvas, everything, client, signing):
    exam, *_ = everything
    responses = [canvas.client.get(path) for path in (*paths_of(canvas, *everything), *OUTSIDE)]
    responses.append(canvas.post(f"exams/{exam.id}/add"))
    for response in responses:
        if not response.content_type.startswith("text/html"):
            continue
        page = response.text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page), page
        ours = re.findall(r'<script (?:type="module" )?src="/static/[^"]+">', page)
        assert re.findall(r"<script[^>]*>", page) == ours
        assert not re.search(r"<script[^>]*>[^<]", page)


def test_every_page_has_a_language_one_heading_and_labelled_landmarks(canvas, everything, tree):
    for path in paths_of(canvas, *everything):
        response = canvas.client.get(path)
        if not response.content_type.startswith("text/html"):
            continue
        page = tree(response)
        assert page.get("lang") == "en"
        assert len(page.xpath("//main")) == 1
        assert len(page.xpath("//h1")) == 1
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))
        for reference in page.xpath("//@aria-labelledby"):
            assert reference in ids
        for image in page.iter("img"):
            assert image.get("alt") is not None


class TestStudents:
    SECRETS = ("Amsterdam", "Mitochondri", "Add to course", "download", "generations", "correct")

    @pytest.mark.parametrize("role", ["student", "other"])
    def test_no_page_shows_an_exam(self, pages, everything, role):
        exam, *_ = everything
        own = pages(sub="9", role=role, exam_id=exam.id, deep_linking=CANVAS_SETTINGS, family="canvas")
        for path in paths_of(own, *everything):
            response = own.client.get(path)
            assert response.status_code == (200 if path == own.url() else 403)
            for secret in self.SECRETS:
                assert secret not in response.text.replace("/static/", "")

    def test_the_title_of_a_linked_exam_is_shown(self, pages, keep_exam):
        exam = keep_exam(title="Cells and leaves")
        assert "Cells and leaves" in pages(sub="9", role="student", exam_id=exam.id).get().text
        assert "Cells and leaves" not in pages(sub="9", role="student").get().text

    def test_forms_are_refused(self, student, everything):
        exam, waiting, _ = everything
        for path in ("cancel", "generations", f"generations/{waiting.id}/cancel", f"exams/{exam.id}/add"):
            assert student.post(path).status_code == 403
        db.session.refresh(waiting)
        assert waiting.state == "open"


class TestErrors:
    def test_an_error_page_has_advice_a_code_and_a_way_back(self, pages):
        response = pages(return_url="https://lms.example.org/back").get("exams/none")
        assert response.status_code == 404
        assert "choose one of your exams" in response.text
        assert "access.not_found" in response.text
        assert 'href="https://lms.example.org/back"' in response.text

    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("GET", "/nowhere", 404, "page.not_found"),
            ("POST", "/", 405, "page.method"),
            ("POST", "/lti/launch", 413, "page.too_large"),
        ],
    )
    def test_http_errors_use_our_error_page(self, client, method, path, status, code):
        data = {"id_token": "x" * 2_100_000} if status == 413 else None
        response = client.open(path, method=method, data=data)
        assert response.status_code == status
        assert code in response.text
        if status == 405:
            assert "GET" in response.headers["Allow"]

    def test_scripts_get_json(self, pages):
        response = pages().get("exams/none", headers={"Accept": "application/json"})
        assert response.status_code == 404
        assert response.json["error"]["code"] == "access.not_found"
        assert response.json["request"]

    def test_a_bug_gives_a_page_and_a_log_line_without_the_path(self, app, pages, monkeypatch):
        own = pages()

        def broken(*_):
            raise RuntimeError("a bug")

        monkeypatch.setattr(type(app.extensions["services"].generations), "unfinished", broken)
        with structlog.testing.capture_logs() as lines:
            response = own.get()
        assert response.status_code == 500
        assert "tool.unexpected" in response.text
        (line,) = [line for line in lines if line["event"] == "unexpected"]
        assert line["rule"] == "/l/<token>/"

    def test_too_many_wrong_links_from_one_address_are_stopped(self, client, monkeypatch):
        moment = time.time()
        monkeypatch.setattr(time, "time", lambda: moment)
        statuses = {client.get("/packages/a/b").status_code for _ in range(601)}
        assert statuses == {404, 429}
        response = client.get("/packages/a/b")
        assert "page.too_many" in response.text


def test_the_log_has_no_secrets(canvas, everything, services, caplog):
    exam, waiting, _ = everything
    link = services.packages.link(exam, "canvas-qti", canvas.launch)
    db.session.commit()
    token = services.tokens.sign(Purpose.EMBED_RETURN, waiting.id)
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        canvas.client.get(link.removeprefix(services.settings.base_url))
        canvas.client.get(f"/embed/return/{token}")
        canvas.get(f"exams/{exam.id}")
        canvas.get("exams/none")
        canvas.client.get(f"/l/{canvas.token}x/")
    log_text = json.dumps(lines, default=str) + caplog.text
    assert len(lines) >= 5
    for secret in (link.split("/")[-2], token, canvas.token, "embed_session_secret"):
        assert secret not in log_text


class TestLanguage:
    def test_the_language_of_the_lms_wins(self, pages, tree):
        own = pages(locale="nl_NL")
        page = tree(own.get(headers={"Accept-Language": "en"}))
        assert page.get("lang") == "nl"
        assert "Nieuwe toets" in page.text_content()

    def test_the_browsers_language_comes_second_and_english_last(self, pages, client):
        assert "Nieuwe toets" in pages(locale="").get(headers={"Accept-Language": "nl-BE,fr;q=0.5"}).text
        assert "New exam" in pages(locale="").get(headers={"Accept-Language": "fi"}).text
        assert "New exam" in pages(locale="xx-YY").get().text
        assert "Er is geen pagina op dit adres." in client.get("/x", headers={"Accept-Language": "nl"}).text

    def test_errors_and_remarks_are_translated(self, pages, keep_exam):
        own = pages(locale="nl", family="moodle")
        assert "Deze toets bestaat niet" in own.get("exams/none").text
        page = own.get(f"exams/{keep_exam().id}").text
        assert "hier kijk je het zelf na" in page
        assert "Kies bij “Bestandsformaat”" in page


def test_health_names_the_version(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok", "version": __version__})


def test_the_start_page_lists_the_addresses_for_administrators(client):
    page = client.get("/").text
    for path in ("/lti/login", "/lti/launch", "/lti/jwks.json"):
        assert f"http://tool.localhost:5000{path}" in page


def test_static_files_with_a_content_hash_are_cached_forever(client):
    address = re.search(r'href="(/static/css/base\.css\?v=[0-9a-f]{12})"', client.get("/").text)[1]
    response = client.get(address)
    assert response.status_code == 200
    assert "immutable" in response.headers["Cache-Control"]
    response.close()


class TestPolicy:
    @pytest.mark.parametrize("source", ["https://a.org; script-src *", "'unsafe-inline'", "javascript:", "a b", ""])
    def test_an_invalid_source_is_dropped(self, source):
        headers = security_headers(
            PagePolicy(frame_ancestors=(source,), form_targets=(source,), frame_sources=(source,)), secure=True
        )
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self';" in policy
        assert policy.count("script-src") == 1

    def test_hsts_is_sent_over_https_only(self):
        assert "Strict-Transport-Security" in security_headers(PagePolicy(), secure=True)
        assert "Strict-Transport-Security" not in security_headers(PagePolicy(), secure=False)

    def test_camera_and_microphone_are_only_for_the_embed(self):
        assert "camera=(), microphone=()" in security_headers(PagePolicy(), secure=True)["Permissions-Policy"]
        headers = security_headers(PagePolicy(device_origin="https://app.examplary.ai"), secure=True)
        assert 'camera=(self "https://app.examplary.ai")' in headers["Permissions-Policy"]


@pytest.mark.parametrize("host", [".", "a..b", "x" * 300, "." + "a" * 70, "evil.example"])
@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/lti/login", 400), ("/l/x/", 404), ("/packages/x/y.zip", 404)]
)
def test_the_host_of_a_request_does_not_matter(client, host, path, status):
    response = client.get(path, headers={"Host": host})
    assert response.status_code == status
    assert host not in response.text or len(host) < 3
