"""Every route belongs to a class of security headers, for success and for errors."""

import re
from dataclasses import dataclass

import pytest

from lti_tool.models import Import, db
from lti_tool.security.tokens import Purpose
from tests.support.databases import create_tables

LMS = "https://lms.example.org"

CLASSES = {
    "launched": [
        *("home.show", "home.cancel", "exams.show", "exams.add", "exams.revoke_links"),
        *("exams.open_tab", "exams.download", "exams.media", "exams.start_import", "imports.state", "imports.decide"),
        *(f"generations.{name}" for name in ("begin", "show", "cancel", "hint", "retry", "state", "open_tab")),
        *("generations.use_version", "generations.write_questions", "imports.check_again", "exam_list.show"),
        *(
            f"exams.{name}"
            for name in ("ask_consent", "close_dialog", "disconnect", "edit_in_examplary", "forget_notes")
        ),
        *(f"changes.{name}" for name in ("change", "edit_question", "edit_settings", "save_question", "save_settings")),
        *(f"changes.{name}" for name in ("ask_to_delete", "delete", "duplicate", "merge", "undo")),
        *(f"paper.{name}" for name in ("answer_sheet", "preview", "print_exam", "text")),
        *("launch_language.choose_for_person", "launch_tests.show", "launch_tests.confirm"),
    ],
    "returned": ["embed.returned"],
    "before": [
        *("lti.login", "lti.launch", "lti.launch_by_get", "browser_proof.check", "browser_proof.take_handover"),
        "registration.register",
    ],
    "window": ["browser_proof.open_window"],
    "public": ["packages.fetch", "lti.jwks", "registration.canvas", "registration.icon"],
    "tab": ["tabs.open_tab"],
    "own": [
        *("site.about", "site.theme", "site.health", "health.ready", "health.metrics", "static"),
        *(
            "consent.callback",
            "consent.open_window",
            "help.image",
            "help.index",
            "help.show",
            "language.choose_for_visitor",
        ),
    ],
}
"""``launched``: pages of a launch, framed by its LMS. ``returned``: the return page inside Examplary's frame.
``before``: pages before the LMS is known; any origin may frame them, since they show nothing private. ``window``: the
window that a frame opened. ``public``: for other sites' machines. ``own``: never framed. The console's pages are tested
in ``tests/admin``."""


@dataclass
class Routes:
    """Arguments with which each route succeeds, and arguments with which it refuses."""

    values: dict[str, dict[str, str]]

    def address(self, adapter, rule, how):
        values = {name: self.values[how].get(name, "x") for name in rule.arguments}
        if how == "answers" and rule.endpoint == "generations.retry":
            values["generation_id"] = self.values[how]["failed"]
        return adapter.build(rule.endpoint, values)


@pytest.fixture
def routes(canvas, keep_exam, make_generation, services, signing):
    png = b"\x89PNG\r\n\x1a\n"
    exam = keep_exam(media=[("https://x.example/a.png", "image/png", png)])
    waiting = make_generation(canvas.launch)
    failed = make_generation(canvas.launch, state="failed", error_code="exam.empty")
    link = services.packages.link(exam, "canvas-qti", canvas.launch)
    waiting_import = Import(
        exam_id=exam.id,
        platform_id=canvas.launch.platform_id,
        lms_user_id=canvas.launch.lms_user_id,
        deployment_id=canvas.launch.deployment_id,
        family="moodle",
        state="waiting",
        question={"choices": []},
    )
    db.session.add(waiting_import)
    db.session.commit()
    answers = {
        "token": canvas.token,
        "exam_id": exam.id,
        "generation_id": waiting.id,
        "failed": failed.id,
        "import_id": waiting_import.id,
        "sha256": exam.media[0].asset_sha256,
        "format_name": "canvas-qti",
        "capability": link.split("/")[-2],
        "name": link.split("/")[-1],
        "code": services.tab_links.code(canvas.launch, f"exams/{exam.id}"),
        "return_token": services.tokens.sign(Purpose.EMBED_RETURN, waiting.id),
        "link_token": services.registration.invite().rsplit("/", 1)[-1],
        "filename": "css/base.css",
        "color": "4f46e5",
    }
    # The launch stays valid, so that its pages refuse, not the launch.
    return Routes({"answers": answers, "refuses": {"token": canvas.token}})


