"""The tool, a sandbox LMS and a sandbox Examplary behind TLS, each a separate site, with certificates for tests."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import ssl
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from lti_tool import start_worker
from lti_tool.exam import parse_exam
from lti_tool.models import Deployment, Exam, Heartbeat, LmsUser, Platform, ToolKey, db
from lti_tool.services.exams.search_text import store_searchable_text
from sandbox.base_urls import BaseUrls
from sandbox.demo import API_KEY, lms_config
from sandbox.examplary import ExamplaryConfig, create_examplary
from sandbox.lms import ACCOUNTS, create_lms, lms_of
from sandbox.lms.canvas_tokens import CanvasTokens
from sandbox.lms.state import CanvasCourse, MoodleCourse
from sandbox.localhost_names import localhost_names
from tests.support.demo_tool import build_tool, set_canvas_key

DOMAIN = "test"
NAMES = ("lms", "tool", "examplary")
EXAMS = Path(__file__).parents[1] / "fixtures" / "exams"
PRESERVED_TABLES = {table.__tablename__ for table in (Platform, Deployment, ToolKey, Heartbeat)}


@dataclass
class SandboxEnvironment:
    """The running servers, with switches for tests."""

    urls: BaseUrls
    lms: object
    tool: object
    tool_key: str
    """SHA-256 of the certificates' public key, in Chromium's format."""
    strips_partitioned: bool = False
    """Whether ``Partitioned`` is removed from the tool's cookies, as for older browsers."""
    isolates_windows: bool = False
    """Whether the LMS isolates its pages from the windows that they open."""
    keeps_pages: bool = False
    """Whether a page stays as it is, so that it can be looked at: scripts that leave it are missing, and Moodle's pages
    answer 204, which keeps a browser on its page."""
    requested_paths: list[str] = field(default_factory=list)
    """Paths requested from the tool."""

    def clear(self):
        """Reset all data without restarting the servers."""
        lms = lms_of(self.lms)
        for collection in (lms.launches, lms.received, lms.refusals, lms.used_data):
            collection.clear()
        lms.canvas = CanvasCourse()
        lms.moodle = MoodleCourse()
        lms.storage = "frame"
        lms.canvas_tokens = CanvasTokens(lms.config.now, replace(lms.config.canvas_key))
        lms.faults.clear()
        lms.register("canvas", lms.config.canvas)
        lms.moodle_plugin = False
        lms.moodle_faults.clear()
        self.strips_partitioned = self.isolates_windows = self.keeps_pages = False
        self.requested_paths.clear()
        with self.tool.app_context():
            for table in reversed(db.metadata.sorted_tables):
                if table.name not in PRESERVED_TABLES:
                    db.session.execute(table.delete())
            db.session.execute(Platform.__table__.delete().where(Platform.issuer.endswith(SECOND_LMS)))
            db.session.commit()

    def set_storage(self, kind):
        """Set how the Canvas-like LMS offers platform storage."""
        lms_of(self.lms).storage = kind

    def set_canvas_key(self):
        """Give the tool an API key of the Canvas-like LMS; return the course, whose behaviour a test may change."""
        set_canvas_key(self.tool, self.urls)
        return lms_of(self.lms).canvas

    def install_moodle_plugin(self, *faults):
        """Give the Moodle-like LMS the plugin that makes quizzes, with ``faults`` of its next requests."""
        lms = lms_of(self.lms)
        lms.moodle_plugin = True
        lms.moodle_faults = list(faults)

    def copy_moodle_course(self):
        """Make of the Moodle-like course what a copy of it is."""
        lms_of(self.lms).moodle.quiz_store.copy_course()

    @property
    def moodle_quizzes(self):
        """The quizzes that the plugin made."""
        return lms_of(self.lms).moodle.quiz_store.quizzes

    def change_exam(self, exam_id, title):
        """Change the title of a stored exam, as a new version from Examplary would."""
        with self.tool.app_context():
            row = db.session.get(Exam, exam_id)
            row.snapshot = row.snapshot.replace(row.title, title)
            row.title = title
            db.session.commit()

    def store_exam(self, flavour, title, file="mixed-12.json"):
        """Store an exam of the account ``teacher`` in this course; return its ID."""
        document = json.loads((EXAMS / file).read_text()) | {"name": title}
        exam = parse_exam(document)
        with self.tool.app_context():
            platform = db.session.query(Platform).filter_by(family=flavour).one()
            identity = {"platform_id": platform.id, "sub": getattr(ACCOUNTS[0], f"{flavour}_id")}
            teacher = db.session.query(LmsUser).filter_by(**identity).one_or_none() or LmsUser(**identity)
            db.session.add(teacher)
            db.session.flush()
            row = Exam(
                examplary_exam_id=f"exam_kept_{file}",
                platform_id=platform.id,
                owner_id=teacher.id,
                title=title,
                language=exam.language or "",
                points=exam.points,
                question_count=len(exam.questions),
                snapshot=json.dumps(document),
            )
            db.session.add(row)
            db.session.flush()
            store_searchable_text(row.id, exam)
            db.session.commit()
            return row.id


@contextmanager
def https_environment(folder: Path):
    """Start the three servers and stop them at the end."""
    context, authority, public_key = _certificates(folder)
    ports = [_free_port() for _ in NAMES]
    urls = BaseUrls(*(f"https://{name}.{DOMAIN}:{port}" for name, port in zip(NAMES, ports, strict=True)))
    with ExitStack() as stack:
        stack.enter_context(localhost_names(DOMAIN))
        stack.enter_context(_trusting(authority))
        # The identity provider of the console is always down.
        tool = build_tool(folder, urls, admin_sso_issuer=f"{urls.lms}/sign-on", admin_sso_client_id="tool")
        lms = create_lms(lms_config(urls))
        environment = SandboxEnvironment(urls, lms, tool, public_key)
        worker = start_worker(tool)
        stack.callback(worker.stop, graceful=True)
        examplary = create_examplary(ExamplaryConfig(api_key=API_KEY, control=True, generation_seconds=0.3))
        for app, port in zip(
            (_lms_with_stage(lms, environment), _observed_tool(tool, environment), examplary), ports, strict=True
        ):
            stack.enter_context(_serve(app, port, context))
        yield environment


