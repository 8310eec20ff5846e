"""Downloads from hostile servers: checks of addresses, redirects, sizes and times."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask, Response, redirect, request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.serving import make_server

from lti_tool.examplary import (
    AddressRefused,
    AddressRules,
    Fetcher,
    FetchError,
    FetchFailed,
    FetchLimits,
    FetchTimeout,
    FetchTooLarge,
    NotAnImage,
)
from lti_tool.net.addresses import is_public
from lti_tool.net.errors import AddressForbidden, HostUnknown
from sandbox.serve import serve

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
TRUSTING = Fetcher(AddressRules(trusted_hosts=frozenset({"127.0.0.1"}), allow_insecure=True))


@pytest.fixture(scope="module")
def strangers() -> Iterator[str]:
    """A hostile server."""
    app = Flask(__name__)
    app.add_url_rule("/png", view_func=lambda: Response(PNG, mimetype="text/html"), endpoint="png")
    app.add_url_rule("/svg", view_func=lambda: Response("<svg/>", mimetype="image/svg+xml"), endpoint="svg")
    app.add_url_rule("/pdf", view_func=lambda: Response(b"%PDF-1.7"), endpoint="pdf")
    app.add_url_rule("/empty", view_func=lambda: Response(b""), endpoint="empty")
    app.add_url_rule("/headers", view_func=lambda: Response("\n".join(request.headers.keys())), endpoint="headers")
    app.add_url_rule("/to", view_func=lambda: redirect(request.args["url"]), endpoint="to")
    app.add_url_rule("/loop", view_func=lambda: redirect("/loop"), endpoint="loop")

    @app.get("/hops/<int:remaining>")
    def hops(remaining: int):
        return redirect(f"/hops/{remaining - 1}" if remaining > 1 else "/png")

    @app.get("/unannounced/<int:size>")
    def unannounced(size: int):
        return Response(b"x" * 1000 for _ in range(size // 1000))

    @app.get("/drip")
    def drip():
        def bytes_one_by_one():
            for _ in range(600):
                time.sleep(0.1)
                yield b"x"

        return Response(bytes_one_by_one())

    @app.get("/half")
    def half():
        answer = Response(PNG)
        answer.headers["Content-Length"] = "5000"
        return answer

    with serve(app) as server:
        yield server.local_url


def fetch(url: str, **limits: object):
    return TRUSTING.fetch(url, FetchLimits(**limits))


class TestWhatIsFetched:
    def test_images_are_recognised_by_their_bytes(self, strangers):
        download = fetch(strangers + "/png")
        assert (download.content, download.media_type) == (PNG, "image/png")

    @pytest.mark.parametrize("path", ["/svg", "/pdf", "/empty"])
    def test_other_files_are_rejected_where_an_image_is_required(self, strangers, path):
        with pytest.raises(NotAnImage):
            fetch(strangers + path)

    def test_other_files_are_allowed_and_svg_is_never_served_as_svg(self, strangers):
        assert fetch(strangers + "/pdf", images_only=False).media_type == "application/pdf"
        assert fetch(strangers + "/svg", images_only=False).media_type == "application/octet-stream"

    def test_no_credentials_are_sent(self, strangers):
        names = fetch(strangers + "/headers", images_only=False).content.decode().split()
        assert {name.lower() for name in names} <= {"host", "user-agent", "accept-encoding"}

    @pytest.mark.parametrize("path", ["/missing", "/half"])
    def test_a_failed_fetch_is_an_error(self, strangers, path):
        with pytest.raises(FetchFailed):
            fetch(strangers + path)

    def test_a_refused_connection(self):
        with socket.socket() as line:
            line.bind(("127.0.0.1", 0))
            with pytest.raises(FetchFailed, match="no connection"):
                fetch(f"http://127.0.0.1:{line.getsockname()[1]}/secret")


class TestLimits:
    def test_too_large_announced(self, strangers):
        with pytest.raises(FetchTooLarge, match="announced"):
            fetch(strangers + "/png", max_bytes=50)

    def test_too_large_unannounced_stops_early(self, strangers):
        began = time.monotonic()
        with pytest.raises(FetchTooLarge, match="more than"):
            fetch(strangers + "/unannounced/500000000000", max_bytes=100_000)
        assert time.monotonic() - began < 30

    def test_a_body_that_drips_ends_with_the_clock(self, strangers):
        began = time.monotonic()
        with pytest.raises(FetchTimeout):
            fetch(strangers + "/drip", seconds=0.5)
        assert time.monotonic() - began < 30

    @pytest.mark.parametrize("gives", [b"", b"H"])
    def test_silence_and_slow_headers_time_out(self, gives):
        with _mute(gives) as address:
            began = time.monotonic()
            with pytest.raises(FetchTimeout):
                fetch(address, seconds=0.5)
            assert time.monotonic() - began < 30

    def test_three_redirects_and_no_more(self, strangers):
        assert fetch(strangers + "/hops/3").content == PNG
        for path in ("/hops/4", "/loop"):
            with pytest.raises(FetchFailed, match="redirects"):
                fetch(strangers + path)


class TestCertificates:
    @pytest.fixture
    def secure(self, tmp_path, monkeypatch) -> Iterator[str]:
        """A server with a certificate for media.example from a trusted authority."""
        pem = _certificate("media.example")
        (tmp_path / "media.pem").write_bytes(pem)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "media.pem"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "media.pem")
        app = Flask(__name__)
        app.add_url_rule("/png", view_func=lambda: Response(PNG), endpoint="png")
        server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=context)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield str(server.server_port)
        server.shutdown()
        thread.join()
        server.server_close()

    def test_the_certificate_must_match_the_host_name(self, secure):
        assert self._fetcher("media.example", secure).fetch(f"https://media.example:{secure}/png").content == PNG

    def test_a_certificate_for_another_host(self, secure):
        with pytest.raises(FetchFailed, match="no connection"):
            self._fetcher("other.example", secure).fetch(f"https://other.example:{secure}/png")

    def test_an_untrusted_authority(self, secure, monkeypatch):
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        with pytest.raises(FetchFailed, match="no connection"):
            self._fetcher("media.example", secure).fetch(f"https://media.example:{secure}/png")

    def _fetcher(self, name: str, port: str) -> Fetcher:
        trusted = frozenset({f"{name}:{port}"})
        return Fetcher(AddressRules(trusted_hosts=trusted, resolver=lambda host, port: ["127.0.0.1"]))


def _certificate(name: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    present = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(present - timedelta(hours=1))
        .not_valid_after(present + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "https://127.0.0.1/x",
            "https://localhost/x",
            "https://anything.localhost/x",
            "https://127.1/x",
            "https://2130706433/x",
            "https://0x7f000001/x",
            "https://[::1]/x",
            "https://[::ffff:10.0.0.1]/x",
            "https://[64:ff9b::a00:1]/x",
            "https://10.0.0.8/x",
            "https://169.254.169.254/latest/meta-data",
            "https://192.168.1.1./x",
            "https://0.0.0.0/x",
            "https://224.0.0.1/x",
            "https://user:pass@93.184.216.34/x",
            "http://93.184.216.34/x",
            "ftp://93.184.216.34/x",
            "file:///etc/passwd",
            "//93.184.216.34/x",
            "https:///x",
            "https://93.184.216.34/\r\nX: y",
            "https://[broken/x",
            "",
            "data:image/png;base64,AAAA",
            "https://93.184.216.34/" + "x" * 5000,
        ],
    )
    def test_refused_before_any_connection(self, url):
        with pytest.raises(AddressForbidden):
            Fetcher().rules.check(url)
        with pytest.raises(AddressRefused):
            Fetcher().fetch(url)

    def test_redirects_are_checked_too(self, strangers):
        for inside in ("http://10.0.0.1/x", "http://[::1]/x", "file:///etc/passwd", "http://a:b@127.0.0.1/x"):
            with pytest.raises(AddressRefused):
                TRUSTING.fetch(f"{strangers}/to?url={inside}")

    def test_one_private_address_rejects_the_host(self):
        rules = AddressRules(resolver=lambda host, port: ["93.184.216.34", "10.0.0.1"])
        with pytest.raises(AddressForbidden):
            rules.check("https://mixed.example/x")

    def test_a_host_is_resolved_once_and_the_address_pinned(self, strangers):
        requested = []

        def changing(host: str, port: int) -> list[str]:
            requested.append(host)
            return ["127.0.0.1"] if len(requested) == 1 else ["10.0.0.1"]

        port = strangers.rpartition(":")[2]
        name = f"rebinding.example:{port}"
        rules = AddressRules(trusted_hosts=frozenset({name}), allow_insecure=True, resolver=changing)
        assert Fetcher(rules).fetch(f"http://{name}/png").content == PNG
        assert requested == ["rebinding.example"]

    def test_a_host_without_address(self):
        with pytest.raises(HostUnknown, match="no address"):
            AddressRules(resolver=lambda host, port: []).check("https://nowhere.example/x")

    def test_errors_do_not_reveal_the_path(self, strangers):
        with pytest.raises(FetchError) as caught:
            fetch(strangers + "/missing?X-Amz-Signature=tell")
        assert "Amz" not in str(caught.value)

    @pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
    def test_public_addresses_may_be_fetched(self, address):
        assert is_public(address)

    @pytest.mark.parametrize(
        "address",
        ["::ffff:127.0.0.1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "fe80::1%eth0", "fc00::1", "ff02::1",
         "100.64.0.1", "nonsense", "fec0::1", "feff::1", "::127.0.0.1", "::5db8:d822", "::ffff:0:127.0.0.1",
         "::ffff:0:93.184.216.34", "64:ff9b:1::5db8:d822", "64:ff9b:1:ffff::1", "192.88.99.1", "2002:c058:6301::",
         "5f00::1", "3fff::1", "4000::1", "::", "::1", "0.0.0.0", "192.0.0.8", "198.18.0.1", "240.0.0.1",
         "255.255.255.255", "224.0.0.1"],
    )  # fmt: skip
    def test_addresses_that_are_not_public(self, address):
        assert not is_public(address)

    @given(st.text(max_size=60))
    def test_any_text_is_accepted_or_rejected(self, text):
        rules = AddressRules(resolver=lambda host, port: ["93.184.216.34"])
        for url in (text, "https://" + text):
            try:
                target = rules.check(url)
            except AddressForbidden:
                continue
            assert target.secure
            assert target.host
            assert target.path.startswith("/")
            assert target.path.isascii()


class _mute:
    """A server that takes a request and then gives ``one`` every 0.1 s, which is never a whole answer."""

    def __init__(self, byte: bytes) -> None:
        self._one = byte
        self._over = threading.Event()

    def __enter__(self) -> str:
        self._line = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return f"http://127.0.0.1:{self._line.getsockname()[1]}/"

    def _serve(self) -> None:
        client, _ = self._line.accept()
        with client:
            client.recv(65536)
            try:
                while not self._over.wait(0.1):
                    client.sendall(self._one)
            except OSError:
                return

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._line.close()