LOGIN = {"iss": LMS, "client_id": "client-1", "login_hint": "7"}


def all_responses(app, client, routes, services, how):
    """Open every method of every route; yield (endpoint, response)."""
    adapter = app.url_map.bind("tool.localhost:5000")
    own = {"Origin": services.settings.origin, "Sec-Fetch-Site": "same-origin"}
    data = LOGIN | {"handover": services.handovers.code()} if how == "answers" else {}
    for rule in sorted(_rules(app), key=lambda rule: LAST.index(rule.endpoint) if rule.endpoint in LAST else -1):
        for method in sorted(rule.methods & {"GET", "POST"}):
            address = routes.address(adapter, rule, how)
            parameters = (
                {"data": data} if method == "POST" else {"query_string": data if "/lti/login" in address else {}}
            )
            response = client.open(address, method=method, headers=own, **parameters)
            yield rule.endpoint, response


LAST = ("exams.revoke_links", "changes.delete")
"""They end what other routes serve."""


def _rules(app):
    return [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("admin.")]


def class_of(endpoint):
    (name,) = [name for name, endpoints in CLASSES.items() if endpoint in endpoints]
    return name


def test_every_route_has_one_class(app):
    endpoints = {rule.endpoint for rule in _rules(app)}
    assert sorted(name for names in CLASSES.values() for name in names) == sorted(endpoints)


@pytest.mark.parametrize("how", ["answers", "refuses"])
def test_every_route_has_the_headers_of_its_class(app, client, routes, services, how):
    visited, refused = set(), set()
    for endpoint, response in all_responses(app, client, routes, services, how):
        visited.add(endpoint)
        if response.status_code >= 400:
            refused.add(endpoint)
        KEEPS[class_of(endpoint)](endpoint, response)
        strict(endpoint, response)
    assert visited == {rule.endpoint for rule in _rules(app)}
    if how == "answers":
        # The launch is already cancelled, Canvas has no direct import, and only an LMS can sign an id_token.
        # Forms of a question name it; a consent needs an API key; there is no guide "x" and no picture of that name;
        # no test of a launch is open.
        assert refused == {
            *("exams.add", "exams.start_import", "lti.launch", "changes.edit_question", "changes.save_question"),
            *("exams.ask_consent", "consent.open_window", "consent.callback", "help.show", "help.image"),
            "launch_tests.confirm",
        }


def strict(endpoint, response):
    """Check the headers of all responses."""
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, endpoint
    assert "unsafe" not in policy
    assert "*" not in re.sub(r"frame-ancestors \*", "", policy)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("same-origin", "strict-origin")
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "Set-Cookie" not in headers or endpoint in COOKIE_ENDPOINTS
    if response.content_type.startswith("text/html"):
        assert "no-store" in headers["Cache-Control"]
    assert "Server" not in headers or "Werkzeug" not in headers["Server"]


COOKIE_ENDPOINTS = (
    *("lti.login", "lti.launch", "browser_proof.open_window", "tabs.open_tab"),
    *("consent.open_window", "consent.callback", "language.choose_for_visitor"),
)


def ancestors(response):
    (sources,) = re.findall(r"frame-ancestors ([^;]*)", response.headers["Content-Security-Policy"])
    return sources.split()


def launched(endpoint, response):
    """Framed by the launch's LMS only; images never."""
    assert ancestors(response) == (["'none'"] if is_image(response) else [LMS]), endpoint
    assert "X-Frame-Options" not in response.headers
    assert "Cross-Origin-Opener-Policy" not in response.headers