LEAVING_SCRIPTS = tuple(
    f"/static/js/{name}.js"
    for name in (
        *("storage_save", "storage_lookup", "deep_linking_response", "window_done"),
        *("progress", "registered", "returned", "embed", "waiting"),
    )
)
"""Paths of the scripts that leave their page."""


def _observed_tool(app, environment):
    """Return the tool as a WSGI app that records paths and applies the switches."""

    def tool(environ, start_response):
        environment.requested_paths.append(environ["PATH_INFO"])
        if environment.keeps_pages and environ["PATH_INFO"].endswith(LEAVING_SCRIPTS):
            start_response("404 Not Found", [("Content-Type", "text/javascript")])
            return []

        def respond(status, headers, *rest):
            if environment.strips_partitioned:
                headers = [(name, value.replace("; Partitioned", "")) for name, value in headers]
            return start_response(status, headers, *rest)

        return app(environ, respond)

    return tool


STAGE = b"""<!doctype html><html lang="en"><title>A page of the LMS</title><link rel="icon" href="data:,">
<style>body { margin: 0 } iframe { border: 0; width: 100%; height: 100vh }</style>
<iframe id="tool-frame" name="tool-frame" title="Examplary"></iframe>"""


SECOND_LMS = "/odd"
"""Path of a second LMS on the same host that only registers tools."""


def _second_lms(urls, path):
    """Return the second LMS's response. With the configuration ``…/broken``, launches don't work."""
    fine = f"{urls.lms}/moodle/mod/lti"
    broken = path.endswith("/broken")
    return {
        "issuer": urls.lms + SECOND_LMS,
        "authorization_endpoint": f"{urls.lms}{SECOND_LMS}/nowhere" if broken else f"{fine}/auth.php",
        "jwks_uri": f"{urls.lms}{SECOND_LMS}/nowhere" if broken else f"{fine}/certs.php",
        "token_endpoint": f"{fine}/token.php",
        "registration_endpoint": urls.lms + path,
        "https://purl.imsglobal.org/spec/lti-platform-configuration": {"product_family_code": "sakai"},
        "client_id": path.rpartition("/")[2],
    }


def _lms_with_stage(app, environment):
    """Return the LMS as a WSGI app, with a page that only has a frame, and with the second LMS."""

    def lms(environ, start_response):
        if environ["PATH_INFO"].startswith(f"{SECOND_LMS}/") and "nowhere" not in environ["PATH_INFO"]:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(_second_lms(environment.urls, environ["PATH_INFO"])).encode()]
        # Servers, which send no such header, get their answer.
        is_page = environ.get("HTTP_SEC_FETCH_MODE") == "navigate"
        if environment.keeps_pages and is_page and environ["PATH_INFO"].startswith("/moodle/"):
            start_response("204 No Content", [])
            return []
        if environ["PATH_INFO"] == "/stage":
            start_response("200 OK", [("Content-Type", "text/html")])
            return [STAGE]

        def respond(status, headers, *rest):
            isolation = [("Cross-Origin-Opener-Policy", "same-origin")] if environment.isolates_windows else []
            return start_response(status, [*headers, *isolation], *rest)

        return app(environ, respond)

    return lms


class _TlsServer(ThreadedWSGIServer):
    """Does the TLS handshake in the connection's thread, because browsers open connections without using them."""

    daemon_threads = True
    block_on_close = False

    def finish_request(self, request, client_address):
        try:
            with self.tls.wrap_socket(request, server_side=True) as connection:
                super().finish_request(connection, client_address)
        except (OSError, ssl.SSLError):
            pass

    def handle_error(self, request, client_address):
        pass


class _Handler(WSGIRequestHandler):
    def log(self, type, message, *args):
        pass


@contextmanager
def _serve(app, port, context):
    server = _TlsServer("127.0.0.1", port, app, handler=_Handler)
    server.tls = context
    server.ssl_context = context
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()


@contextmanager
def _trusting(authority):
    """Trust the test certificate authority in this process."""
    name, before = "REQUESTS_CA_BUNDLE", os.environ.get("REQUESTS_CA_BUNDLE")
    os.environ[name] = str(authority)
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _certificates(folder):
    """Make an authority and one certificate for all names; return the server's context and what others need."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
    authority = _certificate(issuer, issuer, authority_key.public_key(), x509.BasicConstraints(ca=True, path_length=0))
    # Canvas's uploads have a host of their own.
    names = x509.SubjectAlternativeName([x509.DNSName(f"{name}.{DOMAIN}") for name in (*NAMES, "files")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"lms.{DOMAIN}")])
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    leaf = _certificate(subject, issuer, key.public_key(), names, usage)
    files = {name: folder / name for name in ("authority.pem", "chain.pem", "key.pem")}
    pem = serialization.Encoding.PEM
    files["authority.pem"].write_bytes(authority.sign(authority_key, hashes.SHA256()).public_bytes(pem))
    files["chain.pem"].write_bytes(leaf.sign(authority_key, hashes.SHA256()).public_bytes(pem))
    files["key.pem"].write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files["chain.pem"], files["key.pem"])
    info = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return context, files["authority.pem"], base64.b64encode(hashlib.sha256(info).digest()).decode()


def _certificate(subject, issuer, public_key, *extensions):
    moment = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=7))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return builder


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