def is_image(response):
    return response.content_type.startswith("image/")


def returned(endpoint, response):
    assert ancestors(response) in (["'self'", LMS], ["*"])
    assert "X-Frame-Options" not in response.headers


def before(endpoint, response):
    """Redirects too keep the LMS's reference to a window that it opened."""
    assert ancestors(response) == ["*"], endpoint
    assert "X-Frame-Options" not in response.headers
    assert "Cross-Origin-Opener-Policy" not in response.headers
    assert "Biology" not in response.text


def window(endpoint, response):
    framed = ["*"] if response.status_code >= 400 else ["'none'"]
    assert ancestors(response) == framed
    assert "Cross-Origin-Opener-Policy" not in response.headers


def tab(endpoint, response):
    """The page that opened it notices when it is closed."""
    if response.status_code >= 400:
        return never_framed(endpoint, response)
    assert ancestors(response) == ["'none'"]
    assert "Cross-Origin-Opener-Policy" not in response.headers
    return None


def public(endpoint, response):
    never_framed(endpoint, response)
    if response.status_code < 400:
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin", endpoint


def own(endpoint, response):
    never_framed(endpoint, response)
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def never_framed(endpoint, response):
    assert ancestors(response) == ["'none'"], endpoint
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


KEEPS = {
    "launched": launched,
    "returned": returned,
    "before": before,
    "window": window,
    "tab": tab,
    "public": public,
    "own": own,
}


def test_only_examplarys_frame_may_use_devices(pages, begin, examplary):
    generation = begin(own := pages())
    permissions = own.get(f"generations/{generation.id}").headers["Permissions-Policy"]
    for feature in ("camera", "microphone", "clipboard-write"):
        assert f'{feature}=(self "{examplary.base_url}")' in permissions
    elsewhere = own.get().headers["Permissions-Policy"]
    assert "camera=(), microphone=()" in elsewhere


@pytest.mark.parametrize("base_url", ["https://tool.example.org", "http://tool.localhost:5000"])
def test_hsts_is_sent_behind_tls_only(settings, base_url):
    from lti_tool import create_app

    app = create_app(settings.model_copy(update={"base_url": base_url}))
    with app.test_client() as client:
        header = client.get("/").headers.get("Strict-Transport-Security")
    assert (header is not None) == base_url.startswith("https:")
    if header:
        assert "max-age=31536000" in header


class TestProxies:
    """The client address comes from the configured number of proxies, not from forged headers."""

    def refusals(self, settings, monkeypatch, hops, *forwarded):
        from lti_tool import create_app
        from lti_tool.web import limits

        monkeypatch.setattr(limits, "FAILURES", 1)
        app = create_app(settings.model_copy(update={"trusted_proxies": hops}))
        with app.app_context():
            create_tables()
        with app.test_client() as client:
            return [
                client.get("/packages/a/b", headers={"X-Forwarded-For": addresses}).status_code
                for addresses in forwarded
            ]

    def test_no_proxy_is_trusted_by_default(self, settings, monkeypatch):
        assert self.refusals(settings, monkeypatch, 0, "10.1.1.1", "10.2.2.2") == [404, 429]

    def test_one_trusted_proxy(self, settings, monkeypatch):
        assert self.refusals(settings, monkeypatch, 1, "10.1.1.1", "10.2.2.2", "10.1.1.1") == [404, 404, 429]

    def test_forged_entries_are_ignored(self, settings, monkeypatch):
        spoofed = ("6.6.6.6, 10.1.1.1", "7.7.7.7, 10.1.1.1")
        assert self.refusals(settings, monkeypatch, 1, *spoofed) == [404, 429]

    def test_two_trusted_proxies(self, settings, monkeypatch):
        chains = ("10.1.1.1, 10.9.9.9", "10.2.2.2, 10.9.9.9", "x, 10.1.1.1, 10.9.9.9")
        assert self.refusals(settings, monkeypatch, 2, *chains) == [404, 404, 429]
